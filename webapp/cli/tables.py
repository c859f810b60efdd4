"""Text for people: tables, counts of states, amounts and instants."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from unicodedata import east_asian_width

from platforms.money import currency_digits, round_to

STATE_ORDER = ("synced", "blocked", "retrying", "failed", "skipped", "pending")


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[str] = ()
) -> str:
    """Columns padded to their widest cell. `right` names the headings that stand at the right.

    No rows gives "" (say in words what is not there).
    """
    if not rows:
        return ""
    to_the_right = set(right)
    widths = [
        max(_width(line[column]) for line in (headings, *rows)) for column in range(len(headings))
    ]
    lines = [
        _line(headings, headings, widths, to_the_right),
        "  ".join("─" * width for width in widths),
    ]
    lines += [_line(row, headings, widths, to_the_right) for row in rows]
    return "\n".join(lines)


def _line(
    cells: Sequence[str], headings: Sequence[str], widths: Sequence[int], to_the_right: set[str]
) -> str:
    padded = []
    for cell, heading, width in zip(cells, headings, widths, strict=True):
        space = " " * (width - _width(cell))
        padded.append(space + cell if heading in to_the_right else cell + space)
    return "  ".join(padded).rstrip()


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def money(amount: Decimal | None, currency: str) -> str:
    """1,234.50 at the currency's digits; "–" for none."""
    if amount is None:
        return "–"
    rounded = round_to(amount, currency_digits(currency))
    return f"{rounded if rounded else abs(rounded):,f}"


def at(instant: datetime | None) -> str:
    """2026-03-05 04:00 (UTC), or "never"."""
    return "never" if instant is None else f"{instant.astimezone(UTC):%Y-%m-%d %H:%M}"


def states_text(states: Mapping[str, int]) -> str:
    """ "12 synced, 3 blocked": only those that there are, "no orders" when there is none."""
    told = [f"{states[name]:,} {name}" for name in STATE_ORDER if states.get(name)]
    return ", ".join(told) if told else "no orders"


def count(number: int, noun: str, plural: str = "") -> str:
    """ "1 order", "1,200 orders"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def cut(text: str, width: int) -> str:
    """The text in one line, no longer than `width`."""
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= width else one_line[: width - 1].rstrip() + "…"


def goes(orders: int) -> str:
    """ "1 order goes", "3 orders go"."""
    return f"{count(orders, 'order')} {'goes' if orders == 1 else 'go'}"
