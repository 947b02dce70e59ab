"""The program under test, and the agents that it calls."""
import contextlib
import os
import pathlib
import subprocess
from typing import Dict, Iterator, List, NamedTuple

from live.process import Server
from live.programs import LISTEN, find_program

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
    plugins: pathlib.Path
    timeout: float


_settings = _Settings()
_servers: Dict[str, Server] = {}  # by codec, started when a test needs one


def find(folder: pathlib.Path, timeout: float) -> None:
    def in_build_tree(subfolder: str, name: str) -> str:
        # Elsewhere in a build tree may be installed programs, which don't find their libraries.
        return find_program(folder / subfolder if (folder / subfolder).is_dir() else folder, name)

    _settings.aiomas = in_build_tree("tools", "aiomas")
    _settings.echo_server = in_build_tree("examples", "echo_server")
    _settings.plugins = folder / "tests" / "plugins" if (folder / "tests").is_dir() else folder
    _settings.timeout = timeout


def run(*args: str, stdin: str = "") -> Ended:
    return _run([_settings.aiomas, *args], stdin)


def run_into(path: str, *args: str) -> Ended:
    """With that file as its standard output."""
    with open(path, "w", encoding="utf-8") as out:
        done = subprocess.run([_settings.aiomas, *args], stdout=out, stderr=subprocess.PIPE, encoding="utf-8",
                              timeout=_settings.timeout, env={**os.environ, "LC_ALL": "C"}, check=False)
    return Ended(done.returncode, "", done.stderr)


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


def call_with(codec: str, method: str, *args: str) -> Ended:
    """A call of an agent that speaks another codec."""
    return run("call", agent_url(0, codec), method, *args, "--codec", codec)


def call_at(url: str, method: str, *args: str) -> Ended:
    """A call of an agent that is not one of the echo server's."""
    return run("call", url, method, *args)


def plugin(name: str) -> str:
    """The path of a shared library that nodes may load, or had better not."""
    return find_program(_settings.plugins, f"{name}.so")


@contextlib.contextmanager
def start_node(*args: str) -> Iterator[Server]:
    node = Server([_settings.aiomas, "node", *args], _settings.timeout)
    try:
        yield node
    finally:
        if node.child.is_running():
            node.child.kill()


def agent_url(aid: int, codec: str = "json") -> str:
    return server(codec).agent_url(aid)


def server(codec: str = "json") -> Server:
    if codec not in _servers:
        _servers[codec] = Server([_settings.echo_server, *LISTEN, "--codec", codec], _settings.timeout)
    return _servers[codec]


def stop_servers() -> None:
    while _servers:
        _servers.popitem()[1].stop()
