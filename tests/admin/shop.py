"""A small shop for the screens: three stores, goods, and orders in every state, really processed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from platforms import registry
from platforms.woocommerce.fetched import fetched_order
from tests import factories as make
from webapp.backoffice.orders.processing import process_page
from webapp.backoffice.orders.scene import set_scene
from webapp.backoffice.people.people import add_person
from webapp.backoffice.states import State
from webapp.database import writing
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site, SiteWiring, SyncRun

PASSWORD = "correct horse battery"
PEOPLE = {
    "bookkeeper": "aina@rimba.example",
    "merchandiser": "lukas@rimba.example",
    "operator": "mei@rimba.example",
    "admin": "owner@rimba.example",
}
NOW = datetime(2026, 11, 24, 6, 32, tzinfo=UTC)
GOODS = (
    ("MUG-BATIK-IND", "Batik mug 350 ml, indigo", 52),
    ("MUG-BATIK-TER", "Batik mug 350 ml, terracotta", 31),
    ("GLASS-TT", "Teh tarik glass", 44),
    ("TRAY-S", "Rattan tray, small", 9),
    ("JUG-STEEL", "Steel jug 1 L", 12),
)
LISTINGS = (
    ("811:1204", "Batik mug 350 ml, indigo", "CB-350-IND", "58.50", (("MUG-BATIK-IND", 1),)),
    ("811:1205", "Batik mug 350 ml, terracotta", "CB-350-TER", "58.50", (("MUG-BATIK-TER", 1),)),
    ("830", "Set Teh Tarik for four", "SET-TT4", "139.00",
     (("GLASS-TT", 4), ("JUG-STEEL", 1), ("TRAY-S", 1))),
    ("845", "Enamel kettle 1.2 L", "KETTLE-1.2", "119.00", None),
    ("846", "Kitchen towel batik, 2 pcs", "TD-2", "90.00", None),
    ("790", "Postage difference", "", "1.00", ()),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """Ids that tests and pictures need."""

    site: int
    second_site: int
    orders: dict[str, int]  # by number
    listings: dict[str, int]  # by key


def open_shop(engine: Engine, *, more_orders: int = 0) -> Shop:
    """Fill an empty database. `more_orders`: further plain, synced orders of the first store."""
    with writing(engine) as session:
        for role, email in PEOPLE.items():
            add_person(session, email=email, password=PASSWORD, roles=[role], now=NOW)
        items = {sku: make.stock_item(session, sku, n, name=name) for sku, name, n in GOODS}
        first = make.wired_site(
            session,
            name="rimba-my",
            url="https://rimba.example",
            last_pull_at=NOW - timedelta(minutes=2),
            last_push_at=NOW - timedelta(minutes=1),
            automation={
                "import_statuses": ["processing", "completed"],
                "on_shipped_set_status": "completed",
                "hold_when": [
                    {"field": "total", "over": "900", "say": "More than MYR 900: call the buyer"}
                ],
            },
        )
        second = make.wired_site(
            session,
            name="rimba-eu",
            url="https://eu.rimba.example",
            currency="EUR",
            timezone="Europe/Berlin",
            last_pull_at=NOW - timedelta(minutes=3),
            push_seen_at=None,
        )
        session.delete(
            session.scalars(
                select(SiteWiring).where(SiteWiring.site_id == second.id, SiteWiring.role == "tax")
            ).one()
        )
        make.site(
            session,
            name="rimba-sg",
            url="https://sg.rimba.example",
            currency="SGD",
            timezone="Asia/Singapore",
            stopped_at=NOW - timedelta(minutes=34),
            stopped_code="store_refused_credentials",
            stopped_message="The store refused our key: it may read but not write.",
        )
        listings = {}
        for key, name, sku, price, parts in LISTINGS:
            row = make.listing(
                session, first, key, name=name, sku=sku, price=Decimal(price), store_quantity=11
            )
            listings[key] = row.id
            if parts is not None:
                make.mapping(session, row, *((items[each], n) for each, n in parts))
        eu_mug = make.listing(session, second, "70", name="Batik mug, indigo", sku="CB-IND")
        make.mapping(session, eu_mug, items["MUG-BATIK-IND"])
        session.add(
            SyncRun(
                site_id=first.id,
                kind="pull",
                started_at=NOW - timedelta(minutes=2, seconds=2),
                finished_at=NOW - timedelta(minutes=2),
                requests=3,
                counts={"fetched": 4, "new": 4},
            )
        )
        first_id, second_id = first.id, second.id
    mug, kit = (
        ("811:1204", "Batik mug 350 ml, indigo", "CB-350-IND"),
        ("830", "Set Teh Tarik for four", "SET-TT4"),
    )
    kettle = ("845", "Enamel kettle 1.2 L", "KETTLE-1.2")
    towel = ("846", "Kitchen towel batik, 2 pcs", "TD-2")
    pull(
        engine,
        first_id,
        [
            woo_order("10482", [(*mug, 2, "100.00", "90.00")], shipping="8.00", tax="5.88",
                      fee="3.51", first="Nurul Izzah", last="Rahim",
                      note="Leave with the guard, please."),
            woo_order("10490", [(*kit, 1, "139.00", "139.00")], shipping="8.00", tax="8.82",
                      first="Tan", last="Wei Jie", days=4),
            woo_order("10526", [(*kettle, 1, "119.00", "119.00")], tax="7.14", first="Lim",
                      last="Siew Ling", days=1),
            woo_order("10527", [(*kettle, 2, "238.00", "238.00"), (*mug, 1, "58.50", "58.50")],
                      tax="17.79", first="Goh", last="Boon Kiat", days=1),
            woo_order("10528", [(*towel, 1, "90.00", "90.00")], tax="5.40", first="Aisyah",
                      last="Rosli", days=1),
            woo_order("10529", [(*mug, 1, "64.00", "64.00")], currency="USD", first="Daniel",
                      last="Okafor"),
            woo_order("10533", [(*mug, 3, "175.50", "175.50")], tax="10.53", total="166.03",
                      first="Priya", last="Nair"),
            woo_order("10534", [(*kit, 7, "973.00", "973.00")], tax="58.38", first="Farah",
                      last="Zainal"),
            woo_order("10535", [(*mug, 1, "58.50", "58.50")], status="pending", first="Siti",
                      last="Aminah"),
        ],
    )  # fmt: skip
    pull(
        engine,
        second_id,
        [
            woo_order("2071", [("70", "Batik mug, indigo", "CB-IND", 1, "73.03", "73.03")],
                      tax="13.87", currency="EUR", first="Jonas", last="Richter"),
        ],
    )  # fmt: skip
    plain = [
        woo_order(str(9000 + number), [(*mug, 1, "58.50", "58.50")], tax="3.51", first="Kumar",
                  last="Selvam", days=5 + number // 40)
        for number in range(more_orders)
    ]  # fmt: skip
    for start in range(0, len(plain), 100):
        pull(engine, first_id, plain[start : start + 100])
    with writing(engine) as session:
        rows = {
            number: order
            for number, order in session.execute(select(ChannelOrder.number, ChannelOrder.id))
        }
        stuck = session.get_one(ChannelOrder, rows["10490"])
        stuck.state, stuck.code = State.FAILED, "store_bad_response"
        stuck.message = "The store's answer makes no sense: it ended in the middle."
        stuck.attempts = 8
    return Shop(site=first_id, second_site=second_id, orders=rows, listings=listings)


def pull(engine: Engine, site_id: int, orders: Sequence[dict[str, Any]]) -> None:
    """Take in orders as a pull does, from their bytes on."""
    with writing(engine) as session:
        site = session.get_one(Site, site_id)
        scene = set_scene(session, site, registry.get(site.platform), NOW)
        process_page(session, scene, [fetched_order(json.dumps(each).encode()) for each in orders])


def woo_order(
    number: str,
    lines: Sequence[tuple[str, str, str, int, str, str]],
    *,
    status: str = "processing",
    currency: str = "MYR",
    shipping: str = "",
    tax: str = "0.00",
    fee: str = "",
    total: str = "",
    first: str = "Ada",
    last: str = "Lovelace",
    note: str = "",
    days: int = 0,
) -> dict[str, Any]:
    """An order as WooCommerce serves it. Lines: key, name, SKU, pieces, before and after discount."""
    at = (NOW - timedelta(days=days, minutes=int(number) % 300)).strftime("%Y-%m-%dT%H:%M:%S")
    goods = sum((Decimal(line[5]) for line in lines), Decimal(0))
    whole = total or str(goods + Decimal(shipping or 0) + Decimal(tax))
    address = {
        "first_name": first, "last_name": last, "company": "", "address_1": "12 Jalan Kenari 5",
        "address_2": "", "city": "Puchong", "state": "Selangor", "postcode": "47100",
        "country": "MY", "email": f"{last.split()[0].lower()}@example.my", "phone": "+60 12-000 4821",
    }  # fmt: skip
    return {
        "id": int(number), "parent_id": 0, "number": number, "status": status,
        "currency": currency, "prices_include_tax": False, "total": whole, "total_tax": tax,
        "shipping_total": shipping or "0.00", "customer_note": note,
        "date_created_gmt": at, "date_modified_gmt": at, "date_completed_gmt": None,
        "date_paid_gmt": None if status == "pending" else at,
        "payment_method": "stripe", "payment_method_title": "Card (Stripe)",
        "transaction_id": "", "billing": address,
        "shipping": {key: each for key, each in address.items() if key != "email"},
        "meta_data": [{"id": 1, "key": "_stripe_fee", "value": fee}] if fee else [],
        "line_items": [_line(place, line) for place, line in enumerate(lines, start=1)],
        "tax_lines": [{"id": 9, "rate_code": "MY-SST-1", "rate_id": 1, "label": "SST",
                       "tax_total": tax, "shipping_tax_total": "0.00", "rate_percent": 6,
                       "compound": False, "meta_data": []}] if Decimal(tax) else [],
        "shipping_lines": [{"id": 8, "method_title": "Flat rate", "total": shipping,
                            "total_tax": "0.00", "taxes": []}] if shipping else [],
        "fee_lines": [], "coupon_lines": [], "refunds": [],
    }  # fmt: skip


def _line(place: int, line: tuple[str, str, str, int, str, str]) -> dict[str, Any]:
    key, name, sku, pieces, before, after = line
    product, _, variation = key.partition(":")
    return {
        "id": place, "name": name, "product_id": int(product), "variation_id": int(variation or 0),
        "quantity": pieces, "sku": sku, "subtotal": before, "subtotal_tax": "0.00",
        "total": after, "total_tax": "0.00", "taxes": [], "meta_data": [],
    }  # fmt: skip


def order_state(session: Session, order_id: int) -> str:
    state: str = session.get_one(ChannelOrder, order_id).state
    return state
