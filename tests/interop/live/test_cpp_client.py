"""C++ programs against Python agents."""
import re
import unittest

from .case import settings
from .process import Child, Server
from .programs import PEER_SERVER, find_program

# It checks at least so many things, each with a line "OK <name>".
MIN_OK = 10


class InteropClient(unittest.TestCase):
    def test_against_python_agents(self) -> None:
        if settings.bin is None:
            self.skipTest("no --bin")
        program = find_program(settings.bin, "interop_client")
        server = Server(PEER_SERVER, settings.timeout)
        try:
            client = Child([program, server.url])
            code = client.wait(settings.timeout)
            self.assertEqual(code, 0, f"{client.output()}\nthe agents' {server.child.output()}")
            passed = [line for line in client.lines if re.match(r"OK \S", line)]
            self.assertGreaterEqual(len(passed), MIN_OK, client.output())
            self.assertEqual(len(passed), len(set(passed)), client.output())
        finally:
            server.stop()


class CafBridge(unittest.TestCase):
    def test_a_second_caf_node_calls_a_python_agent(self) -> None:
        if settings.bin is None:
            self.skipTest("no --bin")
        program = find_program(settings.bin, "caf_bridge")
        server = Server(PEER_SERVER, settings.timeout)
        try:
            bridge = Child([program, server.agent_url(0)])
            code = bridge.wait(settings.timeout)
            self.assertEqual(code, 0, f"{bridge.output()}\nthe agents' {server.child.output()}")
            self.assertEqual(bridge.lines, ["service([1, 'two', 3.0]): [1, 'two', 3.0]",
                                            "add(3, b=4): 7",
                                            "fail('no such thing'): ValueError: no such thing"])
        finally:
            server.stop()
