"""One writer per site: a lease in the database, with a number that every write checks."""

import os
import socket
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from webapp.models.base import table_of
from webapp.models.sites import Site

# So long a site waits for a holder that died on another machine. Whoever holds a lease renews it
# well before, also while the store takes its time to answer.
LEASE = timedelta(seconds=25)
RENEW_EVERY = timedelta(seconds=8)

# Every write begins with it, so it is made once.
_SITES = table_of(Site)
_RENEW = (
    update(_SITES)
    .where(_SITES.c.id == bindparam("site_id"), _SITES.c.lease_no == bindparam("number"))
    .values(lease_until=bindparam("until"))
    .returning(_SITES.c.id)
)


class LeaseTaken(Exception):
    """Another process works on this site, until `until` unless it goes on renewing."""

    def __init__(self, site: str, holder: str, until: datetime) -> None:
        super().__init__(f"Another process works on {site} just now.")
        self.site = site
        self.holder = holder
        self.until = until


class LeaseLost(Exception):
    """Our lease ran out and another process took it: what we were about to write is void."""


def claim(session: Session, site_id: int, now: datetime) -> int:
    """Take the site's lease; its number. LeaseTaken: somebody alive holds it.

    A holder on this machine whose process has died gives way at once; one elsewhere when its
    time is over.
    """
    holder = _me()
    number = session.scalar(
        update(Site)
        .where(
            Site.id == site_id,
            or_(Site.lease_until.is_(None), Site.lease_until < now),
        )
        .values(lease_until=now + LEASE, lease_no=Site.lease_no + 1, lease_holder=holder)
        .returning(Site.lease_no)
    )
    if number is not None:
        return int(number)
    row = session.execute(
        select(Site.name, Site.lease_holder, Site.lease_until, Site.lease_no)
        .where(Site.id == site_id)
        .with_for_update()
    ).one()
    if row.lease_holder and _has_died(row.lease_holder):
        session.execute(
            update(Site)
            .where(Site.id == site_id)
            .values(lease_until=now + LEASE, lease_no=row.lease_no + 1, lease_holder=holder)
        )
        return int(row.lease_no) + 1
    raise LeaseTaken(row.name, row.lease_holder or "", row.lease_until)


def is_held(until: datetime | None, holder: str | None, now: datetime) -> bool:
    """Whether somebody alive holds a lease, as far as this machine can tell."""
    return until is not None and until >= now and not (holder and _has_died(holder))


def renew(session: Session, site_id: int, number: int, now: datetime) -> None:
    """Check in this transaction that the lease is still ours, and prolong it. LeaseLost: no."""
    mine = session.connection().scalar(
        _RENEW, {"site_id": site_id, "number": number, "until": now + LEASE}
    )
    if mine is None:
        raise LeaseLost


def release(session: Session, site_id: int, number: int) -> None:
    """Give the lease back, if it is still ours."""
    session.execute(
        update(Site)
        .where(Site.id == site_id, Site.lease_no == number)
        .values(lease_until=None, lease_holder=None)
    )


def _me() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{_born(os.getpid())}"


def _has_died(holder: str) -> bool:
    host, _, process = holder.partition(":")
    pid, _, born = process.partition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return born != _born(int(pid))


def _born(pid: int) -> str:
    """When a process began, in the system's ticks, so that a pid used again is not taken for it.

    "" where the system does not tell. "dead": it was killed, and nobody has taken note of it yet
    (in a container, often nobody ever does).
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()
    return "dead" if fields[0] in ("Z", "X") else fields[19]
