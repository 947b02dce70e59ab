#!/usr/bin/env python3
"""Peers that misbehave, seen from outside: the server stays, and gives back what it took."""
import socket
import struct
import subprocess
import unittest

from server import REQUEST, Server, TIMEOUT, close_with_reset, find, frame, main, receive, tolerated_kib, until


class Faults(unittest.TestCase):
    def test_peers_that_close_at_every_byte(self):
        with Server() as server, server.connect() as bystander:
            bystander.sendall(REQUEST + REQUEST[:10])
            receive(bystander)  # so that it has been accepted
            before = server.descriptors()
            for n in range(len(REQUEST) + 1):
                for reset in (False, True):
                    with server.connect() as peer:
                        peer.sendall(REQUEST[:n])
                        if reset:
                            close_with_reset(peer)
            bystander.sendall(REQUEST[10:])
            self.assertTrue(receive(bystander).startswith(b'[1,7,'))
            until(lambda: server.descriptors() <= before)

    def test_connections_leave_nothing_behind(self):
        with Server() as server:
            before = server.descriptors()
            for n in range(2000):
                if n == 200:
                    warm = server.resident_kib()
                server.connect().close()
            server.call()
            until(lambda: server.descriptors() <= before)
            self.assertLess(server.resident_kib() - warm, tolerated_kib(4096))

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
        with Server(shell='ulimit -Sn 100') as server:
            self.assertTrue(server.call().startswith(b'[1,7,'))
            self.assertTrue(server.call().startswith(b'[1,7,'))
        warnings = [line for line in server.child.lines if line.startswith('aiomas: warning: ')]
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
    main()
