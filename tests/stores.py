"""A sandbox shop connected as a site: stock counted, listings mapped, ledgers wired."""

from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from jobs.runtime import Runtime
from platforms import registry
from platforms.sandbox.woocommerce import Sandbox
from tests import factories as make
from webapp.backoffice.reports.verifying import VerifyReport, verify_books
from webapp.database import reading, writing
from webapp.models.journal import JournalEntry, JournalLine
from webapp.models.ledgers import Ledger
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site
from webapp.models.stock import StockItem


def connect_shop(engine: Engine, sandbox: Sandbox, *, name: str = "main", **given: Any) -> int:
    """The shop as a site of this database, its whole catalogue mapped; the site's id."""
    with writing(engine) as session:
        values = {
            "name": name,
            "url": sandbox.url,
            "credentials": dict(sandbox.credentials),
            "automation": {"import_statuses": ["processing", "completed"]},
            **given,
        }
        site = make.wired_site(session, **values)
        count_shelf(session, sandbox)
        map_catalogue(session, site, sandbox)
        return site.id


def count_shelf(session: Session, sandbox: Sandbox) -> None:
    known = set(session.scalars(select(StockItem.sku)))
    for sku, name, on_hand in sandbox.stock_rows():
        if sku not in known:
            make.stock_item(session, sku, on_hand, name=name)


def map_catalogue(session: Session, site: Site, sandbox: Sandbox) -> None:
    items = {item.sku: item for item in session.scalars(select(StockItem))}
    rows = defaultdict(list)
    for row in sandbox.mapping_rows():
        rows[row["listing_id"]].append(row)
    for key, parts in rows.items():
        name, sku = parts[0]["listing_name"], parts[0]["listing_sku"]
        listing = make.listing(session, site, key, name=name, sku=sku)
        components = [
            (items[part["sku"]], int(part["quantity"] or 1)) for part in parts if part["sku"]
        ]
        if components or parts[0]["ignore"]:
            make.mapping(session, listing, *components)


def runtime_of(engine: Engine) -> Runtime:
    return Runtime(engine=engine, allow_private_stores=True)


def verified(engine: Engine) -> VerifyReport:
    with reading(engine) as session:
        return verify_books(session, registry.get, lambda done, total, what: None)


def balances(engine: Engine) -> dict[tuple[str, str], Decimal]:
    """Debit less credit by currency and ledger."""
    with reading(engine) as session:
        rows = session.execute(
            select(
                JournalEntry.currency,
                Ledger.code,
                func.sum(JournalLine.debit) - func.sum(JournalLine.credit),
            )
            .join(JournalLine, JournalLine.entry_id == JournalEntry.id)
            .join(Ledger, Ledger.id == JournalLine.ledger_id)
            .group_by(JournalEntry.currency, Ledger.code)
        )
        return {(currency, code): amount for currency, code, amount in rows}


def shelf(engine: Engine) -> dict[str, tuple[int, int]]:
    """On hand and reserved by SKU."""
    with reading(engine) as session:
        rows = session.execute(select(StockItem.sku, StockItem.on_hand, StockItem.reserved))
        return {sku: (on_hand, reserved) for sku, on_hand, reserved in rows}


def states(engine: Engine) -> Counter[tuple[str, str | None]]:
    with reading(engine) as session:
        rows = session.execute(select(ChannelOrder.state, ChannelOrder.code)).all()
    return Counter((row.state, row.code) for row in rows)


def state_of(engine: Engine, number: object) -> tuple[str, str | None]:
    with reading(engine) as session:
        row = session.execute(
            select(ChannelOrder.state, ChannelOrder.code).where(ChannelOrder.number == str(number))
        ).one()
    return row.state, row.code
