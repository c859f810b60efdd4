"""What WooCommerce's payloads need beside `platforms.payload_fields`: its dates and its names."""

from collections.abc import Mapping
from datetime import UTC, datetime
from html import unescape
from typing import Any

from platforms.payload_fields import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    Row,
    objects,
    pieces,
    text,
    unreadable,
)


def quantity(row: Mapping[str, Any], place: str) -> int:
    """Whole pieces of a line. A fraction (plugins for decimal quantities) cannot be stock here."""
    return pieces(row, "quantity", place)


def instant(row: Mapping[str, Any], key: str, place: str) -> datetime | None:
    """A UTC instant. The store's `…_gmt` fields are UTC without saying so; null is None."""
    value = row.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            return utc_instant(value)
        except ValueError:
            pass
    raise unreadable(f"{place}.{key}", value, "a date and time")


def utc_instant(text: str) -> datetime:
    """An ISO date and time as a UTC instant; without a zone it is UTC.

    ValueError: it is none, or one that no shop can mean and no time zone could be told in.
    """
    if len(text) == len("2026-03-05T04:00:00") and text[-3] == ":":
        # As the store writes them; two steps take three times as long, four times an order.
        found = datetime.fromisoformat(f"{text}+00:00")
    else:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            found = found.replace(tzinfo=UTC)
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        raise ValueError(f"no date of a shop: {text[:40]!r}")
    return found if found.tzinfo is UTC else found.astimezone(UTC)


def meta(row: Mapping[str, Any]) -> list[Row]:
    """The entries of `meta_data`. No field depends on them, so what is malformed counts as none."""
    return objects(row, "meta_data")


def name(row: Mapping[str, Any], key: str) -> str:
    """A name for people: WordPress stores "Fish &amp; Chips"."""
    found = text(row, key)
    return unescape(found) if "&" in found else found
