"""The peer's addresses: their URLs, with the original's texts, and what can be done at them."""
import asyncio
import pathlib
import socket
import tempfile
import unittest

from certs import certs_in, make_certs
from peer import (Agent, Container, expose, make_ssl_client_context, make_ssl_server_context, open_connection,
                  start_server)
from peer.urls import container_url, parse_agent_url, parse_container_url

TIMEOUT = 10


class Urls(unittest.TestCase):
    def test_agents(self) -> None:
        for url, addr, aid in (
                ("tcp://localhost:5555/0", ("localhost", 5555), "0"), ("tcp://h:1/0/sub", ("h", 1), "0/sub"),
                ("tcp://[::1]:5555/0", ("::1", 5555), "0"), ("tcp://::1:5555/0", ("::1", 5555), "0"),
                ("ipc://[/run/agents]/0", "/run/agents", "0"), ("ipc://[relative/path]/7", "relative/path", "7"),
                ("ipc://[/a]/b]/0", "/a", "b]/0")):
            with self.subTest(url):
                self.assertEqual(parse_agent_url(url), (addr, aid))

    def test_reasons(self) -> None:
        for url, reason in (
                ("tcp://localhost:5555/", "No agent ID specified."), ("ipc://[/path]/", "No agent ID specified."),
                ("nonsense", "not enough values to unpack (expected 2, got 1)"),
                ("tcp://localhost:5555", "not enough values to unpack (expected 2, got 1)"),
                ("tcp://localhost/0", "not enough values to unpack (expected 2, got 1)"),
                ("ipc://[/path", "not enough values to unpack (expected 2, got 1)"),
                ("tcp://:5555/0", "string index out of range"), ("ipc://", "string index out of range"),
                ("ipc:///path/0", ""), ("tcp://localhost:x/0", "invalid literal for int() with base 10: 'x'"),
                ("http://localhost:80/0", "http not in {'ipc', 'tcp'}")):
            with self.subTest(url), self.assertRaises(ValueError) as caught:
                parse_agent_url(url)
            self.assertEqual(str(caught.exception), f'Cannot parse agent URL "{url}": {reason}')

    def test_containers(self) -> None:
        for addr, url in ((("127.0.0.1", 5555), "tcp://127.0.0.1:5555/"), (("::1", 5555), "tcp://[::1]:5555/"),
                          ("/run/agents", "ipc://[/run/agents]/"), ("relative", "ipc://[relative]/")):
            with self.subTest(url):
                self.assertEqual(container_url(addr), url)
                self.assertEqual(parse_container_url(url), addr)
                self.assertEqual(parse_container_url(url[:-1]), addr)
        for host in ("", "0.0.0.0", "::"):
            self.assertEqual(container_url((host, 1)), f"tcp://{socket.getfqdn()}:1/")
        for url in ("tcp://h:1/0", "ipc://[/path]/0"):
            with self.subTest(url), self.assertRaises(ValueError):
                parse_container_url(url)


class Adder(Agent):
    @expose
    def add(self, a: int, b: int) -> int:
        return a + b


class Connections(unittest.IsolatedAsyncioTestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="aio")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.path = str(self.folder / "s")

    async def asyncSetUp(self) -> None:
        asyncio.get_running_loop().set_debug(False)

    async def check(self, addr: object, **kwargs: object) -> None:
        """Two containers, one of which calls an agent of the other."""
        containers = []
        for at in (addr, addr if isinstance(addr, tuple) else f"{addr}2"):
            containers.append(await Container.create(at, **kwargs))  # type: ignore[arg-type]
            self.addAsyncCleanup(containers[-1].shutdown)
        remote = await containers[0].connect(Adder(containers[1]).addr)
        self.assertEqual(await asyncio.wait_for(remote.add(3, 4), TIMEOUT), 7)

    async def test_unix_socket(self) -> None:
        await self.check(self.path)

    async def test_tls(self) -> None:
        certs = certs_in(make_certs(self.folder))
        contexts = make_ssl_server_context(*certs), make_ssl_client_context(*certs)
        for ssl in (certs, contexts):
            await self.check(("127.0.0.1", 0), ssl=ssl)
        self.assertEqual({context.minimum_version.name for context in contexts}, {"TLSv1_2"})

    async def test_only_pairs_of_contexts(self) -> None:
        certs = certs_in(make_certs(self.folder))
        for ssl in ((), tuple(certs), (make_ssl_client_context(*certs),)):
            with self.assertRaisesRegex(TypeError, '"ssl" must contain two "ssl.SSLContext" instances'):
                await Container.create(("127.0.0.1", 0), ssl=ssl)  # type: ignore[arg-type]

    async def test_addresses_of_other_types(self) -> None:
        for addr in (["127.0.0.1", 1], None, 5):
            with self.assertRaisesRegex(ValueError, "Unknown address type: "):
                await open_connection(addr)  # type: ignore[arg-type]
            with self.assertRaisesRegex(ValueError, "Unknown address type: "):
                await start_server(addr, print)  # type: ignore[arg-type]

    async def test_a_unix_socket_is_waited_for(self) -> None:
        """While there is no file: one on which nobody listens refuses at once."""
        connecting = asyncio.ensure_future(open_connection(self.path, timeout=TIMEOUT))
        await asyncio.sleep(0.1)
        server = await start_server(self.path, lambda channel: None)
        (await asyncio.wait_for(connecting, TIMEOUT)).close()
        server.close()
        await server.wait_closed()
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(f"{self.path}2")
        with self.assertRaises(ConnectionRefusedError):
            await asyncio.wait_for(open_connection(f"{self.path}2", timeout=None), TIMEOUT)


if __name__ == "__main__":
    unittest.main()
