"""Python and C++ agents call each other, step by step: `demo.py --bin DIR`, with options as test_live.py."""
import argparse
import asyncio
import pathlib
import sys
from typing import Any, List

from echo_agents import AGENT_COUNT, Echo
from echo_types import EXTRA_SERIALIZERS
from live.process import Server, end_children_on_sigterm
from live.programs import cpp_client, cpp_server
from live.transports import TRANSPORTS, Transport
from peer import CODECS, Container, RemoteException, expose
from recorded import as_lists

TIMEOUT = 10
SHOWN_CHECKS = 6


def show(direction: str, text: str) -> None:
    print(f"{direction:<16}{text}", flush=True)


class ShownEcho(Echo):
    """An Echo that shows who calls it; to its peers it is one like any other."""

    shown = True

    @expose
    def service(self, v: Any) -> Any:
        if self.shown:
            show("  C++ -> Python", f"  {self}.service({v!r}) = {v!r}")
        return v


# The class name that peers are told, and that is shown.
ShownEcho.__name__ = "Echo"


async def step(remote: Any, text: str, call: Any, expected: Any) -> None:
    """Show a call of a C++ agent and its result, which must be the expected one."""
    result = as_lists(await asyncio.wait_for(call, TIMEOUT))
    show("Python -> C++", f"{str(remote).replace('EchoProxy', 'Echo')}.{text} = {result!r}")
    if result != expected:
        sys.exit(f"expected {expected!r}")


async def python_calls_cpp(container: Container, agent: Echo, url: str) -> None:
    remote = await asyncio.wait_for(container.connect(url), TIMEOUT)
    await step(remote, "add(3, 4)", remote.add(3, 4), 7)
    await step(remote, "describe('hello', loud=True)", remote.describe("hello", loud=True), "HELLO")
    await step(remote, "sub.ping('x')", remote.sub.ping("x"), ["pong", "x"])
    # The agent travels as its path and arrives as a proxy: C++ calls it over this same connection.
    await step(remote, f"call_me({agent}, 3)", remote.call_me(agent, 3), [0, 1, 2])
    # Here C++ opens a connection of its own.
    await step(remote, f"connect_to('{agent.addr}', 42)", remote.connect_to(agent.addr, 42), 42)
    peer = (await asyncio.wait_for(remote.peers(), TIMEOUT))[2]
    await step(remote, "peers()[2].service('hi')", peer.service("hi"), "hi")
    try:
        await asyncio.wait_for(remote.fail("boom"), TIMEOUT)
        sys.exit("no exception crossed over")
    except RemoteException as error:
        show("Python -> C++", f"{str(remote).replace('EchoProxy', 'Echo')}.fail('boom') raised {error.last_line}")


async def cpp_calls_python(command: List[str]) -> None:
    """The C++ client checks what it gets; some of its lines are shown, and all failures."""
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE,
                                                   stderr=asyncio.subprocess.STDOUT)
    try:
        output, _ = await asyncio.wait_for(process.communicate(), TIMEOUT)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    lines = output.decode(errors="replace").splitlines()
    checks = [line for line in lines if line.startswith("OK ")]
    for line in lines:
        if line not in checks[SHOWN_CHECKS:]:
            show("  interop_client", f"  {line}")
    show("  interop_client", f"  ... {len(checks)} checks passed")
    if process.returncode != 0 or not checks:
        sys.exit(f"interop_client ended with {process.returncode}")


async def demo(server: Server, folder: pathlib.Path, codec: str, transport: Transport) -> None:
    container = await Container.create(transport.new_address(), extra_serializers=EXTRA_SERIALIZERS,
                                       codec=CODECS[codec], ssl=transport.ssl)
    try:
        agent = ShownEcho(container)
        for _ in range(1, AGENT_COUNT):
            Echo(container)
        show("C++ agents", f"{server.url}  (echo_server, {codec})")
        show("Python agents", f"{container.base_url}  (this process)")
        await python_calls_cpp(container, agent, server.agent_url(0))
        agent.shown = False  # hundreds of calls follow
        show("C++ -> Python", f"interop_client {container.base_url}")
        await cpp_calls_python(cpp_client(folder, container.base_url, codec, transport))
    finally:
        await asyncio.wait_for(container.shutdown(), TIMEOUT)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, required=True, metavar="DIR", help="where the C++ executables are")
    parser.add_argument("--transport", choices=TRANSPORTS, default="tcp", help="how they connect, default: %(default)s")
    parser.add_argument("--codec", choices=CODECS, default="json", help="what is spoken, default: %(default)s")
    args = parser.parse_args()
    end_children_on_sigterm()
    transport = TRANSPORTS[args.transport]()
    server = Server(cpp_server(args.bin, args.codec, transport), TIMEOUT)
    try:
        asyncio.run(demo(server, args.bin, args.codec, transport))
    except BaseException:
        print(server.child.output(), file=sys.stderr)
        raise
    finally:
        server.stop()
    print("demo: all calls answered")


if __name__ == "__main__":
    main()
