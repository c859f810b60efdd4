"""Sites: the list, a site's facts, its Automation as sentences, and its channel ledgers. Read only."""

from dataclasses import dataclass
from typing import Any

from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.admin.frame.base import Screen
from webapp.admin.frame.formatters import words
from webapp.admin.frame.session import reading
from webapp.admin.frame.site_facts import (
    all_sites,
    known_site,
    last_runs,
    listing_counts,
    state_counts,
)
from webapp.admin.sites.webhook_facts import webhook_facts
from webapp.backoffice.sites.settings import (
    DEFAULT_ROLES,
    REQUIRED_ROLES,
    ROLE_TYPES,
    Automation,
    HoldRule,
    PostingSettings,
    Role,
    read_automation,
    read_posting,
)
from webapp.models.ledgers import Ledger
from webapp.models.sites import Site, SiteWiring

HOLD_TESTS = {"is": "is", "over": "is over", "contains": "contains"}
SHOWN_ROLES = (*REQUIRED_ROLES, Role.REFUNDS, Role.ROUNDING, Role.BANK, Role.STORE_CREDIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class WiredRole:
    """A role with its ledger; without one, `falls_to` is the role whose ledger it lands on."""

    role: Role
    types: tuple[str, ...]
    is_required: bool
    code: str | None
    name: str | None
    falls_to: Role | None
    by_method: tuple[tuple[str, str, str], ...]


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
        facts = known_site(site_id)
        session = reading()
        return self.render(
            "sites/store.html",
            tab="store",
            site=facts,
            settings=_settings(session, site_id),
            states=state_counts(session, [site_id])[site_id],
            listings=listing_counts(session, site_id),
            runs=last_runs(session, site_id),
            webhooks=webhook_facts(facts),
        )

    @expose("/<id:site_id>/automation")
    def automation(self, site_id: int) -> Any:
        facts = known_site(site_id)
        settings = _settings(reading(), site_id)
        return self.render(
            "sites/automation.html",
            tab="automation",
            site=facts,
            settings=settings,
            sentences=automation_sentences(settings.automation),
        )

    @expose("/<id:site_id>/ledgers")
    def ledgers(self, site_id: int) -> Any:
        facts = known_site(site_id)
        return self.render(
            "sites/ledgers.html",
            tab="ledgers",
            site=facts,
            settings=_settings(reading(), site_id),
            roles=wired_roles(reading(), site_id),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """What a person set on a site, as it stands."""

    orders_from: Any
    stock_from: Any
    attempt_limit: int
    buyer_days: int
    automation: Automation
    posting: PostingSettings


def wired_roles(session: Session, site_id: int) -> list[WiredRole]:
    """The site's roles in the order of the form, each with its ledger and its exceptions."""
    rows = session.execute(
        select(SiteWiring.role, SiteWiring.payment_method, Ledger.code, Ledger.name)
        .join(Ledger, Ledger.id == SiteWiring.ledger_id)
        .where(SiteWiring.site_id == site_id)
        .order_by(SiteWiring.payment_method)
    ).all()
    wired = {row.role: row for row in rows if not row.payment_method}
    found = []
    for role in SHOWN_ROLES:
        row = wired.get(role)
        found.append(
            WiredRole(
                role=role,
                types=ROLE_TYPES[role],
                is_required=role in REQUIRED_ROLES,
                code=row.code if row else None,
                name=row.name if row else None,
                falls_to=None if row else DEFAULT_ROLES.get(role),
                by_method=tuple(
                    (each.payment_method, each.code, each.name)
                    for each in rows
                    if each.role == role and each.payment_method
                ),
            )
        )
    return found


def missing_roles(session: Session, site_id: int) -> list[Role]:
    """Required roles without a ledger: the site's paid orders wait for them."""
    wired = set(
        session.scalars(
            select(SiteWiring.role).where(
                SiteWiring.site_id == site_id, SiteWiring.payment_method == ""
            )
        )
    )
    return [role for role in REQUIRED_ROLES if role not in wired]


def automation_sentences(automation: Automation) -> list[tuple[str, str]]:
    """What happens by itself at a site: a heading and a sentence each."""
    statuses = " or ".join(sorted(automation.import_statuses)) or "the platform's own choice"
    leaves = "is paid" if automation.stock_leaves_on == "paid" else "is shipped"
    told = automation.on_shipped_set_status
    sentences = [
        ("Orders come in", f"when their status in the store is {statuses}."),
        ("Stock leaves", f"when the order {leaves}."),
        (
            "When an order is shipped here",
            f"the store is told and sets it to {told}." if told else "the store is told nothing.",
        ),
        (
            "When an order is cancelled",
            "its pieces go back on the shelf."
            if automation.cancel_restocks
            else "its pieces stay gone until a person counts them back.",
        ),
    ]
    if automation.handover:
        way = automation.handover.replace("_", " ")
        sentences.append(("A parcel leaves", f"by {way}, as the store is told."))
    if automation.stock_buffer:
        sentences.append(
            ("A buffer", f"of {automation.stock_buffer} is kept back from what the store shows.")
        )
    sentences += [
        ("The store's status", f"“{own}” is read as “{known}”.")
        for own, known in sorted(automation.status_as.items())
    ]
    sentences += [("A new order is held", _hold_sentence(rule)) for rule in automation.hold_when]
    return sentences


def _hold_sentence(rule: HoldRule) -> str:
    return f"when its {words(rule.field)} {HOLD_TESTS[rule.test]} {rule.value}: {rule.say}"


def _settings(session: Session, site_id: int) -> SiteSettings:
    row = session.execute(
        select(
            Site.orders_from,
            Site.stock_from,
            Site.attempt_limit,
            Site.buyer_days,
            Site.automation,
            Site.posting,
        ).where(Site.id == site_id)
    ).one()
    return SiteSettings(
        orders_from=row.orders_from,
        stock_from=row.stock_from,
        attempt_limit=row.attempt_limit,
        buyer_days=row.buyer_days,
        automation=read_automation(row.automation),
        posting=read_posting(row.posting),
    )
