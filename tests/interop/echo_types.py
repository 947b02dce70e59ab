"""The types that echo agents know, in C++ and in Python: type ids 1 and 2, after dates and before proxies."""
import struct
from typing import Any, Dict, Iterable, Tuple


class Point:
    def __init__(self, x: Any, y: Any) -> None:
        self.x, self.y = x, y

    def __eq__(self, other: Any) -> bool:
        return type(other) is Point and (self.x, self.y) == (other.x, other.y)

    def __repr__(self) -> str:
        return f"Point(x={self.x!r}, y={self.y!r})"


class Empty:
    def __eq__(self, other: Any) -> bool:
        return type(other) is Empty

    def __repr__(self) -> str:
        return "Empty()"


# What `struct` calls the elements that NumPy's names end in.
STRUCT_CODES = {"b1": "?", "i1": "b", "i2": "h", "i4": "i", "i8": "q", "u1": "B", "u2": "H", "u4": "I", "u8": "Q",
                "f2": "e", "f4": "f", "f8": "d"}


class Array:
    """Of NumPy's arrays, what goes over the wire: the name of the element type, the lengths, and the bytes."""

    def __init__(self, type: str, shape: Iterable[int], data: bytes) -> None:
        self.type, self.shape, self.data = type, tuple(shape), data

    @classmethod
    def of(cls, type_: str, shape: Tuple[int, ...], numbers: Iterable[Any]) -> "Array":
        """`numbers` in C order; `type_` as in NumPy's `dtype.str`, `>f8` for example."""
        numbers = tuple(numbers)
        return cls(type_, shape, struct.pack(cls._format(type_, len(numbers)), *numbers))

    def numbers(self) -> Tuple[Any, ...]:
        size = struct.calcsize(self._format(self.type, 1))
        return struct.unpack(self._format(self.type, len(self.data) // size), self.data)

    @staticmethod
    def _format(type_: str, count: int) -> str:
        order, element = type_[0], type_[1:]
        return f"{order.replace('|', '=')}{count}{STRUCT_CODES[element]}"

    def to_wire(self) -> Dict[str, Any]:
        return {"type": self.type, "shape": self.shape, "data": self.data}

    def __eq__(self, other: Any) -> bool:
        return type(other) is Array and self.to_wire() == other.to_wire()

    def __repr__(self) -> str:
        return f"Array({self.type!r}, {self.shape}, {self.data[:100]!r})"


EXTRA_SERIALIZERS = (
    lambda: (Point, lambda p: {"x": p.x, "y": p.y}, lambda data: Point(**data)),
    lambda: (Empty, lambda e: {}, lambda data: Empty(**data)),
)

# What proxies get, as the last.
PROXY_TYPE_ID = 3

# Of containers that know arrays instead, by the serializer in the original's documentation. Codecs without bytes can't.
ARRAY_SERIALIZERS = (lambda: (Array, Array.to_wire, lambda data: Array(**data)),)
