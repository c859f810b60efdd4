"""A site as a declaration would leave it: read and checked as applying it would, nothing saved."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from platforms.base import Platform
from webapp.backoffice.setup.declaration_checks import check_declaration
from webapp.backoffice.setup.declaration_fields import Faults
from webapp.backoffice.setup.declaration_reading import Declaration, read_declaration
from webapp.backoffice.setup.declarations import DeclarationRefused
from webapp.backoffice.setup.wiring import ledger_facts
from webapp.models.sites import Site


def check_declared(
    session: Session, site: Site, raw: Mapping[str, Any], platform: Platform
) -> tuple[Declaration, tuple[str, ...]]:
    """What a declaration of this site gives, and what to think of before it is saved.

    Reads only. DeclarationRefused: applying it would be refused, for the same faults.
    """
    faults = Faults()
    platforms = {platform.name: platform}
    declared = read_declaration(
        {**raw, "name": site.name}, platforms, faults, on_platform=site.platform
    )
    warnings = check_declaration(session, declared, site, platforms, ledger_facts(session), faults)
    if faults.found:
        raise DeclarationRefused(faults.found)
    return declared, warnings


def site_as_declared(site: Site, declared: Declaration) -> Site:
    """The site with what is declared, for planning alone: a row that belongs to no session.

    It has no credentials: who plans needs none.
    """
    integration = {
        "orders_from": site.orders_from,
        "stock_from": site.stock_from,
        "attempt_limit": site.attempt_limit,
        **declared.integration,
    }
    return Site(
        id=site.id,
        name=site.name,
        platform=site.platform,
        currency=site.currency,
        timezone=site.timezone,
        facts=site.facts,
        orders_from=integration["orders_from"],
        stock_from=integration["stock_from"],
        attempt_limit=integration["attempt_limit"],
        automation={**site.automation, **declared.automation},
        posting={**site.posting, **declared.posting},
    )
