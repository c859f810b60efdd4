"""A site's last connection test, kept: each step with what it found, and the fix of what failed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from platforms.base import Check, ConnectionReport
from webapp.backoffice.sites.consent import keep_facts
from webapp.backoffice.sites.runs import note_answer
from webapp.models.previews import ConnectionTest
from webapp.models.sites import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class TestedConnection:
    """`actor` None: nobody's name is known. `milliseconds`: how long all its steps took."""

    at: datetime
    actor: str | None
    milliseconds: int
    is_ok: bool
    checks: tuple[Check, ...]

    @property
    def passed(self) -> int:
        return sum(each.is_ok is True for each in self.checks)


def keep_test(
    session: Session,
    site_id: int,
    report: ConnectionReport,
    *,
    milliseconds: int,
    actor: str | None,
    now: datetime,
) -> None:
    """Keep what a test found in place of the one before.

    A good one tells the store's facts, and ends what stopped the site: the next run finds out.
    """
    row = session.get(ConnectionTest, site_id) or ConnectionTest(site_id=site_id)
    row.at, row.actor, row.milliseconds = now, actor, milliseconds
    row.is_ok = report.is_ok
    row.checks = [
        {"name": each.name, "ok": each.is_ok, "message": each.message, "fix": each.fix}
        for each in report.checks
    ]
    session.add(row)
    if report.is_ok:
        keep_facts(session, site_id, report.facts)
        note_answer(session, session.get_one(Site, site_id), now)


def read_test(session: Session, site_id: int) -> TestedConnection | None:
    """The last test of a site; None: its connection was never tested in the admin."""
    row = session.get(ConnectionTest, site_id)
    if row is None:
        return None
    return TestedConnection(
        at=row.at,
        actor=row.actor,
        milliseconds=row.milliseconds,
        is_ok=row.is_ok,
        checks=tuple(
            Check(name=each["name"], is_ok=each["ok"], message=each["message"], fix=each["fix"])
            for each in row.checks
        ),
    )


def forget_test(session: Session, site_id: int) -> None:
    """The address or a key was changed: what was tested is no longer what stands."""
    row = session.get(ConnectionTest, site_id)
    if row is not None:
        session.delete(row)
