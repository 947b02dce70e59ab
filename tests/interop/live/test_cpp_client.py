"""C++ programs against Python agents."""
import re
import unittest
from typing import List

from .case import json_only, needs_programs, without_tls
from .process import Child, Server
from .programs import cpp_client, find_program, peer_server
from .settings import settings

# The client checks at least so many things, each with a line "OK <name>".
MIN_OK = 10


class CppPrograms(unittest.TestCase):
    def start_agents(self) -> Server:
        agents = Server(peer_server(settings.codec, settings.transport), settings.timeout)
        self.addCleanup(agents.stop)
        return agents

    def run_against(self, agents: Server, command: List[str]) -> Child:
        """Run a program that calls these agents; it must exit with 0."""
        client = Child(command)
        code = client.wait(settings.timeout)
        self.assertEqual(code, 0, f"{client.output()}\nthe agents' {agents.child.output()}")
        return client

    @needs_programs
    def test_the_client_against_python_agents(self) -> None:
        agents = self.start_agents()
        client = self.run_against(agents, cpp_client(settings.bin, agents.url, settings.codec, settings.transport))
        passed = [line for line in client.lines if re.match(r"OK \S", line)]
        self.assertGreaterEqual(len(passed), MIN_OK, client.output())
        self.assertEqual(len(passed), len(set(passed)), client.output())

    @needs_programs
    @json_only
    @without_tls
    def test_a_second_caf_node_calls_a_python_agent(self) -> None:
        agents = self.start_agents()
        bridge = self.run_against(agents, [find_program(settings.bin, "caf_bridge"), agents.agent_url(0)])
        self.assertEqual(bridge.lines, ["service([1, 'two', 3.0]): [1, 'two', 3.0]",
                                        "add(3, b=4): 7",
                                        "fail('no such thing'): ValueError: no such thing"])
