"""Agents and the containers they live in: one server per container, one outgoing connection per address."""
import asyncio
import itertools
import weakref
from typing import Any, Callable, Dict, Iterable, Optional, Set

from . import urls
from .channel import Address, Channel, open_connection, start_server
from .codec import JSON, Codec
from .dates import date_serializer
from .router import Service, ServiceDict, expose
from .rpc import Proxy, RpcClient
from .tls import SSLChoice, make_contexts


class Container:
    """The root service of its connections: `validate_aid` and `agents`, nothing else is exposed.

    Where the original gets stuck (a failed connect poisons its address, a dead connection is never replaced) this one
    forgets the failure and connects anew: no peer can tell, and tests don't hang.
    """
    __module__ = "aiomas.agent"
    router = Service(["agents"])

    def __init__(self, extra_serializers: Iterable[Callable] = (), codec: Callable[[], Codec] = JSON,
                 ssl: SSLChoice = None) -> None:
        self.agents = ServiceDict()
        self.base_url = ""
        self._extra_serializers = tuple(extra_serializers)
        self._codec = codec
        self._server_ssl, self._client_ssl = make_contexts(ssl)
        self._aids = itertools.count()
        self._server: Optional[asyncio.AbstractServer] = None
        self._incoming: Set[RpcClient] = set()
        self._outgoing: Dict[Address, "asyncio.Task[RpcClient]"] = {}
        self._validating: Dict[str, "asyncio.Task[Proxy]"] = {}
        self._proxies: "weakref.WeakValueDictionary[str, Proxy]" = weakref.WeakValueDictionary()

    @classmethod
    async def create(cls, addr: Address, *, extra_serializers: Iterable[Callable] = (),
                     codec: Callable[[], Codec] = JSON, ssl: SSLChoice = None) -> "Container":
        """Listen on `addr`. Port 0 takes a free one, which then stands in `base_url` (the original leaves 0 there).

        `codec` makes those of all connections, incoming and outgoing, and `ssl` is for all of them.
        """
        self = cls(extra_serializers, codec, ssl)
        self._server = await start_server(addr, self._accept, make_codec=self._make_codec, ssl=self._server_ssl)
        if isinstance(addr, tuple):
            addr = addr[0], self._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        self.base_url = urls.container_url(addr)
        return self

    async def connect(self, url: str, timeout: Optional[float] = 0) -> Proxy:
        """A proxy for the agent at `url`. Connects at the same time share the connection and the check of the agent."""
        proxy = self._proxies.get(url)
        if proxy is not None and proxy._channel.is_open:
            return proxy
        return await _shared(self._validating, url, lambda: self._validate(url, timeout))

    async def shutdown(self) -> None:
        """Close all connections, then the server. Calls that are pending on either side fail, handlers aren't waited for."""
        outgoing, self._outgoing = self._outgoing, {}
        for task in outgoing.values():
            if task.done() and not task.cancelled() and task.exception() is None:
                await task.result().close()
            task.cancel()
        if self._server is not None:
            self._server.close()
        for client in list(self._incoming):
            await client.close()
        if self._server is not None:
            await self._server.wait_closed()

    @expose
    def validate_aid(self, aid: str) -> Optional[str]:
        """The class name of agent `aid`, or None if there is no such agent."""
        agent = self.agents.dict.get(aid)
        return None if agent is None else type(agent).__name__

    def add(self, agent: "Agent") -> str:
        """Give `agent` its id; called by Agent's constructor."""
        aid = str(next(self._aids))
        self.agents[aid] = agent
        return aid

    def _make_codec(self) -> Codec:
        """Dates are type 0, then come extra serializers, and the RPC layer adds proxies as the last."""
        codec = self._codec()
        for args in (date_serializer, *self._extra_serializers):
            codec.add_serializer(*args())
        return codec

    def _accept(self, channel: Channel) -> None:
        client = RpcClient(channel, self.router)
        self._incoming.add(client)
        assert client.service is not None
        client.service.add_done_callback(lambda _: self._incoming.discard(client))

    async def _open(self, addr: Address, timeout: Optional[float]) -> RpcClient:
        channel = await open_connection(addr, codec=self._make_codec(), ssl=self._client_ssl, timeout=timeout)
        return RpcClient(channel, self.router)

    async def _client(self, addr: Address, timeout: Optional[float]) -> RpcClient:
        """The connection to `addr`, by its text: `localhost` and `127.0.0.1` are two."""
        task = self._outgoing.get(addr)
        if task is not None and task.done() and (task.exception() or not task.result().channel.is_open):
            task = None
        if task is None:
            task = self._outgoing[addr] = asyncio.get_running_loop().create_task(self._open(addr, timeout))
        return await asyncio.shield(task)

    async def _validate(self, url: str, timeout: Optional[float]) -> Proxy:
        addr, aid = urls.parse_agent_url(url)
        client = await self._client(addr, timeout)
        class_name = await client.remote.validate_aid(aid)
        if class_name is None:
            raise ConnectionError(f'Agent "{aid}" does not exist in Container({addr})')
        proxy = Proxy(client.channel, f"agents/{aid}", f"{class_name}Proxy({url!r})")
        self._proxies[url] = proxy
        return proxy


class Agent:
    """Base of agents. A subclass with sub-services makes them before it calls this constructor."""
    __module__ = "aiomas.agent"
    router = Service()

    def __init__(self, container: Container) -> None:
        if not isinstance(container, Container):
            raise TypeError(f'"container" must be a "Container" instance but is {container!r}')
        self.container = container
        self.aid = container.add(self)
        self.addr = container.base_url + self.aid

    def __str__(self) -> str:
        return f"{type(self).__name__}({self.addr!r})"


async def _shared(tasks: Dict[str, asyncio.Task], key: str, start: Callable[[], Any]) -> Any:
    """Run `start()` once for all who ask for `key` until it is done; one who gives up doesn't stop it for the others."""
    task = tasks.get(key)
    if task is None:
        task = tasks[key] = asyncio.get_running_loop().create_task(start())
        task.add_done_callback(lambda _: tasks.pop(key, None))
    return await asyncio.shield(task)
