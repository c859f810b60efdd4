"""The date of each entry, in the site's time zone, and what a closed period does to it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from platforms.base import RemoteFee, RemoteOrder, Stage
from tests.in_memory import Desk, books, plan, site_rules
from tests.remote_sales import back, example, goods, refund
from webapp.backoffice.books.periods import posting_day
from webapp.backoffice.errors import Code
from webapp.backoffice.orders.planning import Plan
from webapp.backoffice.sites.settings import PostingSettings

FEE = RemoteFee(source="fee", amount=Decimal("3.51"), currency="MYR")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


PAID = at("2026-03-05T04:00:00")
READ = at("2026-04-20T17:00:00")  # the 21st in Kuala Lumpur


def order(**given: Any) -> RemoteOrder:
    return example(**{"paid_at": PAID, "modified_at": PAID, **given})


def days(made: Plan | None) -> list[tuple[str, str]]:
    """Chapter and date of each entry."""
    assert made is not None
    assert made.problem is None
    return [(str(entry.difference.chapter), entry.posted_on.isoformat()) for entry in made.entries]


def test_sale_and_fee_are_dated_by_the_payment() -> None:
    made = plan(order(fee=FEE, shipped_at=at("2026-03-09T00:00:00")))

    assert days(made) == [("sale", "2026-03-05"), ("fees", "2026-03-05")]


def test_without_a_payment_date_by_completion() -> None:
    made = plan(order(paid_at=None, shipped_at=at("2026-03-09T16:30:00"), is_shipped=True))

    assert days(made) == [("sale", "2026-03-10")]


def test_without_either_by_the_change() -> None:
    made = plan(order(paid_at=None, modified_at=at("2026-03-11T01:00:00")))

    assert days(made) == [("sale", "2026-03-11")]


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Asia/Kuala_Lumpur", "2026-04-01"),
        ("UTC", "2026-03-31"),
        ("America/Los_Angeles", "2026-03-31"),
        ("Pacific/Kiritimati", "2026-04-01"),
    ],
)
def test_an_instant_is_cut_to_a_date_in_the_sites_time_zone(zone: str, day: str) -> None:
    made = plan(order(paid_at=at("2026-03-31T17:30:00")), rules=site_rules(zone=zone))

    assert days(made) == [("sale", day)]


def test_a_refund_is_dated_by_its_making() -> None:
    made = plan(order(refunds=(refund("20.00", at=at("2026-03-31T17:30:00")),)))

    assert days(made)[1] == ("refund", "2026-04-01")


def test_a_refund_heard_of_late_is_dated_by_its_making_all_the_same() -> None:
    desk = Desk()
    desk.arrives(order())

    made = desk.arrives(
        order(refunds=(refund("20.00", at=at("2026-03-08T00:00:00")),)), read_at=READ
    )

    assert days(made) == [("refund", "2026-03-08")]


def test_an_edit_is_dated_by_the_version_that_shows_it() -> None:
    desk = Desk()
    desk.arrives(order())

    made = desk.arrives(
        order(total=Decimal("103.89"), modified_at=at("2026-03-06T16:10:00")), read_at=READ
    )

    assert days(made) == [("sale", "2026-03-07")]


def test_an_edit_that_left_the_stores_date_alone_is_dated_by_the_reading() -> None:
    desk = Desk()
    desk.arrives(order())

    made = desk.arrives(order(total=Decimal("103.89")), read_at=READ)

    assert days(made) == [("sale", "2026-04-21")]


def test_a_deleted_refund_is_reversed_on_the_day_of_reading() -> None:
    desk = Desk()
    desk.arrives(order(refunds=(refund("20.00", at=PAID),)))

    made = desk.arrives(order(), read_at=READ)

    assert days(made) == [("refund", "2026-04-21")]


def test_a_cancellation_is_dated_by_the_version_that_shows_it() -> None:
    desk = Desk()
    desk.arrives(order(fee=FEE))

    made = desk.arrives(
        order(status="cancelled", stage=Stage.DEAD, modified_at=at("2026-03-07T00:00:00"))
    )

    assert days(made) == [("sale", "2026-03-07"), ("fees", "2026-03-07")]


def test_the_first_fee_that_comes_late_is_dated_by_the_payment() -> None:
    desk = Desk()
    desk.arrives(order())

    made = desk.arrives(order(fee=FEE), read_at=READ)

    assert days(made) == [("fees", "2026-03-05")]


def test_a_fee_that_changes_is_a_difference() -> None:
    desk = Desk()
    desk.arrives(order(fee=FEE))

    made = desk.arrives(order(fee=replace(FEE, amount=Decimal("3.60"))), read_at=READ)

    assert days(made) == [("fees", "2026-04-21")]


def test_an_edit_blocked_when_it_came_keeps_its_date_when_it_is_mended() -> None:
    desk = Desk()
    desk.arrives(order())
    edited = order(total=Decimal("103.89"), modified_at=at("2026-03-06T16:10:00"))
    edited = replace(edited, lines=(*edited.lines, goods("0.00", key="13")))
    desk.arrives(edited, mapped={"12": {12: 1}, "13": None}, read_at=READ)

    made = desk.planned_again(read_at=READ)

    assert days(made) == [("sale", "2026-03-07")]


def test_an_overtaken_version_is_not_applied() -> None:
    desk = Desk()
    desk.arrives(order(modified_at=at("2026-03-06T00:00:00")))

    assert desk.arrives(order(total=Decimal("103.89"))) is None


# --- closed periods -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "closed", "posted", "original"),
    [
        ("2026-03-05", None, "2026-03-05", None),
        ("2026-03-31", "2026-03-31", "2026-04-01", "2026-03-31"),
        ("2026-04-01", "2026-03-31", "2026-04-01", None),
        ("2024-02-28", "2024-02-28", "2024-02-29", "2024-02-28"),
    ],
)
def test_a_closed_date_moves_to_the_first_open_day(
    wanted: str, closed: str | None, posted: str, original: str | None
) -> None:
    day = posting_day(date.fromisoformat(wanted), date.fromisoformat(closed) if closed else None)

    assert day == (date.fromisoformat(posted), original and date.fromisoformat(original))


def test_an_entry_of_a_closed_month_keeps_its_first_date() -> None:
    made = plan(order(fee=FEE), books=books(date(2026, 3, 31)))

    assert [(entry.posted_on, entry.original_on) for entry in made.entries] == [
        (date(2026, 4, 1), date(2026, 3, 5))
    ] * 2


def test_a_site_may_block_what_lands_in_a_closed_month() -> None:
    made = plan(
        order(), books=books(date(2026, 3, 31)), posting=PostingSettings(closed_period="block")
    )

    assert made.problem is not None
    assert made.problem.code == Code.PERIOD_CLOSED
    assert made.problem.facts["date"] == "2026-03-05"
    assert (made.entries, dict(made.moves), dict(made.reserved)) == ((), {}, {12: 2})


def test_blocking_looks_at_the_entries_that_are_lacking_only() -> None:
    desk = Desk(rules=site_rules(posting=PostingSettings(closed_period="block")))
    desk.arrives(order())
    desk.books = books(date(2026, 3, 31))

    again = desk.planned_again()
    april = desk.arrives(
        order(refunds=(refund("47.70", back("45.00", tax="2.70"), at=at("2026-04-02T00:00:00")),))
    )

    assert (again.problem, again.entries) == (None, ())
    assert days(april) == [("refund", "2026-04-02")]


def test_closing_a_month_later_moves_nothing_that_is_posted() -> None:
    desk = Desk()
    desk.arrives(order())
    desk.books = books(date(2026, 3, 31))

    assert desk.planned_again().entries == ()
