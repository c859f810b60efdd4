"""`orders` and `order`: what a site's orders are, and one of them whole."""

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, insert

from tests import factories as make
from tests.cli.conftest import Run
from tests.database.posted import posted
from webapp.database import writing
from webapp.models.orders import ChannelOrder, SyncEvent
from webapp.models.sites import Site

PLACED = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)
ORDER_KEYS = set(
    [
        "number",
        "remote_id",
        "site",
        "status",
        "state",
        "code",
        "message",
        "attempts",
        "next_attempt_at",
        "currency",
        "total",
        "ordered_at",
        "paid_at",
        "shipped_at",
        "lines",
        "moves",
        "entries",
        "timeline",
    ]
)
ROW_KEYS = set(
    [
        "number",
        "remote_id",
        "state",
        "code",
        "message",
        "status",
        "currency",
        "total",
        "ordered_at",
        "attempts",
        "next_attempt_at",
    ]
)


@pytest.fixture
def shop(home_engine: Engine) -> Engine:
    """One synced order with everything, one blocked, in the site main."""
    with writing(home_engine) as session:
        site = make.wired_site(session, name="main")
        item = make.stock_item(session, "TEE-RED-M", 10)
        listing = make.listing(session, site, "12:13", sku="TEE-RED-M", name="Tee, red, M")
        mapping = make.mapping(session, listing, item)
        order = make.order(
            session, site, number="1001", remote_id="57", ordered_at=PLACED, attempts=1
        )
        make.retail_order(session, order)
        make.retail_line(session, order, listing, 2, mapping)
        make.move(session, item, -2, reason="sale", channel_order_id=order.id, seq=1, at=PLACED)
        posted(
            session,
            site,
            [("1150", "103.88", "0"), ("4000", "0", "98.00"), ("2200", "0", "5.88")],
            order=order,
        )
        session.add(
            SyncEvent(
                channel_order_id=order.id,
                at=PLACED,
                from_state="pending",
                to_state="synced",
                message="Its effects are applied.",
                attempt=1,
            )
        )
        make.order(
            session,
            site,
            number="1002",
            ordered_at=PLACED + timedelta(hours=1),
            state="blocked",
            code="unmapped_listing",
            message="Not mapped to a stock item: “Scarf”.",
            total=Decimal("1234.50"),
        )
    return home_engine


def test_orders_come_newest_first_with_all_six_states(ready: Run, shop: Engine) -> None:
    said = ready("orders", "main", "--json").json

    assert said["count"] == 2
    assert said["states"] == {
        "synced": 1,
        "blocked": 1,
        "retrying": 0,
        "failed": 0,
        "skipped": 0,
        "pending": 0,
    }
    assert [row["number"] for row in said["orders"]] == ["1002", "1001"]
    assert set(said["orders"][0]) >= ROW_KEYS
    assert said["orders"][0]["total"] == "1234.50"
    assert said["orders"][1]["ordered_at"] == "2026-03-05T04:00:00Z"


def test_a_filter_and_a_limit_cut_the_list_but_not_the_states(ready: Run, shop: Engine) -> None:
    blocked = ready("--json", "orders", "main", "--state", "blocked").json
    cut = ready("orders", "main", "--limit", "1", "--json").json
    by_code = ready("orders", "main", "--code", "unmapped_listing", "--json").json

    assert blocked["count"] == by_code["count"] == 1
    assert sum(blocked["states"].values()) == 2
    assert (cut["count"], len(cut["orders"])) == (2, 1)


def test_people_see_amounts_at_the_right_and_what_to_do(ready: Run, shop: Engine) -> None:
    text = ready("orders", "main").out

    assert "1 synced, 1 blocked" in text
    assert "MYR 1,234.50" in text
    assert "Map the listing" in text


def test_one_order_has_every_key_of_the_contract(ready: Run, shop: Engine) -> None:
    said = ready("order", "main", "1001", "--json").json

    assert set(said) >= ORDER_KEYS
    assert said["total"] == "103.88"
    (line,) = said["lines"]
    assert line == {
        "listing_id": "12:13",
        "sku": "TEE-RED-M",
        "name": "Tee, red, M",
        "quantity": 2,
        "net": "90.00",
        "tax": "5.40",
        "stock": [{"sku": "TEE-RED-M", "quantity": 2}],
    }
    assert said["moves"] == [
        {"sku": "TEE-RED-M", "quantity": -2, "reason": "sale", "at": "2026-03-05T04:00:00Z"}
    ]
    (entry,) = said["entries"]
    assert (entry["chapter"], entry["part"], entry["seq"], entry["date"]) == (
        "sale",
        "order",
        1,
        "2026-03-05",
    )
    assert entry["lines"][0] == {
        "role": "customer_payment",
        "ledger": "1150",
        "debit": "103.88",
        "credit": "0.00",
        "because": "order.total",
    }
    assert said["timeline"][0]["from"] == "pending"
    assert said["timeline"][0]["to"] == "synced"


def test_one_order_for_people_shows_journal_and_timeline(ready: Run, shop: Engine) -> None:
    text = ready("order", "main", "1001").out

    for expected in ("103.88", "order.total", "-2 × TEE-RED-M (sale)", "pending → synced"):
        assert expected in text


def test_a_blocked_order_says_why_and_what_to_do(ready: Run, shop: Engine) -> None:
    text = ready("order", "main", "1002").out

    assert "unmapped_listing" in text
    assert "What to do: Map the listing" in text
    assert "nothing posted" in text


def test_an_order_or_site_that_is_not_there_is_a_sentence_with_a_way_out(
    ready: Run, shop: Engine
) -> None:
    order, site = ready("order", "main", "9", "--json"), ready("orders", "other", "--json")

    assert (order.status, order.json["error"]["code"]) == (1, "unknown_order")
    assert "pull main --order 9" in order.json["error"]["next"]
    assert (site.status, site.json["error"]["code"]) == (1, "unknown_site")
    assert "main" in site.json["error"]["message"]


def test_a_shared_number_shows_the_newest_and_says_so(ready: Run, shop: Engine) -> None:
    with writing(shop) as session:
        site_id = session.get_one(ChannelOrder, 1).site_id
        make.order(
            session,
            session.get_one(Site, site_id),
            number="1001",
            remote_id="99",
            ordered_at=PLACED + timedelta(days=1),
        )

    said = ready("order", "main", "1001", "--json")

    assert said.json["remote_id"] == "99"
    assert said.json["orders_with_this_number"] == 2
    assert "2 orders have the number 1001" in said.err


@pytest.mark.slow
def test_both_answer_in_half_a_second_with_fifty_thousand_orders(ready: Run, shop: Engine) -> None:
    with writing(shop) as session:
        first = session.get_one(ChannelOrder, 1)
        columns = {
            column.key: getattr(first, column.key)
            for column in ChannelOrder.__table__.columns
            if column.key not in ("id", "remote_id", "number")
        }
        session.execute(
            insert(ChannelOrder),
            [{**columns, "remote_id": f"x{n}", "number": f"x{n}"} for n in range(50_000)],
        )

    for words in (("orders", "main"), ("orders", "main", "--json"), ("order", "main", "x4711")):
        begun = time.monotonic()
        assert ready(*words).status == 0
        assert time.monotonic() - begun < 0.5
