"""A worker: one job at a time, each in a child of its own, so that what hangs or dies is alone."""

import gc
import logging
import os
import secrets
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.executions import Execution
from rq.job import Job
from rq.timeouts import JobTimeoutException, UnixSignalDeathPenalty
from sqlalchemy import Engine, NullPool, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import configure_mappers

from jobs import broker, tasks
from jobs.due import due_work
from jobs.pace import OutOfTime
from jobs.work import Lane
from platforms import registry
from webapp.backoffice.sites.pulse import note_worker, note_worker_ends
from webapp.database import reading, utc_now, writing

SIGNS_EVERY = 5
LOOKS_EVERY = 2
# Seconds that a job has to come to its next page after the worker was asked to end.
GIVES_BACK_WITHIN = 5

log = logging.getLogger(__name__)


class HardLimit(UnixSignalDeathPenalty):
    """Ends a job that has had all its time."""

    def __init__(self, timeout: int, exception: type[BaseException], **kwargs: Any) -> None:
        is_job = issubclass(exception, JobTimeoutException)
        super().__init__(timeout, OutOfTime if is_job else exception, **kwargs)  # type: ignore[no-untyped-call]


class StoreWorker(Worker):
    """RQ's worker, which says in our database that it is there, and ends within seconds."""

    death_penalty_class = HardLimit
    max_connection_wait_time = 2.0

    def __init__(self, *args: Any, signs_into: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.was_stopped = False
        self._signs_into = _signing_engine(signs_into)
        self._signed_at = 0.0
        self._ends_at: float | None = None

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        super().heartbeat(timeout, pipeline)
        self._sign()

    def maintain_heartbeats(self, job: Job, execution: Execution) -> None:
        """Every few seconds while a child works. The server may be away: the child goes on."""
        self._sign()
        if self._ends_at is not None and time.monotonic() > self._ends_at:
            log.warning("%s did not come to its next page in time; it is given back", job.id)
            self.kill_horse()
            return
        with suppress(RedisError):
            super().maintain_heartbeats(job, execution)

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        self.was_stopped = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def handle_warm_shutdown_request(self) -> None:
        """The child ends at its next page; if that takes too long, it is killed."""
        self._ends_at = time.monotonic() + GIVES_BACK_WITHIN
        if self.horse_pid:
            with suppress(ProcessLookupError):
                os.kill(self.horse_pid, signal.SIGTERM)

    def set_shutdown_requested_date(self) -> None:
        with suppress(RedisError):
            super().set_shutdown_requested_date()  # type: ignore[no-untyped-call]

    def setup_work_horse_signals(self) -> None:
        """In the child: both of a terminal's signals reach the parent, which asks us to end."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda number, frame: tasks.stopping.want())

    def handle_job_failure(
        self,
        job: Job,
        queue: Queue,
        started_job_registry: Any = None,
        exc_string: str = "",
        execution: Execution | None = None,
    ) -> None:
        """What went wrong is in our log and our database; the queue keeps nothing of it."""
        super().handle_job_failure(job, queue, started_job_registry, "", execution)

    def teardown(self) -> None:
        with suppress(RedisError):
            super().teardown()  # type: ignore[no-untyped-call]
        if not self.is_horse:
            with suppress(DBAPIError), writing(self._signs_into) as session:
                note_worker_ends(session, self.name)

    def _sign(self) -> None:
        """Say that we are there. Only the parent, and only from its one thread: it forks."""
        if self._is_horse or time.monotonic() < self._signed_at + SIGNS_EVERY:
            return
        self._signed_at = time.monotonic()
        with suppress(DBAPIError), writing(self._signs_into) as session:
            note_worker(session, self.name, utc_now())


def _signing_engine(url: str) -> Engine:
    """Connections that are closed after each use, so that no child inherits one; impatient."""
    arguments: dict[str, Any] = {"connect_args": {"timeout": 1}} if "sqlite" in url else {}
    return create_engine(url, hide_parameters=True, poolclass=NullPool, **arguments)


def warm_up() -> None:
    """Load what children would load each for itself: mappers, platforms, the database's driver."""
    configure_mappers()
    registry.names()
    with tasks.working() as runtime, reading(runtime.engine) as session:
        due_work(session, runtime.now())
    gc.freeze()  # a child's collector would copy every page that it looks at


def work(url: str, database_url: str, *, burst: bool = False) -> None:
    """Work until asked to end; with `burst` until nothing waits. Outlives the server.

    Everything that jobs need is loaded first, so that a child starts in milliseconds.
    """
    warm_up()
    while True:
        try:
            with _worker(url, database_url) as worker:
                worker.work(burst=burst, logging_level="WARNING")
                if worker.was_stopped or burst:
                    return
        except broker.AWAY as fault:
            log.warning("The queue's server is away (%s); we wait for it.", fault)
        time.sleep(1)


@contextmanager
def _worker(url: str, database_url: str) -> Iterator[StoreWorker]:
    connection = broker.for_workers(url)
    try:
        yield StoreWorker(
            [broker.lane(connection, each) for each in Lane],
            connection=connection,
            name=f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}",
            worker_ttl=20,
            job_monitoring_interval=LOOKS_EVERY,
            log_job_description=False,
            signs_into=database_url,
        )
    finally:
        connection.close()
