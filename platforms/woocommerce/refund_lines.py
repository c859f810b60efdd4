"""One order's refunds, read from their payloads.

Source: GET /wc/v3/orders/<id>/refunds. `amount` is positive and wins; the lines are negative,
need not add up to it, and name the order's line that they take back only in their meta.
"""

from collections.abc import Mapping

from platforms.base import RefundedKind, RemoteRefund, RemoteRefundLine
from platforms.money import ZERO
from platforms.payload_fields import Row, amount, row_id, rows, text, unreadable
from platforms.woocommerce.fields import instant, meta, quantity

# With the id behind it, it fits where the books keep it.
LONGEST_CODE = 60
LONGEST_RATE = 40


def rate_codes(tax_rows: list[Row]) -> dict[str, str]:
    """The code of each rate of an order, by the rate's id; rates that are gone keep only that.

    The store makes a code of country, name and priority, so that a shop's 7 and 19 % may share
    it: then each says its id too.
    """
    codes = {
        text(row, "rate_id"): (text(row, "rate_code") or text(row, "rate_id"))[:LONGEST_CODE]
        for row in tax_rows
    }
    if len(set(codes.values())) < len(codes):
        given = list(codes.values())
        codes = {
            rate: f"{code} #{rate[:LONGEST_RATE]}" if given.count(code) > 1 else code
            for rate, code in codes.items()
        }
    return codes


def read_refunds(refunds: list[Row], codes: Mapping[str, str]) -> tuple[RemoteRefund, ...]:
    """An order's refunds, earliest first, with positive amounts.

    `codes` are those of the order's tax rates (`rate_codes`).
    OrderUnreadable: one of them makes no sense.
    """
    if not refunds:
        return ()
    found = [_refund(row, codes) for row in refunds]
    # Each refund starts from what its predecessors left; ids grow, but not all are numbers.
    found.sort(key=lambda refund: (refund.created_at, len(refund.remote_id), refund.remote_id))
    return tuple(found)


def _refund(row: Row, codes: Mapping[str, str]) -> RemoteRefund:
    remote_id = row_id(row, "id", "refunds")
    place = f"refunds.{remote_id}"
    created_at = instant(row, "date_created_gmt", place)
    if not remote_id or created_at is None:
        missing = "date_created_gmt" if remote_id else "id"
        raise unreadable(f"{place}.{missing}", None, "given")
    lines = [
        *(_refund_line(RefundedKind.GOODS, each, codes, place) for each in _of(row, "line_items")),
        *(_refund_line(RefundedKind.CHARGE, each, codes, place) for each in _of(row, "fee_lines")),
        *(
            _refund_line(RefundedKind.DELIVERY, each, codes, place)
            for each in _of(row, "shipping_lines")
        ),
    ]
    return RemoteRefund(
        remote_id=remote_id,
        created_at=created_at,
        amount=abs(amount(row, "amount", place)),
        lines=tuple(lines),
    )


def _of(refund: Row, key: str) -> list[Row]:
    return rows(refund, key, f"refunds.{refund.get('id')}")


def _refund_line(
    kind: RefundedKind, row: Row, codes: Mapping[str, str], place: str
) -> RemoteRefundLine:
    place = f"{place}.{row.get('id')}"
    taxes = []
    for tax in rows(row, "taxes", place):
        rate = text(tax, "id")
        given_back = amount(tax, "total", f"{place}.taxes")
        if given_back:
            taxes.append((codes.get(rate, rate[:LONGEST_CODE]), -given_back))
    return RemoteRefundLine(
        kind=kind,
        remote_line_id=_refunded_line(row),
        # The API gives a quantity to goods only, and it is negative like the amounts.
        quantity=-quantity(row, place) if kind is RefundedKind.GOODS else 0,
        total=-amount(row, "total", place) or ZERO,
        tax=-amount(row, "total_tax", place) or ZERO,
        taxes=tuple(taxes),
    )


def _refunded_line(row: Row) -> str | None:
    for entry in meta(row):
        if entry.get("key") == "_refunded_item_id":
            return text(entry, "value") or None
    return None
