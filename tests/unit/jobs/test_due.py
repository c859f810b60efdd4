"""What of a site is due, and since when; which lane it goes into, and for how long."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobs.due import SETTLING, SiteClock, due_of_site, last_night
from jobs.work import LIMITS, QUICK_LIMIT, Kind, Lane, Work, name_of

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # noon in Kuala Lumpur
BEFORE = NOW - timedelta(seconds=10)
LATER = NOW + timedelta(seconds=10)


def _clock(**given: Any) -> SiteClock:
    """A site with nothing to do."""
    values = {
        "id": 3,
        "platform": "woocommerce",
        "enabled": True,
        "created_at": NOW - timedelta(days=30),
        "timezone": "Asia/Kuala_Lumpur",
        "stopped_at": None,
        "quiet_until": None,
        "pull_every": 300,
        "push_every": 300,
        "next_pull_at": LATER,
        "next_push_at": LATER,
        "push_seen_at": BEFORE,
        "push_held_at": None,
        "last_sweep_at": NOW,
        "last_catalogue_at": NOW,
        "last_payouts_at": NOW,
        "lease_no": 7,
        "lease_until": None,
        "lease_holder": None,
        **given,
    }
    return SiteClock(**values)


def _due(clock: SiteClock, wished_at: datetime | None = None, **given: Any) -> dict[Kind, datetime]:
    return due_of_site(clock, wished_at, is_waiting=given.get("is_waiting", False), now=NOW)


def test_a_site_is_due_when_its_time_has_come() -> None:
    assert _due(_clock()) == {}
    assert _due(_clock(next_pull_at=BEFORE)) == {Kind.PULL: BEFORE}
    assert _due(_clock(next_push_at=BEFORE)) == {Kind.PUSH: BEFORE}


def test_a_site_without_a_cadence_does_nothing_by_itself() -> None:
    books_only = _clock(
        pull_every=None,
        push_every=None,
        next_pull_at=None,
        next_push_at=None,
        last_sweep_at=None,
        last_catalogue_at=None,
    )

    assert _due(books_only, BEFORE) == {}


def test_a_site_that_was_given_a_cadence_and_never_ran_is_due() -> None:
    assert Kind.PULL in _due(_clock(next_pull_at=None))


def test_a_sale_elsewhere_makes_a_push_due_once_it_has_settled() -> None:
    just_now = NOW - SETTLING + timedelta(milliseconds=1)

    assert _due(_clock(), just_now) == {}
    assert _due(_clock(), NOW - SETTLING) == {Kind.PUSH: NOW - SETTLING}


def test_nothing_is_pushed_before_a_person_has_seen_the_first_dry_run() -> None:
    assert _due(_clock(push_seen_at=None, next_push_at=BEFORE), BEFORE) == {}


def test_nothing_is_pushed_by_itself_while_a_person_is_asked() -> None:
    assert _due(_clock(push_held_at=BEFORE, next_push_at=BEFORE), BEFORE) == {}


@pytest.mark.parametrize(
    "given",
    [{"enabled": False}, {"stopped_at": NOW}, {"quiet_until": LATER}],
    ids=["paused", "stopped", "left alone"],
)
def test_a_store_that_is_not_to_be_asked_is_not(given: dict[str, Any]) -> None:
    clock = _clock(next_pull_at=BEFORE, next_push_at=BEFORE, last_sweep_at=None, **given)

    assert _due(clock, BEFORE) == {}


def test_stored_orders_are_processed_even_while_the_store_is_stopped() -> None:
    assert _due(_clock(stopped_at=BEFORE), is_waiting=True) == {Kind.PROCESS: NOW}


def test_a_stop_that_may_pass_has_its_tries_after_it() -> None:
    stopped = _clock(stopped_at=BEFORE - timedelta(seconds=60), next_pull_at=BEFORE)

    assert _due(stopped) == {Kind.PULL: BEFORE}


def test_the_night_is_the_shops_own_and_spread_over_the_sites() -> None:
    nights = {last_night(_clock(id=number), NOW) for number in range(1, 9)}

    assert len(nights) == 8
    assert min(nights) >= datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # two at night there
    assert max(nights) < datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


def test_a_sweep_and_the_catalogue_are_due_once_a_night() -> None:
    yesterday = NOW - timedelta(days=1)
    night = last_night(_clock(), NOW)

    assert _due(_clock(last_sweep_at=yesterday)) == {Kind.SWEEP: night}
    assert _due(_clock(last_catalogue_at=yesterday)) == {Kind.CATALOGUE: night}
    assert _due(_clock(last_sweep_at=night, last_catalogue_at=night)) == {}


# --- the work itself ----------------------------------------------------------------------------


def _work(**given: Any) -> Work:
    values = {
        "kind": Kind.PULL,
        "site_id": 3,
        "moment": 1_764_017_700,
        "lease_no": 7,
        "lane": Lane.QUICK,
        **given,
    }
    return Work(**values)


def test_a_jobs_id_holds_the_moment_and_the_lease_it_was_found_due_at() -> None:
    assert _work().job_id == "pull-3-at-1764017700-7"
    assert name_of(_work().job_id) == _work().name == "pull-3"


def test_a_pull_waits_once_whoever_asked_for_it() -> None:
    assert _work(is_asked=True).name == _work().name
    assert _work(kind=Kind.ASKED).name != _work().name


def test_nothing_that_can_go_on_later_takes_long_in_the_quick_lane() -> None:
    assert _work().limit == QUICK_LIMIT
    assert _work(lane=Lane.SLOW).limit == LIMITS[Kind.PULL]
    assert _work(kind=Kind.ASKED).limit == QUICK_LIMIT
    assert _work(kind=Kind.PROCESS).limit == LIMITS[Kind.PROCESS]
