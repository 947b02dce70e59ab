"""Values that go there and come back: the same afterwards, or an EXCEPTION and the connection stays."""
import datetime
import math

from peer import frames

from recorded import as_lists

from .case import LiveCase, cpp_only, json_only
from .raw import call, msgpack_frame
from .settings import settings

MIB = 2 ** 20


def nested(depth: int) -> bytes:
    """A request whose argument is that many lists; written by hand, since Python's own encoder has a limit too."""
    if settings.codec == "json":
        return frames.pack(b'[0, 5, ["agents/0/service", [' + b"[" * depth + b"]" * depth + b"], {}]]")
    return msgpack_frame(b"\x93\x00\x05\x93\xb0agents/0/service\x91" + b"\x91" * (depth - 1) + b"\x90" + b"\x80")


class Same(LiveCase):
    async def check(self, *values):
        echo = await self.echo()
        for value in values:
            with self.about(repr(value)[:60]):
                got = await echo.service(value)
                self.equal(got, value)
                self.assertIs(type(as_lists(got)), type(value))

    async def test_integers_up_to_64_bits(self):
        await self.check(0, -1, 127, 128, -128, 2 ** 31, -2 ** 31 - 1, 2 ** 53 + 1, 2 ** 63 - 1, -2 ** 63, 2 ** 63, 2 ** 64 - 1)

    async def test_floats(self):
        await self.check(0.0, 1.0, -1.5, 0.1, 1e16, 1e-5, 1e300, -1.7976931348623157e308, 5e-324, math.inf, -math.inf)

    async def test_nan_and_negative_zero(self):
        echo = await self.echo()
        self.assertTrue(math.isnan(await echo.service(math.nan)))
        self.equal(math.copysign(1, await echo.service(-0.0)), -1)
        nan, inf = await echo.service([math.nan, {"x": -math.inf}])
        self.assertTrue(math.isnan(nan))
        self.assertEqual(inf, {"x": -math.inf})

    async def test_text(self):
        await self.check("", "ä", "日本語", "🎉👩‍👩‍👧", "\U0010ffff", "\x7f", "\ufeff", "\u2028", "/\\\"'")
        await self.check("\0", "".join(map(chr, range(32))))

    @json_only
    async def test_raw_utf_8_is_read_too(self):
        raw = await self.raw()
        request = '[0, 0, ["agents/0/service", ["ü🎉\x7f"], {}]]'.encode()
        self.assertEqual(await raw.ask(frames.pack(request)), [1, 0, "ü🎉\x7f"])

    @json_only
    async def test_space_makes_no_difference(self):
        raw = await self.raw()
        for request in (b'[0,0,["agents/0/service",[[1,{"a":2}]],{}]]',
                        b'\r\n [ 0 ,\t0 , [ "agents\\/0\\/service" , [ [ 1 , { "a" : 2 } ] ] , { } ] ] \n'):
            self.assertEqual(await raw.ask(frames.pack(request)), [1, 0, [1, {"a": 2}]])

    async def test_maps_keep_their_order(self):
        value = {key: i for i, key in enumerate("zyxabc")}
        self.equal(list(await (await self.echo()).service(value)), list(value))

    async def test_dates(self):
        echo = await self.echo()
        zone = datetime.timezone(datetime.timedelta(hours=-5, minutes=-30))
        for date in (datetime.datetime(2015, 1, 1, 12, 34, 56, 789000, datetime.timezone.utc),
                     datetime.datetime(2000, 2, 29, 23, 59, 59, 999999, zone), datetime.datetime(2016, 1, 1, tzinfo=zone)):
            self.equal(await echo.service([date]), [date])

    async def test_large_payloads(self):
        await self.check("x" * MIB, "ü" * MIB, list(range(100_000)), "10 MiB äöü" * MIB)

    async def test_nesting_within_the_limit(self):
        raw = await self.raw()
        kind, id_, _ = await raw.ask(nested(50))
        self.assertEqual((kind, id_), (1, 5))


class Refused(LiveCase):
    """What C++ values can't hold: the original takes it, ours says no and goes on."""

    async def check(self, request):
        raw = await self.raw()
        kind, id_, text = await raw.ask(request)
        self.assertEqual((kind, id_), (2, 5), text)
        self.assertRegex(text.rstrip("\n").split("\n")[-1], r"^[\w.:]+: .+")
        await self.works(raw)

    @cpp_only
    @json_only
    async def test_integers_beyond_64_bits(self):
        for value in (2 ** 64, -2 ** 63 - 1, 10 ** 40, -10 ** 40, 10 ** 5000):
            text = "1" + "0" * 5000 if value == 10 ** 5000 else str(value)
            with self.about(text[:30]):
                await self.check(frames.pack(b'[0, 5, ["agents/0/service", [%s], {}]]' % text.encode()))

    @cpp_only
    @json_only
    async def test_lone_surrogates(self):
        for text in ("\ud800", "a\udfffb", "\udc00\ud800"):
            with self.about(ascii(text)):
                await self.check(call(5, "agents/0/service", text))

    @cpp_only
    @json_only
    async def test_surrogate_in_a_key(self):
        await self.check(call(5, "agents/0/service", {"\ud800": 1}))
        await self.check(call(5, "agents/0/describe", name="a", **{"\ud800": 1}))

    @cpp_only
    async def test_deep_nesting(self):
        for depth in (100, 1000, 100_000):
            with self.about(depth):
                await self.check(nested(depth))

    @cpp_only
    async def test_unknown_type_id(self):
        for tag in ([7, "x"], [-1, "x"], ["0", "x"], [1], [], None, "x"):
            with self.about(tag):
                await self.check(call(5, "agents/0/service", {"__type__": tag}))
