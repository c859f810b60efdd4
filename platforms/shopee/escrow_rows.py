"""The rows of a batch of escrows: cut apart and told whose they are, the money not looked at.

Each stays the store's own bytes, which are read once, with their order.
Source: POST /api/v2/payment/get_escrow_detail_batch (a POST, whatever its page says).
"""

from dataclasses import dataclass, field

import msgspec

from platforms.errors import BadResponse
from platforms.shopee import loose_json
from platforms.shopee.fetched import NOTHING, plain_value
from platforms.shopee.fields import as_sn
from platforms.shopee.gateway import Reply, elements

BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class _Row(msgspec.Struct):
    """One row of a batch."""

    escrow_detail: msgspec.Raw = NOTHING


class _Head(msgspec.Struct):
    """What is looked at of an escrow before it is read."""

    order_sn: msgspec.Raw = NOTHING
    return_order_sn_list: msgspec.Raw = NOTHING
    order_income: msgspec.Raw = NOTHING


_row_decoder = msgspec.json.Decoder(_Row)
_head_decoder = msgspec.json.Decoder(_Head)


@dataclass(frozen=True, slots=True, kw_only=True)
class EscrowRow:
    """The escrow of an order, as the store's own bytes. `return_sns`: the returns it names."""

    order_sn: str
    return_sns: tuple[str, ...]
    body: bytes = field(repr=False)


def escrow_rows(reply: Reply) -> dict[str, EscrowRow]:
    """The escrows of an answer by their orders' numbers; those without an income are absent.

    The rows are `response` itself, or, as the reference shows an answer with orders that were
    not found, a list beside it. BadResponse: neither of them is there.
    """
    raw = reply.fields.get("response", reply.fields.get("escrow_detail_list"))
    if raw is None or not bytes(raw).lstrip().startswith(b"["):
        raise BadResponse("The store did not answer with a list of escrows.")
    found: dict[str, EscrowRow] = {}
    for element in elements(raw, "escrows"):
        row = _escrow_row(element)
        if row is not None:
            found[row.order_sn] = row
    return found


def _escrow_row(element: bytes) -> EscrowRow | None:
    """One row; None as the store tells an order without an escrow: "order_not_found"."""
    body = _detail(element)
    head = None if body is None else _head(body)
    if body is None or head is None or not bytes(head.order_income).startswith(b"{"):
        return None
    order_sn = as_sn(plain_value(head.order_sn))
    if order_sn is None:
        return None
    return EscrowRow(
        order_sn=order_sn, return_sns=_sns(plain_value(head.return_order_sn_list)), body=body
    )


def _detail(element: bytes) -> bytes | None:
    try:
        return bytes(_row_decoder.decode(element).escrow_detail)
    except BROKEN:
        return (loose_json.members(element) or {}).get("escrow_detail")


def _head(body: bytes) -> _Head | None:
    try:
        return _head_decoder.decode(body)
    except BROKEN:
        found = loose_json.members(body)
    if found is None:
        return None
    named = {name: msgspec.Raw(found[name]) for name in _Head.__struct_fields__ if name in found}
    return _Head(**named)


def _sns(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(each for each in map(as_sn, value) if each is not None)
