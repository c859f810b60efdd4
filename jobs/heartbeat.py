"""The heartbeat: every second a small job reads what is due and hands it to the workers."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, get_current_job
from rq.job import Job
from rq.registry import StartedJobRegistry
from rq_scheduler import Scheduler
from sqlalchemy.exc import OperationalError

from jobs import broker
from jobs.due import due_work
from jobs.handing import hand_over, waiting_jobs
from jobs.tasks import working
from jobs.work import Lane
from webapp.backoffice.sites.pulse import note_beat
from webapp.database import reading, writing

HEARTBEAT = "heartbeat"
EVERY = 1
LIMIT = 60
LOOKS_EVERY = 0.5

log = logging.getLogger(__name__)


def beat() -> int:
    """Hand over what is due, and note that the schedule was read; how much work it was.

    Runs in a worker; work that is handed over twice is done once.
    """
    job = get_current_job()
    if job is None:
        raise RuntimeError("a heartbeat runs in a worker")
    with working() as runtime:
        now = runtime.now()
        with reading(runtime.engine) as session:
            due = due_work(session, now)
        waiting = waiting_jobs(job.connection)
        done = [hand_over(job.connection, each, now, waiting=waiting) for each in due]
        count = sum(each.is_enqueued for each in done)
        _forget_the_dead(job.connection)
        try:
            with writing(runtime.engine) as session:
                note_beat(session, worker=job.worker_name or "", enqueued=count, now=runtime.now())
        except OperationalError as fault:
            log.warning("the heartbeat could not be noted: %s", fault.orig)
    return count


def _forget_the_dead(connection: Redis) -> None:
    """Drop what dead workers had begun. Idle workers never do it."""
    for which in Lane:
        queue = broker.lane(connection, which)
        StartedJobRegistry(queue=queue).cleanup()


class HeartbeatScheduler(Scheduler):  # type: ignore[misc]
    """rq-scheduler with one entry, which comes back by itself after the server was emptied.

    Left alone, rq-scheduler ends when the server is away, goes on with nothing scheduled after
    it was emptied, and piles up jobs while no worker takes them.
    """

    def enqueue_jobs(self) -> object:
        if HEARTBEAT not in self:
            self.schedule(datetime.now(UTC), beat, interval=EVERY, id=HEARTBEAT, timeout=LIMIT)
        return super().enqueue_jobs()

    def enqueue_job(self, job: Job) -> None:
        queue: Queue = self.get_queue_for_job(job)
        if job.id in queue.get_job_ids():
            again_at = time.time() + job.meta["interval"]
            self.connection.zadd(self.scheduled_jobs_key, {job.id: again_at})
            return
        super().enqueue_job(job)

    def register_death(self) -> None:
        """Say goodbye to the server, if it is there."""
        try:
            super().register_death()
        except RedisError:
            self.log.debug("the queue's server did not hear of our end")

    def remove_lock(self) -> None:
        try:
            super().remove_lock()
        except RedisError:
            self.log.debug("the lock runs out by itself")

    def _install_signal_handlers(self) -> None:
        """The command that runs us has its own."""


def nothing() -> None:
    """A server that somebody else looks after."""


def keep_beating(url: str, *, revive: Callable[[], object] = nothing) -> None:
    """Schedule the heartbeat for ever, whatever happens to the server meanwhile.

    `revive` is called while the server is away: a bundled one is started again. Of several schedulers on one server one works at a time; another takes over when it ends.
    """
    is_away = False
    while True:
        try:
            connection = broker.for_workers(url)
            connection.ping()
            if is_away:
                log.warning("The queue's server is back.")
                is_away = False
            name = broker.lane(connection, Lane.BEAT).name
            HeartbeatScheduler(queue_name=name, connection=connection, interval=LOOKS_EVERY).run()
        except broker.AWAY as fault:
            if not is_away:
                log.warning("The queue's server is away (%s); we wait for it.", fault)
                is_away = True
            revive()
            time.sleep(1)
