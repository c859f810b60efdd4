"""Pieces that buyers give back. Their money is told by the escrow, never by a return.

Source: GET /api/v2/returns/get_return_detail. `amount` of a returned item is a number of pieces,
`refund_amount` is what the buyer gets and not what the seller loses.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from platforms.base import RefundedKind, RemoteLine, RemoteRefund, RemoteRefundLine
from platforms.money import ZERO
from platforms.payload_fields import Row, pieces, rows, text, unreadable
from platforms.shopee.fields import as_sn, instant
from platforms.shopee.lines import listing_key

ACCEPTED = "ACCEPTED"
GOODS_COME_BACK = 0  # `return_solution`: 0 return and refund, 1 refund only


def read_returns(
    returns: Iterable[Row], lines: Sequence[RemoteLine], ordered_at: datetime
) -> tuple[RemoteRefund, ...]:
    """Accepted returns whose goods come back, the oldest first; never more than was ordered."""
    returns = tuple(returns)
    if not returns:
        return ()
    left = {line.remote_line_id: line.quantity for line in lines}
    dated: list[tuple[datetime, str, Row]] = []
    for row in returns:
        place = _place(row)
        if text(row, "status") != ACCEPTED or row.get("return_solution") != GOODS_COME_BACK:
            continue
        return_sn = text(row, "return_sn")
        if not return_sn:
            raise unreadable(f"{place}.return_sn", None, "a serial number")
        dated.append((instant(row, "create_time", place) or ordered_at, return_sn, row))
    dated.sort(key=lambda each: each[:2])
    return tuple(
        RemoteRefund(
            remote_id=return_sn,
            created_at=created_at,
            amount=ZERO,
            lines=tuple(_given_back(row, lines, left)),
        )
        for created_at, return_sn, row in dated
    )


def marks(returns: Iterable[Row]) -> frozenset[str]:
    """What says which returns are known, and in which version."""
    return frozenset(mark(text(row, "return_sn"), row.get("update_time")) for row in returns)


def mark(return_sn: str, update_time: object) -> str:
    return f"{return_sn}@{update_time}"


def _given_back(
    row: Row, lines: Sequence[RemoteLine], left: dict[str, int]
) -> Iterable[RemoteRefundLine]:
    """The pieces of one return, found on the lines of their listing from the first on."""
    place = f"{_place(row)}.item"
    for item in rows(row, "item", _place(row)):
        key = listing_key(item, place)
        wanted = pieces(item, "amount", place)
        if wanted < 0:
            raise unreadable(f"{place}.amount", wanted, "pieces that came back")
        for line in lines:
            taken = min(wanted, left[line.remote_line_id]) if line.listing_key == key else 0
            if taken:
                wanted -= taken
                left[line.remote_line_id] -= taken
                yield RemoteRefundLine(
                    kind=RefundedKind.GOODS,
                    remote_line_id=line.remote_line_id,
                    quantity=taken,
                    total=ZERO,
                    tax=ZERO,
                )


def _place(row: Row) -> str:
    return f"return[{as_sn(row.get('return_sn')) or '?'}]"
