#!/usr/bin/env python3
"""Connections that are cut at random points, from either side: each call ends once, and nothing remains."""
import concurrent.futures
import contextlib
import json
import random
import re
import pathlib
import signal
import socket
import ssl
import tempfile
import threading
import unittest

from server import Server, TIMEOUT, close_with_reset, find, frame, main, receive, seed, tolerated_kib, until
from certs import certs_in, make_certs
from live.process import Child
from peer import make_ssl_server_context

CALLS = 10_000
KILLS = 24
PATIENCE = 55

RESET, HALF_CLOSE, CLOSE = 'reset', 'half-close', 'close'


def cut(peer, how):
    """Ends a connection. Afterwards, the other side has closed it as well."""
    if how == RESET:
        close_with_reset(peer)
        return
    if how == HALF_CLOSE:
        peer.shutdown(socket.SHUT_WR)
        try:
            while peer.recv(65536):
                pass
        except ConnectionResetError:
            pass  # it closed before it had read all
    peer.close()


# -- peers that are called -----------------------------------------------------

class Slot:
    """An address on which an echo_server comes back each time it was killed."""

    def __init__(self, address, *options):
        self.address = address
        self.options = options
        self.start()

    def start(self):
        self.server = Server(*self.options, listen=self.address)

    def kill(self):
        self.server.kill()
        self.start()

    def close(self):
        self.server.wait_until_ready()
        self.server.stop()


class TcpSlot(Slot):
    def __init__(self, *options):
        # Keeps the port, as long as nobody listens on it. No client is ever at this address, and
        # so none connects to itself while there is no server.
        self.reservation = socket.socket()
        self.reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.reservation.bind(('127.0.0.2', 0))
        super().__init__('tcp://127.0.0.2:%d' % self.reservation.getsockname()[1], *options)

    def close(self):
        super().close()
        self.reservation.close()


class CuttingPeer:
    """Answers calls of its agents, and ends each connection in some way somewhere in a reply."""

    FUNCTIONS = {'validate_aid': lambda aid: 'Echo', 'service': lambda x: x, 'add': lambda x, y: x + y}

    def __init__(self, random_seed, how, tls=None):
        self.rng = random.Random(random_seed)
        self.how = how
        self.tls = tls
        self.cuts = 0
        self.error = None
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.url = 'tcp://127.0.0.1:%d/' % self.socket.getsockname()[1]
        self.closing = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        try:
            while True:
                peer, _ = self.socket.accept()
                peer.settimeout(TIMEOUT)
                with contextlib.suppress(ConnectionError, ssl.SSLError):  # the client has ended
                    if self.tls:
                        peer = self.tls.wrap_socket(peer, server_side=True)
                    self.serve(peer)
                peer.close()
        except BaseException as error:
            if not self.closing:
                self.error = error

    def serve(self, peer):
        for _ in range(self.rng.randrange(150)):
            peer.sendall(self.next_reply(peer))
        reply = self.next_reply(peer)
        peer.sendall(reply[:self.rng.randint(0, len(reply))])
        cut(peer, self.how)
        self.cuts += 1

    def next_reply(self, peer):
        kind, number, (path, args, _) = json.loads(receive(peer))
        if kind != 0:
            raise ValueError(f'a message of type {kind}')
        return frame(json.dumps([1, number, self.FUNCTIONS[path.split('/')[-1]](*args)]))

    def close(self):
        self.closing = True
        self.socket.shutdown(socket.SHUT_RDWR)  # wakes the thread
        self.thread.join(TIMEOUT)
        self.socket.close()


# -- clients that are called back ----------------------------------------------

def request(number, path, *args):
    return frame(json.dumps([0, number, [path, args, {}]]))


def be_called_back(server, rng):
    """Asks agents of the server to call back, answers some calls, and ends somewhere in an answer."""
    me = {'__type__': [3, 'agents/0']}
    with server.connect() as peer:
        peer.sendall(b''.join(request(i, f'agents/{rng.randrange(8)}/call_me', me, 1000)
                              for i in range(rng.randrange(1, 30))))
        for _ in range(rng.randrange(100)):
            peer.sendall(answer(peer))
        last = answer(peer)
        peer.sendall(last[:rng.randint(0, len(last))])
        cut(peer, rng.choice((RESET, HALF_CLOSE, CLOSE)))


def answer(peer):
    kind, number, (path, (x,), _) = json.loads(receive(peer))
    if (kind, path) != (0, 'agents/0/service'):
        raise ValueError(f'a message of type {kind} to {path}')
    return frame(json.dumps([1, number, x]))


def die_while_called_back(server, rng):
    """The same by a whole process."""
    code = Child([find('dying_client'), server.url, str(rng.randrange(1, 500))]).wait(PATIENCE)
    if code != -signal.SIGKILL:
        raise ValueError(f'a client ended with {code}')


# -- tests ---------------------------------------------------------------------

class Kills(unittest.TestCase):
    def test_each_call_ends_once(self):
        """A program calls peers that go away again and again."""
        number = seed()
        folder = self.folder()
        self.call_peers(number, [TcpSlot(), TcpSlot(), Slot(f'ipc://[{folder}/s]')],
                        [CuttingPeer(number, RESET), CuttingPeer(number + 1, HALF_CLOSE)])

    def test_each_call_ends_once_with_tls(self):
        number = seed()
        folder = self.folder()
        make_certs(folder, '127.0.0.2')
        tls = make_ssl_server_context(*certs_in(folder))
        self.call_peers(number, [TcpSlot('--certs', str(folder)), TcpSlot('--certs', str(folder))],
                        [CuttingPeer(number, RESET, tls), CuttingPeer(number + 1, HALF_CLOSE, tls)],
                        '--certs', str(folder), '--max-allocated', '4096')

    def folder(self):
        result = tempfile.TemporaryDirectory(prefix='aio')
        self.addCleanup(result.cleanup)
        return pathlib.Path(result.name)

    def call_peers(self, number, slots, peers, *options):
        for x in slots + peers:
            self.addCleanup(x.close)
        command = [find('dying_peers'), '--seed', str(number), '--calls', str(CALLS), '--kills', str(KILLS),
                   '--max-growth', str(tolerated_kib(8192)), f'--caf.aiomas.io-threads={1 + number % 2}', *options]
        for slot in slots:
            command += ['--echo', slot.address + '/']
        for peer in peers:
            command += ['--raw', peer.url]
        child = Child(command)
        self.addCleanup(lambda: child.is_running() and child.kill())
        for n in range(KILLS):
            line = child.wait_for_line(f'KILL {n} ', PATIENCE)
            slots[int(line.split()[-1])].kill()
        code = child.wait(PATIENCE)
        print('\n'.join(line for line in child.lines if not line.startswith('KILL ')))
        print(f'{KILLS} servers killed,', ', '.join(f'{x.cuts} connections cut by {x.how}' for x in peers), flush=True)
        self.assertEqual(code, 0, child.output())
        for peer in peers:
            self.assertIsNone(peer.error)
            self.assertGreater(peer.cuts, 10, peer.how)
        # Otherwise the above would say little.
        ends = dict(map(reversed, re.findall(r'(\d+) (\w+)', child.wait_for_line(f'{CALLS} calls: ', 0).split(';')[0])))
        for end in 'results', 'connection_reset', 'timeout':
            self.assertIn(end, ends)
        # TLS that ends in the middle is never taken for an orderly end.
        self.assertEqual('connection_closed' in ends, '--certs' not in options)

    def test_server_outlives_its_clients(self):
        """Clients go away while a server calls them back, and another one notices nothing."""
        number = seed()
        with Server() as server, server.connect() as bystander, \
                concurrent.futures.ThreadPoolExecutor() as pool:
            calls = 0

            def call():
                nonlocal calls
                calls += 1
                bystander.sendall(request(calls, 'agents/0/add', calls, 1))
                self.assertEqual(json.loads(receive(bystander)), [1, calls, calls + 1])

            def let_clients_die(name, per_thread):
                def many(client, i, n):
                    rng = random.Random(f'{number} {name} {i}')
                    for _ in range(n):
                        client(server, rng)

                jobs = [pool.submit(many, be_called_back, i, per_thread) for i in range(3)]
                jobs.append(pool.submit(many, die_while_called_back, 3, per_thread // 5))
                while not all(job.done() for job in jobs):
                    call()
                for job in jobs:
                    job.result()
                until(lambda: server.descriptors() == before)
                return server.resident_kib()

            call()
            before = server.descriptors()
            warm = let_clients_die('first', 20)
            growth = let_clients_die('others', 100) - warm
            print(f'{3 * 120} connections cut and {120 // 5} clients killed, {calls} calls of another one; '
                  f'descriptors: {before}, memory: {warm} KiB, at the end {growth} KiB more', flush=True)
            self.assertLess(growth, tolerated_kib(4096))


if __name__ == '__main__':
    main()
