"""The programs that are measured. All clients have the same options and print the same JSON, see benchmarks/load."""
import dataclasses
import json
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Failure(Exception):
    """A peer did not do what it should."""


@dataclasses.dataclass
class Peer:
    name: str
    about: str
    client: list
    server: str = None
    # What it can do besides the echo of integers, text and bytes over TCP.
    transports: tuple = ('tcp',)
    is_aiomas: bool = True
    max_conns: int = 100_000
    max_agents: int = 8

    def exists(self):
        return pathlib.Path(self.client[0]).exists()

    def can(self, plan):
        """Whether it can be measured with this plan, a dict with the long options of load as keys."""
        return (plan.get('transport', 'tcp') in self.transports and plan.get('conns', 1) <= self.max_conns
                and plan.get('agents', 8) <= self.max_agents)

    def command(self, plan):
        result = [*self.client, '--json']
        if self.server:
            result += ['--server', self.server]
        for key, value in plan.items():
            if self.is_aiomas or key not in ('codec', 'agents', 'transport'):
                result += [f'--{key}', str(value)]
        return result

    def measure(self, plan):
        """Return what the client printed. Raises `Failure`."""
        secs = plan['secs'] + plan['warmup']
        try:
            done = subprocess.run(self.command(plan), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                  timeout=secs + 120)
        except subprocess.TimeoutExpired as error:
            raise Failure(f'{self.name}: takes too long') from error
        if done.returncode != 0:
            text = (done.stderr.strip() or done.stdout.strip()).splitlines()
            raise Failure(f'{self.name}: {text[-1] if text else f"exit code {done.returncode}"}')
        return json.loads(done.stdout)


def find_python():
    """Return a Python that has what the peer needs, or None."""
    for program in (sys.executable, '/usr/bin/python3', shutil.which('python3')):
        if program and subprocess.run([program, '-c', 'import msgpack, blosc'], stderr=subprocess.DEVNULL).returncode == 0:
            return program
    return None


def all_peers(build):
    """Return those that are built, `raw` first."""
    benchmarks = build / 'benchmarks'
    folder = benchmarks / 'peers'
    ours = str(build / 'examples' / 'echo_server')
    inlined = f'{ours} --dispatch inlined'
    raw_load = [str(folder / 'raw_load')]
    load = [str(benchmarks / 'load')]
    everywhere = ('tcp', 'ipc', 'local', 'tls')
    many = 1_000_000
    result = [
        Peer('raw', 'an epoll loop that sends the frames back, called by raw_load: the limit', raw_load,
             str(folder / 'raw_echo'), ('tcp', 'ipc')),
        Peer('ours', 'echo_server, called by load', load, ours, everywhere, max_agents=many),
        Peer('ours inlined', 'the same with --dispatch inlined', [*load, '--dispatch', 'inlined'], ours, everywhere,
             max_agents=many),
        Peer('our server', 'echo_server, called by raw_load', raw_load, ours, ('tcp', 'ipc'), max_agents=many),
        Peer('our server inlined', 'the same with --dispatch inlined', raw_load, inlined, ('tcp', 'ipc'),
             max_agents=many),
        Peer('grpc', 'gRPC, its asynchronous interface', [str(folder / 'grpc_load')], is_aiomas=False),
        Peer('capnp', "Cap'n Proto RPC", [str(folder / 'capnp_load')], is_aiomas=False),
        # Each of its connections is an actor system with threads of its own.
        Peer('basp', "CAF's own remoting", [str(folder / 'basp_load')], is_aiomas=False, max_conns=64),
    ]
    if python := find_python():
        agents = ROOT / 'tests' / 'interop' / 'echo_agents.py'
        script = str(ROOT / 'benchmarks' / 'peers' / 'python_load')
        result += [Peer('python', "the tests' peer in Python, both sides", [python, script], None, ('tcp', 'ipc'),
                        max_agents=1000),
                   Peer('python server', 'the same, called by raw_load', raw_load, f'{python} {agents}', ('tcp', 'ipc'),
                        max_agents=1000)]
    return [peer for peer in result if peer.exists()]
