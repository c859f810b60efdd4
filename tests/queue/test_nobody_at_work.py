"""While no worker takes it, work waits once, however often the schedule is read."""

from datetime import timedelta

from jobs import broker
from jobs.due import due_work
from jobs.handing import hand_over, waiting_jobs
from jobs.heartbeat import HEARTBEAT, HeartbeatScheduler
from jobs.work import Kind, Lane, Work
from platforms.sandbox.woocommerce import open_sandbox
from tests.queue.floor import Floor
from webapp.database import reading, utc_now


def _work(**given: object) -> Work:
    values = {
        "kind": Kind.PULL,
        "site_id": 3,
        "moment": 1_700_000_000,
        "lease_no": 4,
        "lane": Lane.QUICK,
        **given,
    }
    return Work(**values)  # type: ignore[arg-type]


def test_an_hour_without_workers_leaves_one_job_a_site_and_kind(floor: Floor) -> None:
    with open_sandbox() as sandbox:
        for name in ("one", "two"):
            floor.connect(sandbox, name, pull_every=10, push_every=300)
    began = utc_now()

    for minute in range(60):
        now = began + timedelta(minutes=minute)
        with reading(floor.engine) as session:
            for work in due_work(session, now):
                hand_over(floor.redis, work, now)

    names = [job.partition("-at-")[0] for job in floor.waiting()]
    assert names
    assert len(names) == len(set(names))


def test_the_heartbeat_itself_does_not_pile_up(floor: Floor) -> None:
    queue = broker.lane(floor.redis, Lane.BEAT)
    scheduler = HeartbeatScheduler(queue_name=queue.name, connection=floor.redis, interval=1)

    for _ in range(5):
        scheduler.enqueue_jobs()
        floor.redis.zadd(scheduler.scheduled_jobs_key, {HEARTBEAT: 0})

    assert queue.get_job_ids() == [HEARTBEAT]


def test_the_same_work_is_taken_once_and_says_which_job_it_is(floor: Floor) -> None:
    first = hand_over(floor.redis, _work(), utc_now())

    later = hand_over(floor.redis, _work(moment=1_700_000_300), utc_now())

    assert first.is_enqueued
    assert (later.job, later.is_enqueued) == (first.job, False)


def test_what_people_asked_for_waits_beside_what_is_due(floor: Floor) -> None:
    jobs = [
        hand_over(floor.redis, _work(kind=kind), utc_now())
        for kind in (Kind.PULL, Kind.ASKED, Kind.ASKED)
    ]

    assert [each.is_enqueued for each in jobs] == [True, True, False]


def test_work_that_died_with_its_worker_before_it_began_is_handed_over_anew(floor: Floor) -> None:
    now = utc_now()
    hand_over(floor.redis, _work(), now)
    broker.lane(floor.redis, Lane.QUICK).pop_job_id()  # a worker took it, and was killed

    at_once = hand_over(floor.redis, _work(), now + timedelta(seconds=2))
    later = hand_over(floor.redis, _work(), now + timedelta(seconds=30))

    assert (at_once.is_enqueued, later.is_enqueued) == (False, True)
    assert list(waiting_jobs(floor.redis)) == ["pull-3"]
