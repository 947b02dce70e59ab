"""Frames of the original, and what becomes of them."""
import json
import os
import pathlib
import tempfile
import unittest
from typing import Any, Dict, List

import recorded
from cli.program import USAGE_ERROR, Ended, run

# What has no equal in C++, by what the name of the frame has in it.
REFUSED = {"int_2p64": "64 bits", "int_m2p63m1": "64 bits", "int_10p40": "64 bits", "str_surrogate": "surrogate"}


def name_of(frame: Dict[str, Any]) -> str:
    return str(frame["name"]).split(".c.")[0].split(".s.")[0]


class RecordedFramesTest(unittest.TestCase):
    def setUp(self) -> None:
        frames = recorded.load("frames.jsonl", "json")
        self.good = [frame for frame in frames if name_of(frame) not in REFUSED]
        self.bad = [frame for frame in frames if name_of(frame) in REFUSED]
        self.assertGreater(len(self.good), 100)
        self.assertEqual(len(self.bad), 2 * len(REFUSED))

    def equal(self, text: str, messages: List[Any]) -> None:
        # Not splitlines(), which splits at what is U+2028 in one of the frames, too.
        lines = text.split("\n")
        self.assertEqual(lines.pop(), "")
        # As text, which tells 1 from 1.0 and knows the order of keys.
        self.assertEqual([json.dumps(json.loads(line)) for line in lines],
                         [json.dumps(message) for message in messages])

    def test_decode_and_encode(self) -> None:
        messages = [frame["message"] for frame in self.good]
        decoded = run("decode", "--codec", "json", stdin="\n".join(frame["hex"] for frame in self.good))
        self.assertEqual((decoded.code, decoded.err), (0, ""))
        self.equal(decoded.out, messages)
        encoded = run("encode", "--codec", "json", stdin=decoded.out)
        self.assertEqual((encoded.code, encoded.err), (0, ""))
        self.assertEqual(run("decode", stdin=encoded.out), decoded)
        for line, message in zip(encoded.out.splitlines(), messages):
            self.assertEqual(int(line[:8], 16), len(line) // 2 - 4)
            if "$float" not in json.dumps(message):
                self.assertEqual(json.dumps(json.loads(bytes.fromhex(line[8:]))), json.dumps(message))

    def test_encode_is_the_reverse(self) -> None:
        hexes = [frame["hex"] for frame in self.good]
        for session in recorded.load("sessions.jsonl", "json"):
            hexes += [step["hex"] for step in session["steps"]]
        lines = run("decode", stdin="\n".join(hexes)).out
        self.assertGreaterEqual(lines.count("\n"), len(self.good) + 10)
        self.there_and_back(lines)

    def test_types_that_equal_an_int(self) -> None:
        # In Python, True == 1 == 1.0: peers may spell types in each of these ways.
        spellings = {0: ("false", "0.0", "-0.0"), 1: ("true", "1.0"), 2: ("2.0",)}
        decoded = run("decode", stdin="\n".join(frame["hex"] for frame in self.good)).out.split("\n")
        for type_, others in spellings.items():
            prefix = f"[{type_},"
            messages = [line[len(prefix):] for line in decoded if line.startswith(prefix)]
            self.assertTrue(messages)
            for other in others:
                self.there_and_back("".join(f"[{other},{message}\n" for message in messages))

    def there_and_back(self, lines: str) -> None:
        encoded = run("encode", stdin=lines)
        self.assertEqual((encoded.code, encoded.err), (0, ""))
        self.assertEqual(run("decode", stdin=encoded.out), Ended(0, lines, ""))

    def test_refused(self) -> None:
        # The others are shown all the same.
        result = run("decode", stdin="\n".join(frame["hex"] for frame in self.bad + self.good[:1]))
        self.assertEqual(result.code, USAGE_ERROR)
        self.equal(result.out, [self.good[0]["message"]])
        errors = result.err.splitlines()
        self.assertEqual(len(errors), len(self.bad))
        for i, (error, frame) in enumerate(zip(errors, self.bad)):
            self.assertTrue(error.startswith(f"aiomas: line {i + 1}: "), error)
            self.assertIn(REFUSED[name_of(frame)], error)
            self.assertIn(f"type {frame['message'][0]} and id {frame['message'][1]}", error)


class LinesTest(unittest.TestCase):
    def refused(self, command: str, line: str, why: str) -> None:
        with self.subTest(line=line):
            self.assertEqual(run(command, stdin=line), Ended(USAGE_ERROR, "", f"aiomas: line 1: {why}\n"))

    def test_layout(self) -> None:
        text = "# a comment\n\n  \n 00 00 00 07\t5b312c302c375d  \r\n  # another\n000000075B312C302C385D"
        self.assertEqual(run("decode", stdin=text), Ended(0, "[1,0,7]\n[1,0,8]\n", ""))
        text = "# a comment\n\n [ 1, 0 ,7]\r\n[1,0,8]"
        self.assertEqual(run("encode", stdin=text), Ended(0, "000000075b312c302c375d\n000000075b312c302c385d\n", ""))

    def test_no_lines(self) -> None:
        for command in ("decode", "encode"):
            self.assertEqual(run(command), Ended(0, "", ""))

    def test_files(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "frames.hex")
            pathlib.Path(path).write_text("000000075b312c302c375d\n", encoding="ascii")
            self.assertEqual(run("decode", path), Ended(0, "[1,0,7]\n", ""))
        self.assertEqual(run("decode", "-", stdin="000000075b312c302c375d"), Ended(0, "[1,0,7]\n", ""))

    def test_bad_hex(self) -> None:
        self.refused("decode", "00000007 5x", "not a hex digit in column 11")
        self.refused("decode", "000", "odd number of hex digits")

    def test_bad_frames(self) -> None:
        self.refused("decode", "000000", "frame of 3 bytes is shorter than a header")
        self.refused("decode", "000000085b312c302c375d", "the header announces 8 bytes, but 7 follow")
        self.refused("decode", "000000075b312c302c375d" * 2, "the header announces 7 bytes, but 18 follow")
        self.assertIn("expected a list of type, id and content", run("decode", stdin="000000035b315d").err)
        self.assertEqual(run("decode", stdin="00000000").code, USAGE_ERROR)

    def test_bad_messages(self) -> None:
        self.refused("encode", "[1, 2]", "expected a list of type, id and content")
        self.refused("encode", "{}", "expected a list of type, id and content")
        self.refused("encode", '[0, 0, {"$bytes": "00"}]', 'No serializer found for type "bytes"')
        self.refused("encode", "[0, 0, " + "[" * 65 + "]" * 65 + "]", "nested deeper than 64")
        self.assertIn("nested deeper", run("encode", stdin="[true, 0, " + "[" * 65 + "]" * 65 + "]").err)
        self.assertEqual(run("encode", stdin="[0, 0, 0").code, USAGE_ERROR)

    def test_any_type(self) -> None:
        for line in ("[true,0,7]", "[0.0,0,7]", "[18446744073709551615,0,7]", '["x",0,7]', "[null,[],7]"):
            with self.subTest(line=line):
                encoded = run("encode", stdin=line)
                self.assertEqual(encoded, Ended(0, f"{len(line):08x}{line.encode().hex()}\n", ""))
                self.assertEqual(run("decode", stdin=encoded.out), Ended(0, line + "\n", ""))

    def test_special_values(self) -> None:
        line = '[0,null,[{"$float":"inf"},{"__type__":[3,"agents/0"]},{"$map":[["$bytes",1]]}]]\n'
        encoded = run("encode", stdin=line)
        self.assertEqual(bytes.fromhex(encoded.out)[4:], b'[0,null,[Infinity,{"__type__":[3,"agents/0"]},{"$bytes":1}]]')
        self.assertEqual(run("decode", stdin=encoded.out), Ended(0, line, ""))
