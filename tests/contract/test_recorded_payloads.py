"""What stores really served, recorded: it reads, or says what is wrong, and nothing else happens.

Each platform records in its own way, so every object in its files is offered as an order, under
each number that the object itself names.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from platforms.base import FetchedOrder, OpenedOrder, Platform, StoreTerms
from platforms.errors import OrderUnreadable
from platforms.money import decode_json, encode_json

PAYLOADS = Path(__file__).parent.parent / "payloads"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def recorded(name: str) -> list[dict[str, Any]]:
    """Every object in the files of a platform, and the objects within it."""
    files = sorted((PAYLOADS / name).glob("*.json"))
    bodies = [file.read_bytes() for file in files if file.stem != "index"]
    documents = [decode_json(body) for body in bodies if body]
    return [each for document in documents for each in _objects(document, depth=2)]


def _objects(value: Any, *, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if depth:
        for each in inside:
            yield from _objects(each, depth=depth - 1)


def _read(platform: Platform, row: dict[str, Any]) -> Iterator[OpenedOrder]:
    names = {str(value) for value in row.values() if isinstance(value, str | int)}
    for remote_id in sorted(names):
        order = FetchedOrder(
            remote_id=remote_id,
            modified_at=NOW,
            digest=b"",
            body=encode_json(row),
            has_details=False,
            details=(),
        )
        try:
            yield platform.open_order(order, StoreTerms())
        except OrderUnreadable:
            continue


def test_the_platform_has_recorded_payloads_and_says_where_they_come_from(name: str) -> None:
    assert list((PAYLOADS / name).glob("*.json"))
    assert (PAYLOADS / name / "origin.md").read_text().strip()


def test_recorded_orders_read_and_read_the_same_from_what_is_stored(
    platform: Platform, recorded: list[dict[str, Any]]
) -> None:
    found = [each for row in recorded for each in _read(platform, row)]

    assert sum(1 for each in found if each.order.lines) >= 5
    for each in found:
        assert platform.read_payload(each.payload, StoreTerms()) == each.order


def test_recorded_objects_that_are_no_payload_are_unreadable(
    platform: Platform, recorded: list[dict[str, Any]]
) -> None:
    """The whole answer, a list's row, an error: each is told apart from a stored order."""
    ends = {True: 0, False: 0}
    for row in recorded:
        try:
            platform.read_payload(encode_json(row), StoreTerms())
        except OrderUnreadable as fault:
            ends[False] += bool(fault.field)
        else:
            ends[True] += 1

    assert ends[False] > 20
