#!/usr/bin/env python3
"""2,000 connections at once: all are served, an idle one costs little, and all is given back."""
import json
import selectors
import unittest

from server import SANITIZED, TIMEOUT, Server, allow_files, frame, main, until

CONNECTIONS = 2000
CALLS = 5  # on each connection, pipelined
MAX_BYTES = 24 * 1024  # of memory per idle connection


class ManyConnections(unittest.TestCase):
    def test_2000_connections(self):
        allow_files(CONNECTIONS + 100)
        limit = CONNECTIONS + 10
        with Server(f'--caf.aiomas.max-connections={limit}',
                    f'--caf.aiomas.max-connections-per-peer={limit}') as server:
            self.work(server, 20)  # what it needs once
            descriptors = server.descriptors()
            resident = server.resident_kib()
            peers = [Peer(server, i) for i in range(CONNECTIONS)]
            self.call_all(peers)
            self.assertEqual(server.descriptors(), descriptors + CONNECTIONS)
            per_connection = (server.resident_kib() - resident) * 1024 // CONNECTIONS
            print(f'{CONNECTIONS} connections, {CALLS} calls on each, '
                  f'{per_connection} bytes per idle connection', flush=True)
            self.call_all(peers)
            for peer in peers:
                peer.close()
            until(lambda: server.descriptors() == descriptors)
            self.assertTrue(server.call().startswith(b'[1,7,'))
            self.assertLessEqual(per_connection, MAX_BYTES * (8 if SANITIZED else 1))

    def work(self, server, connections):
        descriptors = server.descriptors()
        peers = [Peer(server, i) for i in range(connections)]
        self.call_all(peers)
        for peer in peers:
            peer.close()
        until(lambda: server.descriptors() == descriptors)

    def call_all(self, peers):
        """Calls are on their way on all connections before the first reply is read."""
        for peer in peers:
            peer.send_calls()
        with selectors.DefaultSelector() as selector:
            for peer in peers:
                selector.register(peer.socket, selectors.EVENT_READ, peer)
            left = len(peers)
            while left > 0:
                ready = selector.select(TIMEOUT)
                self.assertTrue(ready, f'{left} connections without all replies')
                for key, _ in ready:
                    if key.data.read():
                        selector.unregister(key.fileobj)
                        left -= 1
        for peer in peers:
            self.assertEqual(peer.replies(), peer.expected())


class Peer:
    """A connection whose calls are unlike those of all others."""

    def __init__(self, server, number):
        self.number = number
        self.round = 0
        self.socket = server.connect()
        self.close = self.socket.close

    def ids(self):
        first = (self.number * 1000 + self.round) * 1000
        return range(first, first + CALLS)

    def send_calls(self):
        self.round += 1
        self.received = b''
        self.socket.sendall(b''.join(
            frame(json.dumps([0, i, [f'agents/{self.number % 8}/service', [{'n': i, 'text': 'x' * (i % 100)}], {}]]))
            for i in self.ids()))

    def read(self):
        """Whether all replies are here now."""
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError(f'connection {self.number} was closed')
        self.received += part
        return len(self.split()) >= CALLS

    def split(self):
        result, at = [], 0
        while at + 4 <= len(self.received):
            end = at + 4 + int.from_bytes(self.received[at:at + 4], 'big')
            if end > len(self.received):
                break
            result.append(self.received[at + 4:end])
            at = end
        return result

    def replies(self):
        """In whatever order they came."""
        return sorted(json.loads(x) for x in self.split())

    def expected(self):
        return [[1, i, {'n': i, 'text': 'x' * (i % 100)}] for i in self.ids()]


if __name__ == '__main__':
    main()
