"""A million orders put straight into a database: a thousand really processed, then copied.

Copies are made by the database itself, twice as many with each step, under numbers and dates of
their own: what the screens read is what pulls would have left.
"""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Date, Engine, func, select
from sqlalchemy.types import TypeEngine

from benchmarks.product import Subject, add_site
from benchmarks.shop_orders import PRODUCTS, order_bytes, product_id
from benchmarks.shop_subject import SHOP
from platforms import registry
from platforms.woocommerce.fetched import fetched_order
from webapp.backoffice.orders.processing import process_page
from webapp.backoffice.orders.scene import set_scene
from webapp.database import utc_now, writing
from webapp.models.base import Base, table_of
from webapp.models.journal import JournalEntry, JournalLine
from webapp.models.orders import (
    ChannelOrder,
    OrderBuyer,
    OrderNeed,
    OrderPayload,
    PaymentReceipt,
    RetailOrder,
    RetailOrderLine,
    SyncEvent,
)
from webapp.models.sites import Site, SiteWiring
from webapp.models.stock import Reservation, StockMove
from webapp.models.types import Instant

SITES = ("rimba-my", "rimba-eu", "rimba-sg")
SAMPLE = 1_000
PAGE = 100
FIRST_NAMES = ("Nurul", "Tan", "Lim", "Aisyah", "Goh", "Priya", "Farah", "Jonas", "Siti", "Kumar")
LAST_NAMES = ("Rahim", "Wei", "Ling", "Rosli", "Kiat", "Nair", "Zainal", "Richter", "Aminah")
# Tables whose rows are an order's, each with its columns that point at copied rows.
OF_ORDER: tuple[tuple[type[Base], dict[str, type[Base]]], ...] = (
    (OrderPayload, {"channel_order_id": ChannelOrder}),
    (OrderBuyer, {"channel_order_id": ChannelOrder}),
    (OrderNeed, {"channel_order_id": ChannelOrder}),
    (RetailOrder, {"channel_order_id": ChannelOrder}),
    (RetailOrderLine, {"id": RetailOrderLine, "channel_order_id": ChannelOrder}),
    (PaymentReceipt, {"channel_order_id": ChannelOrder}),
    (Reservation, {"channel_order_id": ChannelOrder}),
    (StockMove, {"id": StockMove, "channel_order_id": ChannelOrder}),
    (SyncEvent, {"id": SyncEvent, "channel_order_id": ChannelOrder}),
    (JournalEntry, {"id": JournalEntry, "channel_order_id": ChannelOrder}),
    (JournalLine, {"id": JournalLine, "entry_id": JournalEntry}),
)


def many_orders(engine: Engine, number: int, say: Callable[[str], None]) -> list[int]:
    """At least so many orders at three sites; the sites' ids. Ten in a hundred wait or are skipped."""
    sites = _open_sites(engine)
    for at, site_id in enumerate(sites):
        _process_sample(engine, site_id, at)
    step = 0
    have = SAMPLE * len(sites)
    while have < number:
        with writing(engine) as session:
            connection = session.connection()
            have += _copy(connection, 2**step, number - have)
        if engine.dialect.name == "postgresql":
            # Copying plans by how many rows there are: its own housekeeping comes too late.
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as analysing:
                analysing.exec_driver_sql("ANALYZE")
        say(f"{have:,} orders stand in the {engine.dialect.name} database")
        step += 1
    return sites


def _open_sites(engine: Engine) -> list[int]:
    from benchmarks.product import _map_listing

    now = utc_now()
    ids = []
    with writing(engine) as session:
        for at, name in enumerate(SITES):
            site = (
                add_site(session, SHOP, f"https://{name}.example", now)
                if not at
                else _next(session, SHOP, name, ids[0], now)
            )
            site.name = name
            session.flush()
            ids.append(site.id)
            for key, sku in SHOP.listings[:-4]:
                _map_listing(session, site.id, key, f"{sku}-{at}", now)
    return ids


def _next(session: Any, subject: Subject, name: str, like: int, now: datetime) -> Site:
    """Another site, wired to the ledgers of the first."""
    first = session.get_one(Site, like)
    columns = {c.key: getattr(first, c.key) for c in Site.__table__.columns if c.key != "id"}
    site = Site(**{**columns, "name": name, "url": f"https://{name}.example"})
    session.add(site)
    session.flush()
    for wiring in session.scalars(select(SiteWiring).where(SiteWiring.site_id == like)).all():
        session.add(SiteWiring(site_id=site.id, role=wiring.role, ledger_id=wiring.ledger_id))
    return site


def _process_sample(engine: Engine, site_id: int, at: int) -> None:
    for start in range(0, SAMPLE, PAGE):
        numbers = range(at * SAMPLE + start, at * SAMPLE + start + PAGE)
        with writing(engine) as session:
            site = session.get_one(Site, site_id)
            scene = set_scene(session, site, registry.get(site.platform), utc_now())
            process_page(session, scene, [fetched_order(_body(number)) for number in numbers])


def _body(number: int) -> bytes:
    """One order of the sample: most go through, some wait, some are not taken in."""
    order = json.loads(order_bytes(number))
    order["billing"]["first_name"] = FIRST_NAMES[number % len(FIRST_NAMES)]
    order["billing"]["last_name"] = LAST_NAMES[number // 7 % len(LAST_NAMES)] + str(number)
    order["billing"]["email"] = f"buyer{number}@mail.example"
    order["billing"]["phone"] = f"+60 12-{number:07}"
    kind = number % 100
    if kind < 3:
        order["status"] = ("pending", "cancelled", "failed")[kind]
    elif kind < 60:
        order["status"] = "completed"
    elif kind == 97:
        order["line_items"][0]["product_id"] = product_id(PRODUCTS - 1 - number // 100 % 4)
    elif kind == 98:
        order["currency"] = "USD"
    elif kind == 99:
        order["total"] = "1.00"
    return json.dumps(order).encode()


# --- copies -------------------------------------------------------------------------------------


def _copy(connection: Connection, days: int, at_most: int) -> int:
    """Copy the orders that there are, at most so many of them, `days` earlier; how many."""
    last = connection.scalar(select(func.max(ChannelOrder.id))) or 0
    first = connection.scalar(select(func.min(ChannelOrder.id))) or 1
    upto = min(last, first + at_most - 1)
    shifts = {
        model: connection.scalar(select(func.max(table_of(model).c.id))) or 0
        for model in (
            ChannelOrder,
            RetailOrderLine,
            StockMove,
            SyncEvent,
            JournalEntry,
            JournalLine,
        )
    }
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.create_function("days_before", 2, _days_before, deterministic=True)
    of_orders = f"channel_order_id BETWEEN {first} AND {upto}"
    number = f"CAST(id + {shifts[ChannelOrder]} AS VARCHAR(80))"
    _insert(
        connection,
        ChannelOrder,
        {"id": ChannelOrder},
        shifts,
        days,
        f"id BETWEEN {first} AND {upto}",
        {"remote_id": number, "number": number},
    )
    for model, keys in OF_ORDER:
        where = of_orders
        if model is JournalLine:
            where = f"entry_id IN (SELECT id FROM journal_entries WHERE {of_orders})"  # noqa: S608
        _insert(connection, model, keys, shifts, days, where, {})
    if connection.dialect.name == "postgresql":
        for model in shifts:
            name = table_of(model).name
            connection.exec_driver_sql(
                f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))"  # noqa: S608
            )
    return upto - first + 1


def _insert(
    connection: Connection,
    model: type[Base],
    keys: dict[str, type[Base]],
    shifts: dict[type[Any], int],
    days: int,
    where: str,
    given: dict[str, str],
) -> None:
    table = table_of(model)
    values = []
    for column in table.columns:
        if column.name in keys:
            values.append(f"{column.name} + {shifts[keys[column.name]]}")
        elif column.name in given:
            values.append(given[column.name])
        else:
            values.append(_earlier(connection, column.name, column.type, days))
    names = ", ".join(column.name for column in table.columns)
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({names})"  # noqa: S608 - our own names and numbers
        f" SELECT {', '.join(values)} FROM {table.name} WHERE {where}"
    )


def _earlier(connection: Connection, name: str, kind: TypeEngine[Any], days: int) -> str:
    if not isinstance(kind, Instant | Date):
        return name
    if connection.dialect.name == "sqlite":
        return f"days_before({name}, {days})"
    return f"{name} - {days}" if isinstance(kind, Date) else f"{name} - INTERVAL '{days} days'"


def _days_before(text: str | None, days: int) -> str | None:
    if text is None:
        return None
    earlier = date.fromisoformat(text[:10]) - timedelta(days=days)
    return earlier.isoformat() + text[10:]
