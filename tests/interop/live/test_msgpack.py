"""What MsgPack has and JSON hasn't, with and without compression."""
import importlib
import math
import random
import struct

from echo_types import PROXY_TYPE_ID, Empty, Point
from peer import MsgPackBlosc, frames

from .case import LiveCase, codecs, cpp_only, msgpack_only
from .raw import call, frame, msgpack_frame
from .settings import settings

MIB = 2 ** 20
REQUEST = b"\x93\x00\x05\x93\xb0agents/0/service\x91%s\x80"
REPLY = b"\x93\x01\x05%s"

blosc_only = codecs("msgpack_blosc")


def some_bytes(size: int) -> bytes:
    return random.Random(size).getrandbits(8 * size).to_bytes(size, "big") if size else b""


class Values(LiveCase):
    async def check(self, *values):
        echo = await self.echo()
        for value in values:
            with self.about(repr(value)[:60]):
                got = await echo.service(value)
                # Tells 1 from 1.0 and from True, tuples from lists, and knows the order of keys.
                self.assertTrue(repr(got) == repr(value), repr(got)[:200])

    @msgpack_only
    async def test_bytes(self):
        await self.check(*[some_bytes(size) for size in (0, 1, 255, 256, 65535, 65536, MIB)])
        await self.check(bytes(range(256)), bytes(MIB), b"\xff" * 1000, {"k": (b"", b"\0", {b"k": b"v"})})

    @msgpack_only
    async def test_bytes_and_text_stay_apart(self):
        await self.check((b"abc", "abc", b"", ""), {b"k": "bytes", "k": "text"})
        self.assertEqual(await (await self.echo()).service(bytearray(b"abc")), b"abc")

    @msgpack_only
    async def test_lists_arrive_as_tuples(self):
        self.assertEqual(await (await self.echo()).service([1, [2, []], {"k": [3]}]), (1, (2, ()), {"k": (3,)}))

    @msgpack_only
    async def test_keys_of_all_kinds(self):
        await self.check({None: 1}, {True: 1, False: 0}, {7: "int", "7": "text", b"7": "bytes"}, {1.5: 1, -math.inf: 2},
                         {(): 1, (1, ("x", None)): 2, (b"k",): 3}, {-2 ** 63: 1, 2 ** 64 - 1: 2, 0: 3}, {"": {0: {None: ()}}})

    @msgpack_only
    async def test_integers_of_all_sizes(self):
        numbers = {sign * 2 ** bits + more for bits in range(65) for more in (-1, 0, 1) for sign in (-1, 1)}
        await self.check(*sorted(number for number in numbers if -2 ** 63 <= number < 2 ** 64))

    @msgpack_only
    async def test_floats(self):
        await self.check(0.0, -0.0, 1.0, 0.1, 5e-324, -1.7976931348623157e308, math.inf, -math.inf, math.nan, (1, 1.0, True))

    @msgpack_only
    async def test_text_of_all_widths_and_lengths(self):
        for char in ("a", "\0", "\x7f", "\x80", "ä", "\u07ff", "\u0800", "日", "\ud7ff", "\ue000", "\uffff", "\U00010000", "🎉"):
            await self.check(*[char * length for length in (1, 31, 32, 255, 256, 65535, 65536)])

    @msgpack_only
    async def test_lists_and_maps_of_all_lengths(self):
        for length in (0, 1, 15, 16, 65535, 65536):
            await self.check((None,) * length, dict.fromkeys(range(length)))

    @msgpack_only
    async def test_extensions(self):
        ext = importlib.import_module("msgpack").ExtType
        await self.check(*[ext(5, some_bytes(size)) for size in (0, 1, 2, 3, 4, 8, 15, 16, 17, 255, 256, 65535, 65536, MIB)])
        await self.check(ext(0, b""), ext(127, b"x"), {ext(1, b"k"): (ext(2, b"v"),)})

    @msgpack_only
    async def test_timestamps(self):
        stamp = importlib.import_module("msgpack").Timestamp
        await self.check(*[stamp(seconds, nanos) for nanos in (0, 1, 999_999_999) for seconds in (
            0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 34 - 1, 2 ** 34, 2 ** 63 - 1, -1, -2 ** 63)])

    @msgpack_only
    async def test_arrays(self):
        """As the original's users send them: to the echo agents, a dict like any other."""
        data = struct.pack("<6d", 0.0, -0.0, 1.5, math.nan, math.inf, 5e-324)
        await self.check({"type": "<f8", "shape": (2, 3), "data": data}, {"type": "|u1", "shape": (0,), "data": b""},
                         {"type": "<f8", "shape": (100, 100), "data": bytes(80_000)})

    @msgpack_only
    async def test_objects_with_bytes(self):
        await self.check(Point(b"\0\xff", {1: Empty()}), (Point((b"x",), None),))
        self.assertEqual(await (await self.echo()).mirror(Point(b"x", (1, 2))), Point((1, 2), b"x"))

    @msgpack_only
    async def test_large_payloads(self):
        echo = await self.echo()
        for value in (some_bytes(10 * MIB), bytes(10 * MIB), (b"x" * 1000,) * 10_000):
            self.assertTrue(await echo.service(value) == value)

    @msgpack_only
    async def test_arguments_by_name(self):
        echo = await self.echo()
        self.assertEqual(await echo.service(v=b"\xff"), b"\xff")
        await self.fails(r"TypeError: .+", echo.add(1, b"bytes"))

    @msgpack_only
    async def test_callbacks_with_bytes(self):
        """The server calls back by a connection of its own, with the same codec."""
        echo = await self.echo()
        self.assertEqual(await echo.connect_to(self.agent.addr, {1: b"\xff" * 300}), {1: b"\xff" * 300})


class Wire(LiveCase):
    async def reply_to(self, argument: bytes) -> bytes:
        """How the server writes what it read, without the compression."""
        raw = await self.raw()
        raw.write(msgpack_frame(REQUEST % argument))
        payload = await raw.read_payload()
        codec = settings.make_codec()
        return codec.decompress(payload) if isinstance(codec, MsgPackBlosc) else payload

    @msgpack_only
    async def test_answers_are_as_short_as_possible(self):
        for given, answered in (
                (b"\xcc\x01", b"\x01"), (b"\xcd\0\xff", b"\xcc\xff"), (b"\xce\0\0\xff\xff", b"\xcd\xff\xff"), (b"\xcf" + bytes(8), b"\0"),
                (b"\xd0\x7f", b"\x7f"), (b"\xd1\xff\xff", b"\xff"), (b"\xd2\0\0\0\x80", b"\xcc\x80"), (b"\xd3" + b"\xff" * 8, b"\xff"),
                (b"\xca" + struct.pack(">f", 0.5), b"\xcb" + struct.pack(">d", 0.5)),
                (b"\xd9\x01a", b"\xa1a"), (b"\xda\0\x01a", b"\xa1a"), (b"\xdb\0\0\0\x01a", b"\xa1a"),
                (b"\xc5\0\x01a", b"\xc4\x01a"), (b"\xc6\0\0\0\x01a", b"\xc4\x01a"),
                (b"\xdc\0\x01\xc0", b"\x91\xc0"), (b"\xdd\0\0\0\x01\xc0", b"\x91\xc0"),
                (b"\xde\0\x01\x01\xc0", b"\x81\x01\xc0"), (b"\xdf\0\0\0\x01\x01\xc0", b"\x81\x01\xc0"),
                (b"\xc7\x01\x05a", b"\xd4\x05a"), (b"\xc8\0\x01\x05a", b"\xd4\x05a"), (b"\xc9\0\0\0\x01\x05a", b"\xd4\x05a")):
            with self.about(given):
                self.assertEqual(await self.reply_to(given), REPLY % answered)

    @cpp_only
    @msgpack_only
    async def test_extensions_that_python_refuses(self):
        """Codes below -1 are reserved, and timestamps that could be shorter are not what Python would write."""
        for data in (b"\xd4\x80a", b"\xd4\xfea", b"\xc7\x0c\xff" + bytes(12), b"\xd7\xff" + bytes(8), b"\xd4\xffx"):
            with self.about(data):
                self.assertEqual(await self.reply_to(data), REPLY % data)

    @msgpack_only
    async def test_last_of_equal_keys_wins(self):
        self.assertEqual(await self.reply_to(b"\x83\x01\xa1a\x02\xa1b\x01\xa1c"), REPLY % b"\x82\x01\xa1c\x02\xa1b")

    @cpp_only
    @msgpack_only
    async def test_content_that_can_not_be_read(self):
        """An EXCEPTION, and the connection stays: the original ends it."""
        raw = await self.raw()
        for bad in (b"\xc1", b"\xa1\xff", b"\xa3\xed\xa0\x80", b"\x81\x80\x01", b"\x81\x91\x80\x01", b"\xd9", b"\xdd\xff\xff\xff\xff",
                    b"\x81\xa8__type__\x05", b"\x81\xa8__type__\x92\x09\xc0", b"\xc6\xff\xff\xff\xffabc", b"\x91" * 100 + b"\x90"):
            with self.about(bad):
                raw.write(msgpack_frame(REQUEST % bad))
                kind, id_, text = await raw.read()
                self.assertEqual((kind, id_), (2, 5), text)
                self.assertRegex(text.rstrip("\n").split("\n")[-1], r"^[\w.:]+: .+")
        await self.works(raw)

    @cpp_only
    @msgpack_only
    async def test_bad_reply_fails_its_call_alone(self):
        raw = await self.raw()
        for bad in (b"\xc1", b"\xa1\xff", b"\x81\x80\x01", b"\x81\xa8__type__\x92\x09\xc0"):
            raw.write(call("c", "agents/0/call_me", {"__type__": [PROXY_TYPE_ID, "agents/0"]}, 1))
            _, id_, _ = await raw.read()
            raw.write(msgpack_frame(b"\x93\x01" + bytes([id_]) + bad))
            kind, got, _ = await raw.read()
            self.assertEqual((kind, got), (2, "c"))
        await self.works(raw)

    @msgpack_only
    async def test_names_that_are_no_text(self):
        echo = await self.echo()
        raw = await self.raw()
        kind, id_, text = await raw.ask(frame([0, 5, ["agents/0/describe", ["a"], {1: True}]]))
        self.assertEqual((kind, id_), (2, 5))
        self.assertIn("TypeError: ", text)
        self.assertEqual(await echo.service(1), 1)

    @cpp_only
    @msgpack_only
    async def test_path_that_is_no_text(self):
        raw = await self.raw()
        kind, id_, _ = await raw.ask(frame([0, 5, [b"agents/0/none", [], {}]]))
        self.assertEqual((kind, id_), (2, 5))
        await self.works(raw)

    @msgpack_only
    async def test_not_decodable(self):
        for bad in (b"", b"\xc1", b"\x93", b"\x93\x00", b"\x93\xc1\x00\xc0", b"\x94\x00\x01\xc0\xc0", b"\x92\x00\x01", b"\xdd\xff\xff\xff\xff",
                    b"[0, 0, null]", b"\x80"):
            with self.about(bad):
                async def misbehave(raw, bad=bad):
                    await self.works(raw)
                    raw.write(msgpack_frame(bad))
                    await self.closed(raw)
                await self.witnessed(misbehave)

    @msgpack_only
    async def test_another_codec(self):
        """Peers that were told to speak something else: the connection ends, and nothing else happens."""
        for data in (b'[0, 0, ["agents/0/service", [1], {}]]', REQUEST % b"\x01" if settings.codec != "msgpack" else b"{}"):
            with self.about(data):
                async def misbehave(raw, data=data):
                    raw.write(frames.pack(data))
                    await self.closed(raw)
                await self.witnessed(misbehave)


class Blosc(LiveCase):
    @blosc_only
    async def test_every_way_to_compress(self):
        blosc = importlib.import_module("blosc")
        raw = await self.raw()
        codec = settings.make_codec()
        for text in ("short", "x" * 1000, "ab" * 100_000):
            data = super(MsgPackBlosc, codec).pack([0, 5, ["agents/0/service", [text], {}]])
            for name in blosc.compressor_list():
                for shuffle in (blosc.NOSHUFFLE, blosc.SHUFFLE, blosc.BITSHUFFLE):
                    for typesize in (1, 2, 4, 8, 16, 255):
                        for level in (0, 1, 9):
                            with self.about((name, shuffle, typesize, level, len(text))):
                                packed = blosc.compress(data, typesize=typesize, clevel=level, shuffle=shuffle, cname=name)
                                self.assertEqual(await raw.ask(frames.pack(packed)), [1, 5, text])

    @blosc_only
    async def test_stored(self):
        """The simplest that a peer may send: a header and the bytes as they are. Python knows format 2 alone."""
        raw = await self.raw()
        data = REQUEST % b"\x01"
        for version in (1, 2) if settings.is_cpp else (2,):
            for typesize in (1, 8, 255):
                header = struct.pack("<BBBBIII", version, 1, 2, typesize, len(data), len(data), len(data) + 16)
                self.assertEqual(await raw.ask(frames.pack(header + data)), [1, 5, 1])

    @blosc_only
    async def test_compressed_as_python_does(self):
        """Not only readable but small: the more so the more there is to find."""
        raw = await self.raw()
        for text in ("x" * 100, "x" * MIB, "".join(map(chr, range(32, 127))) * 1000):
            raw.write(call(5, "agents/0/service", text))
            want = settings.make_codec().pack((1, 5, text))
            self.assertLessEqual(len(await raw.read_payload()), 1.1 * len(want))

    @blosc_only
    async def test_bad_headers(self):
        good = settings.make_codec().pack([0, 5, ["agents/0/service", ["x" * 1000], {}]])

        def changed(at, *values):
            return good[:at] + bytes(values) + good[at + len(values):]

        for bad in (good[:-1], good + b"\0", good[:16], good[:15], good[:3], changed(0, 0), changed(0, 3), changed(3, 0),
                    changed(4, 255, 255, 255, 127), changed(4, 0, 0, 0, 4), changed(8, 0, 0, 0, 0), changed(8, 255, 255, 255, 255),
                    changed(12, 255, 255, 255, 255), changed(12, 0, 0, 0, 0)):
            with self.about(bad[:20]):
                async def misbehave(raw, bad=bad):
                    await self.works(raw)
                    raw.write(frames.pack(bad))
                    await self.closed(raw)
                await self.witnessed(misbehave)

    @blosc_only
    async def test_flipped_bits(self):
        """Anything may come of it but harm: an answer, an EXCEPTION, or the end of the connection."""
        rng = random.Random(1)
        good = settings.make_codec().pack([0, 5, ["agents/0/service", ["".join(map(chr, range(32, 127))) * 5], {}]])
        for _ in range(200):
            data = bytearray(good)
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            raw = await self.raw()
            raw.write(frames.pack(bytes(data)))
            raw.half_close()
            await raw.read_to_end()
        await self.works(await self.raw())
