"""`--queue` leaves a row: the queue may be emptied, a worker die, and it is done, once."""

import os
import signal
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from jobs.asked import do_asked
from jobs.enqueue import request_pull, request_push, request_retries
from platforms.errors import TryAgain
from platforms.sandbox.woocommerce import Sandbox, open_sandbox
from tests.queue.floor import Floor, children, slowly, until
from tests.stores import runtime_of
from webapp.backoffice.states import State
from webapp.database import reading, utc_now, writing
from webapp.models.orders import ChannelOrder, SyncEvent
from webapp.models.schedule import AskedWork
from webapp.models.sites import SyncRun


def _numbers(sandbox: Sandbox) -> list[str]:
    return [str(order.number) for order in sandbox.store.orders.values()]


def _rows(floor: Floor) -> list[AskedWork]:
    with reading(floor.engine) as session:
        return list(session.scalars(select(AskedWork).order_by(AskedWork.id)))


def _open(floor: Floor) -> list[AskedWork]:
    return [row for row in _rows(floor) if row.closed_at is None]


def _retries_pressed(floor: Floor) -> int:
    with reading(floor.engine) as session:
        messages = session.scalars(select(SyncEvent.message)).all()
    return sum("Retry was pressed" in message for message in messages)


def test_requests_outlive_an_emptied_queue_and_are_done_once(floor: Floor) -> None:
    with open_sandbox(orders=4) as sandbox:
        site = floor.connect(sandbox, "main")
        first, second, *_ = _numbers(sandbox)
        now = utc_now()
        asks = [
            request_pull(floor.engine, floor.redis, site, now=now, order=first),
            request_pull(floor.engine, floor.redis, site, now=now, order=first),
            request_pull(floor.engine, floor.redis, site, now=now, order=second),
        ]
        assert [each.is_enqueued for each in asks] == [True, False, True]
        assert len(floor.waiting()) == 1
        floor.redis.flushall()

        floor.start("scheduler")
        floor.start("worker")
        floor.start("worker")
        until(lambda: not _open(floor), what="the pulls")
        assert floor.orders(site) == 2
        assert len(floor.runs(site)) == 2

        with writing(floor.engine) as session:
            session.execute(update(ChannelOrder).values(state=State.FAILED))
        request_retries(floor.engine, floor.redis, site, now=utc_now(), state="failed")
        floor.redis.flushall()
        until(lambda: not _open(floor), what="the retry")
        assert _retries_pressed(floor) == 2

        beats = floor.beat()
        assert beats is not None
        until(lambda: (floor.beat() or beats).at > beats.at, what="another heartbeat")
        assert len(floor.runs(site)) == 2
        assert [(row.code, row.tries) for row in _rows(floor)] == [(None, 1)] * 3


def test_a_request_that_can_never_be_met_is_closed_with_its_sentence(floor: Floor) -> None:
    with open_sandbox(orders=2) as sandbox:
        site = floor.connect(sandbox, "main")
        unseen = floor.connect(sandbox, "unseen", push_seen_at=None)
        floor.start("worker")
        request_pull(floor.engine, floor.redis, site, now=utc_now(), order="987654")
        request_push(floor.engine, floor.redis, unseen, now=utc_now())

        until(lambda: not _open(floor), what="both to be closed")

        assert {row.code for row in _rows(floor)} == {"order_deleted", "push_held"}
        assert all(row.message for row in _rows(floor))
        assert len(floor.runs(site)) == 1


def test_a_request_whose_worker_is_killed_is_begun_again(floor: Floor) -> None:
    with open_sandbox(orders=3) as sandbox:
        site = floor.connect(sandbox, "main")
        (number, *_) = _numbers(sandbox)
        with slowly(sandbox, 2):
            worker = floor.start("worker")
            request_pull(floor.engine, floor.redis, site, now=utc_now(), order=number)
            until(lambda: bool(floor.runs(site)), what="the pull to begin")
            for child in children(worker.pid):
                os.kill(child, signal.SIGKILL)
        floor.start("scheduler")

        until(lambda: not _open(floor), within=30, what="another try")

        (row,) = _rows(floor)
        assert (row.code, row.tries) == (None, 2)
        assert floor.orders(site) == 1


def test_a_person_that_asks_for_a_pull_is_named_in_its_run(floor: Floor) -> None:
    with open_sandbox(orders=1) as sandbox:
        site = floor.connect(sandbox, "main")
        floor.start("worker")
        request_pull(
            floor.engine, floor.redis, site, now=utc_now(), actor="siti", order=_numbers(sandbox)[0]
        )
        until(lambda: not _open(floor), what="the pull")

        with reading(floor.engine) as session:
            assert session.scalars(select(SyncRun.actor)).all() == ["siti"]


def test_what_a_store_in_trouble_could_not_answer_is_asked_again_later(floor: Floor) -> None:
    with open_sandbox(orders=1) as sandbox:
        site = floor.connect(sandbox, "main")
        begins = utc_now()
        request_pull(floor.engine, floor.redis, site, now=begins, order=_numbers(sandbox)[0])
        sandbox.faults.set("drop=1")
        runtime = runtime_of(floor.engine)
        with pytest.raises(TryAgain):
            do_asked(runtime, site)
        (row,) = _open(floor)
        assert (row.code, row.tries) == ("store_unreachable", 1)
        assert row.due_at > begins + timedelta(seconds=20)

        sandbox.faults.clear()
        do_asked(runtime, site)
        assert floor.orders(site) == 0, "not before its time"
        do_asked(replace(runtime, now=lambda: utc_now() + timedelta(minutes=5)), site)

        assert _open(floor) == []
        assert floor.orders(site) == 1


def test_long_requests_leave_a_worker_to_the_others(floor: Floor) -> None:
    with open_sandbox(orders=1) as sandbox:
        sites = [floor.connect(sandbox, name) for name in ("one", "two", "three")]
        for site in sites:
            asked = request_pull(
                floor.engine, floor.redis, site, now=utc_now(), since="2026-01-01T00:00:00Z"
            )
            assert asked.is_enqueued

        assert len(floor.waiting()) == 1
        floor.start("scheduler")
        floor.start("worker")
        until(lambda: not _open(floor), what="all three")
        assert [len(floor.runs(site)) for site in sites] == [1, 1, 1]
