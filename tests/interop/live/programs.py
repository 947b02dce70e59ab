"""Where the programs are that the tests start."""
import os
import pathlib
import sys
from typing import List

HERE = pathlib.Path(__file__).resolve().parent

LISTEN = ["--listen", "tcp://127.0.0.1:0"]


def peer_server(codec: str) -> List[str]:
    """The Python twin of the C++ echo_server."""
    return [sys.executable, str(HERE.parent / "echo_agents.py"), *LISTEN, "--codec", codec]


def cpp_server(folder: pathlib.Path, codec: str) -> List[str]:
    return [find_program(folder, "echo_server"), *LISTEN, "--codec", codec]


def find_program(folder: pathlib.Path, name: str) -> str:
    """The executable `name` anywhere below `folder`; the newest if there are several."""
    found = [path for path in folder.rglob(name) if path.is_file() and os.access(path, os.X_OK)]
    if not found:
        raise FileNotFoundError(f"no executable {name} below {folder}")
    return str(max(found, key=lambda path: path.stat().st_mtime))
