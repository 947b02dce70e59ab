"""What the live tests share: the server, the limits of waiting, and a look whether others notice."""
import asyncio
import contextlib
import functools
import logging
import unittest
from typing import Any, Callable, Iterable, Iterator, Optional

import echo_agents
from echo_types import EXTRA_SERIALIZERS
from peer import CODECS, Container, RemoteException
from recorded import as_lists

from .process import Server
from .raw import Raw, call
from .settings import settings


_server: Optional[Server] = None


def server() -> Server:
    """The server of all tests; started anew if a test has killed it, so that this one fails alone."""
    global _server
    if _server is None or not _server.child.is_running():
        _server = Server(settings.server_command, settings.timeout)
    return _server


def stop_server() -> None:
    global _server
    if _server is not None:
        stopped, _server = _server, None
        stopped.stop()


def only_if(holds: Callable[[], bool], reason: str) -> Callable:
    """Marks tests that are left out where it doesn't hold; settings come later than decorators."""
    def decorate(test: Callable) -> Callable:
        @functools.wraps(test)
        def run(self: unittest.TestCase) -> Any:
            if not holds():
                self.skipTest(reason)
            return test(self)
        return run
    return decorate


def codecs(*names: str) -> Callable:
    """Marks what can be told in some codecs only."""
    return only_if(lambda: settings.codec in names, f"{' and '.join(names)} only")


json_only = codecs("json")
msgpack_only = codecs("msgpack", "msgpack_blosc")
# What ours does better than the original: the Python peer, faithful to it, would fail here.
cpp_only = only_if(lambda: settings.is_cpp, "cpp only")
# Programs that can't be told to use TLS.
without_tls = only_if(lambda: settings.transport.ssl is None, "the program knows no TLS")
needs_programs = only_if(lambda: settings.bin is not None, "no --bin")


def limited(test: Callable) -> Callable:
    @functools.wraps(test)
    async def run(self: "LiveCase") -> None:
        try:
            await asyncio.wait_for(test(self), settings.timeout)
        except asyncio.TimeoutError:
            where = f", at {self.at!r}" if self.at is not None else ""
            raise AssertionError(f"not done after {settings.timeout} s{where}\n{self.server.child.output()}") from None
    return run


class LiveCase(unittest.IsolatedAsyncioTestCase):
    """Each test has its limit of time, connections of its own, and a server that must live when it is over."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, test in list(vars(cls).items()):
            if name.startswith("test_"):
                setattr(cls, name, limited(test))

    at: Any = None

    @contextlib.contextmanager
    def about(self, what: Any) -> Iterator[None]:
        """Name the example that failed. (unittest's subTest would swallow the cancellation when time is up, and go on.)"""
        self.at = what
        try:
            yield
        except Exception as error:
            raise AssertionError(f"at {what!r}: {type(error).__name__}: {error}") from error
        self.at = None

    async def asyncSetUp(self) -> None:
        asyncio.get_running_loop().set_debug(False)
        # The peer answers some bad requests with a log entry only; tests look at what is on the wire.
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
        self.server = server()

    async def asyncTearDown(self) -> None:
        self.assertTrue(self.server.child.is_running(), "the server died\n" + self.server.child.output())

    async def container(self) -> Container:
        """A Python container with one Echo agent, `agents/0`, for callbacks."""
        container = await self.create_container()
        self.agent = echo_agents.Echo(container)
        return container

    async def create_container(self, extra_serializers: Iterable[Callable] = EXTRA_SERIALIZERS) -> Container:
        container = await Container.create(settings.transport.new_address(), extra_serializers=extra_serializers,
                                           codec=CODECS[settings.codec], ssl=settings.transport.ssl)
        self.shut_down_later(container)
        return container

    def shut_down_later(self, container: Container) -> None:
        async def shutdown() -> None:
            await asyncio.wait_for(container.shutdown(), settings.timeout)
        self.addAsyncCleanup(shutdown)

    async def echo(self, aid: int = 0) -> Any:
        """A proxy of one of the server's agents, in a container of its own."""
        return await (await self.container()).connect(self.server.agent_url(aid))

    async def raw(self) -> Raw:
        raw = await Raw.open(self.server.addr)
        self.addCleanup(raw.close)
        return raw

    def equal(self, got: Any, want: Any) -> None:
        """The same, but for tuples and lists: MsgPack delivers the one and JSON the other."""
        self.assertEqual(as_lists(got), as_lists(want))

    async def fails(self, last_line: str, awaitable: Any) -> None:
        """The call ends in an EXCEPTION whose last line matches; `last_line` is a regular expression."""
        with self.assertRaises(RemoteException) as caught:
            await awaitable
        text = caught.exception.remote_traceback
        self.assertIsInstance(text, str)
        self.assertRegex(caught.exception.last_line, f"^{last_line}$")
        self.assertTrue(text.endswith("\n"), text)

    async def works(self, raw: Raw, id_: Any = "still here") -> None:
        """The connection answers as if nothing had been."""
        self.assertEqual(await raw.ask(call(id_, "agents/0/service", 42)), [1, id_, 42])

    async def closed(self, raw: Raw) -> None:
        """The server closes this connection, without a word."""
        self.assertEqual(await raw.read_to_end(), [])

    async def witnessed(self, misbehave: Callable[[Raw], Any]) -> None:
        """`misbehave` on a connection must not be noticed on another one, nor by those who connect later."""
        witness = await self.raw()
        await self.works(witness)
        await misbehave(await self.raw())
        await self.works(witness)
        await self.works(await self.raw())
