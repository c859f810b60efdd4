"""The dashboard's figures: what came in today, what waits, days to compare, items that ran out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.admin.frame.charts import BarChart, Series, stacked
from webapp.admin.frame.formatters import amount, count
from webapp.admin.frame.site_facts import SiteFacts
from webapp.backoffice.reports.day_sales import DaySales, orders_since, sales_by_day
from webapp.models.stock import StockItem

DAYS = 14
SHORT_OF = 8
# Days are summed again after this: a picture of two weeks may be a minute old.
KEEP_SECONDS = 60
EXTENSION = "tillbridge_days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """One currency's picture. `today` and `whole` are sums of today and of all its days."""

    currency: str
    today: Decimal
    whole: Decimal
    chart: BarChart


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """What came in: today beside the same hours a week ago, and per day."""

    today: int
    week_before: int
    whole: int
    orders: BarChart
    money: tuple[Money, ...]


def read_days(session: Session, sites: Sequence[SiteFacts], now: datetime) -> Days:
    """The figures of all sites, each in its own time zone; up to a minute old."""
    key = tuple(site.id for site in sites)
    kept = current_app.extensions.setdefault(EXTENSION, {})
    read_at, database, days = kept.get(key, (float("-inf"), None, None))
    if monotonic() - read_at > KEEP_SECONDS or database is not session.get_bind():
        days = _read(session, sites, now)
        kept.clear()
        kept[key] = (monotonic(), session.get_bind(), days)
    found: Days = days
    return found


def short_items(session: Session) -> list[StockItem]:
    """Counted items of which nothing is available, the most missing first."""
    available = StockItem.on_hand - StockItem.reserved
    query = select(StockItem).where(available <= 0, StockItem.counted_at.is_not(None))
    return list(session.scalars(query.order_by(available, StockItem.sku).limit(SHORT_OF)))


def _read(session: Session, sites: Sequence[SiteFacts], now: datetime) -> Days:
    by_site = {
        site.id: sales_by_day(session, site.id, ZoneInfo(site.timezone), now, days=DAYS)
        for site in sites
    }
    names = _names(next(iter(by_site.values()), []))
    whole = sum(day.orders for days in by_site.values() for day in days)
    series = [
        Series(
            name=site.name,
            colour=site.colour,
            values=[Decimal(day.orders) for day in by_site[site.id]],
        )
        for site in sites
    ]
    sums = [sum(int(each.values[place]) for each in series) for place in range(len(names))]
    said = f"Orders per day by site over {DAYS} days, {count(whole)} in all."
    if names:
        best = max(range(len(sums)), key=lambda place: sums[place])
        said += f" Most: {sums[best]} on {names[best]}. Today so far: {sums[-1]}."
    return Days(
        today=sums[-1] if sums else 0,
        week_before=sum(_week_before(session, site, now) for site in sites),
        whole=whole,
        orders=stacked(names, series, said=said),
        money=_money(sites, by_site, names),
    )


def _week_before(session: Session, site: SiteFacts, now: datetime) -> int:
    then = (now - timedelta(days=7)).astimezone(ZoneInfo(site.timezone))
    midnight = then.replace(hour=0, minute=0, second=0, microsecond=0)
    return orders_since(session, site.id, midnight, then)


def _money(
    sites: Sequence[SiteFacts], by_site: dict[int, list[DaySales]], names: list[str]
) -> tuple[Money, ...]:
    """A picture for each currency that a site sells in; orders in others stand in the lists."""
    found = []
    for currency in dict.fromkeys(site.currency for site in sites):
        series = [
            Series(
                name=site.name,
                colour=site.colour,
                values=[day.totals.get(currency, Decimal(0)) for day in by_site[site.id]],
            )
            for site in sites
            if site.currency == currency
        ]
        whole = sum((sum(each.values, Decimal(0)) for each in series), Decimal(0))
        today = sum((each.values[-1] for each in series), Decimal(0))
        said = f"Sales per day in {currency} over {DAYS} days, {amount(whole, currency)} in all."
        chart = stacked(names, series, said=said)
        found.append(Money(currency=currency, today=today, whole=whole, chart=chart))
    return tuple(sorted(found, key=lambda each: each.whole, reverse=True))


def _names(days: Sequence[DaySales]) -> list[str]:
    """11 Nov, 12, 13, …: the month where it begins, and on the last."""
    names: list[str] = []
    for place, each in enumerate(days):
        is_told = place in (0, len(days) - 1) or each.day.day == 1
        names.append(f"{each.day.day} {each.day:%b}" if is_told else str(each.day.day))
    return names


def values(session: Session, sites: Sequence[SiteFacts], now: datetime) -> dict[str, Any]:
    """What the dashboard's template takes beside the list of what needs a person."""
    return {"days": read_days(session, sites, now), "short": short_items(session), "now": now}
