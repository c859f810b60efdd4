"""Signs of life, kept in the database: which workers are there, when the schedule was last read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from webapp.models.schedule import Heartbeat, Worker

# A worker says that it is there every few seconds; one that was not seen for so long is gone.
WORKER_GONE = timedelta(seconds=20)
FORGOTTEN = timedelta(days=1)

_THE_ONE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LastBeat:
    """When the schedule was last read, by which worker, and how much work came of it."""

    at: datetime
    worker: str
    enqueued: int


def note_worker(session: Session, name: str, now: datetime) -> None:
    """A worker is there."""
    seen = session.execute(update(Worker).where(Worker.name == name).values(seen_at=now))
    if not seen.rowcount:  # type: ignore[attr-defined]
        session.execute(insert(Worker).values(name=name, started_at=now, seen_at=now))


def note_worker_ends(session: Session, name: str) -> None:
    """A worker ends in good order."""
    session.execute(delete(Worker).where(Worker.name == name))


def workers_alive(session: Session, now: datetime) -> int:
    """How many workers were seen lately."""
    alive = select(func.count()).select_from(Worker).where(Worker.seen_at > now - WORKER_GONE)
    return session.scalar(alive) or 0


def note_beat(session: Session, *, worker: str, enqueued: int, now: datetime) -> None:
    """The schedule was read just now; workers not seen for a day are forgotten."""
    values = {"at": now, "worker": worker, "enqueued": enqueued}
    seen = session.execute(update(Heartbeat).where(Heartbeat.id == _THE_ONE).values(**values))
    if not seen.rowcount:  # type: ignore[attr-defined]
        session.execute(insert(Heartbeat).values(id=_THE_ONE, **values))
    session.execute(delete(Worker).where(Worker.seen_at < now - FORGOTTEN))


def last_beat(session: Session) -> LastBeat | None:
    """The last heartbeat; None: there was none yet."""
    row = session.get(Heartbeat, _THE_ONE)
    return None if row is None else LastBeat(at=row.at, worker=row.worker, enqueued=row.enqueued)
