"""Channels: requests and their replies between two ends of one connection."""
import asyncio
import collections
import itertools
import traceback
from ssl import SSLContext
from typing import Any, Awaitable, Callable, Deque, Dict, Optional, Tuple, Union

from . import frames
from .codec import JSON, Codec
from .errors import RemoteException

REQUEST, RESULT, EXCEPTION = 0, 1, 2

# Host and port, or the path of a Unix socket.
Address = Union[Tuple[str, int], str]


class Request:
    """What the other side asked; answered exactly once, by `reply()` or `fail()`. Its id is echoed as it came."""

    def __init__(self, channel: "Channel", id_: Any, content: Any) -> None:
        self._channel = channel
        self.id = id_
        self.content = content

    async def reply(self, result: Any) -> None:
        self._channel.write((RESULT, self.id, result))
        await self._channel.drain()

    async def fail(self, error: BaseException) -> None:
        text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        self._channel.write((EXCEPTION, self.id, text))
        await self._channel.drain()


class Channel(asyncio.Protocol):
    """One end of a connection. Each direction numbers its requests from 0, whatever the other does."""

    def __init__(self, codec: Codec, on_connect: Optional[Callable[["Channel"], None]] = None) -> None:
        self.codec = codec
        self.ids = itertools.count()
        self._on_connect = on_connect
        self._transport: Any = None
        self._splitter = frames.Splitter()
        self._pending: Dict[Any, asyncio.Future] = {}
        self._requests: Deque[Request] = collections.deque()
        self._receiver: Optional[asyncio.Future] = None
        self._error: Optional[BaseException] = None
        self._closed = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()

    # What users call.

    def send(self, content: Any) -> "asyncio.Future[Any]":
        """Send a request, return a future for its reply. The id is used up even if `content` can't be encoded."""
        if self._error is not None:
            raise self._error
        id_ = next(self.ids)
        self.write((REQUEST, id_, content))
        future = asyncio.get_running_loop().create_future()
        self._pending[id_] = future
        return future

    async def recv(self) -> Request:
        if self._receiver is not None:
            raise RuntimeError("recv() called while another coroutine is already waiting for incoming data.")
        while True:
            if self._error is not None:
                raise self._error
            if self._requests:
                return self._requests.popleft()
            self._receiver = asyncio.get_running_loop().create_future()
            try:
                await self._receiver
            finally:
                self._receiver = None

    def close(self) -> None:
        self._end(ConnectionResetError("Connection closed"))
        self._transport.close()

    async def wait_closed(self) -> None:
        await self._closed.wait()

    @property
    def is_open(self) -> bool:
        return self._error is None

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)

    def write(self, message: Tuple[int, Any, Any]) -> None:
        """Encode and write; what comes after the end of the connection is dropped (a reply whose caller has left)."""
        frame = frames.pack(self.codec.encode(message))
        if not self._transport.is_closing():
            self._transport.write(frame)

    async def drain(self) -> None:
        await self._writable.wait()

    # What the event loop calls.

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._peername = transport.get_extra_info("peername")
        if self._on_connect is not None:
            self._on_connect(self)

    def data_received(self, data: bytes) -> None:
        try:
            for payload in self._splitter.feed(data):
                self._dispatch(*self.codec.decode(payload))
                if self._error is not None:
                    return
        except Exception as error:
            # A bad frame takes the connection and every pending call with it, as in the original.
            self._end(error)
            self._transport.abort()

    def eof_received(self) -> None:
        """A half-close ends the connection at once: calls that are still running are not answered."""
        self._end(ConnectionResetError(), later=ConnectionResetError("Connection closed"))

    def connection_lost(self, exc: Optional[Exception]) -> None:
        self._end(exc or ConnectionResetError("Connection closed"))
        self._closed.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def _dispatch(self, kind: Any, id_: Any, content: Any) -> None:
        if kind == REQUEST:
            self._requests.append(Request(self, id_, content))
            if self._receiver is not None and not self._receiver.done():
                self._receiver.set_result(None)
        elif kind in (RESULT, EXCEPTION):
            future = self._pending.pop(id_)
            if future.cancelled():
                # The original dies of a reply that nobody waits for any more.
                raise RuntimeError("Request was cancelled.")
            if kind == RESULT:
                future.set_result(content)
            else:
                future.set_exception(RemoteException(self._peername, content))
        else:
            # %d on purpose: a type that is no number is a bad frame, an unknown number a graceful end.
            error = RuntimeError("Invalid message type %d" % kind)
            self._end(error, later=ConnectionResetError("Connection closed"))
            self._transport.close()

    def _end(self, error: BaseException, later: Optional[BaseException] = None) -> None:
        """Fail all that waits with `error` and all that follows with `later`. The first reason given stays."""
        if self._error is not None:
            return
        self._error = later or error
        self._writable.set()
        pending, self._pending = self._pending, {}
        for future in pending.values():
            if not future.done():
                future.set_exception(error)
        if self._receiver is not None and not self._receiver.done():
            self._receiver.set_result(None)


async def open_connection(addr: Address, *, codec: Optional[Codec] = None, ssl: Optional[SSLContext] = None,
                          timeout: Optional[float] = 0) -> Channel:
    """Connect to `addr`; `timeout` says for how many seconds failed attempts are repeated (None: for ever).

    Unix sockets are tried again only while there is no file. TLS of theirs asyncio refuses, and so does the original.
    """
    loop = asyncio.get_running_loop()
    connect = _by_type(addr, loop.create_connection, loop.create_unix_connection)
    repeated = FileNotFoundError if isinstance(addr, str) else OSError
    start, pause = loop.time(), 0.5
    while True:
        try:
            _, channel = await connect(lambda: Channel(codec or JSON()), ssl=ssl)
            return channel
        except repeated:
            if timeout is not None and loop.time() - start >= timeout:
                raise
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, 30)


def start_server(addr: Address, on_connect: Callable[[Channel], None], *, make_codec: Callable[[], Codec] = JSON,
                 ssl: Optional[SSLContext] = None) -> Awaitable[asyncio.AbstractServer]:
    """Listen on `addr`; each connection gets its own codec and is handed to `on_connect`."""
    loop = asyncio.get_running_loop()
    serve = _by_type(addr, loop.create_server, loop.create_unix_server)
    return serve(lambda: Channel(make_codec(), on_connect), ssl=ssl)


def _by_type(addr: Address, tcp: Callable, unix: Callable) -> Callable:
    """One of two functions of the event loop, with `addr` for its arguments behind the first."""
    if isinstance(addr, tuple):
        return lambda factory, **kwargs: tcp(factory, *addr, **kwargs)
    if isinstance(addr, str):
        return lambda factory, **kwargs: unix(factory, addr, **kwargs)
    raise ValueError(f"Unknown address type: {addr}")
