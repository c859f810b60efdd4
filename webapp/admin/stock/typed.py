"""What a person types about pieces: counts, moments, costs, each checked beside its field."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from flask import request

from webapp.admin.frame.site_facts import all_sites
from webapp.backoffice.goods.adjusting import LARGEST
from webapp.database import utc_now

LONGEST_NOTE = 300


@dataclass(slots=True, kw_only=True)
class CountForm:
    """A count, a receipt or an adjustment as it was typed, with what is wrong beside its field."""

    counted: str = ""
    when: str = ""
    on_shelf: str = ""
    pieces: str = ""
    cost: str = ""
    note: str = ""
    errors: dict[str, str] = field(default_factory=dict)


def typed_form() -> CountForm:
    def typed(name: str) -> str:
        return request.form.get(name, "").strip()

    form = CountForm(
        counted=typed("counted"),
        when=typed("when"),
        on_shelf=typed("on_shelf"),
        pieces=typed("pieces"),
        cost=typed("cost"),
        note=typed("note"),
    )
    if len(form.note) > LONGEST_NOTE:
        form.errors["note"] = f"At most {LONGEST_NOTE} characters."
    return form


def moment_of(form: CountForm) -> datetime | None:
    """The moment of the count, as typed in the shop's time zone; None: just now."""
    if not form.when:
        return None
    try:
        typed = datetime.fromisoformat(form.when)
    except ValueError:
        form.errors["when"] = f"“{form.when}” is not a moment; write 2026-11-24T18:30."
        return None
    moment = typed.replace(tzinfo=ZoneInfo(zone())).astimezone(UTC)
    if moment > utc_now():
        form.errors["when"] = "The moment of the count lies in the future."
    return moment


def zone() -> str:
    """The time zone that people here think in: that of the first site."""
    sites = all_sites()
    return sites[0].timezone if sites else "UTC"


def whole_number(text: str) -> int | None:
    typed = text.replace("\N{MINUS SIGN}", "-")
    digits = typed.lstrip("+-")
    is_number = digits.isdecimal() and len(digits) < 10 and len(typed) - len(digits) < 2
    return int(typed) if is_number else None


def cost_of(form: CountForm) -> Decimal | None:
    if not form.cost:
        return None
    try:
        cost = Decimal(form.cost)
    except InvalidOperation:
        cost = Decimal(-1)
    is_fine = cost.is_finite() and 0 <= cost < LARGEST and cost == round(cost, 4)
    if not is_fine:
        form.errors["cost"] = "An amount such as 12.50, four decimals at most."
        return None
    return cost
