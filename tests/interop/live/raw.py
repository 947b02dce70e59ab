"""A connection without a protocol behind it: sends any bytes, and says what came back."""
import asyncio
import socket
import struct
from typing import Any, List, Tuple

from peer import MsgPackBlosc, frames
from recorded import as_lists

from .settings import settings


def frame(message: Any) -> bytes:
    return frames.pack(settings.make_codec().pack(message))


def msgpack_frame(data: bytes) -> bytes:
    """What no encoder would write, compressed if that is how messages are sent."""
    codec = settings.make_codec()
    return frames.pack(codec.compress(data) if isinstance(codec, MsgPackBlosc) else data)


def call(id_: Any, path: str, *args: Any, **kwargs: Any) -> bytes:
    return frame([0, id_, [path, args, kwargs]])


class Raw:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, addr: Tuple[str, int]) -> "Raw":
        # The limit is that of a line, which a frame may exceed.
        return cls(*await asyncio.open_connection(*addr, limit=2 ** 24))

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    async def write_each_byte(self, data: bytes) -> None:
        """One segment per byte, as far as this side can say."""
        sock = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for i in range(len(data)):
            self._writer.write(data[i:i + 1])
            await self._writer.drain()
            await asyncio.sleep(0)

    async def read(self) -> List[Any]:
        """The next message, `[type, id, content]`, as lists in every codec."""
        return as_lists(settings.make_codec().unpack(await self.read_payload()))

    async def read_payload(self) -> bytes:
        (length,) = frames.HEADER.unpack(await self._reader.readexactly(frames.HEADER.size))
        return await self._reader.readexactly(length)

    async def ask(self, data: bytes) -> List[Any]:
        self.write(data)
        return await self.read()

    async def read_to_end(self) -> List[Any]:
        """All messages until the other side closes, however it does that."""
        messages = []
        try:
            while True:
                messages.append(await self.read())
        except (asyncio.IncompleteReadError, ConnectionError):
            return messages

    def half_close(self) -> None:
        self._writer.write_eof()

    def close(self) -> None:
        self._writer.close()

    def reset(self) -> None:
        """Close with a RST: the other side gets an error, not an end."""
        sock = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()
