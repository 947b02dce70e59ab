"""The codecs and their registry of serializers; one instance per connection."""
import importlib
import json
from typing import Any, Callable, Dict, Optional, Tuple

from .errors import SerializationError

TYPE_KEY = "__type__"


class Codec:
    """What all codecs share: objects without an encoding of their own travel as `{"__type__": [type id, data]}`.

    A type id is the position at which the serializer was added, so both ends must add theirs in the same order.
    """

    def __init__(self) -> None:
        self._by_type: Dict[type, Tuple[int, Callable]] = {}
        self._by_id: Dict[int, Callable] = {}

    def add_serializer(self, type_: type, serialize: Callable, deserialize: Callable) -> None:
        if type_ in self._by_type:
            raise ValueError(f'There is already a serializer for type "{type_}"')
        type_id = len(self._by_type)
        self._by_type[type_] = (type_id, serialize)
        self._by_id[type_id] = deserialize

    def encode(self, data: Any) -> bytes:
        return self.pack(data, self._tag)

    def decode(self, data: bytes) -> Any:
        return self.unpack(data, self._untag)

    def pack(self, data: Any, default: Optional[Callable] = None) -> bytes:
        """Values to bytes; `default` makes values of what has no encoding."""
        raise NotImplementedError

    def unpack(self, data: bytes, object_hook: Optional[Callable] = None) -> Any:
        """Bytes to values; `object_hook` may replace each map, from the inside to the outside."""
        raise NotImplementedError

    def _tag(self, obj: Any) -> dict:
        """Looked up by exact type; a serializer for `object` takes what is left."""
        entry = self._by_type.get(type(obj)) or self._by_type.get(object)
        if entry is None:
            raise SerializationError(f'No serializer found for type "{type(obj)}"')
        type_id, serialize = entry
        return {TYPE_KEY: [type_id, serialize(obj)]}

    def _untag(self, obj: dict) -> Any:
        """Every map that has the key is replaced, also one that a user meant literally: the original can't tell either."""
        if TYPE_KEY not in obj:
            return obj
        type_id, data = obj[TYPE_KEY]
        return self._by_id[type_id](data)


class JSON(Codec):
    """`json.dumps` with its defaults decides every byte."""

    def pack(self, data: Any, default: Optional[Callable] = None) -> bytes:
        return json.dumps(data, default=default).encode()

    def unpack(self, data: bytes, object_hook: Optional[Callable] = None) -> Any:
        # Decoded first: json.loads() on bytes would also take UTF-16 and UTF-32, the original doesn't.
        return json.loads(data.decode(), object_hook=object_hook)


class MsgPack(Codec):
    """`msgpack.packb` decides every byte. Lists arrive as tuples. Needs the module `msgpack`."""

    def __init__(self) -> None:
        super().__init__()
        self._msgpack: Any = importlib.import_module("msgpack")

    def pack(self, data: Any, default: Optional[Callable] = None) -> bytes:
        return self._msgpack.packb(data, default=default, use_bin_type=True)

    def unpack(self, data: bytes, object_hook: Optional[Callable] = None) -> Any:
        return self._msgpack.unpackb(data, raw=False, use_list=False, object_hook=object_hook, strict_map_key=False)


class MsgPackBlosc(MsgPack):
    """MsgPack, compressed with the defaults of `blosc.compress`. Needs the module `blosc`, too."""

    def __init__(self) -> None:
        super().__init__()
        self._blosc: Any = importlib.import_module("blosc")

    def pack(self, data: Any, default: Optional[Callable] = None) -> bytes:
        return self.compress(super().pack(data, default))

    def unpack(self, data: bytes, object_hook: Optional[Callable] = None) -> Any:
        return super().unpack(self.decompress(data), object_hook)

    def compress(self, data: bytes) -> bytes:
        return self._blosc.compress(data, typesize=8, clevel=9, shuffle=self._blosc.SHUFFLE, cname="blosclz")

    def decompress(self, data: bytes) -> bytes:
        return self._blosc.decompress(data)


# By the names that users give on a command line.
CODECS: Dict[str, Callable[[], Codec]] = {"json": JSON, "msgpack": MsgPack, "msgpack_blosc": MsgPackBlosc}
