"""The program under test, and the agents that it calls."""
import os
import pathlib
import subprocess
from typing import List, NamedTuple, Optional

from live.process import Server
from live.programs import find_program

REMOTE_ERROR = 1
USAGE_ERROR = 2
NO_CONNECTION = 3


class Ended(NamedTuple):
    code: int
    out: str
    err: str


class _Settings:
    aiomas: str
    echo_server: str
    timeout: float
    server: Optional[Server] = None


_settings = _Settings()


def find(folder: pathlib.Path, timeout: float) -> None:
    def in_build_tree(subfolder: str, name: str) -> str:
        # Elsewhere in a build tree may be installed programs, which don't find their libraries.
        return find_program(folder / subfolder if (folder / subfolder).is_dir() else folder, name)

    _settings.aiomas = in_build_tree("tools", "aiomas")
    _settings.echo_server = in_build_tree("examples", "echo_server")
    _settings.timeout = timeout


def run(*args: str, stdin: str = "") -> Ended:
    return _run([_settings.aiomas, *args], stdin)


def run_echo_server(*args: str) -> Ended:
    """For arguments with which it ends by itself."""
    return _run([_settings.echo_server, *args], "")


def _run(command: List[str], stdin: str) -> Ended:
    # A time limit kills the program, which is a test that failed.
    done = subprocess.run(command, input=stdin, capture_output=True, encoding="utf-8", timeout=_settings.timeout,
                          env={**os.environ, "LC_ALL": "C"}, check=False)
    return Ended(done.returncode, done.stdout, done.stderr)


def call(aid: int, method: str, *args: str) -> Ended:
    return run("call", agent_url(aid), method, *args)


def agent_url(aid: int) -> str:
    return server().agent_url(aid)


def server() -> Server:
    if _settings.server is None:
        _settings.server = Server([_settings.echo_server, "--listen", "tcp://127.0.0.1:0"], _settings.timeout)
    return _settings.server


def stop_server() -> None:
    if _settings.server is not None:
        _settings.server.stop()
