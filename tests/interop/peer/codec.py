"""The JSON codec with its registry of serializers; one instance per connection."""
import json
from typing import Any, Callable, Dict, Tuple

from .errors import SerializationError

TYPE_KEY = "__type__"


class JSON:
    """`json.dumps` with its defaults decides every byte; other objects travel as `{"__type__": [type id, data]}`.

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
        return json.dumps(data, default=self._tag).encode()

    def decode(self, data: bytes) -> Any:
        # Decoded first: json.loads() on bytes would also take UTF-16 and UTF-32, the original doesn't.
        return json.loads(data.decode(), object_hook=self._untag)

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
