"""The programs that the tests start, and what they are told."""
import os
import pathlib
import sys
from typing import List

from peer.urls import container_url

from .transports import Transport

HERE = pathlib.Path(__file__).resolve().parent

LISTEN = ["--listen", "tcp://127.0.0.1:0"]


def peer_server(codec: str, transport: Transport) -> List[str]:
    """The Python twin of the C++ echo_server."""
    return [sys.executable, str(HERE.parent / "echo_agents.py"), *transport.server_options(), "--codec", codec]


def cpp_server(folder: pathlib.Path, codec: str, transport: Transport) -> List[str]:
    return [find_program(folder, "echo_server"), *transport.server_options(), "--codec", codec]


def cpp_client(folder: pathlib.Path, url: str, codec: str, transport: Transport) -> List[str]:
    return _with_positions(folder, "interop_client", url, codec, transport)


def array_agent(folder: pathlib.Path, codec: str, transport: Transport) -> List[str]:
    """A C++ server that knows arrays and nothing else."""
    return _with_positions(folder, "array_agent", container_url(transport.new_address()), codec, transport)


def _with_positions(folder: pathlib.Path, name: str, url: str, codec: str, transport: Transport) -> List[str]:
    """How the programs beside the tests are called: `NAME URL [CODEC [CERTS]]`."""
    certs = [] if transport.certs is None else [str(transport.certs)]
    return [find_program(folder, name), url, codec, *certs]


def find_program(folder: pathlib.Path, name: str) -> str:
    """The executable `name` anywhere below `folder`; the newest if there are several."""
    found = [path for path in folder.rglob(name) if path.is_file() and os.access(path, os.X_OK)]
    if not found:
        raise FileNotFoundError(f"no executable {name} below {folder}")
    return str(max(found, key=lambda path: path.stat().st_mtime))
