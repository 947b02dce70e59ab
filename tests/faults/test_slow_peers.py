#!/usr/bin/env python3
"""Peers that read or write slowly or not at all: the server closes them by its limits, and others are served."""
import json
import socket
import struct
import time
import unittest

from server import REQUEST, TIMEOUT, Server, frame, main, receive

OPTIONS = [f'--caf.aiomas.{x}' for x in (
    'write-timeout=2s', 'close-timeout=1s', 'frame-timeout=2s', 'frame-timeout-per-mib=0s')]
PATIENCE = 12  # seconds, which is less than these limits are by default
TEXT = 'x' * 1_000_000


def large_requests(n):
    return b''.join(frame(json.dumps([0, i, ['agents/0/service', [TEXT], {}]])) for i in range(n))


class SlowPeer:
    def __init__(self, server):
        # Little room, so that replies pile up in the server.
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(TIMEOUT)
        self.socket.connect(('127.0.0.1', server.port))
        self.begin()

    def begin(self):
        """What it does at first."""

    def go_on(self):
        """What it does from time to time, as long as it is connected."""


class HalfHeader(SlowPeer):
    """Sends a part of a header, and then nothing."""

    def begin(self):
        self.socket.sendall(b'\0\0')


class HalfFrame(SlowPeer):
    """Makes a call, sends a part of another one, and then nothing."""

    def begin(self):
        self.socket.sendall(REQUEST + REQUEST[:-1])
        receive(self.socket)


class WritesBytes(SlowPeer):
    """Writes a frame byte by byte, and never gets to its end."""

    def begin(self):
        self.socket.sendall(struct.pack('>I', 60_000_000) + b'"')

    def go_on(self):
        self.socket.send(b'x')


class NeverReads(SlowPeer):
    """Wants large replies and reads none. Its requests are complete, so that nothing is wrong with them."""

    def begin(self):
        self.socket.sendall(large_requests(12))


class ReadsSlowly(SlowPeer):
    """Wants large replies and reads a little of them at a time. It is closed only if that is too little."""

    def begin(self):
        self.socket.sendall(large_requests(12))
        self.socket.setblocking(False)

    def go_on(self):
        self.socket.recv(512)


class SlowPeers(unittest.TestCase):
    def test_bystanders_are_served(self):
        with Server(*OPTIONS) as server, server.connect() as bystander:
            calls = 0

            def call():
                nonlocal calls
                calls += 1
                bystander.sendall(frame(json.dumps([0, calls, ['agents/0/add', [calls, 1], {}]])))
                self.assertEqual(json.loads(receive(bystander)), [1, calls, calls + 1])

            def call_until(descriptors):
                while server.descriptors() > descriptors:
                    self.assertLess(time.monotonic(), deadline, 'not all slow peers are closed')
                    call()
                    for peer in peers:
                        try:
                            peer.go_on()
                        except (ConnectionError, BlockingIOError):
                            pass

            call()
            before = server.descriptors()
            peers = [kind(server) for kind in (HalfHeader, HalfFrame, WritesBytes, NeverReads) for _ in range(2)]
            reader = ReadsSlowly(server)
            peers.append(reader)
            deadline = time.monotonic() + PATIENCE
            call_until(before + 1)
            reader.socket.close()
            peers.remove(reader)
            call_until(before)
            print(f'{calls} calls of a bystander, {len(peers)} slow peers closed', flush=True)
            for peer in peers:
                peer.socket.close()


if __name__ == '__main__':
    main()
