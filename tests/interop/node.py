"""A container that others start agents in, as the original's `subproc`: `node.py --listen tcp://127.0.0.1:0`.

Agent 0 is its manager. Agents are named "module:Class", for example "node_agents:Counter". Prints `READY` and its URL
once it serves, and runs until somebody calls the manager's `stop`, or until SIGINT or SIGTERM.
"""
import argparse
import asyncio
import importlib
import pathlib
import signal
from typing import Any, Optional, Tuple

from certs import certs_in
from peer import CODECS, Agent, Container, SSLCerts, expose
from peer.urls import parse_container_url


class AsyncioClock:
    def time(self) -> float:
        return asyncio.get_running_loop().time()


class ExternalClock:
    """Of the original's, what a manager needs."""

    def __init__(self) -> None:
        self._time = 0.0

    def time(self) -> float:
        return self._time

    def set_time(self, t: float) -> None:
        if t <= self._time:
            raise ValueError(f"Time must be > {self._time} but is {t}")
        self._time = t


def object_from(name: str) -> Any:
    try:
        module, names = name.split(":")
    except ValueError:
        raise ValueError(f'Malformed object name "{name}": Expected "module:object"') from None
    found = importlib.import_module(module)
    for part in names.split("."):
        found = getattr(found, part)
    return found


class Manager(Agent):
    def __init__(self, container: Container) -> None:
        super().__init__(container)
        self.stopped: "asyncio.Future[None]" = asyncio.get_running_loop().create_future()

    @expose
    async def spawn(self, qualname: str, *args: Any, **kwargs: Any) -> Tuple[Agent, str]:
        agent = object_from(qualname)(self.container, *args, **kwargs)
        if asyncio.iscoroutine(agent):
            agent = await agent
        return agent, agent.addr

    @expose
    def set_time(self, t: float) -> None:
        self.container.clock.set_time(t)  # type: ignore[attr-defined]

    @expose
    def stop(self) -> None:
        self.stopped.set_result(None)


async def serve(listen: str, codec: str, ssl: Optional[SSLCerts], simulated: bool) -> None:
    container = await Container.create(parse_container_url(listen), codec=CODECS[codec], ssl=ssl)
    container.clock = ExternalClock() if simulated else AsyncioClock()  # type: ignore[attr-defined]
    manager = Manager(container)
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, lambda: manager.stopped.done() or manager.stopped.set_result(None))
    print(f"READY {container.base_url}", flush=True)
    await manager.stopped
    await container.shutdown()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listen", default="tcp://127.0.0.1:0", metavar="URL", help="default: %(default)s")
    parser.add_argument("--codec", choices=CODECS, default="json", help="how messages are encoded, default: %(default)s")
    parser.add_argument("--certs", type=pathlib.Path, metavar="DIR",
                        help="TLS: folder with ca.pem, device.pem and device.key")
    parser.add_argument("--simulated", action="store_true", help="agents go by a time that others set")
    args = parser.parse_args()
    asyncio.run(serve(args.listen, args.codec, certs_in(args.certs) if args.certs else None, args.simulated))


if __name__ == "__main__":
    main()
