"""Unix sockets between Python and C++: `test_ipc.py --bin DIR [--timeout SECONDS] [-k PATTERN]`.

DIR or a folder below it holds `echo_server` and `aiomas`.
"""
import argparse
import asyncio
import os
import pathlib
import re
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest
from typing import Any, List

import echo_agents
from echo_types import EXTRA_SERIALIZERS
from live.process import Child, end_children_on_sigterm
from live.programs import find_program
from peer import Container, open_connection

args = argparse.Namespace()


class IpcTest(unittest.IsolatedAsyncioTestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="aio")
        self.addCleanup(folder.cleanup)
        self.path = f"{folder.name}/s"
        self.python_path = f"{folder.name}/p"

    async def asyncSetUp(self) -> None:
        asyncio.get_running_loop().set_debug(False)

    def start_server(self, name: str) -> Child:
        """The C++ agents on `ipc://[name]`."""
        child = Child([find_program(args.bin, "echo_server"), "--listen", f"ipc://[{name}]"])
        self.addCleanup(lambda: child.is_running() and child.kill())
        self.assertEqual(child.wait_for_line("READY ", args.timeout), f"READY ipc://[{name}]/")
        return child

    def stop(self, server: Child) -> None:
        self.assertEqual(server.stop(args.timeout), 0, server.output())

    async def within(self, what: Any) -> Any:
        return await asyncio.wait_for(what, args.timeout)

    async def ask(self, name: str, path: str, *xs: Any) -> Any:
        """Call a function of the server at `name` over a connection of its own."""
        channel = await self.within(open_connection(name))
        try:
            return await self.within(channel.send([path, list(xs), {}]))
        finally:
            channel.close()

    async def python_agent(self) -> str:
        """The URL of a Python agent on a Unix socket."""
        container = await Container.create(self.python_path, extra_serializers=EXTRA_SERIALIZERS)
        self.addAsyncCleanup(container.shutdown)
        self.agent = echo_agents.Echo(container)
        return self.agent.addr

    async def run_tool(self, *words: str) -> List[Any]:
        tool = await asyncio.create_subprocess_exec(find_program(args.bin, "aiomas"), *words,
                                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = await self.within(tool.communicate())
        return [tool.returncode, out.decode(), err.decode()]

    async def test_python_calls_cpp(self) -> None:
        server = self.start_server(self.path)
        self.assertEqual(await self.ask(self.path, "validate_aid", "0"), "Echo")
        self.assertEqual(await self.ask(self.path, "agents/0/add", 3, 4), 7)
        self.assertEqual(await self.ask(self.path, "agents/7/service", ["x", None, 1.5]), ["x", None, 1.5])
        text = "x" * 3_000_000
        self.assertEqual(await self.ask(self.path, "agents/0/service", text), text)
        self.stop(server)

    async def test_cpp_calls_python(self) -> None:
        url = await self.python_agent()
        server = self.start_server(self.path)
        self.assertEqual(await self.ask(self.path, "agents/0/connect_to", url, {"a": [1]}), {"a": [1]})
        self.stop(server)

    async def test_the_tool_calls_both(self) -> None:
        server = self.start_server(self.path)
        for url in (await self.python_agent(), f"ipc://[{self.path}]/0"):
            self.assertEqual(await self.run_tool("call", url, "add", "[3, 4]"), [0, "7\n", ""])
        code, out, err = await self.run_tool("call", f"ipc://[{self.path}]/99", "add", "[3, 4]")
        self.assertEqual((code, out), (1, ""))
        self.assertIn(f'Agent "99" does not exist in Container({self.path})', err)
        self.stop(server)
        code, out, err = await self.run_tool("call", f"ipc://[{self.path}]/0", "add", "[3, 4]")
        self.assertEqual((code, out), (3, ""))
        self.assertIn(f"Cannot connect to ipc://[{self.path}]: No such file or directory", err)

    async def test_abstract_names(self) -> None:
        name = self.path
        server = self.start_server(f"@{name}")
        self.assertFalse(os.path.exists(name))
        self.assertEqual(await self.ask(f"\0{name}", "agents/0/add", 3, 4), 7)
        self.assertEqual(await self.run_tool("call", f"ipc://[@{name}]/0", "add", "[3, 4]"), [0, "7\n", ""])
        self.stop(server)

    async def test_the_file(self) -> None:
        first = self.start_server(self.path)
        self.assertEqual(stat.S_IMODE(os.stat(self.path).st_mode), 0o600)
        with self.subTest("a server that lives keeps it"):
            second = Child(first.command)
            self.assertEqual(second.wait(args.timeout), 1)
            self.assertIn("Address already in use", second.output())
            self.assertEqual(await self.ask(self.path, "agents/0/add", 3, 4), 7)
        with self.subTest("one that was killed leaves it to the next"):
            first.kill()
            self.assertTrue(os.path.exists(self.path))
            third = self.start_server(self.path)
            self.assertEqual(await self.ask(self.path, "agents/0/add", 3, 4), 7)
        self.stop(third)
        self.assertFalse(os.path.exists(self.path))


def main() -> None:
    end_children_on_sigterm()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True, metavar="DIR", help="where the C++ executables are")
    parser.add_argument("--timeout", type=float, default=20, metavar="S", help="limit of each wait, default %(default)s")
    _, rest = parser.parse_known_args(namespace=args)
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
