"""The schedule as it is read from the database: due work, lanes, signs of life."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from jobs.due import due_work
from jobs.work import Kind, Lane, Work
from platforms.base import NoticeKind
from tests import factories as make
from webapp.backoffice.sites import leases, notices, pulse
from webapp.database import reading, writing
from webapp.models.schedule import PushWish
from webapp.models.sites import Site, SyncRun

NOW = make.NOW
PAST = NOW - timedelta(minutes=1)


def _site(session: Session, **given: object) -> Site:
    """A site that is due for a pull, its nightly work done."""
    values = {
        "next_pull_at": PAST,
        "next_push_at": NOW + timedelta(hours=1),
        "last_sweep_at": NOW,
        "last_catalogue_at": NOW,
        **given,
    }
    return make.site(session, **values)


def _ran(session: Session, site: Site, seconds: int, kind: str = "pull") -> None:
    session.execute(
        insert(SyncRun).values(
            site_id=site.id,
            kind=kind,
            started_at=PAST - timedelta(seconds=seconds),
            finished_at=PAST,
            counts={},
        )
    )


def _due(engine: Engine) -> list[Work]:
    with reading(engine) as session:
        return due_work(session, NOW)


def test_one_piece_of_work_a_site_the_longest_due_first(engine: Engine) -> None:
    with writing(engine) as session:
        first = _site(session, next_pull_at=PAST - timedelta(minutes=5))
        second = _site(session, next_push_at=PAST)
        _site(session, next_pull_at=NOW + timedelta(seconds=1))

    assert [(work.kind, work.site_id) for work in _due(engine)] == [
        (Kind.PULL, first.id),
        (Kind.PUSH, second.id),
    ]


def test_a_site_at_work_is_left_to_whoever_works(engine: Engine) -> None:
    with writing(engine) as session:
        site = _site(session)
        leases.claim(session, site.id, NOW)

    assert _due(engine) == []


def test_a_lease_that_ran_out_counts_for_nothing(engine: Engine) -> None:
    with writing(engine) as session:
        site = _site(session)
        leases.claim(session, site.id, NOW - leases.LEASE - timedelta(seconds=1))

    (work,) = _due(engine)
    assert work.lease_no == 1


def test_an_order_whose_next_try_has_come_makes_its_site_due(engine: Engine) -> None:
    with writing(engine) as session:
        now, later = (_site(session, next_pull_at=NOW + timedelta(hours=1)) for _ in range(2))
        make.order(session, now, state="retrying", next_attempt_at=PAST)
        make.order(session, later, state="retrying", next_attempt_at=NOW + timedelta(hours=1))

    assert [(work.kind, work.site_id) for work in _due(engine)] == [(Kind.PROCESS, now.id)]


@pytest.mark.parametrize(
    ("wished_before", "first"), [(1, Kind.PUSH), (-1, Kind.NOTICES)], ids=["before", "after"]
)
def test_a_shop_that_tells_of_sales_all_the_time_has_its_pushes_in_between(
    engine: Engine, wished_before: int, first: Kind
) -> None:
    wished_at = PAST - timedelta(seconds=wished_before)
    with writing(engine) as session:
        site = _site(session, next_pull_at=NOW + timedelta(hours=1))
        session.execute(insert(PushWish).values(site_id=site.id, at=wished_at))
        notices.hear(session.connection(), site.id, NoticeKind.ORDER, "727", PAST)

    assert [work.kind for work in _due(engine)] == [first]


def test_a_shop_that_tells_of_sales_all_the_time_is_pulled_when_its_time_has_come(
    engine: Engine,
) -> None:
    with writing(engine) as session:
        site = _site(session, next_pull_at=PAST)
        notices.hear(session.connection(), site.id, NoticeKind.ORDER, "727", NOW)

    assert [work.kind for work in _due(engine)] == [Kind.PULL]


def test_slow_sites_leave_one_worker_to_the_others(engine: Engine) -> None:
    with writing(engine) as session:
        for _ in range(4):
            _ran(session, _site(session, next_pull_at=PAST - timedelta(hours=1)), 60)
        quick = _site(session)
        for number in range(3):
            pulse.note_worker(session, f"worker {number}", NOW)

    due = _due(engine)
    assert [work.site_id for work in due if work.lane is Lane.QUICK] == [quick.id]
    assert len([work for work in due if work.lane is Lane.SLOW]) == 2


def test_slow_work_under_way_takes_up_its_place(engine: Engine) -> None:
    with writing(engine) as session:
        slow = [_site(session) for _ in range(3)]
        for each in slow:
            _ran(session, each, 60)
        leases.claim(session, slow[0].id, NOW)
        for number in range(3):
            pulse.note_worker(session, f"worker {number}", NOW)

    assert len(_due(engine)) == 1


def test_two_quick_runs_bring_a_site_back_to_the_quick_lane(engine: Engine) -> None:
    with writing(engine) as session:
        site = _site(session)
        for seconds in (60, 1):
            _ran(session, site, seconds)
    assert [work.lane for work in _due(engine)] == [Lane.SLOW]

    with writing(engine) as session:
        _ran(session, site, 1)

    assert [work.lane for work in _due(engine)] == [Lane.QUICK]


def test_workers_and_the_heartbeat_leave_signs_of_life(engine: Engine) -> None:
    with writing(engine) as session:
        pulse.note_worker(session, "one", NOW - pulse.WORKER_GONE - timedelta(seconds=1))
        pulse.note_worker(session, "two", NOW - timedelta(seconds=5))
        pulse.note_worker(session, "two", NOW)
        pulse.note_beat(session, worker="one", enqueued=3, now=PAST)
        pulse.note_beat(session, worker="two", enqueued=0, now=NOW)

    with reading(engine) as session:
        assert pulse.workers_alive(session, NOW) == 1
        assert pulse.last_beat(session) == pulse.LastBeat(at=NOW, worker="two", enqueued=0)
