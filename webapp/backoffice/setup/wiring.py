"""A site's channel ledgers: what may be wired, saving it, and the orders that it unblocks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from webapp.backoffice import states
from webapp.backoffice.books import settling
from webapp.backoffice.books.channel_ledgers import Wiring
from webapp.backoffice.errors import Code
from webapp.backoffice.goods.mapping_changes import lock_site
from webapp.backoffice.people.audit import record_change
from webapp.backoffice.sites.settings import METHOD_ROLES, REQUIRED_ROLES, ROLE_TYPES, Role
from webapp.models.ledgers import Ledger
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site, SiteWiring

WIRED_NOW = "Its ledgers are wired now."

Place = tuple[str, str]  # role, payment method ("" for all)


class Reason(StrEnum):
    WRONG_TYPE = "wrong_type"
    INACTIVE_LEDGER = "inactive_ledger"
    WRONG_CURRENCY = "wrong_currency"
    MISSING = "missing"
    SAME_AS_BANK = "same_as_bank"
    SAME_AS_SALES = "same_as_sales"
    SAME_AS_FEES = "same_as_fees"
    SHARED_CLEARING = "shared_clearing"


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """What wiring needs to know of a ledger. `currency` None: it takes any."""

    id: int
    code: str
    name: str
    type: str
    currency: str | None
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WiringFault:
    """Why a role's ledger is refused, or with `is_warning` what to think of before saving."""

    role: str
    payment_method: str
    reason: Reason
    message: str
    is_warning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewired:
    """`changed`: "role" or "role.payment method", sorted. `requeued` orders go on."""

    changed: tuple[str, ...]
    requeued: int


def wiring_faults(
    wired: Mapping[Place, LedgerFacts],
    *,
    site_currency: str,
    needs_all: bool,
    clearing_elsewhere: Mapping[int, str] | None = None,
) -> tuple[WiringFault, ...]:
    """What is wrong with a site's wiring, and what is odd about it (POSTING rule *Roles*). Pure.

    `needs_all`: an empty required role is a fault too (the form; a declaration may wait).
    `clearing_elsewhere`: ledgers that other sites use as `customer_payment`, with their names.
    """
    faults: list[WiringFault] = []
    for (role, method), ledger in wired.items():
        faults += _ledger_faults(Role(role), method, ledger, site_currency)
    if needs_all:
        faults += [
            _fault(role, "", Reason.MISSING, f"No ledger is chosen for {role}.")
            for role in REQUIRED_ROLES
            if (role, "") not in wired
        ]
    faults += _same_as_bank(wired)
    faults += _warnings(wired, clearing_elsewhere or {})
    return tuple(faults)


def _ledger_faults(
    role: Role, method: str, ledger: LedgerFacts, site_currency: str
) -> list[WiringFault]:
    faults = []
    if ledger.type not in ROLE_TYPES[role]:
        wanted = " or ".join(ROLE_TYPES[role])
        message = (
            f"{role} takes an {wanted} ledger"
            if wanted[0] in "aeio"
            else (f"{role} takes a {wanted} ledger")
        )
        message += f"; {ledger.code} {ledger.name} is of type {ledger.type}."
        faults.append(_fault(role, method, Reason.WRONG_TYPE, message))
    if not ledger.is_active:
        message = f"{ledger.code} {ledger.name} is not active any more: choose another ledger."
        faults.append(_fault(role, method, Reason.INACTIVE_LEDGER, message))
    if ledger.currency not in (None, site_currency):
        message = (
            f"{ledger.code} {ledger.name} is kept in {ledger.currency}, "
            f"the site's books are in {site_currency}."
        )
        faults.append(_fault(role, method, Reason.WRONG_CURRENCY, message))
    return faults


def _same_as_bank(wired: Mapping[Place, LedgerFacts]) -> list[WiringFault]:
    """Clearing and bank on one ledger, as each payment method sees them."""
    wiring = Wiring({place: ledger.id for place, ledger in wired.items()})
    faults = []
    for method in sorted({method for _, method in wired} | {""}):
        clearing = wiring.ledger_for(Role.CUSTOMER_PAYMENT, method)
        if clearing is None or clearing != wiring.ledger_for(Role.BANK, method):
            continue
        if method and all((role, method) not in wired for role in METHOD_ROLES):
            continue
        role = Role.BANK if (Role.BANK, method) in wired else Role.CUSTOMER_PAYMENT
        message = (
            "customer_payment and bank are on one ledger"
            + (f" for {method}" if method else "")
            + ": a payout would vanish in it."
        )
        faults.append(_fault(role, method, Reason.SAME_AS_BANK, message))
    return faults


def _warnings(
    wired: Mapping[Place, LedgerFacts], clearing_elsewhere: Mapping[int, str]
) -> list[WiringFault]:
    warnings = []

    def same(first: Role, second: Role, reason: Reason, message: str) -> None:
        one, other = wired.get((first, "")), wired.get((second, ""))
        if one and other and one.id == other.id:
            warnings.append(_fault(first, "", reason, message, is_warning=True))

    same(
        Role.DELIVERY,
        Role.SALES_REVENUE,
        Reason.SAME_AS_SALES,
        "Delivery lands on the sales ledger: the two cannot be told apart later.",
    )
    same(
        Role.DISCOUNT,
        Role.PLATFORM_FEES,
        Reason.SAME_AS_FEES,
        "Discounts land on the fees ledger: the two cannot be told apart later.",
    )
    for (role, method), ledger in wired.items():
        if role == Role.CUSTOMER_PAYMENT and ledger.id in clearing_elsewhere:
            message = (
                f"{clearing_elsewhere[ledger.id]} clears its payments on {ledger.code} too: "
                "what is left in it cannot be told by site."
            )
            warnings.append(_fault(role, method, Reason.SHARED_CLEARING, message, is_warning=True))
    return warnings


def _fault(
    role: str, method: str, reason: Reason, message: str, *, is_warning: bool = False
) -> WiringFault:
    return WiringFault(
        role=str(role),
        payment_method=method,
        reason=reason,
        message=message,
        is_warning=is_warning,
    )


# --- reading and saving -------------------------------------------------------------------------


def ledger_facts(session: Session) -> dict[str, LedgerFacts]:
    """All ledgers by code."""
    columns = (Ledger.id, Ledger.code, Ledger.name, Ledger.type, Ledger.currency, Ledger.is_active)
    return {row.code: LedgerFacts(*row) for row in session.execute(select(*columns))}


def current_wiring(session: Session, site_id: int) -> dict[Place, str]:
    """The ledger codes of a site's wiring."""
    rows = session.execute(
        select(SiteWiring.role, SiteWiring.payment_method, Ledger.code)
        .join(Ledger, Ledger.id == SiteWiring.ledger_id)
        .where(SiteWiring.site_id == site_id)
    )
    return {(role, method): code for role, method, code in rows}


def clearing_of_other_sites(session: Session, site_id: int | None) -> dict[int, str]:
    """Ledgers that other sites use as `customer_payment`, with the name of one such site."""
    rows = session.execute(
        select(SiteWiring.ledger_id, Site.name)
        .join(Site, Site.id == SiteWiring.site_id)
        .where(SiteWiring.role == Role.CUSTOMER_PAYMENT, SiteWiring.site_id != (site_id or 0))
    )
    return {ledger_id: name for ledger_id, name in rows}


def rewire(
    session: Session,
    site: Site,
    wanted: Mapping[Place, str | None],
    *,
    now: datetime,
    actor: str | None,
) -> Rewired:
    """Wire the places named in `wanted` to ledgers by code, None unwires; others stay.

    Check with `wiring_faults` first. Orders that were blocked for want of a ledger and whose
    required roles now all have one are re-queued; orders that have posted keep their ledgers.
    Orders with a settlement line that waits for a ledger are due again.
    KeyError: there is no such ledger.
    """
    lock_site(session, site.id)
    ledgers = ledger_facts(session)
    before = current_wiring(session, site.id)
    changes = {place: code for place, code in wanted.items() if before.get(place) != code}
    if not changes:
        return Rewired(changed=(), requeued=0)
    for (role, method), code in changes.items():
        place = (
            SiteWiring.site_id == site.id,
            SiteWiring.role == role,
            SiteWiring.payment_method == method,
        )
        if code is None:
            session.execute(delete(SiteWiring).where(*place))
        elif (role, method) in before:
            session.execute(update(SiteWiring).where(*place).values(ledger_id=ledgers[code].id))
        else:
            session.execute(
                insert(SiteWiring).values(
                    site_id=site.id, role=role, payment_method=method, ledger_id=ledgers[code].id
                )
            )
    names = {place: ".".join(part for part in place if part) for place in changes}
    record_change(
        session,
        now=now,
        actor=actor,
        action="rewire",
        subject="site",
        subject_id=site.id,
        label=site.name,
        before={names[place]: before.get(place) for place in changes},
        after={names[place]: code for place, code in changes.items()},
    )
    settling.have_due(session, site.id, Code.LEDGER_NOT_WIRED)
    return Rewired(
        changed=tuple(sorted(names.values())),
        requeued=_requeue_wired(session, site.id, now=now, actor=actor),
    )


def _requeue_wired(session: Session, site_id: int, *, now: datetime, actor: str | None) -> int:
    rows = session.execute(
        select(SiteWiring.role, SiteWiring.payment_method, SiteWiring.ledger_id).where(
            SiteWiring.site_id == site_id
        )
    )
    wiring = Wiring({(role, method): ledger_id for role, method, ledger_id in rows})
    blocked = session.execute(
        select(ChannelOrder.id, ChannelOrder.payment_method).where(
            ChannelOrder.site_id == site_id,
            ChannelOrder.state == states.State.BLOCKED,
            ChannelOrder.code == Code.LEDGER_NOT_WIRED,
        )
    ).all()
    is_wired = {
        method: all(wiring.ledger_for(role, method) is not None for role in REQUIRED_ROLES)
        for method in {row.payment_method for row in blocked}
    }
    freed = [row.id for row in blocked if is_wired[row.payment_method]]
    return states.requeue(session, freed, now, message=WIRED_NOW, actor=actor)
