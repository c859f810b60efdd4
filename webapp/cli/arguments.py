"""Kinds of arguments: instants, days, whole numbers. argparse says which one was wrong."""

import argparse
from datetime import UTC, date, datetime

# Beyond these no shop has a date, and another time zone's day may be on no calendar.
EARLIEST_YEAR = 1970
LATEST_YEAR = 9998
MOST_DAYS = 36_500


def positive(text: str) -> int:
    """A whole number from 1."""
    number = _whole(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return number


def days(text: str) -> int:
    """A number of days from 1, a hundred years at most."""
    number = _whole(text)
    if not 1 <= number <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days from 1 to {MOST_DAYS}")
    return number


def port(text: str) -> int:
    """A port, 0 for any that is free."""
    number = _whole(text)
    if not 0 <= number <= 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535")
    return number


def _whole(text: str) -> int:
    """The number that plain digits are; -1 for anything else, and for more than nine of them."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def day(text: str) -> date:
    """A day such as 2026-11-24."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2026-11-24")
    return found


def moment(text: str) -> datetime:
    """An instant such as 2026-11-24T08:00:00Z, or a day: its first moment. UTC if it does not say."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = datetime.min.replace(tzinfo=UTC)
    if not EARLIEST_YEAR <= at.year <= LATEST_YEAR:
        raise argparse.ArgumentTypeError(f"{text!r} is not an instant such as 2026-11-24T08:00:00Z")
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
