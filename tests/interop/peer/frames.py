"""Frames: a big-endian 32-bit payload length, then the payload."""
import struct
from typing import Iterator

HEADER = struct.Struct(">I")
MAX_LENGTH = 2 ** 32


def pack(payload: bytes) -> bytes:
    if len(payload) >= MAX_LENGTH:
        raise ValueError(f"Serialized message is too long ({len(payload)}).  Maximum length is {MAX_LENGTH}.")
    return HEADER.pack(len(payload)) + payload


class Splitter:
    """Cuts a byte stream into payloads, however it was split on its way. Like the original it knows no upper limit."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._buffer += data
        start = 0
        try:
            while len(self._buffer) - start >= HEADER.size:
                (length,) = HEADER.unpack_from(self._buffer, start)
                end = start + HEADER.size + length
                if len(self._buffer) < end:
                    return
                payload = bytes(self._buffer[start + HEADER.size:end])
                start = end
                yield payload
        finally:
            del self._buffer[:start]
