"""Amounts, dates and times as payment providers write them. Pure; never guessed."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from platforms.money import currency_digits, round_to

LARGEST = Decimal(10) ** 13

_POINT = re.compile(r"[-+]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
_COMMA = re.compile(r"[-+]?(\d+|\d{1,3}(\.\d{3})+),\d+")
_EITHER = re.compile(r"[-+]?\d{1,3},\d{3}")
_BLANKS = re.compile("[ \u00a0\u202f']")
_THREE_NUMBERS = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})")
_FROM_GREENWICH = re.compile(r"(?:GMT|UTC)\s*([+-])(\d{1,2})(?::?(\d{2}))?")

# Hours from Greenwich of the abbreviations that activity reports use.
_ZONES = {
    "GMT": 0, "UTC": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
    "IST": 5.5, "ICT": 7, "WIB": 7, "MYT": 8, "SGT": 8, "HKT": 8, "PHT": 8, "AWST": 8, "JST": 9,
    "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "BRT": -3, "EDT": -4, "EST": -5,
    "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8,
}  # fmt: skip


class DayOrder(StrEnum):
    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


def read_amount(text: str, currency: str) -> Decimal:
    """An amount: 103.88, 1,234.50, 1.234,50 or -20; blank is 0. ValueError: a sentence."""
    plain = _BLANKS.sub("", text).replace("\u2212", "-")
    if not plain:
        return Decimal(0)
    if _EITHER.fullmatch(plain):
        raise ValueError(f"“{text}” could be a fraction or thousands: write it with a point.")
    if _POINT.fullmatch(plain):
        amount = Decimal(plain.replace(",", ""))
    elif _COMMA.fullmatch(plain):
        amount = Decimal(plain.replace(".", "").replace(",", "."))
    else:
        raise ValueError(f"“{text}” is not an amount such as 103.88.")
    digits = currency_digits(currency)
    if abs(amount) >= LARGEST:
        raise ValueError(f"“{text}” is too large.")
    if round_to(amount, digits) != amount:
        raise ValueError(f"“{text}” is finer than {currency} has it ({digits} decimals).")
    return round_to(amount, digits)


def read_day(text: str, zone: ZoneInfo) -> date:
    """A day such as 2026-03-09, or the site's date of an instant. ValueError: a sentence."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}” is not a date such as 2026-03-09.") from None
    return at.date() if at.tzinfo is None else at.astimezone(zone).date()


def day_order(texts: Iterable[str], today: date) -> DayOrder | None:
    """How a report writes its days, told by the days themselves; None: it cannot be told.

    A reading counts when every date of the report exists in it and none lies in the future.
    """
    kept = [text for text in texts if _THREE_NUMBERS.fullmatch(text)]
    fitting = [order for order in DayOrder if _fits(kept, order, today)]
    if len(fitting) == 2 and all(len({read_written_day(t, o) for o in fitting}) == 1 for t in kept):
        return DayOrder.DAY_FIRST
    return fitting[0] if len(fitting) == 1 else None


def read_written_day(text: str, order: DayOrder) -> date:
    """A day such as 09/03/2026 or 9.3.26, or 2026-03-09. ValueError: a sentence."""
    found = _THREE_NUMBERS.fullmatch(text)
    try:
        if found is None:
            return datetime.fromisoformat(text).date()
        first, mark, second, year = found.groups()
        if order is DayOrder.MONTH_FIRST and mark != ".":
            first, second = second, first
        return date(int(year) + (2000 if len(year) == 2 else 0), int(second), int(first))
    except ValueError:
        raise ValueError(f"“{text}” is not a date.") from None


def read_time(text: str) -> time:
    """A time of day such as 04:11:25 or 4:11:25 PM. ValueError: a sentence."""
    for form in ("%H:%M:%S", "%H:%M", "%I:%M:%S %p"):
        try:
            # A time of day alone: the zone is the report's and joins it with the date.
            return datetime.strptime(text, form).time()  # noqa: DTZ007
        except ValueError:
            continue
    raise ValueError(f"“{text}” is not a time such as 04:11:25.")


def read_zone(text: str) -> tzinfo:
    """A time zone as reports name it: PDT, GMT+08:00, Asia/Kuala_Lumpur. ValueError: a sentence."""
    if text.upper() in _ZONES:
        return timezone(timedelta(hours=_ZONES[text.upper()]))
    found = _FROM_GREENWICH.fullmatch(text.upper())
    if found is not None:
        sign, hours, minutes = found.groups()
        ahead = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if ahead < timedelta(hours=15):
            return timezone(ahead if sign == "+" else -ahead)
    if "/" in text:
        try:
            return ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass
    raise ValueError(f"The time zone “{text}” is not known.")


def _fits(texts: list[str], order: DayOrder, today: date) -> bool:
    try:
        return all(read_written_day(text, order) <= today for text in texts)
    except ValueError:
        return False
