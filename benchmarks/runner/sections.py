"""The loads, and which peers get them."""
import dataclasses

OURS = ['ours', 'ours inlined', 'our server', 'our server inlined']
PYTHON = ['python', 'python server']
OTHERS = ['grpc', 'capnp', 'basp']
ALL = ['raw', *OURS, *OTHERS, *PYTHON]
MIB = 1 << 20


@dataclasses.dataclass
class Section:
    """One table. If `axis` is an option of load, the table is about its growth, and `points` are its values.

    `half_of` in a plan is the key of another section: the rate is half of what came of that.
    """
    key: str
    title: str
    peers: list
    plan: dict
    axis: str = None
    points: list = None
    label: str = None

    def plans(self, peer):
        """Yield `(point, plan)`; points are texts, as they are keys in JSON."""
        if self.axis is None:
            yield '', self.plan
        for point in self.points or []:
            yield str(point), {**self.plan, self.axis: f'string:{point}' if self.axis == 'payload' else point}


def all_sections(quick):
    def some(points):
        return points[:3:2] if quick else points

    return [
        Section('1x1', 'One connection, one call at a time', ALL, {'conns': 1, 'depth': 1}),
        Section('1x64', 'One connection, 64 calls at a time', ALL, {'conns': 1, 'depth': 64}),
        Section('8x64', 'Eight connections, 64 calls at a time on each', ALL, {'conns': 8, 'depth': 64}),
        Section('8x64-half', 'Half as many calls of those as can be, at a given rate', OURS[:2],
                {'conns': 8, 'depth': 64, 'half_of': '8x64'}),
        Section('8x64-msgpack', 'The same in MsgPack', ['raw', *OURS, *PYTHON],
                {'conns': 8, 'depth': 64, 'codec': 'msgpack'}),
        Section('1mib', 'Texts of 1 MiB, MsgPack, one connection, one at a time', ALL,
                {'conns': 1, 'depth': 1, 'codec': 'msgpack', 'payload': f'string:{MIB}'}),
        Section('ipc', 'Unix sockets, 8 x 64', ['raw', *OURS, *PYTHON], {'conns': 8, 'depth': 64, 'transport': 'ipc'}),
        Section('local', 'Inside of a process, 8 x 64', OURS[:2], {'conns': 8, 'depth': 64, 'transport': 'local'}),
        Section('tls', 'TLS, 8 x 64', OURS[:2], {'conns': 8, 'depth': 64, 'transport': 'tls'}),
        Section('depth', 'Growth with the calls at a time, one connection', ALL, {'conns': 1}, 'depth',
                some([1, 4, 16, 64, 256]), 'calls at a time'),
        Section('connections', 'Growth with the connections, one call at a time on each', ALL, {'depth': 1}, 'conns',
                some([1, 8, 64, 256, 1000]), 'connections'),
        Section('agents', 'Growth with the agents, 8 x 64', [*OURS, *PYTHON], {'conns': 8, 'depth': 64}, 'agents',
                [8, 1000] if quick else [8, 1000, 100_000], 'agents'),
        Section('payload', 'Growth with the length of a text, MsgPack, one connection, one at a time', ALL,
                {'conns': 1, 'depth': 1, 'codec': 'msgpack'}, 'payload', some([16, 1024, 16 << 10, 128 << 10, MIB]),
                'characters'),
    ]
