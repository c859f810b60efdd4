"""What is wrong with a site declaration that only the database, or a name service, can tell."""

import socket
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from platforms.base import Platform
from webapp.backoffice.setup.declaration_fields import DeclarationFault, Faults
from webapp.backoffice.setup.declaration_reading import Declaration
from webapp.backoffice.setup.site_settings import DEFAULT_PLAIN
from webapp.backoffice.setup.wiring import (
    LedgerFacts,
    Place,
    Reason,
    WiringFault,
    clearing_of_other_sites,
    current_wiring,
    wiring_faults,
)
from webapp.backoffice.sites.settings import METHOD_ROLES
from webapp.models.journal import JournalEntry
from webapp.models.ledgers import PeriodClosing
from webapp.models.sites import Site


def declared_sites(raw: object) -> list[Any]:
    """The declarations of a file: one object, or a list of them."""
    return list(raw) if isinstance(raw, list | tuple) else [raw]


def private_addresses(
    raw: object, is_public: Callable[[str], bool], *, allow_private: bool
) -> tuple[DeclarationFault, ...]:
    """Declared addresses that lead into a private network, by name too.

    Asks the name service, so it comes before the transaction that applies. A name that does
    not resolve is left to the connection, which looks again.
    """
    if allow_private:
        return ()
    faults = []
    for each in declared_sites(raw):
        url = each.get("url") if isinstance(each, Mapping) else None
        if isinstance(url, str) and _leads_inside(url, is_public):
            name = each.get("name")
            faults.append(
                DeclarationFault(
                    key="url",
                    message="The address leads into a private network. Set "
                    "TILLBRIDGE_ALLOW_PRIVATE_STORES=1 for a store inside yours.",
                    site=name if isinstance(name, str) else "",
                )
            )
    return tuple(faults)


def _leads_inside(url: str, is_public: Callable[[str], bool]) -> bool:
    try:
        parts = urlsplit(url.strip())
        found = socket.getaddrinfo(parts.hostname or "", parts.port or 443, 0, socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError):
        return False
    return not all(is_public(str(entry[4][0])) for entry in found)


def check_declaration(
    session: Session,
    declared: Declaration,
    site: Site | None,
    platforms: Mapping[str, Platform],
    ledgers: Mapping[str, LedgerFacts],
    faults: Faults,
) -> tuple[str, ...]:
    """Add what is wrong with a declaration for this site; the warnings, as sentences."""
    if site is None:
        _check_new(declared, platforms, faults)
    else:
        _check_existing(session, declared, site, faults)
    wired, unknown = _wanted_wiring(session, declared, site, ledgers)
    for place, code in unknown:
        faults.add(wiring_key(*place), f"There is no ledger {code} in the chart of accounts.")
    site_currency = declared.plain.get("currency") or (
        site.currency if site else DEFAULT_PLAIN["currency"]
    )
    found = wiring_faults(
        wired,
        site_currency=site_currency,
        needs_all=False,
        clearing_elsewhere=clearing_of_other_sites(session, site.id if site else None),
    )
    moves_currency = site is not None and site.currency != site_currency
    own = [fault for fault in found if moves_currency or _is_own(fault, declared)]
    for fault in own:
        if not fault.is_warning:
            faults.add(wiring_key(fault.role, fault.payment_method), fault.message)
    return tuple(fault.message for fault in own if fault.is_warning)


def _is_own(fault: WiringFault, declared: Declaration) -> bool:
    """Whether the declaration itself names what is at fault; what stood before may stand."""
    if fault.reason is Reason.SAME_AS_BANK:
        return any(role in METHOD_ROLES for role, _ in declared.wiring)
    return (fault.role, fault.payment_method) in declared.wiring


def _check_new(declared: Declaration, platforms: Mapping[str, Platform], faults: Faults) -> None:
    wrong = {fault.key for fault in faults.found}
    for key, given in (("platform", declared.platform), ("url", declared.plain.get("url"))):
        if not given and key not in wrong:
            faults.add(key, f"A new site needs its {key}.")
    platform = platforms.get(declared.platform)
    for each in platform.credential_fields if platform else ():
        key = f"credentials.{each.name}"
        if each.is_renewed or each.is_optional:
            continue  # the store's owner may let us in later, or it is not needed at all
        if each.name not in declared.credentials and key not in wrong:
            faults.add(key, f"A new site needs its {each.label.lower()}.")


def _check_existing(session: Session, declared: Declaration, site: Site, faults: Faults) -> None:
    if declared.platform and declared.platform != site.platform:
        message = f"The site is on {site.platform}: give a store on another platform its own name."
        faults.add("platform", message)
    currency = declared.plain.get("currency", site.currency)
    if currency != site.currency and _has_entries(session, site.id):
        message = f"The site has entries in {site.currency}: its currency cannot change any more."
        faults.add("currency", message)
    orders_from = declared.integration.get("orders_from", site.orders_from)
    closed = _closed_through(session)
    zone = ZoneInfo(declared.plain.get("timezone", site.timezone))
    is_earlier = orders_from < site.orders_from
    if closed and is_earlier and orders_from.astimezone(zone).date() <= closed:
        message = f"The books are closed through {closed}: those months are reported."
        faults.add("integration.orders_from", message)


def _has_entries(session: Session, site_id: int) -> bool:
    query = select(JournalEntry.id).where(JournalEntry.site_id == site_id).limit(1)
    return session.scalar(query) is not None


def _closed_through(session: Session) -> date | None:
    return session.scalar(
        select(PeriodClosing.closed_through).order_by(PeriodClosing.id.desc()).limit(1)
    )


def _wanted_wiring(
    session: Session,
    declared: Declaration,
    site: Site | None,
    ledgers: Mapping[str, LedgerFacts],
) -> tuple[dict[Place, LedgerFacts], list[tuple[Place, str]]]:
    """The wiring as it would stand, and the codes that no ledger has."""
    codes: dict[Place, str | None] = dict(current_wiring(session, site.id)) if site else {}
    codes |= declared.wiring
    wired: dict[Place, LedgerFacts] = {}
    unknown: list[tuple[Place, str]] = []
    for place, code in codes.items():
        if code is None:
            continue
        if code in ledgers:
            wired[place] = ledgers[code]
        else:
            unknown.append((place, code))
    return wired, unknown


def wiring_key(role: str, method: str) -> str:
    return f"payment_methods.{method}.{role}" if method else f"ledgers.{role}"
