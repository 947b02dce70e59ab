"""Remote procedure calls: a request's content is `[path, args, kwargs]`, a reply's is the bare result."""
import asyncio
import inspect
from ssl import SSLContext
from typing import Any, Optional, Set

from .channel import Address, Channel, Request, open_connection
from .codec import Codec
from .errors import SerializationError
from .router import Router


class Proxy:
    """A service on the other side: `await proxy.sub.method(1, key=2)`. Belongs to one channel and can't be sent on."""
    __module__ = "aiomas.rpc"
    __slots__ = ("_channel", "_path", "_text", "__weakref__")

    def __init__(self, channel: Channel, path: str, text: Optional[str] = None) -> None:
        self._channel = channel
        self._path = path
        self._text = text

    def __getattr__(self, name: str) -> "Proxy":
        return Proxy(self._channel, f"{self._path}/{name}" if self._path else name)

    def __call__(self, *args: Any, **kwargs: Any) -> "asyncio.Future[Any]":
        if not self._path:
            raise AttributeError("No RPC function name specified.")
        return self._channel.send((self._path, args, kwargs))

    def __repr__(self) -> str:
        return f"<aiomas.rpc.Proxy({self._channel.get_extra_info('peername')}, {self._path!r}) at {id(self):#x}>"

    def __str__(self) -> str:
        return self._text or repr(self)


class RpcClient:
    """One end of an RPC connection. With a `router` it serves calls of the other side, also while its own are pending.

    Without one, requests of the other side are never answered, as in the original.
    """

    def __init__(self, channel: Channel, router: Optional[Router] = None) -> None:
        self.channel = channel
        self.router = router
        self.service: Optional[asyncio.Task] = None
        self.remote = Proxy(channel, "")
        channel.codec.add_serializer(object, self._to_path, self._to_proxy)
        if router is not None:
            self.service = asyncio.get_running_loop().create_task(rpc_service(router, channel))
            # The end of the connection reaches pending calls anyway; here it would only be a warning.
            self.service.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def close(self) -> None:
        self.channel.close()
        await self.channel.wait_closed()

    def _to_proxy(self, path: str) -> Proxy:
        return Proxy(self.channel, path)

    def _to_path(self, obj: Any) -> str:
        """Services of this connection travel as their path, all else has no serializer."""
        router = getattr(obj, "router", None)
        if not isinstance(router, Router):
            reason = f'No serializer found for type "{type(obj)}"'
        elif self.router is None:
            # The spelling is the original's.
            reason = "No RPC service running for this side of the connection.  Cannot send serice proxy."
        elif router.root is not self.router:
            reason = f'RPC service "{obj!r}" is not exposed for this connection'
        else:
            return router.path
        raise SerializationError(f'Could not serialize object "{obj!r}": {reason}')


async def rpc_service(router: Router, channel: Channel) -> None:
    """Answer requests until the connection ends; each runs as a task of its own, so slow ones hold up nobody."""
    loop = asyncio.get_running_loop()
    running: Set[asyncio.Task] = set()

    def done(task: asyncio.Task) -> None:
        running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            loop.call_exception_handler({"message": "malformed request, not answered", "exception": task.exception()})

    while True:
        try:
            request = await channel.recv()
        except ConnectionError:
            return
        task = loop.create_task(_handle(router, request))
        running.add(task)
        task.add_done_callback(done)


async def _handle(router: Router, request: Request) -> None:
    # Content that can't be taken apart, or a path that is no text, gets no reply at all from the original.
    path, args, kwargs = request.content
    try:
        func = router.resolve(path)
    except LookupError as error:
        await request.fail(error)
        return
    try:
        result = func(*args, **kwargs)
        if inspect.isawaitable(result):
            result = await result
        await request.reply(result)
    except Exception as error:
        await request.fail(error)


async def connect(addr: Address, *, router: Optional[Router] = None, codec: Optional[Codec] = None,
                  ssl: Optional[SSLContext] = None, timeout: Optional[float] = 0) -> RpcClient:
    """A plain RPC connection: the object serializer is its only one and has type id 0."""
    return RpcClient(await open_connection(addr, codec=codec, ssl=ssl, timeout=timeout), router)
