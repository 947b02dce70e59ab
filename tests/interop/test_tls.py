"""TLS against Python's ssl module and the openssl program: `test_tls.py --bin DIR`.

DIR or a folder below it holds `echo_server` and `aiomas`.
"""
import argparse
import asyncio
import contextlib
import json
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest
import warnings
from typing import Any, Dict, Iterator, List, Optional

from certs import ROOT, certs_in, make_certs
from live.process import Server, end_children_on_sigterm
from live.programs import find_program
from live.raw import call
from peer import frames, make_ssl_client_context, make_ssl_server_context

BROKEN = (ssl.SSLError, ConnectionError, EOFError)


class Settings:
    """Set once by the program that runs the tests."""
    timeout = 10.0
    echo_server = ""
    aiomas = ""


def python_context(server: bool, certs: pathlib.Path,
                   version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLContext:
    """The original's, but for the version."""
    make = make_ssl_server_context if server else make_ssl_client_context
    context = make(*certs_in(certs))
    context.maximum_version = version
    context.minimum_version = version
    return context


class PythonServer:
    """Answers calls of agent 0's `add`, one client after the other, in a thread of its own."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}/0"
        self.errors: List[BaseException] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            client.settimeout(Settings.timeout)
            try:
                with self._context.wrap_socket(client, server_side=True) as conn:
                    self._answer(conn)
            except OSError as ex:
                self.errors.append(ex)
            finally:
                client.close()

    def _answer(self, conn: ssl.SSLSocket) -> None:
        splitter = frames.Splitter()
        while data := conn.recv(4096):
            for payload in splitter.feed(data):
                _, id_, (path, args, _) = json.loads(payload)
                result: Any = "Echo" if path == "validate_aid" else sum(args)
                conn.sendall(frames.pack(json.dumps([1, id_, result]).encode()))

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(Settings.timeout)


class TlsCase(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.certs = make_certs(self.folder / "certs")

    def start(self, *args: str) -> Server:
        server = Server([Settings.echo_server, "--listen", "tcp://127.0.0.1:0", *args], Settings.timeout)
        self.addCleanup(server.stop)
        return server

    def start_with(self, certs: pathlib.Path) -> Server:
        return self.start("--certs", str(certs))

    def aiomas(self, url: str, certs: Optional[pathlib.Path] = None) -> subprocess.CompletedProcess:
        command = [Settings.aiomas, "call", url, "add", "[3, 4]", "--timeout", str(Settings.timeout)]
        if certs is not None:
            command += ["--cafile", str(certs / "ca.pem"), "--certfile", str(certs / "device.pem"),
                        "--keyfile", str(certs / "device.key")]
        return subprocess.run(command, capture_output=True, text=True, timeout=2 * Settings.timeout, check=False)

    @contextlib.contextmanager
    def python_server(self, context: ssl.SSLContext) -> Iterator[PythonServer]:
        server = PythonServer(context)
        try:
            yield server
        finally:
            server.close()


class PythonClients(TlsCase):
    """Python's ssl, by itself and in asyncio, against ours."""

    def connect(self, server: Server, context: ssl.SSLContext, host: str = "127.0.0.1") -> ssl.SSLSocket:
        plain = socket.create_connection(server.addr, Settings.timeout)
        self.addCleanup(plain.close)
        conn = context.wrap_socket(plain, server_hostname=host)
        self.addCleanup(conn.close)
        return conn

    def ask(self, conn: ssl.SSLSocket, *args: Any) -> Any:
        conn.sendall(call(7, "agents/0/service", *args))
        data = bytearray()
        splitter = frames.Splitter()
        while True:
            chunk = conn.recv(65536)
            if not chunk:
                raise EOFError(f"the server closed after {len(data)} bytes")
            for payload in splitter.feed(chunk):
                return json.loads(payload)

    def test_both_versions(self) -> None:
        server = self.start_with(self.certs)
        for version, cipher in ((ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES256-GCM-SHA384"),
                                (ssl.TLSVersion.TLSv1_3, "TLS_AES_256_GCM_SHA384")):
            conn = self.connect(server, python_context(False, self.certs, version))
            self.assertEqual(conn.cipher()[0], cipher)
            self.assertIsNone(conn.compression())
            self.assertEqual(self.ask(conn, "x"), [1, 7, "x"])
            large = "x" * 1_000_000
            self.assertEqual(self.ask(conn, large), [1, 7, large])
            session = conn.session
            again = python_context(False, self.certs, version)
            self.assertFalse(session is not None and session.has_ticket, "sessions must not be resumed")
            self.assertEqual(self.ask(self.connect(server, again), 1), [1, 7, 1])

    def test_asyncio(self) -> None:
        server = self.start_with(self.certs)

        async def run() -> None:
            context = python_context(False, self.certs)
            reader, writer = await asyncio.open_connection(*server.addr, ssl=context, server_hostname="localhost")
            for i in range(100):
                writer.write(call(i, "agents/0/add", i, 1))
            replies = []
            for _ in range(100):
                (length,) = frames.HEADER.unpack(await reader.readexactly(frames.HEADER.size))
                replies.append(json.loads(await reader.readexactly(length)))
            self.assertEqual(sorted(replies), [[1, i, i + 1] for i in range(100)])
            writer.close()
            await writer.wait_closed()

        asyncio.run(asyncio.wait_for(run(), Settings.timeout))

    def test_without_certificate(self) -> None:
        server = self.start_with(self.certs)
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.load_verify_locations(cafile=str(self.certs / "ca.pem"))
            context.minimum_version = context.maximum_version = version
            with self.assertRaises(BROKEN):
                self.ask(self.connect(server, context), 1)
        line = server.child.wait_for_line("aiomas: warning: ", Settings.timeout)
        self.assertTrue(line.endswith(": refused 127.0.0.1: peer did not return a certificate"), line)

    def test_other_ca(self) -> None:
        server = self.start_with(self.certs)
        other = make_certs(self.folder / "other")
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.connect(server, python_context(False, other))
        naive = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        naive.check_hostname = False
        naive.verify_mode = ssl.CERT_NONE
        naive.load_cert_chain(str(other / "device.pem"), str(other / "device.key"))
        with self.assertRaises(BROKEN):
            self.ask(self.connect(server, naive), 1)

    def test_old_versions_and_ciphers(self) -> None:
        server = self.start_with(self.certs)
        old = python_context(False, self.certs)
        old.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        weak = python_context(False, self.certs, ssl.TLSVersion.TLSv1_2)
        weak.set_ciphers("ECDHE-ECDSA-AES128-SHA")
        for context in (old, weak):
            with self.assertRaises(BROKEN):
                self.ask(self.connect(server, context), 1)


class PythonServers(TlsCase):
    """`aiomas call` against Python's ssl."""

    def test_both_versions(self) -> None:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with self.python_server(python_context(True, self.certs, version)) as server:
                done = self.aiomas(server.url, self.certs)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "7\n", ""))
            self.assertEqual(server.errors, [], "the end must be orderly")

    def test_other_ca(self) -> None:
        other = make_certs(self.folder / "other")
        with self.python_server(python_context(True, other)) as server:
            done = self.aiomas(server.url, self.certs)
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, "certificate verify failed: (unable to get local issuer|self-signed) certificate")

    def test_unwanted_client(self) -> None:
        """Python resets the connection behind its alert: what we say must be the alert nevertheless."""
        other = make_certs(self.folder / "other")
        (other / "ca.pem").write_bytes((self.certs / "ca.pem").read_bytes())
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with self.python_server(python_context(True, self.certs, version)) as server:
                done = self.aiomas(server.url, other)
            self.assertEqual(done.returncode, 3)
            self.assertIn('the peer ended TLS with the alert "unknown CA"', done.stderr)


class Programs(TlsCase):
    def test_call(self) -> None:
        server = self.start_with(self.certs)
        done = self.aiomas(server.agent_url(0), self.certs)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "7\n", ""))
        done = self.aiomas(server.agent_url(0))
        self.assertEqual((done.returncode, done.stdout), (3, ""))

    def test_files_one_by_one(self) -> None:
        server = self.start("--cafile", str(self.certs / "ca.pem"), "--certfile", str(self.certs / "device.pem"),
                            "--keyfile", str(self.certs / "device.key"))
        self.assertEqual(self.aiomas(server.agent_url(0), self.certs).stdout, "7\n")

    def test_files_that_are_missing(self) -> None:
        done = self.aiomas("tcp://127.0.0.1:1/0", self.folder / "nope")
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r'\Aaiomas: Cannot use the CA certificates in ".*/nope/ca.pem": No such file')
        done = subprocess.run([Settings.echo_server, "--certs", "/nope"], capture_output=True, text=True,
                              timeout=Settings.timeout, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn('Cannot use the CA certificates in "/nope/ca.pem"', done.stderr)


@unittest.skipUnless(shutil.which("openssl"), "openssl is missing")
class SClient(TlsCase):
    """`openssl s_client`."""

    def s_client(self, server: Server, *args: str, stdin: str = "", certs: bool = True) -> subprocess.CompletedProcess:
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{server.addr[1]}", "-verify_return_error",
                   "-CAfile", str(self.certs / "ca.pem"), "-verify_ip", "127.0.0.1", *args]
        if certs:
            command += ["-cert", str(self.certs / "device.pem"), "-key", str(self.certs / "device.key")]
        return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=Settings.timeout, check=False)

    def test_handshake(self) -> None:
        server = self.start_with(self.certs)
        for flag, version, cipher in (("-tls1_2", "TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384"),
                                      ("-tls1_3", "TLSv1.3", "TLS_AES_256_GCM_SHA384")):
            out = self.s_client(server, flag).stdout
            self.assertRegex(out, rf"New, {re.escape(version)}, Cipher is {cipher}\n")
            self.assertIn("Verification: OK", out)
            self.assertIn("Compression: NONE", out)
            self.assertNotIn("TLS session ticket:", out)

    def test_refused(self) -> None:
        server = self.start_with(self.certs)
        for args in (("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"), ("-tls1_2", "-cipher", "AES128-SHA"),
                     ("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"),
                     ("-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256")):
            done = self.s_client(server, *args)
            self.assertNotEqual(done.returncode, 0, args)
            self.assertIn("alert", done.stderr)
        done = self.s_client(server, "-tls1_2", certs=False)
        self.assertNotEqual(done.returncode, 0)

    def test_no_renegotiation(self) -> None:
        server = self.start_with(self.certs)
        done = self.s_client(server, "-tls1_2", stdin="R\n")
        self.assertIn("no renegotiation", done.stderr)


@unittest.skipUnless(shutil.which("openssl"), "openssl is missing")
class Walkthrough(TlsCase):
    """What docs/security.md tells to type."""

    def commands(self) -> Dict[str, str]:
        text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
        return dict(re.findall(r"<!-- run: ([\w-]+) -->\n```sh\n(.*?)```", text, re.S))

    def test_by_hand(self) -> None:
        commands = self.commands()
        self.assertEqual(sorted(commands), ["ca", "look", "request", "sign"])
        ca, machine = self.folder / "ca", self.folder / "machine"
        for folder in (ca, machine):
            folder.mkdir()

        def run(name: str, folder: pathlib.Path) -> str:
            done = subprocess.run(["bash", "-euc", commands[name]], cwd=folder, capture_output=True, text=True,
                                  timeout=Settings.timeout, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout

        run("ca", ca)
        run("request", machine)
        shutil.copy(machine / "device.csr", ca)
        run("sign", ca)
        for name in ("device.pem", "ca.pem"):
            shutil.copy(ca / name, machine)
        self.assertIn("device.pem: OK", run("look", machine))
        server = self.start_with(machine)
        done = self.aiomas(server.agent_url(0), machine)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "7\n", ""))

    def test_renewal(self) -> None:
        """The same CA again, for a machine with more names."""
        first = (self.certs / "ca.pem").read_bytes()
        server = self.start_with(self.certs)
        make_certs(self.certs, "box.example.org", "10.0.0.1")
        self.assertEqual((self.certs / "ca.pem").read_bytes(), first)
        self.assertEqual(self.aiomas(server.agent_url(0), self.certs).stdout, "7\n")


def main() -> int:
    end_children_on_sigterm()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True, metavar="DIR", help="where the C++ executables are")
    parser.add_argument("--timeout", type=float, default=10, metavar="S", help="limit of each wait, default %(default)s")
    parser.add_argument("-k", action="append", dest="patterns", metavar="PATTERN", help="only tests whose name has this")
    args = parser.parse_args()
    Settings.timeout = args.timeout
    Settings.echo_server = find_program(args.bin / "examples", "echo_server")
    Settings.aiomas = find_program(args.bin / "tools", "aiomas")
    loader = unittest.TestLoader()
    if args.patterns:
        loader.testNamePatterns = [f"*{p}*" for p in args.patterns]
    suite = loader.loadTestsFromModule(sys.modules[__name__])
    return 0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
