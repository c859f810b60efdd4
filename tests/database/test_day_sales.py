"""Orders and money per day, in the site's own days."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from tests import factories as make
from webapp.backoffice.reports.day_sales import orders_since, sales_by_day, summed

ZONE = ZoneInfo("Asia/Kuala_Lumpur")
NOW = datetime(2026, 11, 24, 6, 32, tzinfo=UTC)  # 14:32 there


def test_an_order_belongs_to_the_day_of_the_site_and_skipped_ones_to_none(
    session: Session,
) -> None:
    site = make.site(session)
    late = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)  # 23:59 there
    make.order(session, site, ordered_at=late, total=Decimal("10.00"))
    make.order(session, site, ordered_at=late + timedelta(minutes=1), total=Decimal("3.50"))
    make.order(session, site, ordered_at=NOW, total=Decimal("99.00"), state="skipped")
    make.order(session, site, ordered_at=NOW, total=None, currency="USD")

    days = sales_by_day(session, site.id, ZONE, NOW, days=3)

    assert [each.day for each in days] == [date(2026, 11, day) for day in (22, 23, 24)]
    assert [each.orders for each in days] == [0, 1, 2]
    assert days[1].totals == {"MYR": Decimal("10.00")}
    assert days[2].totals == {"MYR": Decimal("3.50"), "USD": Decimal(0)}
    assert summed(days)["MYR"] == Decimal("13.50")


def test_days_end_where_the_clocks_change(session: Session) -> None:
    site = make.site(session, timezone="Europe/Berlin")
    zone = ZoneInfo("Europe/Berlin")
    for hour in (22, 23):  # 25 October 2026 has 25 hours and ends at 23:00 UTC
        make.order(session, site, ordered_at=datetime(2026, 10, 25, hour, 30, tzinfo=UTC))

    days = sales_by_day(session, site.id, zone, datetime(2026, 10, 26, 8, tzinfo=UTC), days=2)

    assert [each.orders for each in days] == [1, 1]


def test_orders_of_the_same_hours_are_counted(session: Session) -> None:
    site = make.site(session)
    make.order(session, site, ordered_at=NOW)

    assert orders_since(session, site.id, NOW, NOW + timedelta(seconds=1)) == 1
    assert orders_since(session, site.id, NOW - timedelta(hours=1), NOW) == 0
