"""The keys of a site declaration: what each takes, and the sentence for what it does not. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from webapp.backoffice.setup.chart import is_currency

HOLD_FIELDS = ("total", "payment_method", "country", "buyer_note", "sku", "quantity")
HOLD_TESTS = ("is", "over", "contains")
NUMBERS = ("total", "quantity")
FASTEST = 10
CALENDAR = range(1970, 9999)  # no shop has another year, and a zone's day may be in none
_PERCENT = re.compile(r"[0-9]{1,2}(\.[0-9]{1,6})?")
_BLANK = re.compile(r"[\s\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationFault:
    """What is wrong with one key of one site's declaration."""

    key: str
    message: str
    site: str = ""


@dataclass(slots=True)
class Faults:
    """Everything wrong with a declaration, gathered while it is read."""

    site: str = ""
    found: list[DeclarationFault] = field(default_factory=list)

    def add(self, key: str, message: str) -> None:
        self.found.append(DeclarationFault(key=key, message=message, site=self.site))


# Reads one value: what it becomes, or None after adding a fault. None may be a value too.
Reader = Callable[[Any, str, Faults], Any]


def read_object(
    raw: object, path: str, readers: Mapping[str, Reader], faults: Faults
) -> dict[str, Any]:
    """The known keys of a JSON object, each read by its reader; wrong ones are left out."""
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        faults.add(path, "This must be an object: {…}.")
        return {}
    read: dict[str, Any] = {}
    for name, value in raw.items():
        key = f"{path}.{name}" if path else str(name)
        reader = readers.get(name)
        if reader is None:
            faults.add(key, f"There is no such key; there are: {', '.join(readers)}.")
            continue
        before = len(faults.found)
        made = reader(value, key, faults)
        if len(faults.found) == before:
            read[name] = made
    return read


# --- readers ------------------------------------------------------------------------------------


def whole(least: int, most: int, *, or_null: bool = False) -> Reader:
    def read(value: Any, key: str, faults: Faults) -> Any:
        if value is None and or_null:
            return None
        if type(value) is int and least <= value <= most:
            return value
        null = " or null" if or_null else ""
        quoted = " without quotes" if isinstance(value, str) else ""
        faults.add(key, f"A whole number from {least} to {most}{quoted}{null} is needed here.")
        return None

    return read


def yes_no(value: Any, key: str, faults: Faults) -> Any:
    if not isinstance(value, bool):
        faults.add(key, "true or false is needed here, without quotes.")
    return value


def one_of(*words: str, or_null: bool = False) -> Reader:
    def read(value: Any, key: str, faults: Faults) -> Any:
        if value in words or (value is None and or_null):
            return value
        known = ", ".join(f"“{word}”" for word in words) + (" or null" if or_null else "")
        faults.add(key, f"One of {known} is needed here.")
        return None

    return read


def text(most: int = 200, *, or_null: bool = False) -> Reader:
    def read(value: Any, key: str, faults: Faults) -> Any:
        if value is None and or_null:
            return None
        if isinstance(value, str) and 0 < len(value.strip()) <= most:
            return value.strip()
        null = " or null" if or_null else ""
        faults.add(key, f"A text of 1 to {most} characters{null} is needed here.")
        return None

    return read


def words(least: int = 0) -> Reader:
    def read(value: Any, key: str, faults: Faults) -> Any:
        is_list = isinstance(value, Sequence) and not isinstance(value, str)
        if not is_list or not all(isinstance(each, str) and each.strip() for each in value):
            faults.add(key, 'A list of texts is needed here: ["…", "…"].')
            return None
        if len(value) < least:
            faults.add(key, "The list must name at least one.")
            return None
        return list(dict.fromkeys(each.strip() for each in value))

    return read


def word_map(value: Any, key: str, faults: Faults) -> Any:
    is_map = isinstance(value, Mapping)
    if not is_map or not all(isinstance(each, str) and each.strip() for each in value.values()):
        faults.add(key, 'An object of texts is needed here: {"…": "…"}.')
        return None
    return {str(name).strip(): each.strip() for name, each in value.items()}


def instant(*, or_null: bool = False) -> Reader:
    def read(value: Any, key: str, faults: Faults) -> Any:
        if value is None and or_null:
            return None
        try:
            found = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            found = None
        if found is None or found.tzinfo is None or found.year not in CALENDAR:
            faults.add(key, "An instant with its zone is needed here, as 2026-01-01T00:00:00Z.")
            return None
        return found.astimezone(UTC)

    return read


def percent(value: Any, key: str, faults: Faults) -> Any:
    number = Decimal(value) if isinstance(value, str) and _PERCENT.fullmatch(value) else None
    if number is None:
        faults.add(key, 'A percentage in quotes is needed here, as "6" or "0".')
        return None
    return format(number, "f")


def currency(value: Any, key: str, faults: Faults) -> Any:
    if not isinstance(value, str) or not is_currency(value):
        faults.add(key, f"There is no currency {_shown(value)}; three letters as MYR are needed.")
    return value


def timezone(value: Any, key: str, faults: Faults) -> Any:
    if not isinstance(value, str) or value not in available_timezones():
        faults.add(
            key, f"There is no time zone {_shown(value)}; one as Asia/Kuala_Lumpur is needed."
        )
    return value


def address(value: Any, key: str, faults: Faults) -> Any:
    """A store's address, without what does not belong there: credentials, query, fragment."""
    try:
        parts = urlsplit(value.strip()) if isinstance(value, str) else None
        is_web = bool(parts and parts.scheme in ("http", "https") and parts.hostname)
        # urlsplit would drop a line break in silence.
        is_web = is_web and not _BLANK.search(value.strip())
        if parts is not None and is_web:
            _ = parts.port  # ValueError: not a port
    except ValueError:
        parts, is_web = None, False
    if parts is None or not is_web or len(value) > 500:
        faults.add(key, "The store's address is needed here, as https://shop.example.com.")
        return None
    if parts.username or parts.password or parts.query or parts.fragment:
        faults.add(key, "The address must not hold a user, a password, a query or a fragment.")
        return None
    return value.strip().rstrip("/")


def anything_new(what: str, *empty: Any) -> Reader:
    """A key of a later release: its empty value is taken, and nothing that would be ignored."""

    def read(value: Any, key: str, faults: Faults) -> Any:
        if value not in empty:
            faults.add(key, f"{what} is not done yet by this release: leave it out.")
        return value

    return read


def handover_of(ways: Sequence[str]) -> Reader:
    """How parcels leave, of the platform's ways; null is any of them."""
    known = one_of(*ways, or_null=True)

    def read(value: Any, key: str, faults: Faults) -> Any:
        if value is not None and not ways:
            faults.add(key, "This site's platform has no courier of its own: leave it out.")
            return None
        return known(value, key, faults)

    return read


def hold_rules(value: Any, key: str, faults: Faults) -> Any:
    if not isinstance(value, Sequence) or isinstance(value, str):
        faults.add(key, "A list of rules is needed here: [{…}, {…}].")
        return None
    return [_hold_rule(rule, f"{key}[{place}]", faults) for place, rule in enumerate(value)]


def _hold_rule(rule: Any, key: str, faults: Faults) -> Any:
    if not isinstance(rule, Mapping):
        faults.add(key, "A rule is an object with field, one of is, over, contains, and say.")
        return None
    for name in rule:
        if name not in ("field", "say", *HOLD_TESTS):
            known = ", ".join(("field", *HOLD_TESTS, "say"))
            faults.add(f"{key}.{name}", f"There is no such key; there are: {known}.")
    one_of(*HOLD_FIELDS)(rule.get("field"), f"{key}.field", faults)
    text()(rule.get("say"), f"{key}.say", faults)
    tests = [name for name in HOLD_TESTS if name in rule]
    if len(tests) != 1:
        faults.add(key, "A rule has exactly one of is, over and contains.")
        return None
    test = tests[0]
    value = rule[test]
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal) or value == "":
        faults.add(f"{key}.{test}", "A text or a number is needed here.")
        return None
    if test == "over":
        if rule.get("field") not in NUMBERS:
            faults.add(f"{key}.over", f"Only {' and '.join(NUMBERS)} can be over something.")
        elif not _is_number(value):
            faults.add(f"{key}.over", f"{_shown(value)} is not a number.")
    return {"field": rule.get("field"), test: str(value), "say": rule.get("say")}


def _is_number(value: str | int | Decimal) -> bool:
    try:
        return Decimal(value).is_finite()
    except InvalidOperation:
        return False


def _shown(value: object) -> str:
    return f"“{str(value)[:40]}”"
