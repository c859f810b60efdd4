"""Site declarations: applied as a whole or not at all, and handed out again without secrets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from platforms.base import Platform
from webapp.backoffice.goods.mapping_changes import lock_site
from webapp.backoffice.people.audit import record_change
from webapp.backoffice.setup.declaration_checks import check_declaration, declared_sites, wiring_key
from webapp.backoffice.setup.declaration_fields import DeclarationFault, Faults
from webapp.backoffice.setup.declaration_reading import Declaration, read_declaration
from webapp.backoffice.setup.setting_changes import requeue_after_settings
from webapp.backoffice.setup.site_settings import change_site, make_site, told
from webapp.backoffice.setup.wiring import current_wiring, ledger_facts, rewire
from webapp.backoffice.sites.settings import DEFAULT_AUTOMATION, DEFAULT_POSTING, Role
from webapp.models.sites import Site


class DeclarationRefused(Exception):
    """Nothing was saved: every fault of every declaration, each with its key and a sentence."""

    def __init__(self, faults: Sequence[DeclarationFault]) -> None:
        super().__init__(" ".join(fault.message for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedSite:
    """`changed` lists dotted names of what an existing site was given anew; () for a new one."""

    name: str
    platform: str
    created: bool
    changed: tuple[str, ...]
    requeued: int = 0
    warnings: tuple[str, ...] = ()


def apply_declarations(
    session: Session,
    raw: object,
    *,
    platforms: Mapping[str, Platform],
    now: datetime,
    actor: str | None,
    private: Sequence[DeclarationFault] = (),
    replace_tokens: bool = False,
) -> list[AppliedSite]:
    """Make and change sites as one declaration or a list of them says; all or none.

    `raw` is the file's JSON as values (`platforms.money.decode_json`), `private` what
    `private_addresses` found. Keys that a declaration leaves out keep their value, or have the
    default in a new site; applying it twice changes nothing. Changed settings and wirings
    re-queue the orders that they unblock. DeclarationRefused: anything is wrong anywhere.
    """
    faults = list(private)
    ledgers = ledger_facts(session)
    ready: list[tuple[Declaration, Site | None, tuple[str, ...]]] = []
    listed = declared_sites(raw)
    seen: set[str] = set()
    for each in listed:
        found = Faults()
        site = _site_of(session, each)
        on_platform = site.platform if site else ""
        declared = read_declaration(each, platforms, found, on_platform=on_platform)
        if declared.name and declared.name in seen:
            found.add("name", f"Two declarations are named {declared.name}.")
        seen.add(declared.name)
        if site is not None:
            lock_site(session, site.id)
        warnings = check_declaration(session, declared, site, platforms, ledgers, found)
        faults += found.found
        ready.append((declared, site, warnings))
    if not listed:
        faults.append(DeclarationFault(key="", message="The file declares no site."))
    if faults:
        raise DeclarationRefused(faults)
    return [
        _apply(
            session,
            declared,
            site,
            platforms[declared.platform or (site.platform if site else "")],
            warnings,
            now=now,
            actor=actor,
            replace_tokens=replace_tokens,
        )
        for declared, site, warnings in ready
    ]


def _apply(
    session: Session,
    declared: Declaration,
    site: Site | None,
    platform: Platform,
    warnings: tuple[str, ...],
    *,
    now: datetime,
    actor: str | None,
    replace_tokens: bool,
) -> AppliedSite:
    is_new = site is None
    if site is None:
        site = make_site(session, declared, platform, now)
        changed: dict[str, tuple[Any, Any]] = {}
        after: dict[str, Any] = export_declaration(session, site)
        for told_by_rewiring in ("ledgers", "payment_methods"):
            del after[told_by_rewiring]
        _record(session, site, "create_site", None, after, now=now, actor=actor)
    else:
        changed = change_site(
            session, site, declared, platform, replace_tokens=replace_tokens, now=now
        )
        if changed:
            before = {key: old for key, (old, _) in changed.items()}
            after = {key: new for key, (_, new) in changed.items()}
            _record(session, site, "change_site", before, after, now=now, actor=actor)
    rewired = rewire(session, site, declared.wiring, now=now, actor=actor)
    requeued = requeue_after_settings(session, site, platform, changed, now=now, actor=actor)
    names = [*changed, *(_place_name(place) for place in rewired.changed)]
    return AppliedSite(
        name=site.name,
        platform=site.platform,
        created=is_new,
        changed=() if is_new else tuple(names),
        requeued=rewired.requeued + requeued,
        warnings=warnings,
    )


def _site_of(session: Session, raw: object) -> Site | None:
    name = raw.get("name") if isinstance(raw, Mapping) else None
    if not isinstance(name, str):
        return None
    return session.scalar(select(Site).where(Site.name == name))


def _place_name(place: str) -> str:
    role, _, method = place.partition(".")
    return wiring_key(role, method)


def _record(
    session: Session,
    site: Site,
    action: str,
    before: Any,
    after: Any,
    *,
    now: datetime,
    actor: str | None,
) -> None:
    record_change(
        session,
        now=now,
        actor=actor,
        action=action,
        subject="site",
        subject_id=site.id,
        label=site.name,
        before=before,
        after=after,
    )


def export_declaration(session: Session, site: Site) -> dict[str, Any]:
    """The site as a declaration without its secrets; applying it to the site changes nothing."""
    wired = current_wiring(session, site.id)
    methods: dict[str, dict[str, str]] = {}
    for (role, method), code in sorted(wired.items()):
        if method:
            methods.setdefault(method, {})[role] = code
    return {
        "name": site.name,
        "platform": site.platform,
        "url": site.url,
        "currency": site.currency,
        "timezone": site.timezone,
        "integration": {
            "orders_from": told(site.orders_from),
            "stock_from": told(site.stock_from),
            "pull_every": site.pull_every,
            "push_every": site.push_every,
            "requests_at_once": site.requests_at_once,
            "attempt_limit": site.attempt_limit,
            "buyer_days": site.buyer_days,
        },
        "automation": {**DEFAULT_AUTOMATION, **site.automation},
        "posting": {**DEFAULT_POSTING, **site.posting},
        "ledgers": {role.value: wired.get((role.value, "")) for role in Role},
        "payment_methods": methods,
    }
