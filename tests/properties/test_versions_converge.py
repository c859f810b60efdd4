"""Any order of arrival and any repetition of versions ends as the newest version alone."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from platforms.base import RemoteOrder, Stage
from tests.in_memory import Desk, site_rules
from tests.properties.strategies import DAY, orders, versions
from webapp.backoffice.sites.settings import PostingSettings

SETTINGS = st.builds(
    PostingSettings,
    tax_collected_by=st.sampled_from(["seller", "marketplace"]),
    restock_on_refund=st.booleans(),
)
LEAVES_ON = st.sampled_from(["paid", "shipped"])


def desk(posting: PostingSettings, leaves_on: str) -> Desk:
    return Desk(rules=site_rules(posting=posting, automation={"stock_leaves_on": leaves_on}))


def life(at: Desk) -> str | None:
    """The retail order's status; one that never began and one that died are alike."""
    assert at.last is not None
    return at.last.retail_status or "cancelled"


@given(versions(), st.data(), SETTINGS, LEAVES_ON)
def test_versions_in_any_order_and_number_end_as_the_newest_alone(
    history: list[RemoteOrder], data: st.DataObject, posting: PostingSettings, leaves_on: str
) -> None:
    seen = data.draw(st.lists(st.sampled_from(history), max_size=5))
    arrivals = data.draw(st.permutations([*history, *seen]))
    here, alone = desk(posting, leaves_on), desk(posting, leaves_on)

    for version in arrivals:
        here.arrives(version)
    alone.arrives(history[-1])

    assert here.stands() == alone.stands()
    assert life(here) == life(alone)


@given(versions(), SETTINGS, LEAVES_ON)
def test_processing_twice_equals_once(
    history: list[RemoteOrder], posting: PostingSettings, leaves_on: str
) -> None:
    here = desk(posting, leaves_on)
    for version in history:
        here.arrives(version)
        before = here.stands()

        again = here.planned_again()

        assert (again.entries, dict(again.moves)) == ((), {})
        assert here.stands() == before


@given(orders(), orders(), SETTINGS)
def test_an_edit_and_the_edit_back_leave_what_was(
    first: RemoteOrder, second: RemoteOrder, posting: PostingSettings
) -> None:
    here = desk(posting, "paid")
    here.arrives(first)
    before = here.stands()

    here.arrives(later(second, 1))
    here.arrives(later(first, 2))

    assert here.stands() == before


@given(versions(), SETTINGS)
def test_a_cancelled_order_has_come_to_nothing(
    history: list[RemoteOrder], posting: PostingSettings
) -> None:
    here = desk(posting, "paid")
    for version in history:
        here.arrives(version)

    here.arrives(later(history[-1], 1, status="failed", stage=Stage.DEAD, is_taken=False))

    assert here.stands() == ({}, {}, {})


@given(versions(), st.sets(st.sampled_from(["11", "12", "13"]), min_size=1), SETTINGS)
def test_a_listing_mapped_late_ends_as_if_mapped_from_the_start(
    history: list[RemoteOrder], unmapped: set[str], posting: PostingSettings
) -> None:
    late, early = desk(posting, "paid"), desk(posting, "paid")
    for version in history:
        late.arrives(version, mapped=dict.fromkeys(unmapped))
        early.arrives(version)

    late.planned_again()

    assert late.stands() == early.stands()
    assert life(late) == life(early)


@given(versions(), SETTINGS)
def test_ledgers_wired_late_end_as_if_wired_from_the_start(
    history: list[RemoteOrder], posting: PostingSettings
) -> None:
    late, early = desk(posting, "paid"), desk(posting, "paid")
    wired = late.books
    late.books = type(wired)(type(wired.wiring)({}), None)
    for version in history:
        late.arrives(version)
        early.arrives(version)
    late.books = wired

    late.planned_again()

    assert late.stands() == early.stands()


def later(order: RemoteOrder, days: int, **given: Any) -> RemoteOrder:
    """The same order, changed again some days after."""
    return replace(order, modified_at=order.modified_at + days * DAY, **given)
