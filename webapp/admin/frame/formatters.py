"""How amounts, instants and quantities are written on a screen. Filters for templates."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import Flask

from platforms.money import currency_digits, plain
from webapp.backoffice.errors import Code
from webapp.models.types import instant_text

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
CAP = 10_000

CAUSES = {
    Code.NOT_WANTED: "Not taken in",
    Code.CHILD_ORDER: "It is a child of another order",
    Code.CURRENCY_MISMATCH: "The order is in another currency",
    Code.ORDER_DELETED: "Deleted in the store",
    Code.UNMAPPED_LISTING: "A listing is not mapped",
    Code.LEDGER_NOT_WIRED: "A ledger is not wired",
    Code.TOTALS_MISMATCH: "The totals do not add up",
    Code.PERIOD_CLOSED: "Its month is closed",
    Code.ESCROW_NOT_READY: "The store does not tell yet what it brings",
    Code.STORE_UNREACHABLE: "The store could not be reached",
    Code.STORE_RATE_LIMITED: "The store asked us to slow down",
    Code.STORE_REFUSED_CREDENTIALS: "The store refused our key",
    Code.STORE_BAD_RESPONSE: "The store's answer makes no sense",
    Code.STORE_ADDRESS_REFUSED: "The store's address is not allowed",
    Code.STORE_REFUSED: "The store refused",
    Code.STOCK_NOT_MANAGED: "The store does not manage its stock",
    Code.NOT_COUNTED: "Never counted",
    Code.NOT_CONFIRMED: "The store did not confirm",
    Code.DATABASE_BUSY: "The database was busy",
    Code.INTERNAL_ERROR: "Tillbridge itself failed",
}


def amount(value: Decimal | None, currency: str) -> str:
    """1,204.50 at the currency's digits, the minus as a minus; nothing for no amount."""
    if value is None:
        return ""
    text = plain(value, currency_digits(currency))
    is_negative = text.startswith("-")
    whole, point, fraction = text.lstrip("-").partition(".")
    return f"{MINUS if is_negative else ''}{int(whole):,}{point}{fraction}"


def money(value: Decimal | None, currency: str) -> str:
    """MYR 1,204.50; an en dash for no amount."""
    return DASH if value is None else f"{currency} {amount(value, currency)}"


def count(value: int) -> str:
    """18,204; above the cap, 10,000+."""
    return f"{CAP:,}+" if value > CAP else f"{value:,}"


def quantity(value: int | None) -> str:
    if value is None:
        return DASH
    return f"{MINUS}{-value:,}" if value < 0 else f"{value:,}"


def percent(value: Decimal) -> str:
    """6.00 as 6 %."""
    return f"{value.normalize():f} %"


def plural(value: int, one: str, many: str | None = None) -> str:
    """1 order, 2 orders, 10,000+ orders."""
    return f"{count(value)} {one if value == 1 else many or one + 's'}"


def day(value: date) -> str:
    """5 Nov 2026."""
    return f"{value.day} {value:%b %Y}"


def instant(value: datetime, zone: str = "UTC", style: str = "full") -> str:
    """24 Nov 2026, 13:41 in a time zone; `short` without the year, `seconds` for timelines."""
    local = value.astimezone(ZoneInfo(zone))
    if style == "short":
        return f"{local.day} {local:%b %H:%M}"
    if style == "seconds":
        return f"{day(local)}, {local:%H:%M:%S}"
    return f"{day(local)}, {local:%H:%M}"


def ago(value: datetime, zone: str = "UTC", now: datetime | None = None) -> str:
    """2 min ago under an hour; else the instant."""
    age = (now or datetime.now(UTC)) - value
    if timedelta(0) <= age < timedelta(minutes=1):
        return "just now"
    if timedelta(0) <= age < timedelta(hours=1):
        return f"{int(age.total_seconds() // 60)} min ago"
    return instant(value, zone, "short")


def since(value: datetime, now: datetime) -> str:
    """How long ago, short: 4 s, 12 min, 3 h, 2 days."""
    seconds = max(int((now - value).total_seconds()), 0)
    if seconds < 100:
        return f"{seconds} s"
    if seconds < 2 * 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 48 * 3600 else f"{seconds // 86400} days"


def every(seconds: int | None) -> str:
    """every 5 min; never by itself."""
    if seconds is None:
        return "only by hand"
    if seconds % 60:
        return f"every {seconds} s"
    minutes = seconds // 60
    return f"every {minutes} min" if minutes < 60 or minutes % 60 else f"every {minutes // 60} h"


def duration(start: datetime, end: datetime) -> str:
    """1.8 s; 2 min 51 s."""
    tenths = round((end - start) / timedelta(milliseconds=100))
    if tenths < 600:
        return f"{tenths // 10}.{tenths % 10} s"
    seconds = tenths // 10
    return f"{seconds // 60} min {seconds % 60} s"


def cause(code: str | None) -> str:
    """The error code as a short cause, for lists."""
    return CAUSES[Code(code)] if code in set(Code) else (code or "")


def words(name: str) -> str:
    """customer_payment as people say it."""
    return name.replace("_", " ")


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        amount=amount,
        money=money,
        number=count,
        quantity=quantity,
        percent=percent,
        plural=plural,
        day=day,
        instant=instant,
        ago=ago,
        since=since,
        every=every,
        cause=cause,
        words=words,
        utc=instant_text,
    )
    app.jinja_env.globals.update(duration=duration)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
