"""One field of a payload, read strictly: what is not what it should be is named.

Plugins and the stores' own releases change any field of an answer, so nothing here trusts a
type. A platform's own `fields` module has what its dates and names need beside this.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from platforms.errors import OrderUnreadable
from platforms.money import ZERO, exact

Row = dict[str, Any]

# No shop's amount is longer or larger; an exponent beyond these would only fill the memory.
LONGEST_AMOUNT = 40
LARGEST_EXPONENT = 15
SMALLEST_EXPONENT = -30

# Ids are numbers; where a plugin gives its own, they are still short.
LONGEST_ID = 80
LONGEST_NUMBER = 20
LONGEST_PLACE = 200
# Of one thing in one place; a larger number is no count.
MOST_PIECES = 1_000_000_000

EARLIEST_YEAR = 1970
LATEST_YEAR = 9998


def unreadable(place: str, value: object, wanted: str) -> OrderUnreadable:
    """The error for a field that is not what the API reference says."""
    # A place holds the row's own id, which may be anything.
    place = place.replace("\0", "")[:LONGEST_PLACE]
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
    if type(value) is Decimal and value.is_finite():
        found = value
    elif type(value) is int:
        found = Decimal(value)
    elif isinstance(value, str) and (len(value) > LONGEST_AMOUNT or "_" in value):
        return None  # Python would take "1_000" for a number; no store means one
    else:
        try:
            found = exact(value)
        except ValueError:
            return None
    if not found:
        return ZERO
    return found if SMALLEST_EXPONENT <= found.adjusted() <= LARGEST_EXPONENT else None


def is_blank(value: object) -> bool:
    """Whether a field says nothing: null, or an empty text.

    Not by `value in (None, "")`: a Decimal looks long for how to compare itself with a text.
    """
    return value is None or (type(value) is str and not value)


def pieces(row: Mapping[str, Any], key: str, place: str) -> int:
    """Whole pieces. A fraction cannot be stock here, and neither can nothing."""
    value = row.get(key)
    if type(value) is int and -MOST_PIECES < value < MOST_PIECES:
        return value
    found = as_amount(value)
    is_whole = found is not None and found == found.to_integral_value()
    if value is None or found is None or not is_whole or abs(found) >= MOST_PIECES:
        raise unreadable(f"{place}.{key}", value, "a whole number of pieces")
    return int(found)


def rows(row: Mapping[str, Any], key: str, place: str) -> list[Row]:
    """A list of objects; missing is empty."""
    found = row.get(key)
    if not found:
        return []
    if type(found) is list and all([type(each) is dict for each in found]):
        return found
    raise unreadable(f"{place}.{key}", found, "a list of objects")


def objects(row: Mapping[str, Any], key: str) -> list[Row]:
    """As `rows`, for lists that nothing depends on: what is malformed counts as empty."""
    found = row.get(key)
    if type(found) is list and all([type(each) is dict for each in found]):
        return found
    return []


def text(row: Mapping[str, Any], key: str) -> str:
    """A text; null is "", what is no text is written as one, and no database takes a NUL."""
    value = row.get(key)
    if type(value) is str:
        return value.replace("\0", "") if "\0" in value else value
    return "" if value is None else str(value)


def as_id(value: object) -> str | None:
    """An id that the store gave, as text; None for what can be none."""
    if type(value) is int:
        return str(value) if value else None
    if type(value) is str and len(value) <= LONGEST_ID and value.isprintable():
        return value if value not in ("", "0") else None
    return None


def is_number(text: str) -> bool:
    """Whether an id is a number, as those of orders and products are."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER


def row_id(row: Mapping[str, Any], key: str, place: str) -> str:
    """The id of a row; missing is ""."""
    value = row.get(key)
    if type(value) is int and value:
        return str(value)
    found = as_id(value)
    if found is None and value not in (None, "", "0", 0):
        raise unreadable(f"{place}.{key}", value, "an id")
    return found or ""
