"""Python calls agents of the server: methods, errors, names."""
import asyncio
import re

from .case import LiveCase
from .raw import call


class Methods(LiveCase):
    async def test_service_returns_its_argument(self):
        echo = await self.echo()
        for value in (None, True, 42, -1.5, "text", [], {}, [1, ["two", {"three": None}]], {"a": {"b": [1]}}):
            self.equal(await echo.service(value), value)

    async def test_add(self):
        self.equal(await (await self.echo()).add(3, 4), 7)

    async def test_none(self):
        self.assertIsNone(await (await self.echo()).none())

    async def test_keyword_arguments(self):
        echo = await self.echo()
        self.equal(await echo.describe("a"), "a")
        self.equal(await echo.describe("a", loud=True), "A")
        self.equal(await echo.describe("a", loud=False), "a")
        self.equal(await echo.describe(loud=True, name="a"), "A")
        self.equal(await echo.add(b=4, a=3), 7)

    async def test_sub_service(self):
        self.equal(await (await self.echo(3)).sub.ping("x"), ["pong", "x"])

    async def test_every_agent(self):
        container = await self.container()
        for aid in range(8):
            echo = await container.connect(self.server.agent_url(aid))
            self.equal(await echo.service(aid), aid)

    async def test_500_calls_at_once_on_one_connection(self):
        container = await self.container()
        echoes = [await container.connect(self.server.agent_url(aid)) for aid in range(8)]
        calls = [echoes[i % 8].service(["call", i]) for i in range(500)]
        self.equal(await asyncio.gather(*calls), [["call", i] for i in range(500)])


class Errors(LiveCase):
    async def test_exception_crosses_over(self):
        echo = await self.echo()
        for text in ("bad", "with 'quotes' and \\", "ünïcödé 🎉"):
            await self.fails("ValueError: " + re.escape(text), echo.fail(text))
        self.equal(await echo.service(1), 1)

    async def test_text_of_several_lines(self):
        await self.fails("two", (await self.echo()).fail("one\ntwo"))

    async def test_traceback_layout(self):
        raw = await self.raw()
        kind, id_, text = await raw.ask(call(0, "agents/0/fail", "boom"))
        self.assertEqual((kind, id_), (2, 0))
        self.assertTrue(text.endswith("ValueError: boom\n"), text)

    async def test_wrong_arguments_are_a_type_error(self):
        echo = await self.echo()
        for wrong in (lambda: echo.service(), lambda: echo.service(1, 2), lambda: echo.add(1), lambda: echo.add(1, 2, 3),
                      lambda: echo.add(1, 2, c=3), lambda: echo.add(1, a=1), lambda: echo.add(1, "x"),
                      lambda: echo.describe(), lambda: echo.describe("a", True), lambda: echo.describe("a", nope=1),
                      lambda: echo.describe("a", name="b"), lambda: echo.none(1), lambda: echo.sub.ping()):
            await self.fails("TypeError: .+", wrong())
        self.equal(await echo.service(1), 1)

    async def test_a_proxy_can_not_be_echoed(self):
        echo = await self.echo()
        await self.fails(r"(aiomas\.exceptions\.)?SerializationError: .+", echo.service(self.agent))
        self.equal(await echo.service(1), 1)


class Names(LiveCase):
    """LookupErrors, with the original's texts."""

    async def check(self, path, last_line):
        raw = await self.raw()
        kind, id_, text = await raw.ask(call(7, path))
        self.assertEqual((kind, id_), (2, 7), text)
        self.assertRegex(text.rstrip("\n").split("\n")[-1], f"^{last_line}$")
        await self.works(raw)

    async def test_unknown(self):
        for path, name, where in (
                ("nope", "nope", ""), ("nope/service", "nope", ""), ("agents/99/service", "99", "agents"),
                ("agents/0/nope", "nope", "agents/0"), ("agents/0/sub/nope", "nope", "agents/0/sub"),
                ("agents/0/nope/ping", "nope", "agents/0"), ("agents/0/sub.ping", "sub.ping", "agents/0"),
                ("Agents/0/service", "Agents", ""), ("agents/00/service", "00", "agents"),
                ("agents/0/Service", "Service", "agents/0"), ("agents/0/ünïcödé", "ünïcödé", "agents/0")):
            with self.about(path):
                await self.check(path, f'LookupError: Name "{re.escape(name)}" not found in "{where}"')

    async def test_empty_component(self):
        for path, where in (("", ""), ("/", ""), ("/agents/0/service", ""), ("agents/", "agents"),
                            ("agents//0/service", "agents"), ("agents/0//service", "agents/0"),
                            ("agents/0/", "agents/0"), ("agents/0/sub/", "agents/0/sub")):
            with self.about(path):
                await self.check(path, f'LookupError: Name "" not found in "{where}"')

    async def test_below_a_function(self):
        await self.check("agents/0/service/x", 'LookupError: Name "x" not found in "agents/0/service"')
        await self.check("validate_aid/x", 'LookupError: Name "x" not found in "validate_aid"')

    async def test_not_exposed(self):
        """In C++ there is nothing that isn't exposed: a name that Python hides may be unknown there."""
        for path in ("shutdown", "connect", "router", "router/resolve", "__init__", "agents/router", "agents/0/__init__",
                     "agents/0/router", "agents/0/container", "agents/0/addr", "agents/0/hidden", "agents/0/sub/router"):
            with self.about(path):
                await self.check(path, r'LookupError: ("[\w.:]+" is not exposed|Name "\w+" not found in "[\w/]*")')

    async def test_a_service_is_no_function(self):
        for path in ("agents", "agents/0", "agents/0/sub"):
            with self.about(path):
                await self.check(path, r"TypeError: '[\w:]+' object is not callable")
        await self.check("agents/0", "TypeError: 'Echo' object is not callable")


class ValidateAid(LiveCase):
    async def test_existing_and_missing(self):
        raw = await self.raw()
        for aid in range(8):
            self.assertEqual(await raw.ask(call(aid, "validate_aid", str(aid))), [1, aid, "Echo"])
        for aid in ("8", "77", "", "x", "-1", "00", "0/sub", "agents/0"):
            self.assertEqual(await raw.ask(call(aid, "validate_aid", aid)), [1, aid, None])

    async def test_connect(self):
        container = await self.container()
        echo = await container.connect(self.server.agent_url(0))
        self.assertEqual(str(echo), f"EchoProxy('{self.server.agent_url(0)}')")
        with self.assertRaisesRegex(ConnectionError, 'Agent "77" does not exist in Container'):
            await container.connect(self.server.agent_url(77))
        self.equal(await echo.service(1), 1)

    async def test_connects_at_once_share_a_connection(self):
        container = await self.container()
        echoes = await asyncio.gather(*[container.connect(self.server.agent_url(aid)) for aid in (0, 1, 0)])
        self.assertIs(echoes[0], echoes[2])
        self.assertIs(echoes[0]._channel, echoes[1]._channel)
        self.equal(await asyncio.gather(*[echo.service(7) for echo in echoes]), [7, 7, 7])
