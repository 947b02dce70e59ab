"""C++ programs against Python agents."""
import re
import unittest

from .process import Child, Server
from .programs import find_program, peer_server
from .settings import settings

# The client checks at least so many things, each with a line "OK <name>".
MIN_OK = 10


class CppPrograms(unittest.TestCase):
    def run_against_python(self, name: str, path: str = "", *args: str) -> Child:
        """Run a program that gets a URL of a Python container, or with `path` of what is there; it must exit with 0."""
        if settings.bin is None:
            self.skipTest("no --bin")
        program = find_program(settings.bin, name)
        server = Server(peer_server(settings.codec), settings.timeout)
        try:
            client = Child([program, server.url + path, *args])
            code = client.wait(settings.timeout)
            self.assertEqual(code, 0, f"{client.output()}\nthe agents' {server.child.output()}")
            return client
        finally:
            server.stop()

    def test_the_client_against_python_agents(self) -> None:
        client = self.run_against_python("interop_client", "", settings.codec)
        passed = [line for line in client.lines if re.match(r"OK \S", line)]
        self.assertGreaterEqual(len(passed), MIN_OK, client.output())
        self.assertEqual(len(passed), len(set(passed)), client.output())

    def test_a_second_caf_node_calls_a_python_agent(self) -> None:
        if settings.codec != "json":
            self.skipTest("the program speaks JSON")
        bridge = self.run_against_python("caf_bridge", "0")
        self.assertEqual(bridge.lines, ["service([1, 'two', 3.0]): [1, 'two', 3.0]",
                                        "add(3, b=4): 7",
                                        "fail('no such thing'): ValueError: no such thing"])
