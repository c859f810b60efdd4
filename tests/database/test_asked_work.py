"""What people ask the workers for: kept once, begun once, tried again, given up with a sentence."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from jobs.due import due_work
from jobs.work import Kind, Lane, Work
from tests import factories as make
from webapp.backoffice.sites import asked
from webapp.backoffice.sites.asked import MOST_TRIES, Asked, AskedKind
from webapp.database import reading, writing
from webapp.models.schedule import AskedWork

NOW = make.NOW
LATER = NOW + timedelta(hours=12)
ORDER = {"order": "1001"}


@pytest.fixture
def site_id(engine: Engine) -> int:
    """A site that is not due for anything."""
    with writing(engine) as session:
        return _site(session)


def _site(session: object, **given: object) -> int:
    values = {
        "pull_every": None,
        "push_every": None,
        "next_pull_at": None,
        "next_push_at": None,
        "last_sweep_at": NOW,
        "last_catalogue_at": NOW,
        **given,
    }
    site_id: int = make.site(session, **values).id  # type: ignore[arg-type]
    return site_id


def _ask(engine: Engine, site_id: int, now: datetime = NOW, **options: str | bool) -> bool:
    with writing(engine) as session:
        return asked.ask(session, site_id, AskedKind.PULL, options or ORDER, actor="siti", now=now)


def _begin(engine: Engine, site_id: int, now: datetime = NOW) -> Asked | None:
    with writing(engine) as session:
        return asked.begin_next(session, site_id, now)


def _fail(engine: Engine, each: Asked, now: datetime = NOW, **given: bool) -> bool:
    with writing(engine) as session:
        return asked.put_off(
            session, each, now, code="store_unreachable", message="No answer.", **given
        )


def _row(engine: Engine) -> AskedWork:
    with reading(engine) as session:
        return session.scalars(select(AskedWork)).one()


def _due(engine: Engine, now: datetime = NOW) -> list[Work]:
    with reading(engine) as session:
        return due_work(session, now)


def test_equal_requests_are_one_while_it_is_open(engine: Engine, site_id: int) -> None:
    asks = [_ask(engine, site_id), _ask(engine, site_id), _ask(engine, site_id, order="1002")]
    with writing(engine) as session:
        asks.append(asked.ask(session, _site(session), AskedKind.PULL, ORDER, actor=None, now=NOW))
    each = _begin(engine, site_id)
    assert each is not None
    with writing(engine) as session:
        asked.close(session, each.id, NOW)

    asks.append(_ask(engine, site_id))

    assert asks == [True, False, True, True, True]


def test_the_heartbeat_finds_a_request_until_it_is_closed(engine: Engine, site_id: int) -> None:
    _ask(engine, site_id)
    assert [(each.kind, each.site_id) for each in _due(engine)] == [(Kind.ASKED, site_id)]

    each = _begin(engine, site_id)
    assert each is not None
    assert (each.kind, each.options, each.actor) == (AskedKind.PULL, ORDER, "siti")
    assert len(_due(engine)) == 1, "a worker that dies leaves it due"

    with writing(engine) as session:
        asked.close(session, each.id, NOW)
    assert _due(engine) == []
    assert _begin(engine, site_id) is None


def test_several_of_a_site_are_begun_in_the_order_they_were_asked(
    engine: Engine, site_id: int
) -> None:
    for number in ("3", "1", "2"):
        _ask(engine, site_id, order=number)

    begun = []
    while (each := _begin(engine, site_id)) is not None:
        begun.append(each.options["order"])
        with writing(engine) as session:
            asked.close(session, each.id, NOW)

    assert begun == ["3", "1", "2"]


def test_a_passing_fault_is_tried_again_later_and_at_last_given_up(
    engine: Engine, site_id: int
) -> None:
    _ask(engine, site_id)
    now, tries = NOW, 0

    while (each := _begin(engine, site_id, now)) is not None:
        tries += 1
        is_kept = _fail(engine, each, now)
        assert _begin(engine, site_id, now) is None
        assert is_kept == (tries < MOST_TRIES)
        now += timedelta(hours=8)

    row = _row(engine)
    assert tries == MOST_TRIES
    assert (row.closed_at is not None, row.code, row.message) == (
        True,
        "store_unreachable",
        "No answer.",
    )


def test_what_kills_its_workers_is_given_up(engine: Engine, site_id: int) -> None:
    _ask(engine, site_id)
    for _ in range(MOST_TRIES):
        assert _begin(engine, site_id) is not None

    assert _begin(engine, site_id) is None

    assert _row(engine).message == asked.NEVER_ENDED
    assert _due(engine) == []


def test_giving_way_to_others_is_no_try(engine: Engine, site_id: int) -> None:
    _ask(engine, site_id)
    for _ in range(MOST_TRIES * 2):
        each = _begin(engine, site_id)
        assert each is not None
        with writing(engine) as session:
            asked.give_back(session, each.id)

    assert _row(engine).tries == 0


def test_a_refused_site_uses_up_no_tries_and_is_left_alone(engine: Engine) -> None:
    with writing(engine) as session:
        site_id = _site(session, stopped_at=NOW)
    _ask(engine, site_id)

    each = _begin(engine, site_id)
    assert each is not None, "a person may try whether the store lets us in again"
    _fail(engine, each, is_stopped=True)

    assert _begin(engine, site_id, LATER) is None
    assert _row(engine).tries == 1
    assert _due(engine, LATER) == []


def test_asking_again_tries_at_once(engine: Engine, site_id: int) -> None:
    _ask(engine, site_id)
    each = _begin(engine, site_id)
    assert each is not None
    _fail(engine, each)
    assert _due(engine) == []

    assert not _ask(engine, site_id)

    assert [work.kind for work in _due(engine)] == [Kind.ASKED]
    again = _begin(engine, site_id)
    assert again is not None
    assert again.tries == 1


def test_a_request_that_nobody_can_mean_any_more_is_closed(engine: Engine, site_id: int) -> None:
    _ask(engine, site_id)
    each = _begin(engine, site_id)
    assert each is not None
    _fail(engine, each)

    assert _begin(engine, site_id, NOW + timedelta(days=8)) is None

    assert _row(engine).message == "It waited for more than seven days. No answer."


def test_what_was_closed_long_ago_is_forgotten(engine: Engine, site_id: int) -> None:
    for day, number in ((0, "1"), (40, "2")):
        at = NOW + timedelta(days=day)
        _ask(engine, site_id, at, order=number)
        each = _begin(engine, site_id, at)
        assert each is not None
        with writing(engine) as session:
            asked.close(session, each.id, at)

    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(AskedWork)) == 1


def test_what_may_take_long_waits_in_the_slow_lane(engine: Engine, site_id: int) -> None:
    _ask(engine, site_id)
    assert [work.lane for work in _due(engine)] == [Lane.QUICK]
    each = _begin(engine, site_id)
    assert each is not None
    assert [work.lane for work in _due(engine)] == [Lane.SLOW]
    with writing(engine) as session:
        asked.close(session, each.id, NOW)

    _ask(engine, site_id, since="2026-01-01T00:00:00Z")

    assert [work.lane for work in _due(engine)] == [Lane.SLOW]


def test_a_pull_that_was_due_before_goes_first(engine: Engine) -> None:
    with writing(engine) as session:
        site_id = _site(session, pull_every=60, next_pull_at=NOW - timedelta(minutes=1))
    _ask(engine, site_id)

    assert [work.kind for work in _due(engine)] == [Kind.PULL]
