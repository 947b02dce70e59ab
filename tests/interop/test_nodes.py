"""Nodes: `test_nodes.py --bin DIR [--transport NAME] [--codec NAME]`.

A Python master starts agents in `aiomas node`, sets their time and stops them; a C++ master does it with nodes in C++
and in Python. DIR holds the build, with `aiomas`, `node_master` and the plug-in `node_agents.so`.
"""
import argparse
import asyncio
import contextlib
import os
import pathlib
import signal
import sys
import time
import unittest
from typing import Any, Callable, List

import echo_agents
from live import nodes
from live.case import LiveCase
from live.nodes import Node
from live.process import Child, end_children_on_sigterm
from live.programs import find_program
from live.raw import Raw, call
from live.settings import settings
from live.transports import TRANSPORTS
from peer import CODECS, Agent, Container, expose


DYING_NODES = 60


async def until(holds: Callable[[], bool]) -> None:
    """For what nobody tells when it has happened. The test's own limit ends it."""
    while not holds():
        await asyncio.sleep(0.001)


def is_running(pid: int) -> bool:
    """Not so if it is a zombie, which somebody else has to wait for."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        return stat.rpartition(")")[2].split()[0] not in "ZX"
    return False


class SlowFriend(Agent):
    """Answers when the test wants it to."""

    def __init__(self, container: Container) -> None:
        super().__init__(container)
        self.asked, self.answers = asyncio.Event(), asyncio.Event()

    @expose
    async def service(self, v: Any) -> Any:
        self.asked.set()
        await self.answers.wait()
        return v


class NodeCase(LiveCase):
    """A Python master with a node of its own."""

    simulated = True

    async def asyncSetUp(self) -> None:
        assert settings.bin is not None
        command = nodes.cpp_node(settings.bin, settings.codec, settings.transport, simulated=self.simulated)
        self.server = self.node = Node(command, settings.timeout)
        self.addCleanup(self.node.kill_left_over)
        self.master = await self.create_container(())
        self.manager = await self.master.connect(self.node.agent_url(0))

    async def asyncTearDown(self) -> None:
        pass  # most tests end the node themselves

    async def spawn(self, *args: Any, **kwargs: Any) -> Any:
        return await self.manager.spawn(*args, **kwargs)

    async def counter(self) -> Any:
        proxy, _ = await self.spawn("node_agents:Counter", 1)
        return proxy

    async def ends(self, *codes: int) -> None:
        got = await asyncio.get_running_loop().run_in_executor(None, self.node.child.wait, settings.timeout)
        self.assertIn(got, codes or (0,), self.node.child.output())

    async def lost(self, awaitable: Any) -> None:
        with self.assertRaises(ConnectionError):
            await awaitable


class SpawnTest(NodeCase):
    async def test_manager(self) -> None:
        self.assertEqual(str(self.manager), f"ManagerProxy({self.node.agent_url(0)!r})")

    async def test_agents_are_made_by_name(self) -> None:
        proxy, url = await self.spawn("node_agents:Counter", 5)
        self.assertEqual(url, self.node.agent_url(1))
        self.assertEqual(await proxy.add(), 6)
        again = await self.master.connect(url)
        self.assertEqual(str(again), f"CounterProxy({url!r})")
        self.assertEqual(await again.add(), 7)

    async def test_keyword_arguments(self) -> None:
        proxy, _ = await self.spawn("node_agents:Counter", step=3, start=1)
        self.assertEqual(await proxy.add(), 4)
        proxy, url = await self.spawn(qualname="node_agents:Counter", start=1)
        self.assertEqual((await proxy.add(), url), (2, self.node.agent_url(2)))

    async def test_what_is_on_the_wire(self) -> None:
        raw = await Raw.open(self.node.addr)
        self.addCleanup(raw.close)
        reply = await raw.ask(call(7, "agents/0/spawn", "node_agents:Counter", 1))
        self.assertEqual(reply, [1, 7, [{"__type__": [1, "agents/1"]}, self.node.agent_url(1)]])

    async def test_agents_as_arguments(self) -> None:
        friend = echo_agents.Echo(self.master)
        proxy, _ = await self.spawn("node_agents:Caller", friend)
        self.assertEqual(await proxy.ask("hello"), "hello")

    async def test_factories_may_be_coroutines(self) -> None:
        gate, url = await self.spawn("node_agents:Counter", 1)
        slow = asyncio.ensure_future(self.spawn("node_agents:Slowly", url))
        while await gate.waiters() == 0:
            await asyncio.sleep(0.001)
        _, between = await self.spawn("node_agents:Counter", 2)
        self.assertEqual(between, self.node.agent_url(2))
        self.assertFalse(slow.done())
        await gate.release()
        proxy, url = await slow
        self.assertEqual((await proxy.add(), url), (101, self.node.agent_url(3)))

    async def test_many(self) -> None:
        made = await asyncio.gather(*(self.spawn("node_agents:Counter", i) for i in range(100)))
        self.assertEqual(await asyncio.gather(*(proxy.add() for proxy, _ in made)), list(range(1, 101)))

    async def test_errors(self) -> None:
        for name, line in (("foo", 'ValueError: Malformed object name "foo": Expected "module:object"'),
                           ("a:b:c", 'ValueError: Malformed object name "a:b:c": Expected "module:object"'),
                           (":X", "ValueError: Empty module name"),
                           ("nope:X", "ModuleNotFoundError: No module named 'nope'"),
                           ("nope.sub:X", "ModuleNotFoundError: No module named 'nope'"),
                           ("node_agents.sub:X", "ModuleNotFoundError: No module named 'node_agents.sub'"),
                           ("node_agents:X", "AttributeError: module 'node_agents' has no attribute 'X'")):
            with self.about(name):
                await self.fails(line, self.spawn(name))
        for args in ((), ("x",), (1, 2, 3), (1.5,), (None,), (2 ** 63,)):
            with self.about(args):
                await self.fails("TypeError: Counter.*", self.spawn("node_agents:Counter", *args))
        await self.fails("TypeError: Counter.*'bogus'.*", self.spawn("node_agents:Counter", 1, bogus=1))
        await self.fails("TypeError: Counter.*'start'.*", self.spawn("node_agents:Counter", 1, start=1))
        await self.fails("TypeError: .*'qualname'", self.manager.spawn())
        await self.fails("TypeError: .*'qualname'.*", self.spawn(5))
        await self.fails("ValueError: start must not be negative", self.spawn("node_agents:Counter", -1))
        self.assertEqual(await (await self.counter()).add(), 2)


class TimeTest(NodeCase):
    async def test_set_time(self) -> None:
        counter = await self.counter()
        self.assertEqual(await counter.time(), 0)
        self.assertIsNone(await self.manager.set_time(10))
        self.assertEqual(await counter.time(), 10)
        await self.fails("ValueError: Time must be > 10 but is 9.5", self.manager.set_time(9.5))
        await self.fails("ValueError: Time must be > 10 but is 10", self.manager.set_time(10))
        for bad in (float("nan"), float("inf"), float("-inf"), -1, 1e308):
            with self.about(bad):
                await self.fails("ValueError: .*", self.manager.set_time(bad))
        for bad in ("now", None, []):
            with self.about(bad):
                await self.fails("TypeError: set_time.*", self.manager.set_time(bad))
        self.assertEqual(await counter.time(), 10)


class RealTimeTest(NodeCase):
    simulated = False

    async def test_set_time(self) -> None:
        await self.fails("AttributeError: 'realtime_clock' object has no attribute 'set_time'",
                         self.manager.set_time(10))


class EndTest(NodeCase):
    async def test_stop(self) -> None:
        self.assertIsNone(await self.manager.stop())
        await self.ends()

    async def test_stop_answers_others_first(self) -> None:
        friend = SlowFriend(self.master)
        caller, _ = await self.spawn("node_agents:Caller", friend)
        asking = asyncio.ensure_future(caller.ask("hello"))
        await friend.asked.wait()
        self.assertIsNone(await self.manager.stop())
        self.assertFalse(asking.done())
        friend.answers.set()
        self.assertEqual(await asking, "hello")
        await self.ends()

    async def test_second_stop(self) -> None:
        raw = await Raw.open(self.node.addr)
        self.addCleanup(raw.close)
        raw.write(call(0, "agents/0/stop") + call(1, "agents/0/stop"))
        replies = await raw.read_to_end()
        self.assertEqual([reply[:2] for reply in replies], [[1, 0], [2, 1]])
        self.assertEqual(replies[1][2].rstrip().splitlines()[-1],
                         "asyncio.exceptions.InvalidStateError: invalid state")
        await self.ends()

    async def test_killed(self) -> None:
        counter = await self.counter()
        waiting = asyncio.ensure_future(counter.wait())
        await counter.waiters()
        self.node.signal(signal.SIGKILL)
        await self.lost(waiting)
        await self.ends(-signal.SIGKILL)

    async def test_signals(self) -> None:
        self.node.signal(signal.SIGTERM)
        await self.ends()

    async def test_interrupt(self) -> None:
        self.node.signal(signal.SIGINT)
        await self.ends()

    async def test_signals_answer_requests_first(self) -> None:
        friend = SlowFriend(self.master)
        caller, _ = await self.spawn("node_agents:Caller", friend)
        asking = asyncio.ensure_future(caller.ask("hello"))
        await friend.asked.wait()
        self.node.signal(signal.SIGTERM)
        await until(lambda: not self.node.catches(signal.SIGTERM))
        self.assertFalse(asking.done())
        friend.answers.set()
        self.assertEqual(await asking, "hello")
        await self.ends()

    async def test_second_signal(self) -> None:
        for first, second in ((signal.SIGTERM, signal.SIGTERM), (signal.SIGINT, signal.SIGTERM),
                              (signal.SIGTERM, signal.SIGINT)):
            with self.about((first, second)):
                await self.asyncSetUp()
                counter = await self.counter()
                waiting = asyncio.ensure_future(counter.wait())
                while await counter.waiters() == 0:
                    await asyncio.sleep(0.001)
                self.node.signal(first)
                await until(lambda: not self.node.catches(second))
                self.assertTrue(self.node.child.is_running())
                self.node.signal(second)
                await self.lost(waiting)
                await self.ends(-second)


class CppMasterTest(unittest.TestCase):
    def checks(self, node: List[str]) -> None:
        assert settings.bin is not None
        child = Child(nodes.node_master(settings.bin, settings.codec, settings.transport, node))
        code = child.wait(6 * settings.timeout)
        self.assertEqual(code, 0, child.output())
        done = [line for line in child.lines if line.startswith("OK ")]
        self.assertGreaterEqual(len(done), 8, child.output())

    def test_cpp_node(self) -> None:
        assert settings.bin is not None
        self.checks(nodes.cpp_node(settings.bin, settings.codec, settings.transport))

    def test_python_node(self) -> None:
        self.checks(nodes.python_node(settings.codec, settings.transport))

    def test_nodes_that_die_at_any_moment(self) -> None:
        assert settings.bin is not None
        node = nodes.cpp_node(settings.bin, settings.codec, settings.transport)
        command = nodes.node_master(settings.bin, settings.codec, settings.transport, node)
        command[0:1] = [find_program(settings.bin / "tests" / "interop", "dying_nodes"), str(DYING_NODES)]
        child = Child(command)
        self.assertEqual(child.wait(12 * settings.timeout), 0, child.output())

    def orphan(self, node: List[str], number: int) -> None:
        """No node survives its master."""
        assert settings.bin is not None
        command = nodes.node_master(settings.bin, settings.codec, settings.transport, node)
        command.insert(1, "--hold")
        master = Child(command)
        pid = int(master.wait_for_line("NODE ", settings.timeout).split()[1])
        self.assertTrue(is_running(pid))
        os.kill(master.pid, number)
        self.assertEqual(master.wait(settings.timeout), -number)
        end = time.monotonic() + settings.timeout
        while is_running(pid):
            self.assertLess(time.monotonic(), end, "the node has survived")
            time.sleep(0.001)

    def test_the_master_is_killed(self) -> None:
        assert settings.bin is not None
        for node in (nodes.cpp_node(settings.bin, settings.codec, settings.transport),
                     nodes.python_node(settings.codec, settings.transport)):
            for number in (signal.SIGKILL, signal.SIGTERM):
                with self.subTest(node=node[0], number=number):
                    self.orphan(node, number)


def main() -> int:
    end_children_on_sigterm()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True, metavar="DIR", help="where the build is")
    parser.add_argument("--transport", choices=TRANSPORTS, default="tcp", help="how they connect, default %(default)s")
    parser.add_argument("--codec", choices=CODECS, default="json", help="what is spoken, default %(default)s")
    parser.add_argument("--timeout", type=float, default=10, metavar="S", help="limit of each wait, default %(default)s")
    parser.add_argument("-k", action="append", dest="patterns", metavar="PATTERN", help="only tests whose name has this")
    args = parser.parse_args()
    settings.timeout, settings.codec, settings.bin = args.timeout, args.codec, args.bin
    settings.transport = TRANSPORTS[args.transport]()
    loader = unittest.TestLoader()
    if args.patterns:
        loader.testNamePatterns = [f"*{p}*" for p in args.patterns]
    suite = loader.loadTestsFromModule(sys.modules[__name__])
    return 0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
