"""Work is handed to the workers. It stands in the database as well: a lost queue loses nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from redis import Redis
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job

from jobs import broker
from jobs.work import Lane, Work, name_of

# Work that has left its queue and not taken its site's lease by then died with its worker.
LOST_AFTER = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """`is_enqueued` False: the same work already waits, or is just being taken up."""

    job: str
    is_enqueued: bool


def waiting_jobs(connection: Redis) -> dict[str, str]:
    """All work that waits: its job by its name."""
    lanes = (Lane.QUICK, Lane.SLOW)
    return {
        name_of(job_id): job_id
        for each in lanes
        for job_id in broker.lane(connection, each).get_job_ids()
    }


def hand_over(
    connection: Redis, work: Work, now: datetime, *, waiting: Mapping[str, str] | None = None
) -> HandedOver:
    """Put work into its lane, unless the same work waits there (`waiting`, if known already).

    Nothing is kept of it after it ends: its id is free again at once. `broker.AWAY`: the server
    cannot be reached; that is no fault, for the heartbeat finds what is due.
    """
    known = waiting_jobs(connection) if waiting is None else waiting
    if work.name in known:
        return HandedOver(job=known[work.name], is_enqueued=False)
    if _enqueue(connection, work, work.job_id):
        return HandedOver(job=work.job_id, is_enqueued=True)
    anew = f"{work.job_id}-{int(now.timestamp())}"
    is_enqueued = _was_lost(connection, work.job_id, now) and _enqueue(connection, work, anew)
    return HandedOver(job=anew if is_enqueued else work.job_id, is_enqueued=is_enqueued)


def _enqueue(connection: Redis, work: Work, job_id: str) -> bool:
    try:
        broker.lane(connection, work.lane).enqueue(
            f"jobs.tasks.{work.kind}",
            args=(work.site_id,),
            kwargs={"is_asked": True} if work.is_asked else {},
            job_id=job_id,
            unique=True,
            job_timeout=work.limit,
            result_ttl=0,
            failure_ttl=0,
        )
    except DuplicateJobError:
        return False
    return True


def _was_lost(connection: Redis, job_id: str, now: datetime) -> bool:
    try:
        job = Job.fetch(job_id, connection=connection)
    except NoSuchJobError:
        return False  # it ended this moment; if it left anything due, the next heartbeat sees it
    since = job.enqueued_at
    if since is None:
        return True
    since = since if since.tzinfo else since.replace(tzinfo=UTC)
    return (now - since).total_seconds() > LOST_AFTER
