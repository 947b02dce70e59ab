"""An echo_server in a process of its own, and what can be seen of it from outside."""
import argparse
import os
import pathlib
import random
import resource
import socket
import struct
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'interop'))

from live.process import Child, end_children_on_sigterm  # noqa: E402
from live.programs import find_program  # noqa: E402

TIMEOUT = 60
KIB_PER_PAGE = os.sysconf('SC_PAGESIZE') // 1024
settings = argparse.Namespace()

# Sanitizers surround and keep what is allocated.
SANITIZED = bool({'ASAN_OPTIONS', 'TSAN_OPTIONS'} & os.environ.keys())


def find(name):
    return find_program(settings.bin, name)


def main():
    end_children_on_sigterm()
    parser = argparse.ArgumentParser()
    parser.add_argument('--bin', type=pathlib.Path, required=True)
    parser.add_argument('--seed', type=int, default=os.environ.get('AIOMAS_TEST_SEED'))
    _, rest = parser.parse_known_args(namespace=settings)
    unittest.main(argv=sys.argv[:1] + rest)


def seed():
    """The number that all that is random comes from; printed, to make the same again."""
    if settings.seed is None:
        settings.seed = random.randrange(2 ** 32)
    print(f'AIOMAS_TEST_SEED={settings.seed}', flush=True)
    return settings.seed


def tolerated_kib(kib):
    """How much memory may grow."""
    return kib + 32 * 1024 if SANITIZED else kib


def allow_files(n):
    """Lets this process and its children have `n` descriptors."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < n:
        hard = n  # which takes a privilege
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (n, hard))
    except ValueError as error:
        raise AssertionError(f'{n} files must be allowed to be open (ulimit -Hn)') from error


# -- frames --------------------------------------------------------------------

def frame(text):
    payload = text.encode()
    return struct.pack('>I', len(payload)) + payload


def receive(peer):
    header = receive_bytes(peer, 4)
    return receive_bytes(peer, struct.unpack('>I', header)[0])


def receive_bytes(peer, n):
    result = bytearray()
    while len(result) < n:
        part = peer.recv(n - len(result))
        if not part:
            raise ConnectionError(f'closed after {len(result)} of {n} bytes')
        result += part
    return bytes(result)


def close_with_reset(peer):
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    peer.close()


REQUEST = frame('[0, 7, ["agents/0/service", [{"a": ["\\u00e4", 1.5]}], {}]]')


# -- processes -----------------------------------------------------------------

class Server:
    """`options` are those of echo_server, its arguments beside where to listen."""

    def __init__(self, *options, listen='tcp://127.0.0.1:0', shell=''):
        command = [find('echo_server'), '--listen', listen, *options]
        if shell:
            command = ['sh', '-c', shell + '; exec "$@"', 'sh', *command]
        self.child = Child(command)

    def wait_until_ready(self):
        self.url = self.child.wait_for_line('READY ', TIMEOUT).split()[1]
        if self.url.startswith('tcp:'):
            self.port = int(self.url.rstrip('/').rpartition(':')[2])
        return self

    def __enter__(self):
        return self.wait_until_ready()

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if not self.child.is_running():
            raise AssertionError('the server has died\n' + self.child.output())
        code = self.child.stop(TIMEOUT)
        if code != 0:
            raise AssertionError(f'the server ended with {code}\n' + self.child.output())

    def kill(self):
        self.child.kill()

    def connect(self):
        return socket.create_connection(('127.0.0.1', self.port), TIMEOUT)

    def descriptors(self):
        return len(os.listdir(f'/proc/{self._pid}/fd'))

    def resident_kib(self):
        return int(self._read('statm').split()[1]) * KIB_PER_PAGE

    def call(self):
        """A whole call on a connection of its own."""
        with self.connect() as peer:
            peer.sendall(REQUEST)
            return receive(peer)

    @property
    def _pid(self):
        return self.child._process.pid

    def _read(self, name):
        return pathlib.Path(f'/proc/{self._pid}/{name}').read_text(encoding='ascii')


def until(condition, timeout=TIMEOUT):
    """Waits for what the server does on its own, which tells nobody."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError('timed out')
        os.sched_yield()
