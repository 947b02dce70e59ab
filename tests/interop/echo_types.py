"""The types that echo agents know, in C++ and in Python: type ids 1 and 2, after dates and before proxies."""
from typing import Any


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


EXTRA_SERIALIZERS = (
    lambda: (Point, lambda p: {"x": p.x, "y": p.y}, lambda data: Point(**data)),
    lambda: (Empty, lambda e: {}, lambda data: Empty(**data)),
)

# What proxies get, as the last.
PROXY_TYPE_ID = 3
