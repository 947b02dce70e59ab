"""Child processes that are always reaped, and whose output is there when something went wrong."""
import atexit
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from typing import Any, List, Optional

from peer.urls import parse_container_url

_running: List["Child"] = []
_folders: List[pathlib.Path] = []


class Child:
    """A process with a thread that collects its output, line by line, so that waiting for one can have a limit."""

    def __init__(self, command: List[str]) -> None:
        self.command = command
        self.lines: List[str] = []
        self._changed = threading.Condition()
        self._ended = False
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                         stderr=subprocess.STDOUT, text=True, errors="replace", bufsize=1)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        _running.append(self)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self.lines.append(line.rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait_for_line(self, prefix: str, timeout: float) -> str:
        """The first line that starts with `prefix`."""
        with self._changed:
            self._changed.wait_for(lambda: self._find(prefix) is not None or self._ended, timeout)
            line = self._find(prefix)
        if line is None:
            reason = "ended without" if self._ended else f"took more than {timeout} s for"
            raise AssertionError(f"{self.command[0]} {reason} a line {prefix!r}\n{self.output()}")
        return line

    def _find(self, prefix: str) -> Optional[str]:
        return next((line for line in self.lines if line.startswith(prefix)), None)

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_running(self) -> bool:
        return self._process.poll() is None

    def wait(self, timeout: float) -> int:
        """The exit code; killed if it takes longer."""
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.command[0]} still runs after {timeout} s\n{self.output()}") from None
        self._reap()
        return code

    def stop(self, timeout: float) -> int:
        """Ask for an orderly end, as a service manager would."""
        self._process.terminate()
        return self.wait(timeout)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reap()

    def _reap(self) -> None:
        # A grandchild may hold the pipe open: what it writes is not waited for.
        self._reader.join(1)
        if self._ended and self._process.stdout is not None:
            self._process.stdout.close()
        if self in _running:
            _running.remove(self)

    def output(self) -> str:
        text = "\n".join(f"  | {line}" for line in self.lines[-200:])
        return f"command: {' '.join(self.command)}\nexit code: {self._process.poll()}\noutput:\n{text or '  (none)'}"


class Server:
    """A child that prints `READY` and the URL of its container once it serves."""

    def __init__(self, command: List[str], timeout: float) -> None:
        self.child = Child(command)
        self._timeout = timeout
        try:
            self.url = self.child.wait_for_line("READY ", timeout).split()[1]
        except BaseException:
            self.child.kill()
            raise
        self.addr = parse_container_url(self.url)

    def agent_url(self, aid: int) -> str:
        return f"{self.url}{aid}"

    def stop(self) -> None:
        """End it, and complain if it doesn't end as it should."""
        start = time.monotonic()
        code = self.child.stop(self._timeout)
        if code != 0:
            raise AssertionError(f"server ended with {code} after {time.monotonic() - start:.1f} s\n{self.child.output()}")


def temporary_folder() -> pathlib.Path:
    """A folder that is removed at the end of this process, also if that comes by SIGTERM."""
    _folders.append(pathlib.Path(tempfile.mkdtemp(prefix="aiomas-live-")))
    return _folders[-1]


@atexit.register
def remove_left_overs() -> None:
    for child in list(_running):
        child.kill()
    for folder in _folders:
        shutil.rmtree(folder, ignore_errors=True)


def end_children_on_sigterm() -> None:
    """Take the children along when told to end. An exception wouldn't do: unittest takes it for a failed test."""
    def end(signum: int, _: Any) -> None:
        remove_left_overs()
        os._exit(128 + signum)

    signal.signal(signal.SIGTERM, end)
