"""Calls that fail, and how scripts tell why."""
import contextlib
import socket
import threading
import time
from typing import Iterator, Optional

from cli.case import FailureTest
from cli.program import NO_CONNECTION, REMOTE_ERROR, agent_url, call, run, server
from peer import frames


@contextlib.contextmanager
def peer(reply: Optional[bytes]) -> Iterator[str]:
    """A peer that answers the first frame with `reply` and then closes; None: does neither."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

        def serve() -> None:
            # The test ends with a listener that is closed if nobody came.
            with contextlib.suppress(OSError), listener.accept()[0] as conn:
                conn.settimeout(10)
                conn.recv(4096)
                conn.sendall(reply or b"")

        if reply is not None:
            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            stack.callback(thread.join, 10)
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}/0"


class RemoteErrorTest(FailureTest):
    def test_exception(self) -> None:
        result = call(0, "fail", '["böse"]')
        self.failed(result, REMOTE_ERROR, f"raised by {server().addr}", "Traceback (most recent call last):\n")
        self.assertEqual(result.err.splitlines()[-1], "ValueError: böse")

    def test_control_characters_do_not_reach_the_terminal(self) -> None:
        result = call(0, "fail", '["a\\u001b[31mb\\rc\\u007f\\u009bd\\te\\nfö"]')
        self.failed(result, REMOTE_ERROR)
        self.assertEqual(result.err.splitlines()[-2:], ["ValueError: a\\x1b[31mb\\x0dc\\x7f\\x9bd\te", "fö"])

    def test_unknown_function(self) -> None:
        self.failed(call(0, "nope"), REMOTE_ERROR, 'LookupError: Name "nope" not found in "agents/0"')
        self.failed(call(0, "sub/nope"), REMOTE_ERROR, 'LookupError: Name "nope" not found in "agents/0/sub"')

    def test_wrong_arguments(self) -> None:
        self.failed(call(0, "add", "[1]"), REMOTE_ERROR, "TypeError: ")
        self.failed(call(0, "add", "[1, 2]", "--kwargs", '{"c": 3}'), REMOTE_ERROR, "TypeError: ")

    def test_sums_beyond_64_bits(self) -> None:
        for args in ("[18446744073709551615, 1]", "[-9223372036854775808, -1]"):
            self.failed(call(0, "add", args), REMOTE_ERROR, "OverflowError: ")

    def test_no_numbers(self) -> None:
        for args in ('[1, "x"]', "[null, 1]", "[[], 1]"):
            self.failed(call(0, "add", args), REMOTE_ERROR, "TypeError: ")

    def test_unknown_type_id(self) -> None:
        self.failed(call(0, "service", '[{"__type__": [7, 0]}]'), REMOTE_ERROR, "SerializationError")

    def test_missing_agent(self) -> None:
        self.failed(call(99, "add", "[3, 4]"), REMOTE_ERROR,
                    f'Agent "99" does not exist in Container({server().addr})\n')

    def test_calling_back_is_refused(self) -> None:
        self.failed(call(0, "call_me", '[{"__type__": [3, "agents/0"]}, 1]'), REMOTE_ERROR, "LookupError")

    def test_unreadable_reply(self) -> None:
        with peer(frames.pack(b"[1,0,18446744073709551616]")) as url:
            self.failed(run("call", url, "x"), REMOTE_ERROR, "cannot read the reply", "64 bits")


class NoConnectionTest(FailureTest):
    def test_refused(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        self.failed(run("call", f"tcp://127.0.0.1:{port}/0", "x"), NO_CONNECTION, str(port), "Connection refused")

    def test_lost(self) -> None:
        with peer(b"") as url:
            self.failed(run("call", url, "x"), NO_CONNECTION)

    def test_lost_after_validation(self) -> None:
        with peer(frames.pack(b'[1,0,"Echo"]')) as url:
            self.failed(run("call", url, "x"), NO_CONNECTION)

    def test_not_aiomas(self) -> None:
        with peer(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url:
            self.failed(run("call", url, "x"), NO_CONNECTION)

    def test_timeout(self) -> None:
        with peer(None) as url:
            start = time.monotonic()
            result = run("call", url, "x", "--timeout", "0.3")
            took = time.monotonic() - start
        self.failed(result, NO_CONNECTION, "no answer in time")
        self.assertGreater(took, 0.3)
        self.assertLess(took, 4)

    def test_agents_are_fine_after_all(self) -> None:
        self.assertEqual(run("call", agent_url(0), "add", "[3, 4]").out, "7\n")
