"""MsgPack, plain and compressed: frames of the original, values at random, and calls."""
import json
import math
import os
import random
import unittest
from typing import Any, List

import recorded
from cli.case import FailureTest
from cli.program import NO_CONNECTION, USAGE_ERROR, Ended, agent_url, call_with, run
from peer import MsgPack, MsgPackBlosc, frames
from random_values import RandomValues

CODECS = ("msgpack", "msgpack_blosc")
VALUES = 1000


def render(value: Any) -> Any:
    """What the tool shows for a value."""
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": str(value)}
    if isinstance(value, bytes):
        return {"$bytes": value.hex()}
    if hasattr(value, "nanoseconds"):
        return {"$ext": [-1, value.to_bytes().hex()]}
    if hasattr(value, "code"):
        return {"$ext": [value.code, value.data.hex()]}
    if isinstance(value, tuple):
        return [render(item) for item in value]
    if isinstance(value, dict):
        if all(isinstance(key, str) for key in value):
            return {key: render(item) for key, item in value.items()}
        return {"$map": [[render(key), render(item)] for key, item in value.items()]}
    return value


def hex_frame(payload: bytes) -> str:
    return frames.pack(payload).hex()


class CodecsTest(unittest.TestCase):
    def convert(self, command: str, codec: str, lines: List[str]) -> List[str]:
        result = run(command, "--codec", codec, stdin="\n".join(lines))
        self.assertEqual((result.code, result.err), (0, ""))
        # Not splitlines(), which splits at what is U+2028 in one of the frames, too.
        converted = result.out.split("\n")
        self.assertEqual(converted.pop(), "")
        self.assertEqual(len(converted), len(lines))
        return converted

    def equal(self, lines: List[str], messages: List[Any]) -> None:
        # As text, which tells 1 from 1.0 and knows the order of keys.
        for line, message in zip(lines, messages):
            self.assertEqual(json.dumps(json.loads(line)), json.dumps(message))

    def recorded(self, codec: str) -> List[Any]:
        steps = [step for session in recorded.load("sessions.jsonl", codec) for step in session["steps"]]
        return recorded.load("frames.jsonl", codec) + steps

    def test_decode_recorded_frames(self) -> None:
        for codec in CODECS:
            entries = self.recorded(codec)
            self.assertGreater(len(entries), 200)
            lines = self.convert("decode", codec, [entry["hex"] for entry in entries])
            self.equal(lines, [entry["message"] for entry in entries])

    def test_encode_recorded_messages(self) -> None:
        entries = self.recorded("msgpack")
        lines = self.convert("encode", "msgpack", [json.dumps(entry["message"]) for entry in entries])
        for line, entry in zip(lines, entries):
            self.assertEqual(line, entry["hex"], entry["name"])

    def test_encode_recorded_messages_with_compression(self) -> None:
        entries = self.recorded("msgpack_blosc")
        lines = self.convert("encode", "msgpack_blosc", [json.dumps(entry["message"]) for entry in entries])
        self.equal(self.convert("decode", "msgpack_blosc", lines), [entry["message"] for entry in entries])
        blosc = MsgPackBlosc()
        for line, entry in zip(lines, entries):
            payload = bytes.fromhex(line)[frames.HEADER.size:]
            self.assertEqual(blosc.decompress(payload), blosc.decompress(recorded.payload(entry)))

    def test_values_at_random(self) -> None:
        seed = int(os.environ.get("AIOMAS_TEST_SEED") or random.randrange(2 ** 32))
        print(f"AIOMAS_TEST_SEED={seed}", flush=True)
        values = RandomValues(seed, "msgpack")
        messages = [(i % 3, i, values.value()) for i in range(VALUES)]
        texts = [json.dumps(render(message)) for message in messages]
        plain = [hex_frame(MsgPack().pack(message)) for message in messages]
        packed = [hex_frame(MsgPackBlosc().pack(message)) for message in messages]
        for codec, encoded in (("msgpack", plain), ("msgpack_blosc", packed)):
            for line, text in zip(self.convert("decode", codec, encoded), texts):
                self.assertEqual(json.dumps(json.loads(line)), text, f"AIOMAS_TEST_SEED={seed}")
        self.assertEqual(self.convert("encode", "msgpack", texts), plain, f"AIOMAS_TEST_SEED={seed}")
        for line, message in zip(self.convert("encode", "msgpack_blosc", texts), messages):
            got = MsgPackBlosc().unpack(bytes.fromhex(line)[frames.HEADER.size:])
            self.assertEqual(repr(got), repr(message), f"AIOMAS_TEST_SEED={seed}")


class LinesTest(FailureTest):
    def test_bad_messages(self) -> None:
        for codec in CODECS:
            for line in ('[0, 0, {"$map": [[{}, 1]]}]', '[0, 0, {"$map": [[[{}], 1]]}]', '[0, 0, "\\ud800"]', '[0, 0, 18446744073709551616]',
                         '[0, 0, {"$ext": [128, ""]}]', '[0, 0, {"$ext": [5]}]', "[0, 0, " + "[" * 65 + "]" * 65 + "]"):
                with self.subTest(codec=codec, line=line):
                    self.failed(run("encode", "--codec", codec, stdin=line), USAGE_ERROR, "line 1: ")

    def test_bad_frames(self) -> None:
        for payload in (b"", b"\xc1", b"\x93\0\0", b"\x93\0\0\0\0", b"\x93\0\0\xa1\xff", b"\x93\0\0\x81\x80\0", b"\x92\0\0", b"[0,0,0]"):
            with self.subTest(payload=payload):
                self.failed(run("decode", "--codec", "msgpack", stdin=hex_frame(payload)), USAGE_ERROR, "line 1: ")
                packed = MsgPackBlosc().compress(payload)
                self.failed(run("decode", "--codec", "msgpack_blosc", stdin=hex_frame(packed)), USAGE_ERROR, "line 1: ")
        self.failed(run("decode", "--codec", "msgpack_blosc", stdin=hex_frame(b"\x93\0\0\0")), USAGE_ERROR, "line 1: ")

    def test_floats_of_32_bits(self) -> None:
        frame = hex_frame(b"\x93\0\0\xca\x3f\0\0\0")
        self.assertEqual(run("decode", "-c", "msgpack", stdin=frame), Ended(0, "[0,0,0.5]\n", ""))


class CallTest(FailureTest):
    def test_calls(self) -> None:
        for codec in CODECS:
            self.assertEqual(call_with(codec, "add", "[3, 4]"), Ended(0, "7\n", ""))
            self.assertEqual(call_with(codec, "describe", '["abc"]', "--kwargs", '{"loud": true}'), Ended(0, '"ABC"\n', ""))

    def test_values_come_back_as_they_are(self) -> None:
        for codec in CODECS:
            for text in ("null", "-0.0", "18446744073709551615", '{"$float":"nan"}', '"ü😀"', '{"$bytes":""}', '{"$bytes":"00ff80"}',
                         '{"$map":[[1,"x"],[null,{"$bytes":"6b"}],[[1,["y"]],2],["k",3]]}', '{"$ext":[5,"616263"]}',
                         '{"$ext":[-1,"5e0be101"]}', '{"__type__":[1,{"x":{"$bytes":"ff"},"y":[]}]}',
                         '{"__type__":[0,"2016-02-29T23:59:59.000001+00:00"]}'):
                with self.subTest(codec=codec, value=text):
                    self.assertEqual(call_with(codec, "service", f"[{text}]"), Ended(0, text + "\n", ""))

    def test_exceptions(self) -> None:
        for codec in CODECS:
            self.failed(call_with(codec, "fail", '["böse"]'), 1, "ValueError: böse")

    def test_another_codec(self) -> None:
        for spoken in ("json", *CODECS):
            for codec in ("json", *CODECS):
                if codec != spoken:
                    with self.subTest(spoken=spoken, codec=codec):
                        self.failed(run("call", agent_url(0, spoken), "add", "[3, 4]", "--codec", codec), NO_CONNECTION)
