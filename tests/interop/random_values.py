"""Values at random, of all kinds that a codec has."""
import importlib
import math
import random
import struct
from typing import Any

SMALL = (0, 1, 2, 3, 5, 15, 16, 17, 31, 32, 33)
LARGE = (127, 128, 255, 256, 257, 1000, 65535, 65536)
# The ends of what UTF-8 writes with one, two, three and four bytes, without the surrogates.
RANGES = ((0x00, 0x7f), (0x80, 0x7ff), (0x800, 0xd7ff), (0xe000, 0xffff), (0x10000, 0x10ffff))
DEPTH = 4


class RandomValues:
    """The same ones for the same seed. Only MsgPack has bytes, extensions, and keys of all kinds."""

    def __init__(self, seed: int, codec: str) -> None:
        self.rng = random.Random(seed)
        self.msgpack: Any = None if codec == "json" else importlib.import_module("msgpack")

    def value(self, depth: int = DEPTH) -> Any:
        if depth == 0 or self.rng.random() < 0.4:
            return self.scalar()
        size = self.rng.choice(SMALL[:4] if depth < DEPTH else SMALL)
        if self.rng.random() < 0.5:
            return tuple(self.value(depth - 1) for _ in range(size))
        return {self.key(): self.value(depth - 1) for _ in range(size)}

    def scalar(self) -> Any:
        makers = [self.integer, self.integer, self.float, self.text, lambda: None, lambda: self.rng.random() < 0.5]
        if self.msgpack:
            makers += [self.data, self.extension, self.timestamp]
        return self.rng.choice(makers)()

    def key(self) -> Any:
        if not self.msgpack or self.rng.random() < 0.4:
            return self.text()
        if self.rng.random() < 0.2:
            return tuple(self.key() for _ in range(self.rng.randrange(4)))
        key = self.scalar()
        return 0 if isinstance(key, float) and math.isnan(key) else key

    def integer(self) -> int:
        """Near to a power of two, where encodings change, or anywhere."""
        bits = self.rng.randrange(65)
        number = 2 ** bits + self.rng.randint(-2, 2) if self.rng.random() < 0.5 else self.rng.getrandbits(bits)
        return max(-2 ** 63, min(self.rng.choice((-1, 1)) * number, 2 ** 64 - 1))

    def float(self) -> float:
        if self.rng.random() < 0.3:
            return self.rng.choice((0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, 1.7976931348623157e308, 1.0, 0.1))
        number = struct.unpack(">d", self.bits(8))[0]
        # Of all NaNs there may be, only the usual one is the same in every language.
        return math.nan if math.isnan(number) else number

    def text(self) -> str:
        low, high = self.rng.choice(RANGES)
        length = self.length()
        some = [chr(low), chr(high), *(chr(self.rng.randint(low, high)) for _ in range(min(length, 8)))]
        return ("".join(self.rng.choices(some, k=min(length, 40))) * (length // 40 + 1))[:length]

    def data(self) -> bytes:
        return self.bits(self.length())

    def extension(self) -> Any:
        return self.msgpack.ExtType(self.rng.randrange(128), self.bits(self.rng.choice((1, 2, 4, 8, 16, self.length()))))

    def timestamp(self) -> Any:
        seconds = self.rng.getrandbits(self.rng.choice((10, 32, 34, 62)))
        return self.msgpack.Timestamp(self.rng.choice((-1, 1)) * seconds, self.rng.choice((0, 1, 10 ** 9 - 1)))

    def length(self) -> int:
        return self.rng.choice(SMALL if self.rng.random() < 0.995 else LARGE)

    def bits(self, size: int) -> bytes:
        return self.rng.getrandbits(8 * size).to_bytes(size, "big") if size else b""
