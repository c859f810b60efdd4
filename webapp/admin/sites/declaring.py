"""What a form of a site's settings changes: a declaration of its keys alone, applied like a file's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy.orm import Session

from platforms import registry
from platforms.addresses import is_public
from platforms.base import Platform
from webapp.admin.frame.base import actor
from webapp.admin.frame.session import backing, saving
from webapp.admin.frame.site_facts import SiteFacts
from webapp.backoffice.setup.declaration_checks import private_addresses
from webapp.backoffice.setup.declaration_fields import DeclarationFault
from webapp.backoffice.setup.declarations import AppliedSite, apply_declarations
from webapp.database import utc_now
from webapp.models.sites import Site

LOCAL = "%Y-%m-%dT%H:%M"


@dataclass(slots=True, kw_only=True)
class TypedForm:
    """A form as it was typed: `values` and `errors` by the key of the declaration."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    is_late: bool = False

    def take(self, faults: tuple[DeclarationFault, ...]) -> None:
        """Put what the declaration refuses beside its fields."""
        for fault in faults:
            self.errors.setdefault(fault.key, fault.message)


def all_platforms() -> dict[str, Platform]:
    return {name: registry.get(name) for name in registry.names()}


def found_private(raw: Mapping[str, Any]) -> tuple[DeclarationFault, ...]:
    """Whether a declared address leads inside; asks the name service, before any transaction."""
    allows = backing().config.allow_private_stores
    return private_addresses(raw, is_public, allow_private=allows)


def declare(
    site: SiteFacts, given: Mapping[str, Any], *, replace_tokens: bool = False
) -> AppliedSite:
    """Give a site what a form changes. DeclarationRefused: nothing was saved."""
    raw = {"name": site.name, **given}
    private = found_private(raw)
    with saving() as session:
        return apply_declarations(
            session,
            raw,
            platforms=all_platforms(),
            now=utc_now(),
            actor=actor(),
            private=private,
            replace_tokens=replace_tokens,
        )[0]


def declare_within(
    session: Session, site: Site, given: Mapping[str, Any], now: datetime
) -> AppliedSite:
    """`declare` in a transaction that is open, for keys that hold no address. DeclarationRefused."""
    platform = registry.get(site.platform)
    return apply_declarations(
        session,
        {"name": site.name, **given},
        platforms={platform.name: platform},
        now=now,
        actor=actor(),
    )[0]


def local_text(value: datetime | None, zone: str) -> str:
    """An instant as a browser's field for day and time takes it, in the site's time zone."""
    return "" if value is None else value.astimezone(ZoneInfo(zone)).strftime(LOCAL)


def instant_typed(text: str, zone: str) -> str | None:
    """A day and time of a browser's field as a declaration takes it; None: it is none."""
    try:
        typed = datetime.fromisoformat(text)
    except ValueError:
        return None
    if typed.tzinfo is not None or zone not in available_timezones():
        return None
    return typed.replace(tzinfo=ZoneInfo(zone)).isoformat()


def whole_typed(text: str) -> int | None:
    """A whole number that was typed; None: it is none."""
    return int(text) if text.isdecimal() and len(text) < 12 else None
