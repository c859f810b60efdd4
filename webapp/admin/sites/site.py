"""Sites: the list, and a site's Store tab: who it is, from when it is, paused or not."""

from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from flask import request
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.admin.frame.base import Screen, actor, back_to, needs, toast
from webapp.admin.frame.formatters import plural
from webapp.admin.frame.meanwhile import changed_meanwhile, mark
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import reading, saving
from webapp.admin.frame.site_facts import (
    SiteFacts,
    all_sites,
    known_site,
    last_runs,
    listing_counts,
    state_counts,
)
from webapp.admin.frame.workers import nobody_at_work
from webapp.admin.sites.declaring import TypedForm, declare, instant_typed, local_text
from webapp.admin.sites.site_trail import site_trail
from webapp.admin.sites.steps import steps_of
from webapp.backoffice.setup.declarations import AppliedSite, DeclarationRefused
from webapp.backoffice.setup.pausing import set_enabled
from webapp.backoffice.setup.starting import missing_ledgers
from webapp.backoffice.sites.settings import Role
from webapp.database import utc_now
from webapp.models.journal import JournalEntry
from webapp.models.sites import Site

DATES = ("integration.orders_from", "integration.stock_from")
DATE_NEEDED = "A day and a time are needed here, as 2026-01-01 00:00."


class SitesScreen(Screen):
    @expose("/")
    def index(self) -> Any:
        session = reading()
        sites = all_sites()
        return self.render(
            "sites/list.html",
            sites=sites,
            states=state_counts(session, [site.id for site in sites]),
            listings={site.id: listing_counts(session, site.id) for site in sites},
            missing={site.id: missing_roles(session, site.id) for site in sites},
            runs={site.id: last_runs(session, site.id) for site in sites},
        )

    @expose("/<id:site_id>/")
    def store(self, site_id: int) -> Any:
        return self._page(site_id, None)

    @expose("/<id:site_id>/", methods=("POST",))
    @needs(Right.CONNECT)
    def save(self, site_id: int) -> Any:
        site = known_site(site_id)
        form = TypedForm(values={key: request.form.get(key, "").strip() for key in _FIELDS})
        form.is_late = changed_meanwhile(*_standing(reading(), site))
        if form.is_late:
            return self._page(site_id, form), 409
        given = _given(site, form, _standing(reading(), site))
        applied = None
        if not form.errors:
            try:
                applied = declare(site, given)
            except DeclarationRefused as refused:
                form.take(refused.faults)
        if applied is None:
            return self._page(site_id, form), 422
        toast(said_of(applied))
        return back_to(".store", site_id=site_id)

    @expose("/<id:site_id>/pause", methods=("POST",))
    @needs(Right.CONNECT)
    def pause(self, site_id: int) -> Any:
        name = _set_enabled(site_id, False)
        toast(f"{name} is paused: nothing is pulled from it or pushed to it by itself.")
        return back_to(".store", site_id=site_id)

    @expose("/<id:site_id>/resume", methods=("POST",))
    @needs(Right.CONNECT)
    def resume(self, site_id: int) -> Any:
        if not known_site(site_id).is_started:
            # It was never started: its own steps lead there.
            return back_to("start.index", site_id=site_id)
        name = _set_enabled(site_id, True)
        toast(f"{name} goes on where it stopped, with a pull at once.")
        return back_to(".store", site_id=site_id)

    def _page(self, site_id: int, form: TypedForm | None) -> Any:
        facts = known_site(site_id)
        session = reading()
        standing = _standing(session, facts)
        steps = None if facts.is_started else steps_of(session, facts)
        return self.render(
            "sites/store.html",
            tab="store",
            site=facts,
            form=form or TypedForm(values=_values(facts, standing)),
            now=TypedForm(values=_values(facts, standing)),
            mark=mark(*standing),
            zones=sorted(available_timezones()),
            has_entries=_has_entries(session, site_id),
            steps=steps,
            nobody=nobody_at_work() if steps else None,
            states=state_counts(session, [site_id])[site_id],
            listings=listing_counts(session, site_id),
            runs=last_runs(session, site_id),
            trail=site_trail(session, site_id),
        )


_FIELDS = ("currency", "timezone", *DATES)


def said_of(applied: AppliedSite) -> str:
    """What saving a site's settings did, for a toast."""
    if not applied.changed:
        return f"{applied.name} was like that already."
    went_on = plural(applied.requeued, "order")
    more = f" {went_on} {'goes' if applied.requeued == 1 else 'go'} through again."
    return f"{applied.name} is saved.{more if applied.requeued else ''}"


def missing_roles(session: Session, site_id: int) -> list[Role]:
    """Required roles without a ledger: the site's paid orders wait for them."""
    return list(missing_ledgers(session, site_id))


def _standing(session: Session, site: SiteFacts) -> tuple[str, str, datetime, datetime | None]:
    row = session.execute(
        select(Site.currency, Site.timezone, Site.orders_from, Site.stock_from).where(
            Site.id == site.id
        )
    ).one()
    return row.currency, row.timezone, row.orders_from, row.stock_from


def _values(
    site: SiteFacts, standing: tuple[str, str, datetime, datetime | None]
) -> dict[str, str]:
    """The form as the site stands, its instants in its own time zone."""
    currency, zone, orders_from, stock_from = standing
    return {
        "currency": currency,
        "timezone": zone,
        DATES[0]: local_text(orders_from, zone),
        DATES[1]: local_text(stock_from, zone),
    }


def _given(
    site: SiteFacts, form: TypedForm, standing: tuple[str, str, datetime, datetime | None]
) -> dict[str, Any]:
    """What the form changes, as a declaration. A field as it was drawn changes nothing."""
    stands = _values(site, standing)
    typed = form.values
    given: dict[str, Any] = {
        key: typed[key] for key in ("currency", "timezone") if typed[key] != stands[key]
    }
    integration: dict[str, Any] = {}
    for key in DATES:
        name = key.partition(".")[2]
        if typed[key] == stands[key]:
            continue
        if not typed[key] and key == DATES[1]:
            integration[name] = None
            continue
        integration[name] = instant_typed(typed[key], typed["timezone"] or site.timezone)
        if integration[name] is None:
            form.errors[key] = DATE_NEEDED
    return {**given, "integration": integration} if integration else given


def _has_entries(session: Session, site_id: int) -> bool:
    query = select(JournalEntry.id).where(JournalEntry.site_id == site_id).limit(1)
    return session.scalar(query) is not None


def _set_enabled(site_id: int, enabled: bool) -> str:
    known_site(site_id)
    with saving() as session:
        site = session.get_one(Site, site_id)
        set_enabled(session, site, enabled, now=utc_now(), actor=actor())
        return site.name
