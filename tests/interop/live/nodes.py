"""Nodes, containers that others start agents in, and the commands that start them."""
import os
import pathlib
import signal
import sys
from typing import List

from peer.urls import container_url

from .process import Server
from .programs import find_program
from .transports import Transport

HERE = pathlib.Path(__file__).resolve().parent

START_DATE = "2024-02-29T00:00:00"


def cpp_node(folder: pathlib.Path, codec: str, transport: Transport, *, simulated: bool = True) -> List[str]:
    """The program `aiomas node` with our agents."""
    plugin = find_program(folder / "tests" / "plugins", "node_agents.so")
    command = [find_program(folder / "tools", "aiomas"), "node", container_url(transport.new_address()),
               "--codec", codec, "--plugin", plugin, "--shutdown-timeout", "60"]
    if simulated:
        command += ["--start-date", START_DATE]
    if transport.ssl is not None:
        cafile, certfile, keyfile = transport.ssl
        command += ["--cafile", cafile, "--certfile", certfile, "--keyfile", keyfile]
    return command


def python_node(codec: str, transport: Transport) -> List[str]:
    return [sys.executable, str(HERE.parent / "node.py"), *transport.server_options(), "--codec", codec, "--simulated"]


def node_master(folder: pathlib.Path, codec: str, transport: Transport, node: List[str]) -> List[str]:
    """A C++ program that starts a node and checks what it can do."""
    certs = "-" if transport.certs is None else str(transport.certs)
    return [find_program(folder / "tests" / "interop", "node_master"), codec, certs, *node]


class Node(Server):
    """A node that is a child of the test."""

    @property
    def pid(self) -> int:
        return self.child.pid

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill_left_over(self) -> None:
        if self.child.is_running():
            self.child.kill()

    def catches(self, number: int) -> bool:
        """Whether a handler for this signal is installed at the moment."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        mask = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
        return bool(int(mask, 16) >> (number - 1) & 1)


SIGNALS = (signal.SIGINT, signal.SIGTERM)
