"""Where what holds an order up is mended: links that land on the very row, by its code."""

from dataclasses import dataclass

from flask import url_for
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from webapp.admin.frame.base import may
from webapp.admin.frame.rights import Right
from webapp.backoffice.errors import Code
from webapp.backoffice.reports.order_view import OrderView
from webapp.backoffice.sites.asked import AskedKind
from webapp.backoffice.sites.settings import Role
from webapp.backoffice.states import State
from webapp.models.schedule import AskedWork

# What only the store can tell anew.
ASKS_STORE = frozenset(
    {
        Code.ESCROW_NOT_READY,
        Code.STORE_BAD_RESPONSE,
        Code.STORE_UNREACHABLE,
        Code.STORE_RATE_LIMITED,
    }
)
AT_STORE = frozenset(
    {
        Code.STORE_UNREACHABLE,
        Code.STORE_RATE_LIMITED,
        Code.STORE_REFUSED_CREDENTIALS,
        Code.STORE_ADDRESS_REFUSED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """One link out of a block. `is_main`: it is what the person came for."""

    text: str
    href: str
    icon: str
    is_main: bool = False


def ways_out(view: OrderView) -> list[WayOut]:
    """The links for an order that is held up; [] for one that is not, or waits by itself."""
    if view.state == State.SYNCED:
        return []
    site_id = view.site_id
    ledgers = url_for("channel_ledgers.index", site_id=site_id)
    match view.code:
        case Code.UNMAPPED_LISTING:
            return _unmapped(view)
        case Code.LEDGER_NOT_WIRED:
            text = "Wire this ledger" if may(Right.WIRE) else "See the channel ledgers"
            return [_main(text, ledgers + _field(view), "book", Right.WIRE)]
        case Code.TOTALS_MISMATCH:
            return [_plain("Look at its amounts", url_for("order.data", order_id=view.id), "page")]
        case Code.CHILD_ORDER:
            href = f"{ledgers}#child_orders"
            return [_main("Say what such orders are", href, "orders", Right.WIRE)]
        case Code.PERIOD_CLOSED:
            return [_plain("See the posting rule", f"{ledgers}#closed_period", "lock")]
        case Code.CURRENCY_MISMATCH:
            return [_plain("See the site", url_for("sites.store", site_id=site_id), "store")]
        case Code.NOT_WANTED:
            href = url_for("automation.index", site_id=site_id)
            return [_plain("See what comes in", href, "store")]
        case code if code in AT_STORE:
            href = url_for("integration.index", site_id=site_id)
            return [_plain("Test the connection", href, "store")]
        case _:
            return []


def asked_for(session: Session, view: OrderView) -> bool:
    """Whether a retry of this order waits for a worker, or is being done."""
    waits = exists().where(
        AskedWork.site_id == view.site_id,
        AskedWork.kind == AskedKind.RETRY.value,
        AskedWork.closed_at.is_(None),
        AskedWork.options.contains(f'"{view.remote_id}"', autoescape=True),
    )
    return bool(session.scalar(select(waits)))


def _unmapped(view: OrderView) -> list[WayOut]:
    rows = {
        line.listing_row_id: line.name
        for line in view.lines
        if not line.is_mapped and line.listing_row_id is not None
    }
    verb = "Map" if may(Right.MAP) else "See"
    return [
        WayOut(
            text=f"{verb} this listing" if len(rows) == 1 else f"{verb} “{name[:40]}”",
            href=url_for("mapping.edit", site_id=view.site_id, listing_id=listing_id),
            icon="link",
            is_main=may(Right.MAP) and not at,
        )
        for at, (listing_id, name) in enumerate(rows.items())
    ]


def _field(view: OrderView) -> str:
    """The ledger's field on the page, as far as the message names the role."""
    said = (view.message or "").casefold().replace("_", " ")
    named = [role for role in Role if role.value.replace("_", " ") in said]
    return f"#{named[0]}" if named else ""


def _main(text: str, href: str, icon: str, right: Right) -> WayOut:
    return WayOut(text=text, href=href, icon=icon, is_main=may(right))


def _plain(text: str, href: str, icon: str) -> WayOut:
    return WayOut(text=text, href=href, icon=icon)
