"""What Shopee's payloads need beside `platforms.payload_fields`: its dates, its order numbers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from platforms.errors import BadResponse
from platforms.payload_fields import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    Row,
    as_id,
    is_number,
    unreadable,
)

LONGEST_SN = 40

_EARLIEST = int(datetime(EARLIEST_YEAR, 1, 2, tzinfo=UTC).timestamp())
_LATEST = int(datetime(LATEST_YEAR, 12, 30, tzinfo=UTC).timestamp())


def instant(row: Mapping[str, Any], key: str, place: str) -> datetime | None:
    """A UTC instant out of whole seconds since 1970; absent, null and 0 are None."""
    value = row.get(key)
    if value in (None, "", 0, "0"):
        return None
    found = as_instant(value)
    if found is None:
        raise unreadable(f"{place}.{key}", value, "seconds since 1970")
    return found


def as_instant(value: object) -> datetime | None:
    """Seconds since 1970 as an instant; None for what no shop can mean by a time."""
    if type(value) is not int:
        value = _whole(value)
    if type(value) is not int or not _EARLIEST <= value <= _LATEST:
        return None
    return datetime.fromtimestamp(value, UTC)


def _whole(value: object) -> object:
    """A number of seconds that is written as a text or a fraction; else the value itself."""
    if isinstance(value, str) and is_number(value):
        return int(value)
    if isinstance(value, Decimal) and value.is_finite() and abs(value) <= _LATEST:
        return int(value)
    return value


def as_sn(value: object) -> str | None:
    """A serial number of an order or a return; None for what could not be asked for again."""
    found = as_id(value)
    if found is None or len(found) > LONGEST_SN or not (found.isascii() and found.isalnum()):
        return None
    return found


def listed(answer: Mapping[str, Any], key: str) -> list[Row]:
    """The rows of a list that is read on and on. Absent is empty; what is no row becomes {}.

    BadResponse: something else than a list is there. To take it for an empty one would lose what
    should have been in it.
    """
    found = answer.get(key)
    if found is None:
        return []
    if type(found) is not list:
        raise BadResponse(f"The store did not answer with a list of {key}.")
    return [row if type(row) is dict else {} for row in found]
