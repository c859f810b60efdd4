"""One field of a payload, read strictly: what is not what it should be is named.

Plugins change any field of a WooCommerce answer, so nothing here trusts a type.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from typing import Any

from platforms.errors import OrderUnreadable
from platforms.money import ZERO, exact

Row = dict[str, Any]

# No shop's amount is longer or larger; an exponent beyond these would only fill the memory.
LONGEST_AMOUNT = 40
LARGEST_EXPONENT = 15
SMALLEST_EXPONENT = -30


def unreadable(place: str, value: object, wanted: str) -> OrderUnreadable:
    """The error for a field that is not what the API reference says."""
    said = "nothing" if value is None else f"{type(value).__name__} of {len(str(value))} characters"
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        said = str(value)[:40]
    return OrderUnreadable(
        f"The store's field {place} should be {wanted}, but it holds {said}.", field=place
    )


def amount(row: Mapping[str, Any], key: str, place: str) -> Decimal:
    """An amount of money; missing and empty are 0, and so is the store's "-0.00"."""
    value = row.get(key)
    found = as_amount(value)
    if found is None:
        raise unreadable(f"{place}.{key}", value, "an amount")
    return found


def as_amount(value: object) -> Decimal | None:
    """An amount, or None for what is no number or one of absurd size."""
    if isinstance(value, str) and (len(value) > LONGEST_AMOUNT or "_" in value):
        return None  # Python would take "1_000" for a number; no store means one
    try:
        found = exact(value)
    except ValueError:
        return None
    if not found:
        return ZERO
    return found if SMALLEST_EXPONENT <= found.adjusted() <= LARGEST_EXPONENT else None


def quantity(row: Mapping[str, Any], place: str) -> int:
    """Whole pieces. A fraction (plugins for decimal quantities) cannot be stock here."""
    value = row.get("quantity")
    if type(value) is int and -1_000_000_000 < value < 1_000_000_000:
        return value
    found = as_amount(value)
    if value is None or found is None or found != found.to_integral_value():
        raise unreadable(f"{place}.quantity", value, "a whole number of pieces")
    return int(found)


def instant(row: Mapping[str, Any], key: str, place: str) -> datetime | None:
    """A UTC instant. The store's `…_gmt` fields are UTC without saying so; null is None."""
    value = row.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            if found.tzinfo is None:
                return found.replace(tzinfo=UTC)
            return found.astimezone(UTC)
    raise unreadable(f"{place}.{key}", value, "a date and time")


def rows(row: Mapping[str, Any], key: str, place: str) -> list[Row]:
    """A list of objects; missing is empty."""
    found = row.get(key)
    if not found:
        return []
    if type(found) is list and all([type(each) is dict for each in found]):
        return found
    raise unreadable(f"{place}.{key}", found, "a list of objects")


def meta(row: Mapping[str, Any]) -> list[Row]:
    """The entries of `meta_data`. No field depends on them, so what is malformed counts as none."""
    found = row.get("meta_data")
    if type(found) is list and all([type(each) is dict for each in found]):
        return found
    return []


def text(row: Mapping[str, Any], key: str) -> str:
    """A text; null is "", and what is no text is written as one."""
    value = row.get(key)
    if type(value) is str:
        return value
    return "" if value is None else str(value)


def name(row: Mapping[str, Any], key: str) -> str:
    """A name for people: WordPress stores "Fish &amp; Chips"."""
    found = text(row, key)
    return unescape(found) if "&" in found else found
