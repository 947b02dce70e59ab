"""Recorded conversations of the original, and the services and clients that took part in them."""
import asyncio
import itertools
import json
import os
import pathlib
import sys
from typing import Any, Dict, List

from peer import CODECS, Agent, MsgPackBlosc, Proxy, Service, ServiceDict, expose, frames

DATA = pathlib.Path(os.environ.get("AIOMAS_TEST_DATA") or pathlib.Path(__file__).resolve().parent.parent / "data")


def load(name: str, codec: str) -> List[Dict[str, Any]]:
    """The lines of a recording that use this codec."""
    with open(DATA / name, encoding="utf-8") as lines:
        return [entry for entry in map(json.loads, lines) if entry["codec"] == codec]


def payload(step: Dict[str, Any]) -> bytes:
    return bytes.fromhex(step["hex"])[frames.HEADER.size:]


def normalised(data: bytes, codec: str) -> Any:
    """Comparable form of a payload: its bytes, but of a traceback only what doesn't depend on source files.

    Of compressed bytes the plain ones: how well they are compressed depends on the version of Blosc.
    """
    reader = CODECS[codec]()
    message = reader.unpack(data)
    if message[0] != 2:
        return reader.decompress(data) if isinstance(reader, MsgPackBlosc) else data
    lines = message[2].rstrip("\n").split("\n")
    # Python < 3.10 names a function without its class in "f() takes 2 arguments".
    last = lines[-1].replace("TypeError: Root.", "TypeError: ") if sys.version_info < (3, 10) else lines[-1]
    return message[0], message[1], lines[0], last, message[2].endswith("\n")


# -- the services of the recording; their module name was __main__ ---------------------------------------------------------------


class Sub:
    __module__ = "__main__"
    router = Service()

    @expose
    def hello(self, name: str) -> str:
        return f"hello {name}"


@expose
def add(a: Any, b: Any) -> Any:
    return a + b


def not_exposed() -> None:
    pass


class Root:
    """The root service of the plain RPC recordings."""
    __module__ = "__main__"
    router = Service(["sub", "d"])

    def __init__(self) -> None:
        self.attr = 5
        self.sub = Sub()
        self.d = ServiceDict({"add": add, "nope": not_exposed})

    @expose
    def noargs(self) -> None:
        pass

    @expose
    def echo(self, *args: Any, **kwargs: Any) -> list:
        return [args, kwargs]

    @expose
    def fixed(self, a: Any, b: Any = 2) -> list:
        return [a, b]

    @expose
    def err(self, text: str) -> None:
        raise ValueError(text)

    @expose
    def unser(self) -> set:
        return {1, 2}

    @expose
    async def sleep(self, seconds: float, result: Any) -> Any:
        await asyncio.sleep(seconds)
        return result

    @expose
    async def callback(self, proxy: Proxy, n: int) -> list:
        return [await proxy.ping(i) for i in range(n)]

    @expose
    async def callback_par(self, proxy: Proxy, n: int) -> list:
        return await asyncio.gather(*[proxy.ping(i) for i in range(n)])

    @expose
    def get_sub(self) -> Sub:
        return self.sub

    @expose
    def get_subs(self) -> list:
        return [self.sub, {"s": self.sub, "d": self.d}, self]

    def hidden(self) -> None:
        pass


class Client:
    """What the clients of the RPC recordings serve."""
    router = Service()

    @expose
    def ping(self, x: Any) -> list:
        return ["pong", x]


class Worker(Agent):
    __module__ = "__main__"

    @expose
    def service(self, v: Any) -> Any:
        return v

    @expose
    def fail(self) -> None:
        raise ValueError("agent failed")

    @expose
    async def call_me(self, proxy: Proxy, v: Any) -> Any:
        return await proxy.service(v)

    @expose
    def who(self) -> "Worker":
        return self

    @expose
    def all(self) -> list:
        return [self.container.agents[str(i)] for i in range(3)]

    @expose
    def typename(self, v: Any) -> str:
        return type(v).__name__

    def private(self) -> None:
        pass


class Parent(Worker):
    __module__ = "__main__"
    router = Service(["sub"])

    def __init__(self, container: Any) -> None:
        self.sub = Sub()
        super().__init__(container)

    @expose
    def get_sub(self) -> Sub:
        return self.sub


class Point:
    def __init__(self, x: Any, y: Any) -> None:
        self.x, self.y = x, y


class Other:
    """The second extra serializer of the recorded containers: what makes proxies type id 3 there."""


EXTRA_SERIALIZERS = (
    lambda: (Point, lambda p: {"x": p.x, "y": p.y}, lambda data: Point(**data)),
    lambda: (Other, lambda o: {}, lambda data: Other()),
)


def as_lists(value: Any) -> Any:
    """What MsgPack delivers as tuples becomes the lists that JSON delivers."""
    if isinstance(value, (list, tuple)):
        return [as_lists(item) for item in value]
    if isinstance(value, dict):
        return {key: as_lists(item) for key, item in value.items()}
    return value


def count_from(channel: Any, start: int) -> None:
    """Recordings begin in the middle of a connection's life: number requests as it did."""
    channel.ids = itertools.count(start)
