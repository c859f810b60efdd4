"""Which day an entry may land on. Pure."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The date of an instant in the site's time zone."""
    return instant.astimezone(zone).date()


def posting_day(wanted: date, closed_through: date | None) -> tuple[date, date | None]:
    """The day to post on, and the original date if it had to move (POSTING rule *Closed period*).

    A date on or before closed-through moves to the day after it.
    """
    if closed_through is None or wanted > closed_through:
        return wanted, None
    return closed_through + timedelta(days=1), wanted
