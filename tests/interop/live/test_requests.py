"""Requests that a well-behaved peer wouldn't send, on a connection that stays."""
from echo_types import PROXY_TYPE_ID
from peer import frames

from .case import LiveCase, cpp_only, json_only
from .raw import call, frame


class Ids(LiveCase):
    async def test_any_id_is_echoed(self):
        raw = await self.raw()
        for id_ in ("text", "", "ü🎉", None, True, False, [], [1, ["a"]], {}, {"k": 1}, 1.5, 1.0, -0.0, -1, 2 ** 63, 2 ** 64 - 1):
            with self.about(id_):
                kind, got, content = await raw.ask(call(id_, "agents/0/service", 7))
                self.assertEqual((kind, content), (1, 7))
                self.assertEqual(repr(got), repr(id_))

    async def test_errors_echo_it_too(self):
        raw = await self.raw()
        for id_ in ("text", None, [1], -1, 2.5):
            with self.about(id_):
                kind, got, _ = await raw.ask(call(id_, "nope"))
                self.assertEqual((kind, repr(got)), (2, repr(id_)))

    async def test_duplicates(self):
        raw = await self.raw()
        raw.write(call(3, "agents/0/service", "a") + call(3, "agents/0/service", "b") + call(3, "agents/1/service", "c"))
        replies = [await raw.read() for _ in range(3)]
        self.assertEqual(sorted(replies), [[1, 3, "a"], [1, 3, "b"], [1, 3, "c"]])

    async def test_gaps_and_any_order(self):
        raw = await self.raw()
        for id_ in (10, 5, 1000, 0):
            self.assertEqual(await raw.ask(call(id_, "agents/0/service", id_)), [1, id_, id_])

    async def test_types_compare_as_in_python(self):
        raw = await self.raw()
        for kind in (False, 0.0, -0.0):
            self.assertEqual(await raw.ask(frame([kind, 1, ["agents/0/service", [1], {}]])), [1, 1, 1])
        raw.write(call(9, "agents/0/call_me", {"__type__": [PROXY_TYPE_ID, "agents/0"]}, 2))
        self.assertEqual(await raw.read(), [0, 0, ["agents/0/service", [0], {}]])
        raw.write(frame([True, 0.0, "first"]))
        self.assertEqual(await raw.read(), [0, 1, ["agents/0/service", [1], {}]])
        raw.write(frame([1.0, True, "second"]))
        self.assertEqual(await raw.read(), [1, 9, ["first", "second"]])


class Delivery(LiveCase):
    async def test_byte_by_byte(self):
        raw = await self.raw()
        for i in range(3):
            await raw.write_each_byte(call(i, "agents/0/service", "slowly"))
            self.assertEqual(await raw.read(), [1, i, "slowly"])

    async def test_50_frames_in_one_segment(self):
        raw = await self.raw()
        raw.write(b"".join(call(i, "agents/0/service", i) for i in range(50)))
        replies = [await raw.read() for _ in range(50)]
        self.assertEqual(sorted(replies), [[1, i, i] for i in range(50)])

    async def test_cut_anywhere(self):
        """A frame that ends in the middle of the next one's header or payload."""
        raw = await self.raw()
        data = call(0, "agents/0/service", "a") + call(1, "agents/0/service", "b")
        first = len(call(0, "agents/0/service", "a"))
        for cut in (first - 1, first, first + 1, first + 3, first + 4, first + 5):
            raw.write(data[:cut])
            if cut >= first:
                self.assertEqual(await raw.read(), [1, 0, "a"])
            raw.write(data[cut:])
            rest = [await raw.read() for _ in range(1 if cut >= first else 2)]
            self.assertEqual(rest[-1], [1, 1, "b"])


class Malformed(LiveCase):
    async def check(self, *requests):
        """EXCEPTION replies, and the connection stays."""
        raw = await self.raw()
        for request in requests:
            with self.about(request[4:80]):
                kind, id_, text = await raw.ask(request)
                self.assertEqual((kind, id_), (2, 5), text)
                self.assertRegex(text.rstrip("\n").split("\n")[-1], r"^[\w.:]+: .+")
        await self.works(raw)

    async def test_arguments_that_are_none(self):
        path = "agents/0/none"
        await self.check(*[frame([0, 5, content]) for content in (
            [path, None, {}], [path, 7, {}], [path, True, {}], [path, [], None], [path, [], []], [path, [], [1]],
            [path, [], 7], [path, [], "x"])])

    @cpp_only
    async def test_content_of_another_shape(self):
        path = "agents/0/none"
        await self.check(*[frame([0, 5, content]) for content in (
            None, 7, "text", {}, [], [path], [path, []], [path, [], {}, 1], {"a": 1, "b": 2, "c": 3}, "abc")])

    @cpp_only
    async def test_path_that_is_no_text(self):
        await self.check(*[frame([0, 5, [path, [], {}]]) for path in (None, 7, 1.5, True, [], ["agents"], {})])

    @cpp_only
    @json_only
    async def test_syntax_error_after_the_id(self):
        await self.check(*[frames.pack(data) for data in (
            b'[0, 5, ["agents/0/service", [1,], {}]]', b'[0, 5, ["agents/0/service", [nan], {}]]',
            b'[0, 5, ["agents/0/service", [01], {}]]', b'[0, 5, ["agents/0/service", ["\xff"], {}]]',
            b'[0, 5, ["agents/0/service", ["\n"], {}]]', b'[0, 5, ["agents/0/service", [1], {', b'[0, 5, ')])
