"""Orders as a list: what fits, how many, and what holds them up."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from webapp.backoffice.reports.order_causes import causes
from webapp.backoffice.reports.order_list import OrderFilter, count_orders, list_orders
from webapp.models.sites import Site

FIRST = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def shop(session: Session) -> Site:
    """Five orders a day apart: 10, 11, 110, 12, 2."""
    site = make.site(session, name="main")
    for day, number in enumerate(("10", "11", "110", "12", "2")):
        make.order(
            session,
            site,
            number=number,
            ordered_at=FIRST + timedelta(days=day),
            state="blocked" if number in ("11", "12") else "synced",
            code="unmapped_listing" if number in ("11", "12") else None,
            message="Not mapped" if number in ("11", "12") else None,
            total=Decimal("10.00"),
        )
    make.order(session, make.site(session), number="10")
    return site


def _numbers(session: Session, wanted: OrderFilter, **page: int) -> list[str]:
    return [row.number for row in list_orders(session, wanted, **page)]


def test_the_newest_order_comes_first(session: Session, shop: Site) -> None:
    assert _numbers(session, OrderFilter(site_id=shop.id)) == ["2", "12", "110", "11", "10"]


def test_pages_follow_each_other(session: Session, shop: Site) -> None:
    wanted = OrderFilter(site_id=shop.id)

    assert _numbers(session, wanted, limit=2) == ["2", "12"]
    assert _numbers(session, wanted, limit=2, offset=2) == ["110", "11"]


def test_a_number_is_found_by_how_it_begins(session: Session, shop: Site) -> None:
    assert _numbers(session, OrderFilter(site_id=shop.id, text="11")) == ["110", "11"]
    assert _numbers(session, OrderFilter(site_id=shop.id, text="0")) == []


def test_dates_take_the_first_day_and_leave_the_last(session: Session, shop: Site) -> None:
    wanted = OrderFilter(
        site_id=shop.id,
        ordered_from=FIRST + timedelta(days=1),
        ordered_before=FIRST + timedelta(days=3),
    )

    assert _numbers(session, wanted) == ["110", "11"]


def test_counting_ends_where_it_is_told_to(session: Session, shop: Site) -> None:
    wanted = OrderFilter(site_id=shop.id)

    assert count_orders(session, wanted) == 5
    assert count_orders(session, wanted, at_most=3) == 3
    assert count_orders(session, OrderFilter(site_id=shop.id, state="blocked")) == 2


def test_causes_tell_how_many_orders_and_how_much_money_wait(session: Session, shop: Site) -> None:
    make.order(
        session,
        shop,
        state="blocked",
        code="unmapped_listing",
        currency="SGD",
        total=Decimal("7.50"),
        message="Not mapped",
    )
    make.order(session, shop, state="failed", code="internal_error", total=None, message="Failed")

    found = causes(session, sites=[shop.id])

    assert [(cause.code, cause.state, cause.orders) for cause in found] == [
        ("unmapped_listing", "blocked", 3),
        ("internal_error", "failed", 1),
    ]
    assert found[0].money == {"MYR": Decimal("20.00"), "SGD": Decimal("7.50")}
    assert found[1].money == {"MYR": Decimal(0)}
