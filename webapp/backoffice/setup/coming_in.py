"""Skipped orders that changed settings let in: exactly those that saving would re-queue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from platforms.base import Platform, Stage
from platforms.money import ZERO
from webapp.backoffice.errors import Code
from webapp.backoffice.orders.rules import TermsBook
from webapp.backoffice.setup.replaying import stored_orders
from webapp.backoffice.sites.settings import SiteRules
from webapp.backoffice.states import State
from webapp.models.orders import ChannelOrder

MOST = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """Orders placed in one month of the site's time zone. `totals`: by currency, never summed."""

    year: int
    month: int
    orders: int
    totals: Mapping[str, Decimal]

    @property
    def name(self) -> str:
        return f"{date(self.year, self.month, 1):%b %Y}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingIn:
    """The orders that come in, by month, the earliest first. `is_capped`: there are more.

    `first_known`: when the site's earliest stored order was placed; None: none is stored.
    """

    orders: int
    totals: Mapping[str, Decimal]
    months: tuple[Month, ...]
    is_capped: bool
    first_known: datetime | None


def coming_in(session: Session, rules: SiteRules, platform: Platform, now: datetime) -> ComingIn:
    """The site's skipped orders that these rules want. Those never pulled are not among them."""
    found_rows = session.execute(
        select(
            ChannelOrder.id,
            ChannelOrder.status,
            ChannelOrder.ordered_at,
            ChannelOrder.currency,
            ChannelOrder.total,
        )
        .where(
            ChannelOrder.site_id == rules.site_id,
            ChannelOrder.state == State.SKIPPED.value,
            ChannelOrder.code == Code.NOT_WANTED.value,
            ChannelOrder.status.in_(rules.statuses_let_in),
            (ChannelOrder.ordered_at >= rules.orders_from) | ChannelOrder.is_asked_for,
        )
        .order_by(ChannelOrder.ordered_at.desc())
        .limit(MOST + 1)
    ).all()
    samples = {row.status: row.id for row in found_rows}
    begin = _beginning(session, rules, platform, samples, now)
    rows = [row for row in found_rows if row.status in begin]
    is_capped = len(found_rows) > MOST
    found: dict[tuple[int, int], tuple[int, dict[str, Decimal]]] = {}
    totals: dict[str, Decimal] = {}
    for _, _, ordered_at, currency, total in rows[:MOST]:
        local = ordered_at.astimezone(rules.zone)
        key = (local.year, local.month)
        orders, sums = found.get(key, (0, {}))
        for each in (sums, totals):
            each[currency] = each.get(currency, ZERO) + (total or ZERO)
        found[key] = (orders + 1, sums)
    first = select(func.min(ChannelOrder.ordered_at)).where(ChannelOrder.site_id == rules.site_id)
    earliest = [session.scalar(first.where(ChannelOrder.state == state.value)) for state in State]
    return ComingIn(
        orders=min(len(rows), MOST),
        totals=totals,
        months=tuple(
            Month(year=year, month=month, orders=orders, totals=sums)
            for (year, month), (orders, sums) in sorted(found.items())
        ),
        is_capped=is_capped,
        first_known=min((each for each in earliest if each is not None), default=None),
    )


def _beginning(
    session: Session,
    rules: SiteRules,
    platform: Platform,
    samples: Mapping[str, int],
    now: datetime,
) -> set[str]:
    """Of these statuses those in which an order may begin; one order of each is looked at.

    A site may let in a status in which the store still waits for the money: nothing begins then.
    """
    ids = list(samples.values())
    found = set()
    for batch in stored_orders(session, TermsBook(session, rules.site_id, now), ids):
        for stored in batch:
            order = stored.read(platform, rules)
            if order is not None and order.stage is Stage.ALIVE:
                found.add(order.status)
    return found
