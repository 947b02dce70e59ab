"""Dates, type id 0 in containers: ISO 8601 text as the original's date type writes it, here `datetime`."""
import datetime
from typing import Any, Tuple, Union

UTC = datetime.timezone.utc


def to_wire(date: datetime.datetime) -> str:
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).isoformat()


def from_wire(data: Union[str, int, float]) -> datetime.datetime:
    """Text with or without time and zone (without: UTC), or a timestamp; anything else is an error."""
    if isinstance(data, (int, float)):
        return datetime.datetime.fromtimestamp(data, UTC)
    if not isinstance(data, str):
        raise TypeError(f"Can't parse single argument of type {type(data)!r}.")
    # Python < 3.11 doesn't know "Z".
    date = datetime.datetime.fromisoformat(data[:-1] + "+00:00" if data.endswith("Z") else data)
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def date_serializer() -> Tuple[Any, Any, Any]:
    return datetime.datetime, to_wire, from_wire
