"""A container of echo agents, the Python twin of the C++ echo_server: `echo_agents.py --listen tcp://127.0.0.1:0`.

Prints `READY` and its URL once it serves and runs until SIGINT or SIGTERM.
"""
import argparse
import asyncio
import datetime
import pathlib
import signal
import time
from typing import Any, List, Optional

from certs import certs_in
from echo_types import EXTRA_SERIALIZERS, Point
from peer import CODECS, Agent, Container, Proxy, SSLCerts, Service, expose
from peer.urls import parse_container_url

AGENT_COUNT = 8


class Sub:
    """A service below an agent: `agents/0/sub/ping`."""
    router = Service()

    @expose
    def ping(self, x: Any) -> list:
        return ["pong", x]


class Echo(Agent):
    router = Service(["sub"])

    def __init__(self, container: Container) -> None:
        self.sub = Sub()
        super().__init__(container)

    @expose
    def service(self, v: Any) -> Any:
        return v

    @expose
    def add(self, a: Any, b: Any) -> Any:
        return a + b

    @expose
    def describe(self, name: str, *, loud: bool = False) -> str:
        return name.upper() if loud else name

    @expose
    def fail(self, text: str) -> None:
        raise ValueError(text)

    @expose
    def none(self) -> None:
        return None

    @expose
    async def call_me(self, proxy: Proxy, n: int) -> list:
        """Call back `n` times, one after the other, over the connection this call came on."""
        return [await proxy.service(i) for i in range(n)]

    @expose
    def peers(self) -> List["Echo"]:
        """Agents travel as their paths and arrive as proxies."""
        return [self.container.agents[str(i)] for i in range(3)]

    @expose
    async def connect_to(self, url: str, v: Any) -> Any:
        remote = await self.container.connect(url)
        return await remote.service(v)

    @expose
    def mirror(self, point: Point) -> Point:
        return Point(point.y, point.x)

    @expose
    def later(self, date: datetime.datetime, seconds: float) -> datetime.datetime:
        return date + datetime.timedelta(seconds=seconds)

    @expose
    def work(self, us: int, v: Any) -> Any:
        """Be busy for `us` microseconds."""
        end = time.perf_counter() + us / 1e6
        while time.perf_counter() < end:
            pass
        return v

    def hidden(self) -> None:
        """Not exposed: callers must get a LookupError."""


async def serve(listen: str, codec: str, ssl: Optional[SSLCerts], agents: int) -> None:
    stop = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    container = await Container.create(parse_container_url(listen), extra_serializers=EXTRA_SERIALIZERS,
                                       codec=CODECS[codec], ssl=ssl)
    for _ in range(agents):
        Echo(container)
    print(f"READY {container.base_url}", flush=True)
    await stop.wait()
    await container.shutdown()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listen", default="tcp://127.0.0.1:0", metavar="URL", help="default: %(default)s")
    parser.add_argument("--codec", choices=CODECS, default="json", help="how messages are encoded, default: %(default)s")
    parser.add_argument("--certs", type=pathlib.Path, metavar="DIR",
                        help="TLS: folder with ca.pem, device.pem and device.key")
    parser.add_argument("--agents", type=int, default=AGENT_COUNT, metavar="N", help="default: %(default)s")
    args = parser.parse_args()
    asyncio.run(serve(args.listen, args.codec, certs_in(args.certs) if args.certs else None,
                      args.agents))


if __name__ == "__main__":
    main()
