"""The command `aiomas node`: how it is started, what it loads, and how it ends."""
import contextlib
import os
import pathlib
import shutil
import socket
import tempfile
import unittest
from typing import Iterator

from cli.case import FailureTest
from cli.program import NO_CONNECTION, USAGE_ERROR, call_at, plugin, run, run_into, start_node

ANY = "tcp://127.0.0.1:0"
GOOD = "node_agents"


@contextlib.contextmanager
def folder_with(*names: str) -> Iterator[pathlib.Path]:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for each in names:
            shutil.copy(plugin(each), folder)
        yield folder


class NodeTest(unittest.TestCase):
    def test_help(self) -> None:
        result = run("node", "--help")
        self.assertEqual((result.code, result.err), (0, ""))
        for text in ("ADDRESS", "--plugin", "--plugin-dir", "--start-date", "--cafile", "READY", "Example"):
            self.assertIn(text, result.out)

    def test_stop(self) -> None:
        with start_node(ANY) as node:
            result = call_at(node.agent_url(0), "stop")
            self.assertEqual(result, (0, "null\n", ""))
            self.assertEqual(node.child.wait(10), 0)
            self.assertEqual(node.child.lines, [f"READY {node.url}"])

    def test_sigterm(self) -> None:
        with start_node(ANY) as node:
            node.stop()

    def test_spawn(self) -> None:
        with start_node(ANY, "--plugin", plugin(GOOD)) as node:
            result = call_at(node.agent_url(0), "spawn", '["node_agents:Counter", 5]')
            self.assertEqual(result, (0, f'[{{"__type__":[1,"agents/1"]}},"{node.agent_url(1)}"]\n', ""))
            self.assertEqual(call_at(node.agent_url(1), "add"), (0, "6\n", ""))
            result = call_at(node.agent_url(0), "spawn", '["nope:X"]')
            self.assertEqual(result.code, 1)
            self.assertTrue(result.err.endswith("ModuleNotFoundError: No module named 'nope'\n"), result.err)

    def test_folder(self) -> None:
        with folder_with(GOOD) as folder:
            (folder / "notes.txt").write_text("no plug-in")
            with start_node(ANY, "--plugin-dir", str(folder)) as node:
                self.assertEqual(call_at(node.agent_url(0), "spawn", '["node_agents:Counter", 5]').code, 0)

    def test_the_same_plugin_twice(self) -> None:
        with start_node(ANY, "--plugin", plugin(GOOD), "-p", plugin(GOOD)) as node:
            node.stop()

    def test_plugins_that_need_each_other(self) -> None:
        for order in ([GOOD, "linking"], ["linking", GOOD]):
            with start_node(ANY, *(arg for name in order for arg in ("--plugin", plugin(name)))) as node:
                for name in ("node_agents:Counter", "linking:Counter"):
                    self.assertEqual(call_at(node.agent_url(0), "spawn", f'["{name}", 5]').code, 0)

    def test_simulated(self) -> None:
        with start_node(ANY, "--simulated", "--start-date", "2024-02-29T12:00:00+00:00") as node:
            result = call_at(node.agent_url(0), "join_simulation", '["mine"]')
            self.assertRegex(result.out, r'^\[0\.0,"2024-02-29T12:00:00\+00:00","[0-9a-f]{32}"\]$')
            self.assertEqual(call_at(node.agent_url(0), "introduce"), (0, "null\n", ""))
            self.assertEqual(call_at(node.agent_url(0), "advance", '["mine",60]'), (0, "null\n", ""))
            result = call_at(node.agent_url(0), "settle", '["mine"]')
            self.assertRegex(result.out, r'^\[null,"[0-9a-f]{32}",0,0,0,0\]$')
            result = call_at(node.agent_url(0), "advance", '["mine",59]')
            self.assertTrue(result.err.endswith("ValueError: Time must be >= 60 but is 59\n"), result.err)

    def test_start_date(self) -> None:
        with start_node(ANY, "--plugin", plugin(GOOD), "--start-date", "2024-02-29T12:00:00+01:00") as node:
            call_at(node.agent_url(0), "spawn", '["node_agents:Counter", 5]')
            self.assertEqual(call_at(node.agent_url(1), "time").out, "0.0\n")
            self.assertEqual(call_at(node.agent_url(0), "set_time", "[5]"), (0, "null\n", ""))
            self.assertEqual(call_at(node.agent_url(1), "time").out, "5.0\n")

    def test_unix_socket(self) -> None:
        with tempfile.TemporaryDirectory() as folder, start_node(f"ipc://[{folder}/node]") as node:
            self.assertEqual(call_at(node.agent_url(0), "stop").code, 0)


class NodeErrorTest(FailureTest):
    def refused(self, *args: str, why: str) -> None:
        with self.subTest(args=args):
            self.failed(run("node", *args), USAGE_ERROR, why)

    def test_arguments(self) -> None:
        self.refused(why="ADDRESS is required")
        self.refused("nowhere", why="nowhere")
        self.refused("tcp://127.0.0.1:99999", why="99999")
        self.refused("local://x", why="cannot be reached by other processes")
        self.refused(ANY, "extra", why="extra")
        self.refused(ANY, "--codec", "xml", why="unknown codec: xml")
        self.refused(ANY, "--plugin", why="--plugin")
        self.refused(ANY, "--cafile", "x", why="--certfile")
        self.refused(ANY, "--cafile", "/no/ca", "--certfile", "/no/cert", "--keyfile", "/no/key", why="/no/")

    def test_shutdown_timeout(self) -> None:
        for text in ("-1", "nan", "inf", "soon"):
            self.refused(ANY, "--shutdown-timeout", text, why="--shutdown-timeout")

    def test_start_date(self) -> None:
        for text in ("soon", "2024-02-30T00:00:00", "2024-13-01", "nan", "1e400", "10000-01-01T00:00:00"):
            self.refused(ANY, "--start-date", text, why="--start-date: ")

    def test_simulated(self) -> None:
        self.refused(ANY, "--simulated", why="--start-date")

    def test_output_that_is_full(self) -> None:
        self.failed(run_into("/dev/full", "node", ANY), NO_CONNECTION, "cannot write READY")

    def test_nowhere_to_listen(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            self.failed(run("node", f"tcp://127.0.0.1:{port}"), NO_CONNECTION, str(port))

    def test_missing_plugins(self) -> None:
        self.refused(ANY, "--plugin", "/no/such/plugin.so", why="/no/such/plugin.so: cannot open the file: No such file")
        # Not looked for elsewhere.
        self.refused(ANY, "--plugin", "libc.so.6", why="libc.so.6: cannot open the file: No such file")
        self.refused(ANY, "--plugin", "", why="A plug-in needs the path of a file")
        self.refused(ANY, "--plugin", "/", why="Cannot load the plug-in /: it is no regular file")

    def test_files_that_are_no_plugins(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            whole = pathlib.Path(plugin(GOOD)).read_bytes()
            cut = [whole[:size] for size in (1, 4, 63, 64, 100, 500, 4096, 10_000, len(whole) // 2)]
            for content in (b"", b"hello", b"\x7fELF" + bytes(1000), b"\x7fELF" + b"\xff" * 1000, *cut):
                path = pathlib.Path(name) / "bad.so"
                path.write_bytes(content)
                self.refused(ANY, "--plugin", str(path), why=f"Cannot load the plug-in {path}: ")
            fifo = pathlib.Path(name) / "fifo.so"
            os.mkfifo(fifo)
            self.refused(ANY, "--plugin", str(fifo), why="it is no regular file")
            path = pathlib.Path(name) / "text.so"
            path.write_text("no library at all, but long enough to have a header of one: " + 64 * "x")
            self.refused(ANY, "--plugin", str(path), why="it is no shared library")
            foreign = bytearray(whole)
            foreign[18:20] = b"\xff\xfe"
            path.write_bytes(foreign)
            self.refused(ANY, "--plugin", str(path), why="it was built for another kind of machine")
        self.refused(ANY, "--plugin", plugin("unresolved"), why="undefined symbol")

    def test_wrong_plugins(self) -> None:
        self.refused(ANY, "--plugin", plugin("empty"), why="registers no agents")
        self.refused(ANY, "--plugin", plugin("old"), why="was built for libcaf_aiomas 0.0.1, CAF 0.15.0, but this is ")
        self.refused(ANY, "--plugin", plugin("twice"), why='"twice:Nothing" is registered twice; Malformed object name '
                                                           '"nothing": Expected "module:object"')

    def test_plugin_that_throws(self) -> None:
        self.refused(ANY, "--plugin", plugin("throwing"), why="failed while it was loaded: no coffee")

    def test_one_bad_plugin_of_several(self) -> None:
        self.refused(ANY, "--plugin", plugin(GOOD), "--plugin", plugin("empty"), why="registers no agents")
        with folder_with(GOOD, "old") as folder:
            self.refused(ANY, "--plugin-dir", str(folder), why="old:Agent")

    def test_folders(self) -> None:
        self.refused(ANY, "--plugin-dir", "/no/such/folder", why="Cannot read the folder /no/such/folder: ")
        with folder_with() as folder:
            self.refused(ANY, "--plugin-dir", str(folder), why="There are no plug-ins (*.so) in the folder")
