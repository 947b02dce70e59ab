"""The command line of the server that the calls go to."""
import unittest

from cli.program import USAGE_ERROR, run_echo_server


class EchoServerTest(unittest.TestCase):
    def refused(self, *args: str, why: str) -> None:
        with self.subTest(args=args):
            result = run_echo_server(*args)
            self.assertEqual((result.code, result.out), (USAGE_ERROR, ""), result.err)
            self.assertRegex(result.err, r"\Aecho_server: [^\n]+\n\Z")
            self.assertIn(why, result.err)

    def test_help(self) -> None:
        result = run_echo_server("--help")
        self.assertEqual((result.code, result.err), (0, ""))
        self.assertIn("--listen", result.out)
        self.assertRegex(result.out, r"json,\s+msgpack,\s+msgpack_blosc")

    def test_stray_arguments(self) -> None:
        self.refused("extra", why="extra")
        self.refused("--listen", "tcp://127.0.0.1:0", "extra", why="extra")
        self.refused("-x", why="-x")

    def test_bad_options(self) -> None:
        self.refused("--listen", why="--listen")
        self.refused("--bogus", why="--bogus")
        self.refused("--caf.aiomas.io-threads=many", why="--caf.aiomas.io-threads=many")

    def test_bad_values(self) -> None:
        self.refused("--listen", "nowhere", why="nowhere")
        self.refused("--codec", "xml", why="unknown codec: xml; known are json, msgpack, msgpack_blosc")
