"""Health: whether everything runs, each site's past day, the latest runs, what comes next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from flask_admin import expose

from webapp.admin.frame.base import Screen
from webapp.admin.frame.formatters import plural
from webapp.admin.frame.session import reading
from webapp.admin.frame.site_facts import SiteFacts, all_sites, site_by_name
from webapp.backoffice.reports.health import BEAT_LATE, WORK_LATE, troubles, warnings
from webapp.backoffice.reports.health_facts import KINDS, read_counts, read_health
from webapp.backoffice.reports.run_list import latest_runs, past_day
from webapp.database import utc_now
from webapp.models.sites import SyncRun

LATEST = 8
RUNS_A_PAGE = 50
EVERY_SECONDS = 10
# What a run counts, in the order and the words of a sentence.
COUNTED = (
    ("fetched", "seen"),
    ("new", "new"),
    ("changed", "changed"),
    ("unchanged", "unchanged"),
    ("checked", "checked"),
    ("missed_by_date", "missed by the date"),
    ("listings", "listings"),
    ("sent", "sent"),
    ("confirmed", "confirmed"),
    ("gone", "gone"),
    ("rows", "payout lines"),
    ("posted", "posted"),
    ("waiting", "waiting"),
    ("blocked", "blocked"),
    ("failed", "failed"),
    ("retrying", "retrying"),
    ("skipped", "skipped"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """What happens next by itself. `at` None: as soon as a worker is free."""

    what: str
    site: SiteFacts
    at: datetime | None


class HealthScreen(Screen):
    @expose("/")
    def index(self) -> Any:
        session = reading()
        now = utc_now()
        sites = all_sites()
        ids = [site.id for site in sites]
        health = read_health(session, now)
        found = troubles(health)
        held = {each.id: each for each in health.sites}
        return self.render(
            "health/index.html",
            now=now,
            sites=sites,
            health=health,
            held=held,
            troubles=found,
            warnings=warnings(health),
            numbers=read_counts(session, ids),
            bars={site.id: past_day(session, site.id, now) for site in sites},
            runs=latest_runs(session, ids, limit=LATEST),
            site_of={site.id: site for site in sites},
            coming=_coming(sites, now),
            said=said,
            beat_late=BEAT_LATE,
            work_late=WORK_LATE,
            every_seconds=EVERY_SECONDS,
        )

    @expose("/runs")
    def runs(self) -> Any:
        """All runs, the newest first; a site or a kind may be asked for."""
        sites = all_sites()
        site = site_by_name(request.args.get("site", ""))
        kind = request.args.get("kind", "")
        before = request.args.get("before", "")
        found = latest_runs(
            reading(),
            [site.id] if site else [each.id for each in sites],
            kind=kind if kind in KINDS else None,
            before=int(before) if before.isdecimal() and len(before) < 16 else None,
            limit=RUNS_A_PAGE + 1,
        )
        return self.render(
            "health/runs.html",
            runs=found[:RUNS_A_PAGE],
            has_more=len(found) > RUNS_A_PAGE,
            site=site,
            kind=kind if kind in KINDS else None,
            kinds=KINDS,
            sites=sites,
            site_of={each.id: each for each in sites},
            said=said,
        )


def said(run: SyncRun) -> str:
    """What a run did, from its counts: seen 9, 4 new, 5 unchanged."""
    counts = run.counts or {}
    parts = [f"{counts[name]:,} {word}" for name, word in COUNTED if counts.get(name)]
    if not parts:
        return "nothing to do" if run.finished_at else "under way"
    if run.requests:
        parts.append(plural(run.requests, "request"))
    return ", ".join(parts)


def _coming(sites: tuple[SiteFacts, ...], now: datetime) -> list[Coming]:
    """The next pull and push of each site that runs, the soonest first."""
    found = []
    for site in sites:
        if not site.enabled or site.stopped_at is not None:
            continue
        if site.pull_every is not None:
            found.append(Coming(what="Pull", site=site, at=site.next_pull_at))
        if site.push_every is not None and site.push_seen_at is not None:
            found.append(Coming(what="Push", site=site, at=site.next_push_at))
    return sorted(found, key=lambda each: each.at or now)[:LATEST]
