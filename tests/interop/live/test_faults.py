"""Connections that end badly: closed by the server or by the client, and nobody else notices."""
import random

from echo_types import PROXY_TYPE_ID
from peer import frames

from .case import LiveCase, cpp_only, json_only
from .raw import call, frame

PROXY = {"__type__": [PROXY_TYPE_ID, "agents/0"]}


class BadFrames(LiveCase):
    """The server closes the connection that such a frame comes from."""

    async def check(self, *requests):
        for request in requests:
            with self.about(request[:60]):
                async def misbehave(raw):
                    await self.works(raw)
                    raw.write(request)
                    await self.closed(raw)
                await self.witnessed(misbehave)

    async def test_not_decodable(self):
        await self.check(*[frames.pack(data) for data in (
            b"", b" ", b"\0", b"nonsense", b"\xff\xfe\xfd", b"{", b"]", b"\xef\xbb\xbf[0, 0, []]", b"[0", b"'",
            '[0, 0, ["agents/0/none", [], {}]]'.encode("utf-16"))])

    async def test_wrong_triples(self):
        await self.check(*[frame(message) for message in (
            None, 7, "abc", {}, {"a": 0, "b": 1, "c": 2}, [], [0], [0, 1], [0, 1, ["agents/0/none", [], {}], 4])])

    async def test_unknown_message_types(self):
        await self.check(*[frame([kind, 0, ["agents/0/none", [], {}]]) for kind in (
            3, -1, 255, 2 ** 63, 0.5, "0", "REQUEST", None, [], {})])

    async def test_reply_to_nothing(self):
        await self.check(*[frame([kind, id_, None]) for kind in (1, 2) for id_ in (0, 99, -1, "0", None, [], 2 ** 63)])

    async def test_reply_with_another_id(self):
        """Text is no number: the id that is pending must be meant by its value."""
        async def misbehave(raw):
            raw.write(call(0, "agents/0/call_me", PROXY, 1))
            await raw.read()
            raw.write(frame([1, "0", "x"]))
            await raw.read_to_end()
        await self.witnessed(misbehave)

    @cpp_only
    async def test_header_beyond_the_limit(self):
        """Closed at the header: the original would wait for the rest for ever."""
        await self.check(b"\xff\xff\xff\xff", b"\xff\xff\xff\xffxxxx", frames.HEADER.pack(64 * 2 ** 20 + 1))

    @cpp_only
    async def test_another_protocol(self):
        await self.check(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")

    async def test_garbage(self):
        rng = random.Random(1)
        for _ in range(20):
            async def misbehave(raw):
                # A header that is in order, so that the garbage is looked at and not waited for.
                raw.write(frames.pack(b"\x80" + rng.getrandbits(8 * 200).to_bytes(200, "big")))
                await self.closed(raw)
            await self.witnessed(misbehave)

    async def test_good_frames_before_the_bad_one(self):
        """They may be answered or not, but nothing else comes."""
        async def misbehave(raw):
            raw.write(call(0, "agents/0/service", 1) + call(1, "agents/0/service", 2) + frames.pack(b"nonsense"))
            for reply in await raw.read_to_end():
                self.assertIn(reply, ([1, 0, 1], [1, 1, 2]))
        await self.witnessed(misbehave)

    async def test_pending_callback_ends_with_the_connection(self):
        async def misbehave(raw):
            raw.write(call(0, "agents/0/call_me", PROXY, 1))
            self.assertEqual((await raw.read())[0], 0)
            raw.write(frames.pack(b"nonsense"))
            await raw.read_to_end()
        await self.witnessed(misbehave)


class LateReplies(LiveCase):
    @cpp_only
    async def test_second_reply_is_dropped(self):
        raw = await self.raw()
        raw.write(call(0, "agents/0/call_me", PROXY, 2))
        self.assertEqual((await raw.read())[1], 0)
        raw.write(frame([1, 0, "a"]))
        self.assertEqual((await raw.read())[1], 1)
        raw.write(frame([1, 0, "again"]) + frame([2, 0, "again"]) + frame([1, 1, "b"]))
        self.assertEqual(await raw.read(), [1, 0, ["a", "b"]])
        await self.works(raw)

    @cpp_only
    @json_only
    async def test_bad_reply_fails_its_call_alone(self):
        raw = await self.raw()
        for bad in (b"[1, %d, 100000000000000000000]", b"[1, %d, [1,]]", b'[1, %d, {"__type__": [9, 9]}]'):
            raw.write(call("c", "agents/0/call_me", PROXY, 1))
            _, id_, _ = await raw.read()
            raw.write(frames.pack(bad % id_))
            kind, got, _ = await raw.read()
            self.assertEqual((kind, got), (2, "c"))
        await self.works(raw)


class Ends(LiveCase):
    """The client leaves."""

    async def test_half_close(self):
        """The original closes at once, ours may answer first; in the end it is closed."""
        async def misbehave(raw):
            raw.write(call(0, "agents/0/service", 1))
            raw.half_close()
            self.assertIn(await raw.read_to_end(), ([], [[1, 0, 1]]))
        await self.witnessed(misbehave)

    async def test_half_close_while_a_call_is_pending(self):
        async def misbehave(raw):
            raw.write(call(0, "agents/0/call_me", PROXY, 1))
            await raw.read()
            raw.half_close()
            await raw.read_to_end()
        await self.witnessed(misbehave)

    async def test_half_close_anywhere(self):
        data = call(0, "agents/0/service", "cut off")
        for cut in (0, 1, 3, 4, 5, len(data) - 1):
            with self.about(cut):
                async def misbehave(raw):
                    raw.write(data[:cut])
                    raw.half_close()
                    await self.closed(raw)
                await self.witnessed(misbehave)

    async def test_reset_anywhere(self):
        data = call(0, "agents/0/service", "cut off")
        for cut in (0, 1, 3, 4, 5, len(data) - 1, len(data)):
            with self.about(cut):
                async def misbehave(raw):
                    await self.works(raw)
                    await raw.reset_behind(data[:cut])
                await self.witnessed(misbehave)

    async def test_reset_while_calls_are_pending(self):
        async def misbehave(raw):
            raw.write(b"".join(call(i, "agents/0/call_me", PROXY, 1) for i in range(100)))
            await raw.read()
            await raw.reset_behind(b"")
        await self.witnessed(misbehave)

    async def test_leaving_before_the_reply(self):
        for _ in range(20):
            async def misbehave(raw):
                raw.write(b"".join(call(i, "agents/0/service", "x" * 1000) for i in range(50)))
                raw.close()
            await self.witnessed(misbehave)

    async def test_many_connections(self):
        raws = [await self.raw() for _ in range(200)]
        for raw in raws:
            await self.works(raw)
