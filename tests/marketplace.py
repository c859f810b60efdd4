"""A marketplace's site in a session: served, paid out, and read back."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from platforms import registry
from tests import factories as make
from tests.marketplace_orders import ORDER_SN, fetched, utc
from webapp.backoffice.books import settling
from webapp.backoffice.errors import Code
from webapp.backoffice.orders.processing import process_page, process_stored, waiting_orders
from webapp.backoffice.orders.scene import set_scene
from webapp.backoffice.reports.order_view import EntryView, OrderView, find_orders, view_order
from webapp.backoffice.reports.verifying import verify_books
from webapp.backoffice.sites.settings import Role
from webapp.models.ledgers import Ledger
from webapp.models.orders import ChannelOrder
from webapp.models.settlement import SettlementClue, SettlementLine
from webapp.models.sites import Site

PLATFORM = "shopee"


def shop(session: Session, keys: Sequence[str] = ("11",), **given: Any) -> Site:
    """A shop of the marketplace, wired (the bank too), importing its default statuses."""
    platform = registry.get(PLATFORM)
    values: dict[str, Any] = {
        "platform": PLATFORM,
        "credentials": {},
        "automation": {"import_statuses": list(platform.default_statuses)},
        "posting": {"tax_collected_by": "marketplace"},
        "orders_from": datetime(2026, 1, 1, tzinfo=UTC),
        **given,
    }
    site = make.wired_site(session, **values)
    bank = session.scalars(select(Ledger).where(Ledger.code == "1000")).one()
    make.wiring(session, site, Role.BANK, bank)
    for key in keys:
        item = make.stock_item(session, f"{key}-{site.id}", 50)
        make.mapping(session, make.listing(session, site, key), item)
    session.flush()
    return site


def serve(
    session: Session, site: Site, version: Mapping[str, Any], *, now: datetime | None = None
) -> None:
    """The store serves a version, its details read."""
    at = now or utc(version["modified"])
    scene = set_scene(session, site, registry.get(site.platform), at)
    process_page(session, scene, [fetched(version)])
    session.flush()


def pay_out(
    session: Session, site: Site, amount: str, at: str, *, now: datetime = make.NOW
) -> None:
    """The store lists that it released the order's escrow; its order is processed with it."""
    moment = utc(at)
    key = f"release:{ORDER_SN}:{at}"
    known = session.scalar(
        select(SettlementLine.id).where(
            SettlementLine.site_id == site.id, SettlementLine.key == key
        )
    )
    if known is None:
        values = {
            "site_id": site.id,
            "key": key,
            "kind": "release",
            "reference": key,
            "order_number": ORDER_SN,
            "gross": Decimal(amount),
            "fee": Decimal(0),
            "net": Decimal(amount),
            "currency": site.currency,
            "settled_on": moment.astimezone(ZoneInfo(site.timezone)).date(),
            "settled_at": moment,
            "format": "store",
            "imported_at": now,
            "code": Code.ORDER_UNKNOWN.value,
            "message": "",
        }
        line = session.scalars(insert(SettlementLine).returning(SettlementLine.id), [values]).one()
        session.execute(
            insert(SettlementClue),
            [{"line_id": line, "position": 1, "kind": "number", "value": ORDER_SN}],
        )
    plan_again(session, site, now=now)


def plan_again(session: Session, site: Site, *, now: datetime = make.NOW) -> None:
    scene = set_scene(session, site, registry.get(site.platform), now)
    orders = select(ChannelOrder.id).where(ChannelOrder.site_id == site.id)
    process_stored(session, scene, list(session.scalars(orders)))
    session.flush()


def process_due(session: Session, site: Site, *, now: datetime = make.NOW) -> None:
    scene = set_scene(session, site, registry.get(site.platform), now)
    process_stored(
        session, scene, waiting_orders(session, site.id, now, 100, was_escrow_asked=True)
    )
    session.flush()


def view(session: Session, site: Site) -> OrderView:
    (order_id,) = find_orders(session, site.id, ORDER_SN)
    return view_order(session, order_id, platforms=registry.get)


def entries(session: Session, site: Site) -> list[EntryView]:
    return list(view(session, site).entries)


def state_of(session: Session, site: Site) -> tuple[str, str | None]:
    shown = view(session, site)
    return shown.state, shown.code


def part_sides(entry: EntryView) -> dict[str, dict[str, Decimal]]:
    """Debits and credits of an entry by role."""
    found: dict[str, dict[str, Decimal]] = {"dr": {}, "cr": {}}
    for line in entry.lines:
        side, amount = ("dr", line.debit) if line.debit else ("cr", line.credit)
        found[side][line.role] = found[side].get(line.role, Decimal(0)) + amount
    return found


def clearing(session: Session, site: Site) -> Decimal:
    """What is left in the order's clearing ledger."""
    lines = [line for entry in entries(session, site) for line in entry.lines]
    mine = [line for line in lines if line.role == "customer_payment"]
    return sum((line.debit - line.credit for line in mine), Decimal(0))


def part_totals(session: Session, site: Site) -> dict[str, Decimal]:
    """What each part of the order comes to, by "chapter part role"; zeros left out."""
    totals: dict[str, Decimal] = {}
    for entry in entries(session, site):
        for line in entry.lines:
            name = f"{entry.chapter} {entry.part} {line.role}"
            totals[name] = totals.get(name, Decimal(0)) + line.debit - line.credit
    return {name: total for name, total in sorted(totals.items()) if total}


def waiting(session: Session, site: Site) -> dict[str, str]:
    """The worklist: reference to code."""
    return {line.reference: line.code for line in settling.worklist(session, site.id)}


def is_clean(session: Session) -> bool:
    return verify_books(session, registry.get, lambda done, total, what: None).is_clean
