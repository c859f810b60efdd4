"""Settlement files as a provider hands them out, and their import into a session."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from platforms import registry
from tests import factories as make
from tests.shop_orders import fetched
from webapp.backoffice.books import settling
from webapp.backoffice.books.settlement_files import Format, SettlementFile, read_settlement
from webapp.backoffice.orders.processing import process_page, process_stored, waiting_orders
from webapp.backoffice.orders.scene import set_scene
from webapp.backoffice.reports.order_view import EntryView, find_orders, view_order
from webapp.backoffice.reports.verifying import verify_books
from webapp.backoffice.sites.settings import Role
from webapp.models.ledgers import Ledger
from webapp.models.sites import Site

GENERIC = ("reference", "order_number", "type", "gross", "fee", "net", "currency", "date")


def csv_of(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """A CSV file of these rows; a column that a row lacks is blank."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return out.getvalue().encode()


def generic_line(**given: object) -> dict[str, object]:
    """A charge of order 5001: 103.88 with a fee of 3.60, on 9 March."""
    return {
        "reference": "txn_1",
        "order_number": "5001",
        "type": "charge",
        "gross": "103.88",
        "fee": "3.60",
        "net": "100.28",
        "currency": "MYR",
        "date": "2026-03-09",
        **given,
    }


def read(content: bytes, site: Site, *, format: Format | None = None) -> SettlementFile:
    zone = ZoneInfo(site.timezone)
    return read_settlement(content, zone, make.NOW.astimezone(zone).date(), format=format)


def import_file(
    session: Session,
    site: Site,
    content: bytes,
    *,
    format: Format | None = None,
    now: datetime = make.NOW,
) -> settling.StoredFile:
    """What `jobs.settle` does, in the test's own transaction."""
    file = read(content, site, format=format)
    stored = settling.store_lines(session, site, file, now=now, actor=None)
    order_ids = settling.give_to_orders(session, site, stored.waiting)
    scene = set_scene(session, site, registry.get(site.platform), now)
    process_stored(session, scene, order_ids)
    session.flush()
    return stored


def import_lines(session: Session, site: Site, *lines: Mapping[str, object]) -> settling.StoredFile:
    return import_file(session, site, csv_of(GENERIC, lines))


def wire_bank(session: Session, site: Site) -> None:
    bank = session.scalars(select(Ledger).where(Ledger.code == "1000")).one()
    make.wiring(session, site, Role.BANK, bank)


def shop(session: Session, *, bank: bool = True, **given: Any) -> Site:
    """A site whose ledgers are wired (the bank too) and whose product 11 is mapped."""
    site = make.wired_site(
        session, **{"automation": {"import_statuses": ["processing", "completed"]}, **given}
    )
    make.mapping(
        session, make.listing(session, site, "11"), make.stock_item(session, f"TEE-{site.id}", 50)
    )
    if bank:
        wire_bank(session, site)
    return site


EXAMPLE: Mapping[str, Any] = {
    "total": "103.88",
    "total_tax": "5.88",
    "paid": "2026-03-05T04:00:00",
    "lines": [{"subtotal": "100.00", "total": "90.00", "quantity": 2}],
    "shipping": ["8.00"],
    "meta": {"_stripe_fee": "3.51"},
}


def serve(session: Session, site: Site, remote_id: int = 5001, **changes: Any) -> None:
    """The store serves order 5001 (103.88, fee 3.51), with these changes."""
    version = {**EXAMPLE, **changes}
    scene = set_scene(session, site, registry.get(site.platform), make.NOW)
    process_page(session, scene, [fetched(version, remote_id=remote_id)])
    session.flush()


def entries(session: Session, site: Site, number: str = "5001") -> list[EntryView]:
    (order_id,) = find_orders(session, site.id, number)
    return list(view_order(session, order_id, platforms=registry.get).entries)


def state_of(session: Session, site: Site, number: str = "5001") -> tuple[str, str | None]:
    (order_id,) = find_orders(session, site.id, number)
    view = view_order(session, order_id, platforms=registry.get)
    return view.state, view.code


def part_totals(session: Session, site: Site, number: str = "5001") -> dict[str, Decimal]:
    """What each part of an order comes to, by "chapter part role"; zeros left out."""
    totals: dict[str, Decimal] = {}
    for entry in entries(session, site, number):
        for line in entry.lines:
            name = f"{entry.chapter} {entry.part} {line.role}"
            totals[name] = totals.get(name, Decimal(0)) + line.debit - line.credit
    return {name: total for name, total in sorted(totals.items()) if total}


def clearing(session: Session, site: Site, number: str = "5001") -> Decimal:
    """What is left in the order's clearing ledger."""
    lines = [line for entry in entries(session, site, number) for line in entry.lines]
    mine = [line for line in lines if line.role == "customer_payment"]
    return sum((line.debit - line.credit for line in mine), Decimal(0))


def payouts(session: Session, site: Site, number: str = "5001") -> list[tuple[str, int, str]]:
    """The payout entries of an order: part, seq and day."""
    return [
        (entry.part, entry.seq, entry.date.isoformat())
        for entry in entries(session, site, number)
        if entry.chapter == "payout"
    ]


def waiting(session: Session, site: Site) -> dict[str, str]:
    """The worklist: reference to code."""
    return {line.reference: line.code for line in settling.worklist(session, site.id)}


def is_clean(session: Session) -> bool:
    return verify_books(session, registry.get, lambda done, total, what: None).is_clean


def process_due(session: Session, site: Site) -> None:
    scene = set_scene(session, site, registry.get(site.platform), make.NOW)
    process_stored(session, scene, waiting_orders(session, site.id, make.NOW, 100))
