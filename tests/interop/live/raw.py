"""A connection without a protocol behind it: sends any bytes, and says what came back."""
import asyncio
from typing import Any, List

from peer import MsgPackBlosc, frames
from recorded import as_lists

from .settings import settings
from .streams import Stream


def frame(message: Any) -> bytes:
    return frames.pack(settings.make_codec().pack(message))


def msgpack_frame(data: bytes) -> bytes:
    """What no encoder would write, compressed if that is how messages are sent."""
    codec = settings.make_codec()
    return frames.pack(codec.compress(data) if isinstance(codec, MsgPackBlosc) else data)


def call(id_: Any, path: str, *args: Any, **kwargs: Any) -> bytes:
    return frame([0, id_, [path, args, kwargs]])


class Raw:
    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    @classmethod
    async def open(cls, addr: Any) -> "Raw":
        return cls(await settings.transport.connect(addr))

    def write(self, data: bytes) -> None:
        self._stream.write(data)

    async def write_each_byte(self, data: bytes) -> None:
        """One segment per byte, or record, as far as this side can say. (asyncio switches Nagle's algorithm off.)"""
        for i in range(len(data)):
            self._stream.write(data[i:i + 1])
            await self._stream.drain()
            await asyncio.sleep(0)

    async def read(self) -> List[Any]:
        """The next message, `[type, id, content]`, as lists in every codec."""
        return as_lists(settings.make_codec().unpack(await self.read_payload()))

    async def read_payload(self) -> bytes:
        (length,) = frames.HEADER.unpack(await self._stream.readexactly(frames.HEADER.size))
        return await self._stream.readexactly(length)

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
        self._stream.half_close()

    def close(self) -> None:
        self._stream.close()

    async def reset_behind(self, data: bytes) -> None:
        """Send `data` and close so that the other side gets an error, not an end.

        Every transport does so with a connection that is closed before all was read that had come: here, a reply.
        """
        self._stream.stop_reading()
        self._stream.write(call("not read", "agents/0/none") + data)
        await self._stream.something_unread()
        self._stream.abort()
