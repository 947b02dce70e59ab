"""The peer against the original's recorded bytes: each side of each recorded session, and single frames."""
import asyncio
import unittest
from typing import Any, Callable, Dict

import recorded
from peer import CODECS, Agent, Container, RemoteException, RpcClient, SerializationError, frames
from peer.channel import Channel, open_connection, start_server

TIMEOUT = 10
# By codec and name. Nothing was recorded with plain MsgPack.
SESSIONS = {(codec, session["name"]): session for codec in CODECS for session in recorded.load("sessions.jsonl", codec)}


def first_id(session: Dict[str, Any], side: str) -> int:
    """The id that `side` gives its first request in this session."""
    return next((step["message"][1] for step in session["steps"] if step["from"] == side and step["message"][0] == 0), 0)


class Bytes:
    """The raw other side: plays its steps of a session, and what it gets must be the recorded bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def play(self, session: Dict[str, Any], side: str, case: unittest.TestCase) -> None:
        """Order within one side counts. Across sides only causality does, so all that was recorded is sent in time."""
        for step in session["steps"]:
            if step["from"] == side:
                self.writer.write(bytes.fromhex(step["hex"]))
            else:
                header = await asyncio.wait_for(self.reader.readexactly(frames.HEADER.size), TIMEOUT)
                data = await asyncio.wait_for(self.reader.readexactly(*frames.HEADER.unpack(header)), TIMEOUT)
                case.assertEqual(recorded.normalised(data, session["codec"]),
                                 recorded.normalised(recorded.payload(step), session["codec"]))

    async def rest(self) -> bytes:
        """What comes until the other side closes: nothing, when only the recorded frames were sent."""
        try:
            return await asyncio.wait_for(self.reader.read(), TIMEOUT)
        except ConnectionResetError:
            return b""

    async def close(self) -> None:
        self.writer.close()
        await asyncio.wait_for(self.writer.wait_closed(), TIMEOUT)


class ServerSide(unittest.IsolatedAsyncioTestCase):
    """Recorded client frames in, the recorded server frames must come out."""

    async def check(self, session: Dict[str, Any], serve: Callable) -> None:
        addr, close = await serve(session)
        client = Bytes(*await asyncio.open_connection(*addr))
        try:
            await client.play(session, "client", self)
            client.writer.write_eof()
            self.assertEqual(await client.rest(), b"")
        finally:
            await client.close()
            await close()

    async def listen(self, session: Dict[str, Any], on_connect: Callable) -> tuple:
        server = await start_server(("127.0.0.1", 0), on_connect, make_codec=CODECS[session["codec"]])

        async def close() -> None:
            server.close()
            await server.wait_closed()

        return server.sockets[0].getsockname()[:2], close

    async def serve_channel(self, session: Dict[str, Any]) -> tuple:
        async def handle(channel: Channel) -> None:
            recorded.count_from(channel, first_id(session, "server"))
            request = await channel.recv()
            await request.reply(await channel.send(["server request"]))

        def on_connect(channel: Channel) -> None:
            self.handler = asyncio.ensure_future(handle(channel))

        return await self.listen(session, on_connect)

    async def serve_rpc(self, session: Dict[str, Any]) -> tuple:
        root = recorded.Root()

        def on_connect(channel: Channel) -> None:
            RpcClient(channel, root.router)

        return await self.listen(session, on_connect)

    async def serve_agents(self, session: Dict[str, Any]) -> tuple:
        container = await Container.create(("127.0.0.1", 0), extra_serializers=recorded.EXTRA_SERIALIZERS,
                                           codec=CODECS[session["codec"]])
        for cls in (recorded.Worker, recorded.Worker, recorded.Parent):
            cls(container)
        return parse_addr(container), container.shutdown

    async def serve_pushing_rpc(self, session: Dict[str, Any]) -> tuple:
        """The session in which the server asks a client that serves nothing."""
        root = recorded.Root()

        def on_connect(channel: Channel) -> None:
            client = RpcClient(channel, root.router)
            write = channel.write

            def push_after_reply(message: Any) -> None:
                write(message)
                if message[0] == 1:
                    # Never answered; cancelled so that nobody misses the answer.
                    client.remote.ping(1).cancel()

            channel.write = push_after_reply  # type: ignore[method-assign]

        return await self.listen(session, on_connect)


class ClientSide(unittest.IsolatedAsyncioTestCase):
    """The calls that a client made must produce the recorded client frames."""

    async def check(self, session: Dict[str, Any], act: Callable) -> None:
        played = asyncio.get_running_loop().create_future()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            server_side = Bytes(reader, writer)
            try:
                await server_side.play(session, "server", self)
                self.assertEqual(await server_side.rest(), b"")
                played.set_result(None)
            except BaseException as error:
                played.set_exception(error)
            finally:
                # Calls that wait for more than was recorded end here, instead of running into the time limit.
                writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        try:
            client = asyncio.ensure_future(act(session, server.sockets[0].getsockname()[:2]))
            await asyncio.wait_for(played, TIMEOUT)
            await asyncio.wait_for(client, TIMEOUT)
        finally:
            server.close()
            await server.wait_closed()


def parse_addr(container: Container) -> tuple:
    host, port = container.base_url[len("tcp://"):-1].rsplit(":", 1)
    return host, int(port)


# -- the server's side -----------------------------------------------------------------------------------------------------------

# subproc_manager needs the original's process module, which the peer hasn't; its client side is checked below.
SERVED = {
    "channel_server_push": ServerSide.serve_channel,
    "channel_id_gap": ServerSide.serve_channel,
    "rpc_server_to_serviceless_client": ServerSide.serve_pushing_rpc,
    **{name: ServerSide.serve_rpc for name in (
        "rpc_callback_seq", "rpc_callback_par", "rpc_out_of_order", "rpc_unknown_path", "rpc_unserializable_result",
        "rpc_value_error", "rpc_returned_proxy_call", "rpc_no_client_service")},
    **{name: ServerSide.serve_agents for name in (
        "agent_connect_missing", "agent_connect_call", "agent_missing_first", "agent_value_error", "agent_callback",
        "agent_parallel_connect", "agent_list_of_proxies")},
}


# -- the client's side: what it did in each session ------------------------------------------------------------------------------


async def act_channel(session: Dict[str, Any], addr: tuple) -> None:
    channel = await open_connection(addr, codec=CODECS[session["codec"]]())
    recorded.count_from(channel, first_id(session, "client"))
    if session["name"] == "channel_id_gap":
        recorded.count_from(channel, first_id(session, "client") - 1)
        try:
            channel.send({1, 2})
        except SerializationError:
            pass
    reply = channel.send("push")
    request = await channel.recv()
    answer = session["steps"][2]["message"][2]
    await request.reply(answer)
    assert await reply == answer
    channel.close()


def rpc(act: Callable, router: bool = False) -> Callable:
    """A client with the plain RPC layer; `act(remote, service)` makes the calls."""

    async def run(session: Dict[str, Any], addr: tuple) -> None:
        service = recorded.Client()
        client = RpcClient(await open_connection(addr, codec=CODECS[session["codec"]]()), service.router if router else None)
        try:
            await act(client.remote, service)
        finally:
            await client.close()

    return run


def agents(act: Callable, extra: tuple = recorded.EXTRA_SERIALIZERS) -> Callable:
    """A client container with one agent; `act(connect, agent)` makes the calls."""

    async def run(session: Dict[str, Any], addr: tuple) -> None:
        container = await Container.create(("127.0.0.1", 0), extra_serializers=extra, codec=CODECS[session["codec"]])
        agent = recorded.Worker(container)
        client = await container._client(addr, 0)
        recorded.count_from(client.channel, first_id(session, "client"))
        try:
            await act(lambda aid: container.connect(f"tcp://{addr[0]}:{addr[1]}/{aid}"), agent)
        finally:
            await container.shutdown()

    return run


async def raises(error: type, text: str, awaitable: Any) -> None:
    try:
        await awaitable
    except error as caught:
        assert text in str(caught), caught
    else:
        raise AssertionError(f"no {error.__name__}")


async def rpc_callback_seq(remote: Any, service: Any) -> None:
    assert recorded.as_lists(await remote.callback(service, 3)) == [["pong", 0], ["pong", 1], ["pong", 2]]


async def rpc_callback_par(remote: Any, service: Any) -> None:
    await remote.callback_par(service, 3)


async def rpc_out_of_order(remote: Any, service: Any) -> None:
    calls = [remote.sleep(0.15, "slow"), remote.sleep(0.05, "fast"), remote.fixed("now"), remote.sleep(0.1, "mid")]
    assert recorded.as_lists(await asyncio.gather(*calls)) == ["slow", "fast", ["now", 2], "mid"]


async def rpc_unknown_path(remote: Any, service: Any) -> None:
    await raises(RemoteException, 'LookupError: Name "does" not found in ""\n', remote.does.nt.exist(1))


async def rpc_unserializable_result(remote: Any, service: Any) -> None:
    await raises(RemoteException, "SerializationError", remote.unser())
    assert recorded.as_lists(await remote.fixed(1)) == [1, 2]


async def rpc_value_error(remote: Any, service: Any) -> None:
    await raises(RemoteException, "ValueError: bad", remote.err("bad"))
    assert recorded.as_lists(await remote.fixed(1)) == [1, 2]


async def rpc_returned_proxy_call(remote: Any, service: Any) -> None:
    sub = await remote.get_sub()
    assert await sub.hello("you") == "hello you"


async def rpc_no_client_service(remote: Any, service: Any) -> None:
    try:
        remote.callback(service, 3)
    except SerializationError as error:
        assert "Cannot send serice proxy." in str(error)
    else:
        raise AssertionError("sent a service that nobody serves")


async def rpc_server_to_serviceless_client(remote: Any, service: Any) -> None:
    assert await remote.noargs() is None


async def agent_connect_missing(connect: Any, agent: Agent) -> None:
    await raises(ConnectionError, 'Agent "77" does not exist in Container((\'127.0.0.1\', ', connect(77))


async def agent_connect_call(connect: Any, agent: Agent) -> None:
    assert await (await connect(0)).service(42) == 42


async def agent_missing_first(connect: Any, agent: Agent) -> None:
    await raises(ConnectionError, 'Agent "9" does not exist', connect(9))


async def agent_value_error(connect: Any, agent: Agent) -> None:
    remote = await connect(0)
    await raises(RemoteException, "ValueError: agent failed\n", remote.fail())
    assert await remote.service("still alive") == "still alive"


async def agent_callback(connect: Any, agent: Agent) -> None:
    remote = await connect(0)
    for value in "xy":
        assert await remote.call_me(agent, value) == value


async def agent_parallel_connect(connect: Any, agent: Agent) -> None:
    remotes = await asyncio.gather(connect(0), connect(1), connect(0))
    assert remotes[0] is remotes[2]
    assert await asyncio.gather(remotes[0].service(1), remotes[1].service(2)) == [1, 2]


async def agent_list_of_proxies(connect: Any, agent: Agent) -> None:
    remote = await connect(1)
    proxies = await remote.all()
    assert await proxies[0].service("via list") == "via list"
    assert (await proxies[2].get_sub())._path == "agents/2/sub"


async def subproc_manager(connect: Any, agent: Agent) -> None:
    manager = await connect(0)
    worker, _ = await manager.spawn("recmod:Worker")
    assert await worker.service("spawned") == "spawned"
    assert await manager.set_time(0) is None
    for args in (("recmod:Nope",), ("nomodule_x:Y",), ("bad",), ("recmod:Worker", 1)):
        await raises(RemoteException, "Traceback", manager.spawn(*args))
    await raises(RemoteException, "Time must be > 0 but is 0", manager.set_time(0))
    assert await manager.stop() is None


ACTED = {
    "channel_server_push": act_channel,
    "channel_id_gap": act_channel,
    **{act.__name__: rpc(act, router=True) for act in (rpc_callback_seq, rpc_callback_par)},
    **{act.__name__: rpc(act) for act in (
        rpc_out_of_order, rpc_unknown_path, rpc_unserializable_result, rpc_value_error, rpc_returned_proxy_call,
        rpc_no_client_service, rpc_server_to_serviceless_client)},
    **{act.__name__: agents(act) for act in (
        agent_connect_missing, agent_connect_call, agent_missing_first, agent_value_error, agent_callback,
        agent_parallel_connect, agent_list_of_proxies)},
    "subproc_manager": agents(subproc_manager, extra=()),
}


def add_tests(case: type, table: Dict[str, Callable], bound: bool) -> None:
    for (codec, name), session in SESSIONS.items():
        if name in table:
            async def test(self: Any, session: Dict[str, Any] = session, role: Callable = table[name]) -> None:
                await self.check(session, role.__get__(self) if bound else role)
            setattr(case, f"test_{codec}_{name}", test)


add_tests(ServerSide, SERVED, bound=True)
add_tests(ClientSide, ACTED, bound=False)


class Coverage(unittest.TestCase):
    def test_every_session_has_a_test(self) -> None:
        self.assertEqual({codec for codec, _ in SESSIONS}, {"json", "msgpack_blosc"})
        names = {name for _, name in SESSIONS}
        self.assertEqual(set(ACTED), names)
        self.assertEqual(set(SERVED), names - {"subproc_manager"})


if __name__ == "__main__":
    unittest.main()
