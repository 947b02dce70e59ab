"""The bytes of a connection: how they are sent, and how they end."""
import asyncio
import contextlib
import select
import ssl
from typing import Any, Callable

CHUNK = 2 ** 16


class Stream:
    """What the operating system has: TCP, and Unix sockets."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    async def drain(self) -> None:
        await self._writer.drain()

    async def readexactly(self, size: int) -> bytes:
        return await self._reader.readexactly(size)

    def half_close(self) -> None:
        """Say that no more is sent, and go on reading."""
        self._writer.write_eof()

    def close(self) -> None:
        self._writer.close()

    def stop_reading(self) -> None:
        self._writer.transport.pause_reading()  # type: ignore[attr-defined]

    async def something_unread(self) -> None:
        """Wait until there is something that only the operating system knows of."""
        poll = select.poll()
        poll.register(self._writer.get_extra_info("socket"), select.POLLIN)
        while not poll.poll(0):
            await asyncio.sleep(0.001)

    def abort(self) -> None:
        """Close without the end that the transport has, now."""
        self._writer.transport.abort()


class TlsStream(Stream):
    """TLS on top of that, by hand: asyncio's has no half-close, and hides what is below from those who reset it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: ssl.SSLContext,
                 host: str) -> None:
        super().__init__(reader, writer)
        self._received, self._to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._received, self._to_send, server_hostname=host)
        self._plain = bytearray()

    async def handshake(self) -> None:
        await self._step(self._tls.do_handshake)

    def write(self, data: bytes) -> None:
        """One record, or more if it takes more."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._tls.write(rest):]
        self._flush()

    async def readexactly(self, size: int) -> bytes:
        while len(self._plain) < size:
            try:
                plain = await self._step(self._tls.read, CHUNK)
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                plain = b""
            if not plain:
                raise asyncio.IncompleteReadError(bytes(self._plain), size)
            self._plain += plain
        data = bytes(self._plain[:size])
        del self._plain[:size]
        return data

    def half_close(self) -> None:
        """The end of TLS in this direction. As with asyncio's, which waits for the other's, all stays open below."""
        with contextlib.suppress(ssl.SSLError):  # complains that the other side has not ended yet
            self._tls.unwrap()
        self._flush()

    def close(self) -> None:
        self.half_close()
        super().close()

    async def _step(self, step: Callable, *args: Any) -> Any:
        """What `step` returns once all has come that it needs."""
        while True:
            try:
                return step(*args)
            except ssl.SSLWantReadError:
                self._flush()
                data = await self._reader.read(CHUNK)
                if data:
                    self._received.write(data)
                else:
                    self._received.write_eof()
            finally:
                self._flush()

    def _flush(self) -> None:
        if self._to_send.pending:
            self._writer.write(self._to_send.read())
