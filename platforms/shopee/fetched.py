"""Orders as bytes: dated and digested, but not read yet.

Most pulls serve orders that have not changed. Telling that costs a comparison of digests, so
nothing more than an order's number, dates and status is decoded here; the store's own bytes are
kept.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec

from platforms.base import FetchedOrder
from platforms.shopee import loose_json
from platforms.shopee.fields import as_instant, as_sn
from platforms.shopee.statuses import AWAITING

# For a row without any date: it must sort somewhere, and reading it will name the fault.
NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)
UNKNOWN = "unknown-"

NOTHING = msgspec.Raw(b"null")


class _Head(msgspec.Struct):
    """The few fields of an order that lists and the digest need."""

    # Decoded one by one: what is wrong must not hide the others, least of all the number.
    order_sn: msgspec.Raw = NOTHING
    order_status: msgspec.Raw = NOTHING
    create_time: msgspec.Raw = NOTHING
    update_time: msgspec.Raw = NOTHING


_HEAD_FIELDS = frozenset(_Head.__struct_fields__)


@dataclass(frozen=True, slots=True)
class FetchedRow:
    """An order of an answer, with the dates that lists are cut by."""

    order: FetchedOrder
    created_at: datetime


_head_decoder = msgspec.json.Decoder(_Head)
_value_decoder = msgspec.json.Decoder()


def fetched_row(body: bytes, *, latest: datetime | None = None) -> FetchedRow:
    """One order of an answer. Never raises: one that makes no sense is named when it is read.

    One without a number gets one made of its digest. `latest`: no order was updated after that,
    whatever it says: a version dated next year would stand against all that come after it.
    """
    head = _head(body)
    update_time, status = plain_value(head.update_time), plain_value(head.order_status)
    digest = sha256(_without_update(body, update_time)).digest()
    updated, created = as_instant(update_time), as_instant(plain_value(head.create_time))
    modified = updated or created or NO_DATE
    order = FetchedOrder(
        remote_id=as_sn(plain_value(head.order_sn)) or unknown_id(digest),
        modified_at=modified if latest is None else min(modified, latest),
        digest=digest,
        body=body,
        has_details=not (isinstance(status, str) and status in AWAITING),
    )
    return FetchedRow(order, created or updated or NO_DATE)


def unknown_id(digest: bytes) -> str:
    """What stands in place of a number that is none; no order's number looks like it."""
    return f"{UNKNOWN}{digest.hex()[:12]}"


def _head(body: bytes) -> _Head:
    try:
        return _head_decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, ArithmeticError, RecursionError):
        found = loose_json.members(body) or {}
        named = {name: msgspec.Raw(raw) for name, raw in found.items() if name in _HEAD_FIELDS}
        return _Head(**named)


def plain_value(raw: msgspec.Raw) -> Any:
    """A value that is no amount; None for what cannot be read."""
    try:
        return _value_decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, ArithmeticError, RecursionError):
        return None


def refused_row(order_sn: str) -> FetchedRow:
    """An order that the list names and that the store then does not show.

    It is there, though there is nothing to read: reading it says so, and the others go on.
    """
    order = FetchedOrder(
        remote_id=order_sn,
        modified_at=NO_DATE,
        digest=sha256(order_sn.encode()).digest(),
        body=b"",
        has_details=False,
    )
    return FetchedRow(order, NO_DATE)


def _without_update(body: bytes, value: object) -> bytes:
    """The bytes without the time of the order's last update: Shopee moves it for many reasons."""
    if type(value) is not int:
        return body
    written = b'"update_time":%d' % value
    at = body.find(written)
    if at >= 0 and body[at + len(written) : at + len(written) + 1] in (b",", b"}"):
        return body[:at] + body[at + len(written) :]
    spaced = re.compile(rb'"update_time"\s*:\s*%d(?=\s*[,}])' % value)
    return spaced.sub(b"", body, count=1)
