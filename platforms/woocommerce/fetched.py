"""A page of orders as bytes: cut apart, dated and digested, but not read yet.

Most pulls serve orders that have not changed. Telling that costs a comparison of digests, so
nothing more than a row's id and dates is decoded here; the store's own bytes are kept.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec

from platforms.base import FetchedOrder
from platforms.errors import BadResponse
from platforms.money import decode_json
from platforms.payload_fields import Row, as_id
from platforms.woocommerce.fields import utc_instant

# For a row without any date: it must sort somewhere, and reading it will name the fault.
NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)


class _Head(msgspec.Struct):
    """The few fields of an order that paging and the digest need."""

    # Of any type: one that is wrong must not hide the others, least of all the id.
    id: Any = None
    date_created_gmt: Any = None
    date_modified: Any = None
    date_modified_gmt: Any = None
    refunds: msgspec.Raw = msgspec.Raw(b"[]")


_page_decoder = msgspec.json.Decoder(list[msgspec.Raw])
_head_decoder = msgspec.json.Decoder(_Head)
_loose_decoder = json.JSONDecoder()
_BLANKS = re.compile(r"[\s,]*")
_sorted_encoder = msgspec.json.Encoder(decimal_format="number", order="sorted")


def split_page(body: bytes, what: str) -> list[bytes]:
    """The elements of a JSON list, each as the store's own bytes.

    BadResponse: not a list; `what` names it in the sentence.
    """
    try:
        return [bytes(raw) for raw in _page_decoder.decode(body)]
    except (msgspec.DecodeError, RecursionError) as fault:
        found = _split_loosely(body)
        if found is not None:
            return found
        raise BadResponse(
            f"The store did not answer with a list of {what}.", said=str(fault)
        ) from fault


def _split_loosely(body: bytes) -> list[bytes] | None:
    """The elements of a list of which one breaks the rules of JSON: it alone cannot be read then.

    Half a surrogate pair, NaN: Python's own reader steps over them. None: not a list even so.
    """
    found: list[bytes] = []
    try:
        written = body.decode()
        if not written.startswith("["):
            return None
        at = _past_blanks(written, 1)
        while not written.startswith("]", at):
            _, end = _loose_decoder.raw_decode(written, at)
            found.append(written[at:end].encode())
            at = _past_blanks(written, end)
    except (ValueError, RecursionError):
        return None
    return found


def _past_blanks(written: str, at: int) -> int:
    blanks = _BLANKS.match(written, at)
    return blanks.end() if blanks else at


def fetched_order(body: bytes) -> FetchedOrder:
    """One order of a page. Never raises: a row that makes no sense is named when it is read.

    A row without an id gets one made of its digest, so that it can be shown and is the same
    row each time it comes.
    """
    return fetched_row(body).order


@dataclass(frozen=True, slots=True)
class FetchedRow:
    """A row of a list that is walked: the order, and the dates that the list is sorted by."""

    order: FetchedOrder
    modified_at: datetime | None
    created_at: datetime | None


def fetched_row(body: bytes) -> FetchedRow:
    """As `fetched_order`, with the dates as they were served."""
    try:
        head = _head_decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, ArithmeticError, RecursionError):
        head = _Head()
    digest = sha256(_without_modified(body, head)).digest()
    modified_at, created_at = _instant(head.date_modified_gmt), _instant(head.date_created_gmt)
    order = FetchedOrder(
        remote_id=as_id(head.id) or f"unknown-{digest.hex()[:12]}",
        modified_at=modified_at or created_at or NO_DATE,
        digest=digest,
        body=body,
        has_details=bytes(head.refunds).strip() not in (b"[]", b"null", b"{}"),
    )
    return FetchedRow(order, modified_at, created_at)


def _instant(text: object) -> datetime | None:
    if not isinstance(text, str) or not text:
        return None
    try:
        return utc_instant(text)
    except ValueError:
        return None


def _without_modified(body: bytes, head: _Head) -> bytes:
    """The bytes without the values of the order's own modified times.

    A line's or a plugin's field of the same name is cut only where it holds the very same
    time, so no other change can hide behind it.
    """
    if isinstance(head.date_modified, str) and head.date_modified:
        body = _cut(body, b'"date_modified":', head.date_modified, body.find)
    if isinstance(head.date_modified_gmt, str) and head.date_modified_gmt:
        body = _cut(body, b'"date_modified_gmt":', head.date_modified_gmt, body.rfind)
    return body


def _cut(body: bytes, key: bytes, value: str, find: Callable[[bytes], int]) -> bytes:
    # The local date stands near the beginning of an order, the UTC one near its end.
    written = b'"%b"' % value.encode()
    at = find(key + written)
    if at >= 0:
        start = at + len(key)
        return body[:start] + body[start + len(written) :]
    # Written with spaces by something between the shop and us: slower, and rare.
    spaced = re.compile(rb"(%b\s*:\s*)%b" % (re.escape(key[:-1]), re.escape(written)))
    return spaced.sub(rb"\1", body, count=1)


def refunds_digest(refunds: Iterable[bytes]) -> bytes:
    """A digest of an order's refunds, the same whichever list served them.

    The shop-wide list adds `parent_id` and links of its own, and neither list is sorted.
    """
    found: list[tuple[int, str, bytes]] = []
    for body in refunds:
        try:
            refund = decode_json(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError):
            found.append((0, "", body))
            continue
        remote_id = ""
        if isinstance(refund, dict):
            remote_id = str(refund.get("id"))
            refund = _without_route(refund)
        found.append((len(remote_id), remote_id, _sorted_encoder.encode(refund)))
    digest = sha256()
    for _, _, encoded in sorted(found):
        digest.update(encoded)
    return digest.digest() if found else b""


def _without_route(refund: Row) -> Row:
    return {key: value for key, value in refund.items() if key not in ("parent_id", "_links")}
