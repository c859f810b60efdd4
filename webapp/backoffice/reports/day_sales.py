"""Orders and money per day of one site, for a picture: what came in, whatever became of it here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from webapp.backoffice.states import State
from webapp.models.orders import ChannelOrder

COUNTED = tuple(state.value for state in State if state is not State.SKIPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySales:
    """A day in the site's time zone: its orders, and their totals by currency."""

    day: date
    orders: int
    totals: dict[str, Decimal]


def sales_by_day(
    session: Session, site_id: int, zone: ZoneInfo, now: datetime, *, days: int
) -> list[DaySales]:
    """The last `days` days, today included, the oldest first; days without orders too.

    Skipped orders are left out: they are none that the site wants.
    """
    today = now.astimezone(zone).date()
    every = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    edges = [_midnight(day, zone) for day in [*every, today + timedelta(days=1)]]
    place = case(
        *((ChannelOrder.ordered_at < edge, number) for number, edge in enumerate(edges[1:])),
        else_=days,
    )
    rows = session.execute(
        select(
            place.label("place"),
            ChannelOrder.currency,
            func.count(),
            func.sum(ChannelOrder.total),
        )
        .where(
            ChannelOrder.site_id == site_id,
            ChannelOrder.state.in_(COUNTED),
            ChannelOrder.ordered_at >= edges[0],
            ChannelOrder.ordered_at < edges[-1],
        )
        .group_by("place", ChannelOrder.currency)
    )
    orders = [0] * days
    totals: list[dict[str, Decimal]] = [{} for _ in every]
    for number, currency, count, total in rows:
        orders[number] += count
        totals[number][currency] = total or Decimal(0)
    return [
        DaySales(day=day, orders=orders[number], totals=totals[number])
        for number, day in enumerate(every)
    ]


def orders_since(session: Session, site_id: int, since: datetime, until: datetime) -> int:
    """How many orders were placed in a span of time; skipped ones are left out."""
    query = select(func.count()).where(
        ChannelOrder.site_id == site_id,
        ChannelOrder.state.in_(COUNTED),
        ChannelOrder.ordered_at >= since,
        ChannelOrder.ordered_at < until,
    )
    return session.scalar(query) or 0


def summed(days: Sequence[DaySales]) -> dict[str, Decimal]:
    """The totals of several days, by currency."""
    found: dict[str, Decimal] = {}
    for each in days:
        for currency, total in each.totals.items():
            found[currency] = found.get(currency, Decimal(0)) + total
    return found


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
