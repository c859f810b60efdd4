"""Instants as the store keeps and prints them: whole seconds, local wall clock and UTC.

Inside the sandbox an instant is an int, seconds since 1970 UTC: the store's resolution.
"""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_SYNTAX = re.compile(
    r"^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(Z|[+-]\d{2}(?::?\d{2})?)?$"
)
_FORMAT = "%Y-%m-%dT%H:%M:%S"


def instant(moment: datetime) -> int:
    """Whole seconds of an aware datetime. ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return int(moment.timestamp())


def gmt(at: int | None) -> str | None:
    """The `_gmt` form: UTC without a `Z`. None stays None (null)."""
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime(_FORMAT)


def local(at: int | None, zone: ZoneInfo) -> str | None:
    """The site's wall clock, without an offset. None stays None (null)."""
    return None if at is None else datetime.fromtimestamp(at, zone).strftime(_FORMAT)


def is_date(text: str) -> bool:
    """Whether WordPress takes it as a date-time; a date alone is none."""
    return _parsed(text) is not None


def filter_bound(text: str, zone: ZoneInfo, *, dates_are_gmt: bool) -> int:
    """The instant that a date filter of a list means. ValueError when it is no date-time.

    Without the flag a naive value is the site's time and an offset is honoured. With it a
    naive value is UTC, but a value with an offset is first turned into the site's wall clock
    and that is then taken for UTC: the window is shifted by the site's offset.
    Source: GET /wc/v3/orders, parameters after, before, modified_after, dates_are_gmt.
    """
    parsed = _parsed(text)
    if parsed is None:
        raise ValueError(f"not a date-time: {text}")
    wall = parsed.replace(tzinfo=zone) if parsed.tzinfo is None else parsed
    if not dates_are_gmt:
        return int(wall.timestamp())
    naive = parsed if parsed.tzinfo is None else parsed.astimezone(zone).replace(tzinfo=None)
    return int(naive.replace(tzinfo=UTC).timestamp())


def _parsed(text: str) -> datetime | None:
    match = _SYNTAX.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    try:
        moment = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return None
    suffix = match.group(7)
    if suffix is None:
        return moment
    if suffix == "Z":
        return moment.replace(tzinfo=UTC)
    digits = suffix[1:].replace(":", "").ljust(4, "0")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return (moment - (ahead if suffix[0] == "+" else -ahead)).replace(tzinfo=UTC)
