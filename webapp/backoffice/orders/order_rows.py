"""A planned order as rows, in the form the driver takes them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Table

from platforms.money import ZERO, round_to
from webapp.backoffice.orders.candidates import Candidate
from webapp.backoffice.orders.payloads import pack
from webapp.backoffice.orders.planning import Plan
from webapp.backoffice.sites.settings import PostingSettings
from webapp.models.base import table_of
from webapp.models.journal import JournalEntry, JournalLine
from webapp.models.orders import (
    ChannelOrder,
    OrderNeed,
    OrderPayload,
    PaymentReceipt,
    RetailOrder,
    RetailOrderLine,
)
from webapp.models.stock import Reservation, StockMove
from webapp.models.types import scaled

Row = tuple[Any, ...]
Rows = dict[Table, list[Row]]

CHANNEL_ORDERS = table_of(ChannelOrder)
PAYLOADS = table_of(OrderPayload)
RETAIL_ORDERS = table_of(RetailOrder)
RETAIL_LINES = table_of(RetailOrderLine)
NEEDS = table_of(OrderNeed)
RECEIPTS = table_of(PaymentReceipt)
MOVES = table_of(StockMove)
RESERVATIONS = table_of(Reservation)
ENTRIES = table_of(JournalEntry)
LINES = table_of(JournalLine)

# In the order in which they are written: parents first.
COLUMNS: dict[Table, tuple[str, ...]] = {
    CHANNEL_ORDERS: (
        "id", "site_id", "remote_id", "number", "status", "currency", "total", "ordered_at",
        "payment_method", "remote_modified_at", "digest", "details_digest", "version", "versions",
        "read_at", "state", "code", "message", "attempts", "next_attempt_at", "is_due",
        "applied_version", "applied_modified_at", "posting_terms_id", "is_asked_for",
    ),
    PAYLOADS: (
        "channel_order_id", "version", "remote_modified_at", "read_at", "digest",
        "details_digest", "body",
    ),
    RETAIL_ORDERS: (
        "channel_order_id", "status", "hold_reason", "created_at", "paid_at", "shipped_at",
    ),
    RETAIL_LINES: (
        "channel_order_id", "position", "remote_line_id", "listing_id", "mapping_id", "name",
        "sku", "quantity", "net", "tax",
    ),
    NEEDS: ("channel_order_id", "listing_id"),
    RECEIPTS: (
        "channel_order_id", "amount", "currency", "method", "title", "transaction_id",
        "received_at",
    ),
    MOVES: (
        "stock_item_id", "quantity", "reason", "at", "channel_order_id", "seq", "actor",
    ),
    RESERVATIONS: ("channel_order_id", "stock_item_id", "quantity"),
    ENTRIES: (
        "id", "site_id", "channel_order_id", "chapter", "part", "seq", "posted_on",
        "original_on", "currency", "memo", "created_at",
    ),
    LINES: (
        "entry_id", "position", "role", "ledger_id", "debit", "credit", "tax_rate", "because",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """What all rows of a batch share: the site, the moment, the actor, and the driver's forms.

    `instant`, `day` and `money` give a value as the driver wants it.
    """

    site_id: int
    currency: str
    now: datetime
    actor: str | None
    terms_number: Callable[[PostingSettings], int]
    instant: Callable[[datetime | None], Any]
    day: Callable[[date | None], Any]
    money: Callable[[Decimal], Any] = scaled

    @property
    def typed(self) -> "Forms":
        """The same for statements whose column types make the driver's form themselves."""
        return replace(self, instant=_as_it_is, day=_as_it_is, money=_as_it_is)


def _as_it_is(value: Any) -> Any:
    return value


def clean(text: str, limit: int) -> str:
    """Text that both databases can hold, cut to its column."""
    return (text.replace("\0", "") if "\0" in text else text)[:limit]


def channel_order_values(candidate: Candidate, forms: Forms) -> dict[str, Any]:
    """The present values of a channel order's row, save its id and site."""
    order, plan, failure = candidate.order, candidate.plan, candidate.failure
    known, version = candidate.known, candidate.version
    problem = candidate.problem
    values: dict[str, Any] = {
        "state": str(candidate.state),
        "code": str(problem.code) if problem else None,
        "message": clean(problem.sentence, 2000) if problem else None,
        "attempts": candidate.attempts,
        "next_attempt_at": forms.instant(
            failure.next_attempt_at if failure else candidate.next_attempt_at
        ),
        "is_due": False,
        "is_asked_for": candidate.is_asked_for or candidate.standing.is_asked_for,
    }
    if order is not None:
        fits = failure is None
        values |= {
            "number": clean(order.number, 80),
            "status": clean(order.status, 40),
            "currency": clean(order.currency, 3),
            "total": forms.money(round_to(order.total, order.digits)) if fits else None,
            "ordered_at": forms.instant(order.ordered_at),
            "payment_method": clean(order.payment_method, 80),
        }
    elif known is None:
        values |= {
            "number": clean(candidate.remote_id, 80),
            "status": "",
            "currency": forms.currency,
            "total": None,
            "ordered_at": forms.instant(candidate.modified_at),
            "payment_method": "",
        }
    if version is not None:
        number = known.versions + 1 if known is not None else 1
        values |= {
            "remote_modified_at": forms.instant(candidate.modified_at),
            "digest": version.digest,
            "details_digest": version.details_digest,
            "version": number,
            "versions": number,
            "read_at": forms.instant(candidate.read_at),
        }
    else:
        number = known.version if known is not None else 1
    if plan is not None and failure is None and plan.is_applied:
        values["applied_version"] = number
        values["applied_modified_at"] = forms.instant(candidate.modified_at)
        if candidate.keeps_posting:
            values["posting_terms_id"] = forms.terms_number(candidate.posting)
    return values


def add_version_rows(candidate: Candidate, forms: Forms, into: Rows) -> None:
    """The payload of a new version."""
    version = candidate.version
    if version is None:
        return
    number = candidate.known.versions + 1 if candidate.known is not None else 1
    into[PAYLOADS].append(
        (
            candidate.order_id,
            number,
            forms.instant(candidate.modified_at),
            forms.instant(candidate.read_at),
            version.digest,
            version.details_digest,
            pack(version.payload),
        )
    )


def add_goods_rows(candidate: Candidate, forms: Forms, into: Rows) -> None:
    """The retail order (when it is new) with its lines, needs, receipt, moves, reservations."""
    order, plan, standing, order_id = (
        candidate.order,
        candidate.plan,
        candidate.standing,
        candidate.order_id,
    )
    if order is None or plan is None:
        return
    if plan.retail_status is not None:
        shipped_at = standing.shipped_here_at or order.shipped_at
        if not standing.has_retail:
            into[RETAIL_ORDERS].append(
                (
                    order_id,
                    plan.retail_status,
                    plan.hold_reason,
                    forms.instant(forms.now),
                    forms.instant(order.paid_at),
                    forms.instant(shipped_at),
                )
            )
        _add_lines(candidate, plan, forms, into)
        if order.is_paid:
            paid_at = order.paid_at or order.shipped_at or order.modified_at
            into[RECEIPTS].append(
                (
                    order_id,
                    forms.money(round_to(order.total, order.digits)),
                    clean(order.currency, 3),
                    clean(order.payment_method, 80),
                    clean(order.payment_title, 200),
                    clean(order.transaction_id, 200),
                    forms.instant(paid_at),
                )
            )
    needs = into[NEEDS]
    needs += [(order_id, listing_id) for listing_id in plan.needs]
    moved_at = forms.instant(plan.moved_at or forms.now)
    for item, quantity in plan.moves.items():
        last = standing.moved.get(item, (0, 0))[1]
        into[MOVES].append(
            (
                item,
                quantity,
                "sale" if quantity < 0 else plan.return_reason,
                moved_at,
                order_id,
                last + 1,
                forms.actor,
            )
        )
    if plan.reserved != standing.reserved:
        held = into[RESERVATIONS]
        held += [(order_id, item, quantity) for item, quantity in plan.reserved.items()]


def _add_lines(candidate: Candidate, plan: Plan, forms: Forms, into: Rows) -> None:
    order = candidate.order
    if order is None:
        return
    rows = into[RETAIL_LINES]
    digits = order.digits
    nothing = forms.money(ZERO)
    for position, each in enumerate(plan.lines, 1):
        line, meaning = each.line, each.meaning
        rows.append(
            (
                candidate.order_id,
                position,
                line.remote_line_id,
                each.listing.listing_id,
                meaning.mapping_id if meaning is not None else None,
                clean(line.name, 4000),
                clean(line.sku, 200),
                line.quantity,
                forms.money(round_to(line.total, digits)),
                forms.money(round_to(line.tax, digits)) if line.tax else nothing,
            )
        )


def add_entry_rows(
    candidate: Candidate, entry_ids: list[int], forms: Forms, into: dict[Table, list[Row]]
) -> None:
    """The journal entries with their lines; takes their ids off the end of `entry_ids`."""
    order, plan = candidate.order, candidate.plan
    if order is None or plan is None or not plan.entries:
        return
    entries = into[ENTRIES]
    lines = into[LINES]
    for entry in plan.entries:
        entry_id = entry_ids.pop()
        part = entry.difference
        memo = part.memo
        if entry.original_on is not None:
            memo = f"{memo} (belongs to {entry.original_on.isoformat()}, which is closed)"
        entries.append(
            (
                entry_id,
                forms.site_id,
                candidate.order_id,
                str(part.chapter),
                part.part,
                part.seq,
                forms.day(entry.posted_on),
                forms.day(entry.original_on),
                order.currency,
                memo,
                forms.instant(forms.now),
            )
        )
        for position, (line, ledger) in enumerate(zip(part.lines, entry.ledgers, strict=True), 1):
            amount = scaled(line.signed)
            lines.append(
                (
                    entry_id,
                    position,
                    str(line.role),
                    ledger,
                    amount if amount > 0 else 0,
                    -amount if amount < 0 else 0,
                    line.tax_rate,
                    line.because,
                )
            )
