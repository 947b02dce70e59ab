#!/usr/bin/env python3
"""Peers that misbehave, seen from outside: the server stays, and gives back what it took."""
import argparse
import os
import pathlib
import resource
import signal
import socket
import struct
import subprocess
import sys
import time
import unittest

TIMEOUT = 60
SLACK = 8  # descriptors that the server opens for itself while it starts
bin_dir = None


def find(name):
    for path in sorted(pathlib.Path(bin_dir).rglob(name)):
        if path.is_file() and os.access(path, os.X_OK):
            return str(path)
    raise AssertionError(f'there is no program {name} below {bin_dir}')


def frame(text):
    payload = text.encode()
    return struct.pack('>I', len(payload)) + payload


REQUEST = frame('[0, 7, ["agents/0/service", [{"a": ["\\u00e4", 1.5]}], {}]]')


class Server:
    def __init__(self, **popen):
        self.popen = popen

    def __enter__(self):
        self.process = subprocess.Popen([find('echo_server'), '--listen', 'tcp://127.0.0.1:0'],
                                        stdout=subprocess.PIPE, text=True, **self.popen)
        self.port = int(self.process.stdout.readline().rstrip('/\n').rpartition(':')[2])
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.process.stdout.close()

    def connect(self):
        return socket.create_connection(('127.0.0.1', self.port), TIMEOUT)

    def descriptors(self):
        return len(os.listdir(f'/proc/{self.process.pid}/fd'))

    def resident_kib(self):
        with open(f'/proc/{self.process.pid}/statm', encoding='ascii') as file:
            return int(file.read().split()[1]) * (os.sysconf('SC_PAGESIZE') // 1024)

    def call(self):
        """A whole call on a connection of its own."""
        with self.connect() as peer:
            peer.sendall(REQUEST)
            return receive(peer)


def receive(peer):
    header = receive_bytes(peer, 4)
    return receive_bytes(peer, struct.unpack('>I', header)[0])


def receive_bytes(peer, n):
    result = b''
    while len(result) < n:
        part = peer.recv(n - len(result))
        if not part:
            raise AssertionError(f'closed after {len(result)} of {n} bytes')
        result += part
    return result


def until(condition):
    """Waits for what the server does on its own, which tells nobody."""
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError('timed out')
        os.sched_yield()


class Faults(unittest.TestCase):
    def test_peers_that_close_at_every_byte(self):
        with Server() as server, server.connect() as bystander:
            bystander.sendall(REQUEST + REQUEST[:10])
            receive(bystander)  # so that it has been accepted
            before = server.descriptors()
            for n in range(len(REQUEST) + 1):
                for reset in (False, True):
                    with server.connect() as peer:
                        if reset:
                            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                            struct.pack('ii', 1, 0))
                        peer.sendall(REQUEST[:n])
            bystander.sendall(REQUEST[10:])
            self.assertTrue(receive(bystander).startswith(b'[1,7,'))
            until(lambda: server.descriptors() <= before + SLACK)

    def test_connections_leave_nothing_behind(self):
        with Server() as server:
            before = server.descriptors()
            for n in range(2000):
                if n == 200:
                    warm = server.resident_kib()
                server.connect().close()
            server.call()
            until(lambda: server.descriptors() <= before + SLACK)
            # AddressSanitizer keeps some of what was freed.
            tolerated = 32 * 1024 if 'ASAN_OPTIONS' in os.environ else 4096
            self.assertLess(server.resident_kib() - warm, tolerated)

    def test_claims_cost_nothing(self):
        """64 MiB announced by each of 200 connections, and never sent."""
        with Server() as server:
            server.call()
            before = server.resident_kib()
            peers = [server.connect() for _ in range(200)]
            for peer in peers:
                peer.sendall(struct.pack('>I', 64 << 20) + b'[')
            server.call()
            self.assertLess(server.resident_kib() - before, 32 * 1024)
            for peer in peers:
                peer.close()

    def test_replies_that_nobody_reads(self):
        """Requests go on until the server stops reading; it must not keep all replies."""
        with Server() as server, server.connect() as peer:
            big = frame('[0, 1, ["agents/0/service", ["%s"], {}]]' % ('x' * 1_000_000))
            peer.settimeout(2)
            sent = 0
            with self.assertRaises(TimeoutError):
                while sent < 1000:
                    peer.sendall(big)
                    sent += 1
            self.assertLess(server.resident_kib(), 400 * 1024)
            self.assertTrue(server.call().startswith(b'[1,7,'))

    def test_too_few_descriptors(self):
        """A server says once, on its standard error, that it may run out of them."""
        def lower_limit():
            _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))

        with Server(preexec_fn=lower_limit, stderr=subprocess.PIPE) as server:
            self.assertTrue(server.call().startswith(b'[1,7,'))
            self.assertTrue(server.call().startswith(b'[1,7,'))
        with server.process.stderr as stderr:
            warnings = [line for line in stderr if line.startswith('aiomas: warning: ')]
        self.assertEqual(len(warnings), 1, warnings)
        self.assertIn('at most 100 files can be open', warnings[0])

    def test_name_servers_that_do_not_answer(self):
        done = subprocess.run([find('slow_name')], stdout=subprocess.PIPE, text=True,
                              timeout=TIMEOUT)
        self.assertEqual((done.returncode, done.stdout), (0, 'connected\nsystem ended\n'))

    def test_a_million_calls(self):
        done = subprocess.run([find('million_calls')], stdout=subprocess.PIPE, text=True,
                              timeout=200)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn('1000000 calls', done.stdout)


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--bin', required=True)
    args, rest = parser.parse_known_args()
    bin_dir = args.bin
    unittest.main(argv=sys.argv[:1] + rest)
