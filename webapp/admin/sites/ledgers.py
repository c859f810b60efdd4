"""A site's channel ledgers and posting rules, beside the journals of real orders as they post."""

from datetime import datetime
from typing import Any

from flask import request
from flask_admin import expose
from sqlalchemy.orm import Session

from jobs.enqueue import request_processing
from platforms import registry
from webapp.admin.frame.base import Screen, actor, back_to, needs, toast
from webapp.admin.frame.formatters import plural
from webapp.admin.frame.meanwhile import changed_meanwhile, mark
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import backing, reading, saving
from webapp.admin.frame.site_facts import known_site
from webapp.admin.sites.declaring import declare_within
from webapp.admin.sites.ledgers_form import (
    HELP,
    OPTIONAL_ROLES,
    CheckedWiring,
    LedgersForm,
    StandingLedgers,
    check_wiring,
    declared,
    falls_to,
    filled_form,
    form_data,
    offered,
    typed_form,
    wanted_posting,
    with_blank_rows,
)
from webapp.admin.sites.setting_changes import changes_of
from webapp.admin.sites.wording import went_on
from webapp.backoffice.goods.mapping_changes import lock_site
from webapp.backoffice.setup.declarations import AppliedSite, DeclarationRefused
from webapp.backoffice.setup.recent_orders import methods_seen
from webapp.backoffice.setup.wiring import (
    clearing_of_other_sites,
    current_wiring,
    ledger_facts,
)
from webapp.backoffice.setup.wiring_preview import Preview, preview_wiring
from webapp.backoffice.setup.wiring_reach import wiring_reach
from webapp.backoffice.sites.settings import (
    DEFAULT_POSTING,
    METHOD_ROLES,
    ROLE_TYPES,
    Role,
    read_posting,
)
from webapp.database import utc_now
from webapp.models.sites import Site

LOOKED_AT = 1_000
MOST_METHODS = 12
CHANGED = ("ledgers.", "posting.")

NEEDED = (
    Role.CUSTOMER_PAYMENT,
    Role.SALES_REVENUE,
    Role.DELIVERY,
    Role.DISCOUNT,
    Role.TAX,
    Role.PLATFORM_FEES,
)

# What a declaration says of these speaks of quotes, which nobody types here.
IN_A_FORM = {"included_tax_rate": "A percentage is needed here, as 6 or 0."}

Errors = dict[str, str]


class ChannelLedgersScreen(Screen):
    under = "sites"

    def is_visible(self) -> bool:
        return False

    @expose("")
    @expose("/")
    def index(self, site_id: int) -> Any:
        return self._page(site_id, None, {})

    @expose("/", methods=("POST",))
    @needs(Right.WIRE)
    def save(self, site_id: int) -> Any:
        """Save; or, by the button pressed, look how an order would post."""
        known_site(site_id)
        form = typed_form(request.form)
        if request.form.get("do") == "see":
            return self._page(site_id, form, {})
        return self._save(site_id, form)

    @expose("/preview", methods=("POST",))
    @needs(Right.WIRE)
    def preview(self, site_id: int) -> Any:
        """The journals as a fragment, for whoever changes a field with script."""
        site = known_site(site_id)
        form = typed_form(request.form)
        return self.render("sites/_ledgers_preview.html", site=site, **_seen(site_id, form))

    def _save(self, site_id: int, form: LedgersForm) -> Any:
        now = utc_now()
        errors: Errors = {}
        applied: AppliedSite | None = None
        status = 422
        with saving() as session:
            lock_site(session, site_id)
            site = session.get_one(Site, site_id)
            standing = _standing(session, site)
            checked = _check(session, site, standing, form)
            if changed_meanwhile(*standing.mark):
                status = 409
                errors["form"] = (
                    "Somebody changed the wiring or a posting rule while the form lay open; what "
                    "changed stands at the foot of this page. Save again to put yours in its place."
                )
            raw = declared(form, standing)
            if not errors and not checked.refused and raw:
                applied = _apply(session, site, raw, errors, now)
        if errors or checked.refused:
            return self._page(site_id, form, errors), status
        if applied is None:
            toast("Nothing was changed.")
            return back_to(".index", site_id=site_id)
        done = request_processing(backing().engine, site_id, actor=actor(), now=now)
        toast(f"Saved, {plural(len(applied.changed), 'change')}. {went_on(applied.requeued, done)}")
        return back_to(".index", site_id=site_id)

    def _page(self, site_id: int, form: LedgersForm | None, errors: Errors) -> Any:
        facts = known_site(site_id)
        session = reading()
        site = session.get_one(Site, site_id)
        platform = registry.get(site.platform)
        standing = _standing(session, site)
        methods = methods_seen(session, site_id, LOOKED_AT, currency=site.currency)
        shown = form
        if shown is None:
            names = [each.method for each in methods[:MOST_METHODS]]
            shown = filled_form(form_data(standing, names))
        with_blank_rows(shown, has_escrow=bool(platform.escrow_fields))
        ledgers = ledger_facts(session)
        lists = {role.value: offered(ledgers, role, site.currency) for role in Role}
        return self.render(
            "sites/ledgers.html",
            tab="ledgers",
            site=facts,
            platform=platform,
            form=shown,
            standing_mark=mark(*standing.mark),
            offered=lists,
            codes=ledgers,
            types=ROLE_TYPES,
            groups=(
                ("Which ledger takes what", NEEDED),
                ("May be left as they are", OPTIONAL_ROLES),
            ),
            method_roles=METHOD_ROLES,
            falls_to={role.value: falls_to(role) for role in Role},
            role_help=HELP,
            methods_seen={each.method: each for each in methods},
            errors=errors,
            is_typed=form is not None,
            changes=changes_of(session, site_id, CHANGED),
            **_seen(site_id, shown),
        )


def _standing(session: Session, site: Site) -> StandingLedgers:
    return StandingLedgers(
        wired=current_wiring(session, site.id), posting={**DEFAULT_POSTING, **site.posting}
    )


def _check(
    session: Session, site: Site, standing: StandingLedgers, form: LedgersForm
) -> CheckedWiring:
    return check_wiring(
        form,
        standing,
        ledger_facts(session),
        currency=site.currency,
        clearing_elsewhere=clearing_of_other_sites(session, site.id),
    )


def _apply(
    session: Session, site: Site, raw: dict[str, Any], errors: Errors, now: datetime
) -> AppliedSite | None:
    """Save what is declared; None: it is refused, and `errors` says why by the setting's name."""
    try:
        return declare_within(session, site, raw, now)
    except DeclarationRefused as refused:
        for fault in refused.faults:
            name = fault.key.split(".")[1] if fault.key.startswith("posting.") else fault.key
            errors.setdefault(name, IN_A_FORM.get(name, fault.message))
        return None


def _seen(site_id: int, form: LedgersForm) -> dict[str, Any]:
    """What the form would do: refused places, an example's journal, and whom saving reaches."""
    session = reading()
    site = session.get_one(Site, site_id)
    platform = registry.get(site.platform)
    standing = _standing(session, site)
    checked = _check(session, site, standing, form)
    wanted = wanted_posting(form)
    chosen = request.values.get("order", "")
    preview: Preview = preview_wiring(
        session,
        site,
        platform,
        wired=checked.ledgers,
        refused=checked.refused,
        posting=read_posting(_readable(wanted)),
        chosen=int(chosen) if chosen.isdecimal() and len(chosen) < 18 else None,
        now=utc_now(),
    )
    places = [place for place in checked.ledgers if place not in checked.refused]
    return {
        "checked": checked,
        "preview": preview,
        "reach": wiring_reach(session, site_id, places, currency=site.currency),
        "is_changed": bool(declared(form, standing)),
        "books_no_tax": _books_no_tax(wanted, has_escrow=bool(platform.escrow_fields)),
    }


def _readable(wanted: dict[str, Any]) -> dict[str, Any]:
    """The typed posting settings, the default in place of what no planner could read."""
    rate = wanted["included_tax_rate"]
    is_rate = rate.replace(".", "", 1).isdecimal() and len(rate) < 10
    return {**wanted, "included_tax_rate": rate if is_rate else "0"}


def _books_no_tax(wanted: dict[str, Any], *, has_escrow: bool) -> bool:
    """Whether these settings book no output tax, which a registered seller owes."""
    if wanted["tax_collected_by"] == "marketplace":
        return True
    return has_escrow and not _readable(wanted)["included_tax_rate"].strip("0.")
