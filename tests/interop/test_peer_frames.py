"""The peer's codecs and router against single frames of the original."""
import asyncio
import importlib
import unittest
from typing import Any, Dict, List, Tuple

import recorded
from peer import CODECS, Container, MsgPackBlosc, RpcClient, SerializationError
from peer.channel import Channel, start_server
from test_peer import TIMEOUT, Bytes, parse_addr

FRAMES = {codec: recorded.load("frames.jsonl", codec) for codec in CODECS}


def plain(value: Any, codec: str) -> Any:
    """The recording's rendering of what JSON can't hold, as the values that this codec delivers."""
    if isinstance(value, list):
        items = [plain(item, codec) for item in value]
        return items if codec == "json" else tuple(items)
    if isinstance(value, dict):
        if set(value) == {"$float"}:
            return float(value["$float"])
        if set(value) == {"$bytes"}:
            return bytes.fromhex(value["$bytes"])
        if set(value) == {"$ext"}:
            code, data = value["$ext"]
            return importlib.import_module("msgpack").ExtType(code, bytes.fromhex(data))
        if set(value) == {"$map"}:
            return {plain(key, codec): plain(item, codec) for key, item in value["$map"]}
        return {key: plain(item, codec) for key, item in value.items()}
    return value


class Codec(unittest.TestCase):
    def test_encodes_every_recorded_message_to_the_same_bytes(self) -> None:
        for codec, frames in FRAMES.items():
            for frame in frames:
                if codec == "json" and frame["name"].startswith("dict_mixed_dup.c"):
                    # Its message, decoded, has lost one of the two keys that became the same text.
                    frame = dict(frame, message=[*frame["message"][:2], {1: "int", "1": "str"}])
                with self.subTest(codec=codec, frame=frame["name"]):
                    got, want = CODECS[codec]().encode(plain(frame["message"], codec)), recorded.payload(frame)
                    self.assertEqual(uncompressed(got, codec), uncompressed(want, codec))

    def test_decodes_every_recorded_frame(self) -> None:
        for codec, frames in FRAMES.items():
            self.assertGreater(len(frames), 200)
            for frame in frames:
                with self.subTest(codec=codec, frame=frame["name"]):
                    got = CODECS[codec]().unpack(recorded.payload(frame))
                    self.assertEqual(repr(got), repr(plain(frame["message"], codec)))

    def test_what_msgpack_has_no_encoding_for(self) -> None:
        for codec in ("msgpack", "msgpack_blosc"):
            for value in (2 ** 64, -2 ** 63 - 1, {1}, 1j):
                with self.subTest(codec=codec, value=value), self.assertRaisesRegex(SerializationError, "No serializer"):
                    CODECS[codec]().encode(value)


def uncompressed(data: bytes, codec: str) -> bytes:
    """How well it is compressed depends on the version of Blosc."""
    return MsgPackBlosc().decompress(data) if codec == "msgpack_blosc" else data


def exchanges(codec: str, layer: str) -> List[Tuple[Dict[str, Any], Dict[str, Any]]]:
    """Recorded client requests of a layer with the server's reply to each."""
    frames = [frame for frame in FRAMES[codec] if frame["layer"] == layer]
    replies = {frame["message"][1]: frame for frame in frames if frame["name"].split(".")[1:2] == ["s"] and frame["message"][0]}
    return [(frame, replies[frame["message"][1]]) for frame in frames
            if frame["name"].endswith(".c.req") and frame["message"][1] in replies]


# Methods whose recorded implementation isn't part of recorded.py.
NOT_SERVED = {"agents/0/now", "agents/0/call_me"}


class Replies(unittest.IsolatedAsyncioTestCase):
    """Each recorded request gets the recorded reply, texts of errors included."""

    async def check(self, codec: str, layer: str, addr: tuple) -> None:
        client = Bytes(*await asyncio.open_connection(*addr))
        try:
            for request, reply in exchanges(codec, layer):
                if request["message"][2][0] not in NOT_SERVED:
                    with self.subTest(codec=codec, request=request["name"]):
                        session = {"codec": codec, "steps": [dict(request, **{"from": "client"}), dict(reply, **{"from": "server"})]}
                        await client.play(session, "client", self)
        finally:
            await client.close()

    async def test_rpc(self) -> None:
        for codec in CODECS:
            root = recorded.Root()

            def on_connect(channel: Channel, root: recorded.Root = root) -> None:
                RpcClient(channel, root.router)

            server = await start_server(("127.0.0.1", 0), on_connect, make_codec=CODECS[codec])
            try:
                await self.check(codec, "rpc", server.sockets[0].getsockname()[:2])
            finally:
                server.close()
                await asyncio.wait_for(server.wait_closed(), TIMEOUT)

    async def test_agents(self) -> None:
        for codec in CODECS:
            container = await Container.create(("127.0.0.1", 0), extra_serializers=recorded.EXTRA_SERIALIZERS,
                                               codec=CODECS[codec])
            for cls in (recorded.Worker, recorded.Worker, recorded.Parent):
                cls(container)
            try:
                await self.check(codec, "agent", parse_addr(container))
            finally:
                await asyncio.wait_for(container.shutdown(), TIMEOUT)


if __name__ == "__main__":
    unittest.main()
