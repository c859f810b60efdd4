"""A site made or changed as a declaration says, with the defaults of a new one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from platforms.base import Platform
from webapp.backoffice.setup.declaration_reading import Declaration
from webapp.backoffice.setup.given_keys import change_keys, codes_seen
from webapp.backoffice.sites.settings import DEFAULT_AUTOMATION, DEFAULT_POSTING
from webapp.models.sites import Site
from webapp.models.types import as_utc

DEFAULT_PLAIN: Mapping[str, str] = {"currency": "MYR", "timezone": "Asia/Kuala_Lumpur"}
DEFAULT_EVERY = 300
DEFAULT_AT_ONCE = 2
DEFAULT_ATTEMPTS = 8


def make_site(session: Session, declared: Declaration, platform: Platform, now: datetime) -> Site:
    """A new site with what is declared, and the platform's defaults for the rest."""
    automation = {
        **DEFAULT_AUTOMATION,
        "import_statuses": list(platform.default_statuses),
        "on_shipped_set_status": platform.shipped_status,
        **declared.automation,
    }
    posting = {
        **DEFAULT_POSTING,
        "tax_collected_by": platform.tax_collected_by,
        **declared.posting,
    }
    integration = {
        "orders_from": now,
        "stock_from": None,
        "pull_every": DEFAULT_EVERY,
        "push_every": DEFAULT_EVERY,
        "requests_at_once": DEFAULT_AT_ONCE,
        "attempt_limit": DEFAULT_ATTEMPTS,
        "buyer_days": platform.buyer_days,
        **declared.integration,
    }
    site = Site(
        name=declared.name,
        platform=declared.platform,
        created_at=now,
        credentials=declared.credentials,
        codes_seen=codes_seen(None, declared.credentials),
        consented_at=now if _is_let_in(declared, platform) else None,
        facts={},
        automation=automation,
        posting=posting,
        push_seen_at=now,
        next_pull_at=now if integration["pull_every"] else None,
        next_push_at=now if integration["push_every"] else None,
        **{**DEFAULT_PLAIN, **declared.plain},
        **integration,
    )
    session.add(site)
    session.flush()
    return site


def _is_let_in(declared: Declaration, platform: Platform) -> bool:
    renewed = {each.name for each in platform.credential_fields if each.is_renewed}
    return not renewed.isdisjoint(declared.credentials)


def change_site(
    session: Session,
    site: Site,
    declared: Declaration,
    platform: Platform,
    *,
    replace_tokens: bool,
    now: datetime,
) -> dict[str, tuple[Any, Any]]:
    """Give a site what a declaration changes; old and new by dotted name.

    Of credentials only that they changed is told.
    """
    changed: dict[str, tuple[Any, Any]] = {}
    orders_from = site.orders_from
    for path, given in (("", declared.plain), ("integration.", declared.integration)):
        for key, value in given.items():
            old = getattr(site, key)
            if old != value:
                changed[path + key] = (told(old), told(value))
                setattr(site, key, value)
    changed |= _change_stored(site, "automation", declared.automation, DEFAULT_AUTOMATION)
    changed |= _change_stored(site, "posting", declared.posting, DEFAULT_POSTING)
    secrets = change_keys(
        site,
        declared.credentials,
        platform.credential_fields,
        replace_tokens=replace_tokens,
        now=now,
    )
    changed |= {f"credentials.{key}": ("hidden", "hidden") for key in secrets}
    if "url" in changed:
        site.facts = {}
    if secrets or "url" in changed:
        # What stopped the site may be mended: the next run finds out.
        site.stopped_at = site.stopped_code = site.stopped_message = None
    if site.orders_from < orders_from:
        # Orders of that time may never have been read: the next pull begins anew.
        site.pull_watermark = None
    for direction in ("pull", "push"):
        if f"integration.{direction}_every" in changed:
            every = getattr(site, f"{direction}_every")
            setattr(site, f"next_{direction}_at", None if every is None else now)
    session.flush()
    return changed


def _change_stored(
    site: Site, name: str, given: Mapping[str, Any], defaults: Mapping[str, Any]
) -> dict[str, tuple[Any, Any]]:
    stored = {**defaults, **getattr(site, name)}
    different = {key: value for key, value in given.items() if stored.get(key) != value}
    if different:
        setattr(site, name, {**stored, **different})
    return {f"{name}.{key}": (stored.get(key), value) for key, value in different.items()}


def told(value: Any) -> Any:
    """A setting's value as JSON takes it."""
    if isinstance(value, datetime):
        return as_utc(value).replace(tzinfo=None).isoformat() + "Z"
    return value
