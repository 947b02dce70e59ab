"""Calls in both directions: over one connection, over a second one, and through received proxies."""
import asyncio

from echo_types import PROXY_TYPE_ID
from peer import Agent, Proxy, RemoteException, expose

from .case import LiveCase
from .raw import call, frame

PIPELINED = 2000


class Slow(Agent):
    """Answers when told to, so that a test decides what is pending."""

    def __init__(self, container):
        super().__init__(container)
        self.called = asyncio.Event()
        self.go_on = asyncio.Event()

    @expose
    async def service(self, v):
        self.called.set()
        await self.go_on.wait()
        return v


class Broken(Agent):
    @expose
    def service(self, v):
        raise ValueError(f"broken at {v}")


class CallMe(LiveCase):
    async def test_one(self):
        echo = await self.echo()
        self.equal(await echo.call_me(self.agent, 5), [0, 1, 2, 3, 4])
        self.equal(await echo.call_me(self.agent, 0), [])

    async def test_wire_form(self):
        """Requests of the server are numbered by the server, from 0, and use the path that was sent."""
        raw = await self.raw()
        raw.write(call(40, "agents/1/call_me", {"__type__": [PROXY_TYPE_ID, "agents/5"]}, 3))
        for i in range(3):
            self.assertEqual(await raw.read(), [0, i, ["agents/5/service", [i], {}]])
            raw.write(frame([1, i, i * 10]))
        self.assertEqual(await raw.read(), [1, 40, [0, 10, 20]])

    async def test_calls_go_on_while_one_is_pending(self):
        container = await self.container()
        slow = Slow(container)
        echo = await container.connect(self.server.agent_url(0))
        other = await container.connect(self.server.agent_url(1))
        pending = echo.call_me(slow, 2)
        await slow.called.wait()
        self.equal(await other.service("meanwhile"), "meanwhile")
        self.equal(await other.call_me(self.agent, 3), [0, 1, 2])
        self.equal(await other.call_me(self.agent, 1), [0])
        self.assertFalse(pending.done())
        slow.go_on.set()
        self.equal(await pending, [0, 1])

    async def test_same_agent_while_its_callback_is_pending(self):
        container = await self.container()
        slow = Slow(container)
        echo = await container.connect(self.server.agent_url(0))
        pending = echo.call_me(slow, 1)
        await slow.called.wait()
        self.equal(await echo.service("meanwhile"), "meanwhile")
        slow.go_on.set()
        self.equal(await pending, [0])

    async def test_failing_callback(self):
        container = await self.container()
        broken = Broken(container)
        echo = await container.connect(self.server.agent_url(0))
        with self.assertRaises(RemoteException) as caught:
            await echo.call_me(broken, 1)
        self.assertIn("broken at 0", caught.exception.remote_traceback)
        self.equal(await echo.service(1), 1)

    async def test_caller_leaves_during_callback(self):
        container = await self.container()
        leaver = await self.create_container()
        leaving = Slow(leaver)
        echo = await leaver.connect(self.server.agent_url(0))
        pending = echo.call_me(leaving, 1)
        await leaving.called.wait()
        await leaver.shutdown()
        with self.assertRaises(ConnectionError):
            await pending
        echo = await container.connect(self.server.agent_url(0))
        self.equal(await echo.call_me(self.agent, 1), [0])

    async def test_2000_pipelined(self):
        """Each ends once: with its result, or as overloaded. Others are served while this goes on."""
        echo = await self.echo()
        calls = [echo.call_me(self.agent, 1) for _ in range(PIPELINED)]
        finished = asyncio.gather(*calls, return_exceptions=True)
        witness = await self.raw()
        await self.works(witness)
        while not finished.done():
            await self.works(witness)
        answered = 0
        for result in await finished:
            if isinstance(result, RemoteException):
                self.assertIn("overloaded", result.last_line)
            else:
                self.equal(result, [0])
                answered += 1
        # A second reply to one of them would have ended the connection: the peer knows each id once.
        self.assertGreater(answered, 0)
        self.equal(await echo.service("after"), "after")
        self.equal(await echo.call_me(self.agent, 3), [0, 1, 2])


class ConnectTo(LiveCase):
    async def test_server_connects_to_a_python_agent(self):
        echo = await self.echo()
        self.equal(await echo.connect_to(self.agent.addr, 42), 42)
        self.equal(await echo.connect_to(self.agent.addr, "again"), "again")

    async def test_many_at_once_share_a_connection(self):
        echo = await self.echo()
        calls = [echo.connect_to(self.agent.addr, i) for i in range(50)]
        self.equal(await asyncio.gather(*calls), list(range(50)))
        self.assertEqual(len(self.agent.container._incoming), 1)

    async def test_server_connects_to_itself(self):
        echo = await self.echo()
        self.equal(await echo.connect_to(self.server.agent_url(1), "self"), "self")

    async def test_missing_agent_and_bad_urls(self):
        echo = await self.echo()
        for url in (self.agent.addr + "7", "nonsense", "http://127.0.0.1:1/0", "tcp://127.0.0.1/0", "tcp://127.0.0.1:1/",
                    "ipc:///nowhere/0", "ipc://[/nowhere]/", "ipc://[/nowhere]/0"):
            with self.about(url), self.assertRaises(RemoteException):
                await echo.connect_to(url, 1)
        self.equal(await echo.connect_to(self.agent.addr, 42), 42)

    async def test_nobody_listens(self):
        gone = await self.create_container()
        url = gone.base_url + "0"
        await gone.shutdown()
        echo = await self.echo()
        with self.assertRaises(RemoteException):
            await echo.connect_to(url, 1)
        self.equal(await echo.service(1), 1)


class Peers(LiveCase):
    async def test_calls_through_received_proxies(self):
        echo = await self.echo(5)
        peers = await echo.peers()
        self.assertEqual([type(peer) for peer in peers], [Proxy] * 3)
        self.equal(await asyncio.gather(*[peer.service(i) for i, peer in enumerate(peers)]), [0, 1, 2])
        self.equal(await peers[2].sub.ping(1), ["pong", 1])
        self.equal(await peers[1].call_me(self.agent, 2), [0, 1])

    async def test_wire_form(self):
        raw = await self.raw()
        proxies = [{"__type__": [PROXY_TYPE_ID, f"agents/{i}"]} for i in range(3)]
        self.assertEqual(await raw.ask(call(0, "agents/4/peers")), [1, 0, proxies])
