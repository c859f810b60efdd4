"""What an installation's facts mean: what makes it unhealthy, and what a person should look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# The schedule is read every second; a worker that is busy to its limit may keep it waiting a while.
BEAT_LATE = timedelta(seconds=60)
WORK_LATE = timedelta(minutes=15)
STORE_SILENT = timedelta(hours=1)


class Finding(StrEnum):
    """What can be wrong with an installation. The first five make it unhealthy."""

    DATABASE_AWAY = "database_away"
    DATABASE_OTHER_VERSION = "database_other_version"
    QUEUE_AWAY = "queue_away"
    HEARTBEAT_LATE = "heartbeat_late"
    WORK_WAITS = "work_waits"
    SITE_STOPPED = "site_stopped"
    PUSHES_HELD = "pushes_held"
    STORE_SILENT = "store_silent"
    NO_WORKERS = "no_workers"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is wrong, as a sentence."""

    finding: Finding
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteHealth:
    """One site's schedule, and whether it stands still."""

    id: int
    name: str
    platform: str
    enabled: bool
    created_at: datetime
    pull_every: int | None
    push_every: int | None
    last_pull_at: datetime | None
    last_push_at: datetime | None
    next_pull_at: datetime | None
    next_push_at: datetime | None
    push_seen_at: datetime | None
    push_held_at: datetime | None
    push_held_message: str | None
    quiet_until: datetime | None
    stopped_at: datetime | None
    stopped_code: str | None
    stopped_message: str | None

    @property
    def runs_by_itself(self) -> bool:
        return self.enabled and (self.pull_every is not None or self.push_every is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`waiting_since`: since when the oldest order that waits for the workers could have been
    processed."""

    now: datetime
    beat_at: datetime | None
    workers: int
    sites: tuple[SiteHealth, ...]
    waiting_since: datetime | None


def late_beat(
    beat_at: datetime | None, expected_since: datetime | None, now: datetime
) -> Found | None:
    """Why nothing runs by itself; None: it runs, or nothing is meant to. Pure.

    `expected_since`: since when there has been a site that pulls or pushes by itself.
    """
    if expected_since is None:
        return None
    last = max(beat_at, expected_since) if beat_at is not None else expected_since
    if now - last <= BEAT_LATE:
        return None
    said = (
        f"The schedule was last read {_age(now - beat_at)} ago, so nothing is pulled or pushed by itself."
        if beat_at is not None
        else "Nobody reads the schedule, so nothing is pulled or pushed by itself."
    )
    return Found(
        Finding.HEARTBEAT_LATE,
        f"{said} See whether bin/tillbridge run (or the scheduler and workers) is alive.",
    )


def expected_since(sites: Sequence[SiteHealth]) -> datetime | None:
    return min((site.created_at for site in sites if site.runs_by_itself), default=None)


def troubles(health: Health) -> list[Found]:
    """What makes the installation unhealthy, in the order of how much it stops. Pure."""
    late = late_beat(health.beat_at, expected_since(health.sites), health.now)
    found = [late] if late is not None else []
    for site in health.sites:
        waited = _overdue(site, health.now)
        if waited is not None and late is None:
            found.append(
                Found(Finding.WORK_WAITS, f"A run of {site.name} has been due for {_age(waited)}.")
            )
    if health.waiting_since is not None and health.now - health.waiting_since > WORK_LATE:
        age = _age(health.now - health.waiting_since)
        found.append(
            Found(Finding.WORK_WAITS, f"The oldest order to be processed has waited for {age}.")
        )
    return found


def warnings(health: Health) -> list[Found]:
    """What a person should look at, though the installation itself runs. Pure."""
    found = []
    for site in health.sites:
        if site.push_held_at is not None:
            said = f"{site.name} does not push by itself. {site.push_held_message or ''}"
            found.append(Found(Finding.PUSHES_HELD, said.strip()))
        if site.stopped_at is not None:
            found.append(
                Found(
                    Finding.SITE_STOPPED,
                    f"{site.name} stands still. {site.stopped_message or ''}".strip(),
                )
            )
        elif site.enabled and site.pull_every is not None and site.last_pull_at is not None:
            silent = health.now - site.last_pull_at
            if silent > STORE_SILENT + timedelta(seconds=site.pull_every):
                found.append(
                    Found(
                        Finding.STORE_SILENT,
                        f"{site.name} was last read through {_age(silent)} ago.",
                    )
                )
    if health.beat_at is not None and not health.workers and expected_since(health.sites):
        found.append(Found(Finding.NO_WORKERS, "No worker is alive."))
    return found


def _overdue(site: SiteHealth, now: datetime) -> timedelta | None:
    """How long a site that may run has been due, where that is too long."""
    is_quiet = site.quiet_until is not None and site.quiet_until > now
    if not site.enabled or site.stopped_at is not None or is_quiet:
        return None
    due = [site.next_pull_at or site.created_at] if site.pull_every is not None else []
    is_held = site.push_seen_at is None or site.push_held_at is not None
    if site.push_every is not None and not is_held:
        due.append(site.next_push_at or site.push_seen_at or site.created_at)
    waited = now - min(due, default=now)
    return waited if waited > WORK_LATE else None


def _age(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 2:
        return f"{int(age.total_seconds())} seconds"
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 2 * 24 * 60 else f"{minutes // (24 * 60)} days"
