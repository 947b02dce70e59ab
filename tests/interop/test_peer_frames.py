"""The peer's codec and router against single frames of the original."""
import asyncio
import unittest
from typing import Any, Dict, List, Tuple

import recorded
from peer import JSON, Container, RpcClient
from peer.channel import Channel, start_server
from test_peer import TIMEOUT, Bytes, parse_addr

FRAMES = recorded.load("frames.jsonl")


def plain(value: Any) -> Any:
    """The recording's rendering of what JSON can't hold, as Python values."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        if set(value) == {"$float"}:
            return float(value["$float"])
        if set(value) == {"$map"}:
            return {key: plain(item) for key, item in value["$map"]}
        return {key: plain(item) for key, item in value.items()}
    return value


class Codec(unittest.TestCase):
    def test_encodes_every_recorded_message_to_the_same_bytes(self) -> None:
        for frame in FRAMES:
            with self.subTest(frame["name"]):
                if frame["name"].startswith("dict_mixed_dup.c"):
                    # Its message, decoded, has lost one of the two keys that became the same text.
                    frame = dict(frame, message=[*frame["message"][:2], {1: "int", "1": "str"}])
                self.assertEqual(JSON().encode(plain(frame["message"])), recorded.payload(frame))

    def test_decodes_what_it_encodes(self) -> None:
        for frame in FRAMES:
            if b'"__type__"' not in recorded.payload(frame):
                with self.subTest(frame["name"]):
                    self.assertEqual(repr(JSON().decode(recorded.payload(frame))), repr(plain(frame["message"])))


def exchanges(layer: str) -> List[Tuple[Dict[str, Any], Dict[str, Any]]]:
    """Recorded client requests of a layer with the server's reply to each."""
    frames = [frame for frame in FRAMES if frame["layer"] == layer]
    replies = {frame["message"][1]: frame for frame in frames if frame["name"].split(".")[1:2] == ["s"] and frame["message"][0]}
    return [(frame, replies[frame["message"][1]]) for frame in frames
            if frame["name"].endswith(".c.req") and frame["message"][1] in replies]


# Methods whose recorded implementation isn't part of recorded.py.
NOT_SERVED = {"agents/0/now", "agents/0/call_me"}


class Replies(unittest.IsolatedAsyncioTestCase):
    """Each recorded request gets the recorded reply, texts of errors included."""

    async def check(self, layer: str, addr: tuple) -> None:
        client = Bytes(*await asyncio.open_connection(*addr))
        try:
            for request, reply in exchanges(layer):
                if request["message"][2][0] not in NOT_SERVED:
                    with self.subTest(request["name"]):
                        session = {"steps": [dict(request, **{"from": "client"}), dict(reply, **{"from": "server"})]}
                        await client.play(session, "client", self)
        finally:
            await client.close()

    async def test_rpc(self) -> None:
        root = recorded.Root()

        def on_connect(channel: Channel) -> None:
            RpcClient(channel, root.router)

        server = await start_server(("127.0.0.1", 0), on_connect)
        try:
            await self.check("rpc", server.sockets[0].getsockname()[:2])
        finally:
            server.close()
            await asyncio.wait_for(server.wait_closed(), TIMEOUT)

    async def test_agents(self) -> None:
        container = await Container.create(("127.0.0.1", 0), extra_serializers=recorded.EXTRA_SERIALIZERS)
        for cls in (recorded.Worker, recorded.Worker, recorded.Parent):
            cls(container)
        try:
            await self.check("agent", parse_addr(container))
        finally:
            await asyncio.wait_for(container.shutdown(), TIMEOUT)


if __name__ == "__main__":
    unittest.main()
