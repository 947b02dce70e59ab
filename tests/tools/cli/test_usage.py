"""Help, version, and command lines that are wrong in themselves."""
import re
import unittest

from cli.case import FailureTest
from cli.program import USAGE_ERROR, run

# Nobody listens there, but it is never tried.
URL = "tcp://127.0.0.1:1/0"


class HelpTest(unittest.TestCase):
    def test_version(self) -> None:
        result = run("--version")
        self.assertEqual((result.code, result.err), (0, ""))
        self.assertRegex(result.out, r"\Aaiomas \d+\.\d+\.\d+\n\Z")

    def test_help(self) -> None:
        for command in ("call", "decode", "encode", "node"):
            result = run("--help")
            self.assertEqual((result.code, result.err), (0, ""))
            self.assertIn(f"aiomas {command}", result.out)
            result = run(command, "--help")
            self.assertEqual((result.code, result.err), (0, ""))
            self.assertIn("Example", result.out)

    def test_examples_print_what_they_say(self) -> None:
        for command in ("decode", "encode"):
            text = run(command, "--help").out
            examples = re.findall(r"\$ echo '(.*)' \| aiomas (.*)\n +(.*)\n", text)
            self.assertEqual(len(examples), 2)
            for stdin, args, out in examples:
                self.assertEqual(run(*args.split(), stdin=stdin).out, out + "\n")

    def test_codecs_are_named(self) -> None:
        for command in ("call", "decode", "encode", "node"):
            self.assertRegex(run(command, "--help").out, r"json,\s+msgpack,\s+msgpack_blosc")


class UsageTest(FailureTest):
    def refused(self, *args: str, why: str) -> None:
        with self.subTest(args=args):
            self.failed(run(*args), USAGE_ERROR, why)

    def test_commands(self) -> None:
        self.refused(why="no command")
        self.refused("dance", why="dance")
        self.refused("decode", "--fast", why="--fast")
        self.refused("call", why="URL is required")
        self.refused("call", URL, why="METHOD is required")
        self.refused("call", URL, "add", "[]", "[]", why="[]")

    def test_codec(self) -> None:
        why = "unknown codec: xml; known are json, msgpack, msgpack_blosc"
        self.refused("call", URL, "add", "--codec", "xml", why=why)
        self.refused("decode", "--codec", "xml", why=why)
        self.refused("encode", "--codec", "xml", why=why)
        for name in ("", "JSON", "MsgPack", "msgpack-blosc", "blosc", "msgpack "):
            self.refused("decode", "--codec", name, why=f"unknown codec: {name}")

    def test_url(self) -> None:
        for url in ("localhost", "tcp://localhost/0", "tcp://localhost:5555/", "tcp://localhost:99999/0", "http://x:1/0"):
            self.refused("call", url, "add", why=f'Cannot parse agent URL "{url}"')

    def test_arguments(self) -> None:
        self.refused("call", URL, "add", "[3,", why="JSON-ARGS: ")
        self.refused("call", URL, "add", "", why="JSON-ARGS: ")
        self.refused("call", URL, "add", "7", why="JSON-ARGS must be a JSON array")
        self.refused("call", URL, "add", "--kwargs", "{x: 1}", why="--kwargs: ")
        self.refused("call", URL, "add", "--kwargs", "[]", why="--kwargs must be a JSON object")
        for kwargs in ('{"__type__": [1, {}]}', '{"__type__": 1}', '{"x": 1, "__type__": [1, {}]}'):
            self.refused("call", URL, "add", "--kwargs", kwargs, why="--kwargs: no argument can be named __type__")
        self.refused("call", URL, "add", "[18446744073709551616]", why="64 bits")
        self.refused("call", URL, "add", '["\\ud800"]', why="surrogate")
        self.refused("call", URL, "add", '[{"$bytes": "0"}]', why="$bytes")
        self.refused("call", URL, "add", '[{"$bytes": "00"}]', why="cannot be encoded")
        self.refused("call", URL, "add", "[" * 100 + "]" * 100, why="nested deeper")
        self.refused("call", URL, "add", "[" * 50000 + "]" * 50000, why="nested deeper")

    def test_timeout(self) -> None:
        for text in ("0", "-1", "nan", "inf", "soon"):
            self.refused("call", URL, "add", "--timeout", text, why="--timeout")

    def test_files(self) -> None:
        self.refused("decode", "/no/such/file", why="/no/such/file")
        self.refused("encode", "/", why="cannot read /")
