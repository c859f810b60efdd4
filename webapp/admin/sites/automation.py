"""A site's Automation: what happens by itself, as sentences; and what another rule would do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import request
from flask_admin import expose
from sqlalchemy.orm import Session

from jobs.enqueue import request_processing
from platforms import registry
from platforms.base import Platform
from webapp.admin.frame.base import Screen, actor, back_to, needs, toast
from webapp.admin.frame.formatters import plural
from webapp.admin.frame.meanwhile import changed_meanwhile, mark
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import backing, reading, saving
from webapp.admin.frame.site_facts import known_site
from webapp.admin.sites.automation_form import (
    FIELDS,
    TESTS,
    AutomationForm,
    RuleRow,
    declared,
    settings_named,
    show_faults,
    standing_form,
    typed_form,
)
from webapp.admin.sites.declaring import declare_within
from webapp.admin.sites.setting_changes import changes_of
from webapp.admin.sites.wording import AUTOMATION_NAMES, went_on
from webapp.backoffice.goods.mapping_changes import lock_site
from webapp.backoffice.setup.as_declared import check_declared, site_as_declared
from webapp.backoffice.setup.automation_replay import Replay, replay
from webapp.backoffice.setup.declarations import AppliedSite, DeclarationRefused
from webapp.backoffice.setup.recent_orders import StatusSeen, doings, statuses_seen
from webapp.backoffice.setup.setting_changes import GOODS
from webapp.backoffice.sites.settings import read_automation, read_posting
from webapp.database import utc_now
from webapp.models.sites import Site

DAYS = 90
LOOKED_AT = 1_000
CHANGED = ("automation.", "integration.orders_from", "integration.stock_from")


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldChange:
    """What saving the typed form would do. `replay` None: it is not known, or nothing differs."""

    names: tuple[str, ...] = ()
    replay: Replay | None = None
    is_earlier: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(AUTOMATION_NAMES[name] for name in self.names)


class AutomationScreen(Screen):
    under = "sites"

    def is_visible(self) -> bool:
        return False

    @expose("")
    @expose("/")
    def index(self, site_id: int) -> Any:
        return self._page(site_id, None)

    @expose("/", methods=("POST",))
    @needs(Right.AUTOMATE)
    def save(self, site_id: int) -> Any:
        """Save; or, by the button pressed, look what would change, add or drop a row."""
        known_site(site_id)
        form = typed_form(request.form)
        do = request.form.get("do", "save")
        if do != "save":
            _do(form, do)
            return self._page(site_id, form, sees=do == "see")
        return self._save(site_id, form)

    @expose("/would", methods=("POST",))
    @needs(Right.AUTOMATE)
    def would(self, site_id: int) -> Any:
        """The same as a fragment, for whoever changes a field with script."""
        site = known_site(site_id)
        form = typed_form(request.form)
        would = _would_change(reading(), site_id, form)
        return self.render(
            "sites/_automation_would.html", site=site, form=form, would=would, sees=True
        )

    def _save(self, site_id: int, form: AutomationForm) -> Any:
        now = utc_now()
        status = 422
        applied = None
        with saving() as session:
            lock_site(session, site_id)
            site = session.get_one(Site, site_id)
            raw = declared(form, _standing_form(site), site.timezone)
            if changed_meanwhile(*_standing(site)):
                status = 409
                form.errors["form"] = (
                    "Somebody changed these settings while the form lay open; what changed stands "
                    "at the foot of this page. Save again to put what you typed in its place."
                )
            if form.is_good and raw:
                applied = _apply(session, site, raw, form, now)
        if not form.is_good:
            return self._page(site_id, form), status
        if applied is None:
            toast("Nothing was changed.")
            return back_to(".index", site_id=site_id)
        done = request_processing(backing().engine, site_id, actor=actor(), now=now)
        again = " Orders with goods are planned again." if GOODS & set(applied.changed) else ""
        said = f"{plural(len(applied.changed), 'sentence')} saved."
        toast(f"{said}{again} {went_on(applied.requeued, done)}")
        return back_to(".index", site_id=site_id)

    def _page(self, site_id: int, form: AutomationForm | None, *, sees: bool = False) -> Any:
        facts = known_site(site_id)
        session = reading()
        site = session.get_one(Site, site_id)
        platform = registry.get(site.platform)
        since = utc_now() - timedelta(days=DAYS)
        seen = statuses_seen(session, site_id, LOOKED_AT, since=since, currency=site.currency)
        standing = _standing_form(site)
        shown = form or standing
        return self.render(
            "sites/automation.html",
            tab="automation",
            site=facts,
            platform=platform,
            form=shown,
            standing_now=standing,
            standing_mark=mark(*_standing(site)),
            statuses=_offered(platform, seen, standing, shown),
            seen={each.status: each for each in seen},
            doings=doings(session, site_id, LOOKED_AT, since=since),
            days=DAYS,
            fields=FIELDS,
            tests=TESTS,
            posting=read_posting(site.posting),
            would=_would_change(session, site_id, shown) if sees else WouldChange(),
            sees=sees,
            tellable=_tellable(platform, standing, shown),
            changes=changes_of(session, site_id, CHANGED),
        )


def _apply(
    session: Session, site: Site, raw: dict[str, Any], form: AutomationForm, now: datetime
) -> AppliedSite | None:
    """Save what is declared; None: it is refused, and the form says why."""
    try:
        return declare_within(session, site, raw, now)
    except DeclarationRefused as refused:
        show_faults(form, refused.faults)
        return None


def _standing(site: Site) -> tuple[Any, ...]:
    """What the form is drawn from."""
    return site.automation, site.orders_from, site.stock_from


def _standing_form(site: Site) -> AutomationForm:
    return standing_form(site, read_automation(site.automation))


def _do(form: AutomationForm, do: str) -> None:
    """Add or drop a row of the form, as the button pressed says; nothing is saved."""
    what, _, place = do.rpartition("-")
    if do == "add-rule":
        form.rules = [*form.rules, RuleRow()]
    elif do == "add-status":
        form.status_as = [*form.status_as, ("", "")]
    elif what == "drop-rule" and place.isdecimal():
        form.rules = [rule for at, rule in enumerate(form.rules) if at != int(place)]
    elif what == "drop-status" and place.isdecimal():
        form.status_as = [pair for at, pair in enumerate(form.status_as) if at != int(place)]


def _would_change(session: Session, site_id: int, form: AutomationForm) -> WouldChange:
    """What saving would do, planned with the typed rules; what is wrong goes into the form."""
    site = session.get_one(Site, site_id)
    platform = registry.get(site.platform)
    raw = declared(form, _standing_form(site), site.timezone)
    names = settings_named(raw)
    if not names or not form.is_good:
        return WouldChange(names=names)
    try:
        given, _ = check_declared(session, site, raw, platform)
    except DeclarationRefused as refused:
        show_faults(form, refused.faults)
        return WouldChange(names=names)
    changed = site_as_declared(site, given)
    return WouldChange(
        names=names,
        replay=replay(session, site, changed, platform, names, utc_now()),
        is_earlier=changed.orders_from < site.orders_from,
    )


def _offered(
    platform: Platform,
    seen: tuple[StatusSeen, ...],
    standing: AutomationForm,
    form: AutomationForm,
) -> list[str]:
    """Statuses to tick: the platform's, those that stand or are typed, and those seen lately."""
    names = [*platform.default_statuses, *standing.statuses, *form.statuses]
    return list(dict.fromkeys([*names, *(each.status for each in seen)]))


def _tellable(platform: Platform, standing: AutomationForm, form: AutomationForm) -> list[str]:
    """Statuses that the store may be told when a parcel leaves."""
    names = [platform.shipped_status or "", standing.tells, form.tells]
    if not platform.handovers:
        names += platform.default_statuses
    return list(dict.fromkeys(name for name in names if name))
