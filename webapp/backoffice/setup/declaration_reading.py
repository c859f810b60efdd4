"""A site declaration, read and checked as far as it can be without the database. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from platforms.base import Platform
from webapp.backoffice.setup.declaration_fields import (
    FASTEST,
    Faults,
    Reader,
    address,
    anything_new,
    currency,
    handover_of,
    hold_rules,
    instant,
    one_of,
    percent,
    read_object,
    text,
    timezone,
    whole,
    word_map,
    words,
    yes_no,
)
from webapp.backoffice.setup.escrow_decisions import escrow_fields
from webapp.backoffice.setup.wiring import Place
from webapp.backoffice.sites.settings import METHOD_ROLES, Role

DAY = 86_400
# Each costs the store a process while it answers; shared hosts have few.
MOST_AT_ONCE = 8
_NAME = re.compile(r"\w[\w .-]{0,79}")

INTEGRATION: Mapping[str, Reader] = {
    "orders_from": instant(),
    "stock_from": instant(or_null=True),
    "pull_every": whole(FASTEST, 30 * DAY, or_null=True),
    "push_every": whole(FASTEST, 30 * DAY, or_null=True),
    "requests_at_once": whole(1, MOST_AT_ONCE),
    "attempt_limit": whole(1, 100),
    "buyer_days": whole(1, 3650),
}
AUTOMATION: Mapping[str, Reader] = {
    "import_statuses": words(least=1),
    "stock_leaves_on": one_of("paid", "shipped"),
    "on_shipped_set_status": text(40, or_null=True),
    "cancel_restocks": yes_no,
    "stock_buffer": whole(0, 1_000_000),
    "status_as": word_map,
    "hold_when": hold_rules,
}
POSTING: Mapping[str, Reader] = {
    "tax_collected_by": one_of("seller", "marketplace"),
    "included_tax_rate": percent,
    "restock_on_refund": yes_no,
    "cost_of_goods": anything_new("Posting the cost of goods", False),
    "closed_period": one_of("next_open_day", "block"),
    "fee_meta_keys": words(),
    "refund_words": words(),
    "child_orders": one_of("post", "skip", or_null=True),
    "store_credit": anything_new("Posting store credit", {}, None),
}


@dataclass(slots=True, kw_only=True)
class Declaration:
    """What a declaration gives; keys that it leaves out are absent, not None."""

    name: str = ""
    platform: str = ""
    plain: dict[str, Any] = field(default_factory=dict)  # url, currency, timezone
    credentials: dict[str, str] = field(default_factory=dict)
    integration: dict[str, Any] = field(default_factory=dict)
    automation: dict[str, Any] = field(default_factory=dict)
    posting: dict[str, Any] = field(default_factory=dict)
    wiring: dict[Place, str | None] = field(default_factory=dict)


def read_declaration(
    raw: object, platforms: Mapping[str, Platform], faults: Faults, *, on_platform: str = ""
) -> Declaration:
    """What a declaration says, with every key that makes no sense in `faults`.

    `on_platform` is the platform of the site that has this name already.
    """
    if isinstance(raw, Mapping) and isinstance(raw.get("name"), str):
        faults.site = raw["name"]
    declared = Declaration()
    platform = _platform_of(raw, platforms, on_platform)
    # While the platform is not known, neither are its credentials.
    credentials = (
        {each.name: _credential for each in platform.credential_fields} if platform else None
    )
    decided = escrow_fields(platform.escrow_fields) if platform else _anything

    handover = handover_of(platform.handovers) if platform else _anything

    def part(readers: Mapping[str, Reader]) -> Reader:
        return lambda value, key, found: read_object(value, key, readers, found)

    read = read_object(
        raw,
        "",
        {
            "name": _name,
            "platform": _one_platform(platforms),
            "url": address,
            "currency": currency,
            "timezone": timezone,
            "credentials": _anything if credentials is None else part(credentials),
            "integration": part(INTEGRATION),
            "automation": part({**AUTOMATION, "handover": handover}),
            "posting": part({**POSTING, "escrow_fields": decided}),
            "ledgers": part({role.value: _ledger_code for role in Role}),
            "payment_methods": _payment_methods,
        },
        faults,
    )
    declared.name = read.get("name", "")
    declared.platform = read.get("platform", "")
    declared.plain = {key: read[key] for key in ("url", "currency", "timezone") if key in read}
    declared.credentials = read.get("credentials", {})
    declared.integration = read.get("integration", {})
    declared.automation = read.get("automation", {})
    declared.posting = read.get("posting", {})
    declared.wiring = {(role, ""): code for role, code in read.get("ledgers", {}).items()}
    declared.wiring |= read.get("payment_methods", {})
    if "name" not in read and not any(each.key == "name" for each in faults.found):
        faults.add("name", "The site's name is needed.")
    return declared


def _name(value: Any, key: str, faults: Faults) -> Any:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        message = "A name of 1 to 80 letters, digits, blanks, points and dashes is needed here."
        faults.add(key, message)
    return value


def _one_platform(platforms: Mapping[str, Platform]) -> Reader:
    def read(value: Any, key: str, faults: Faults) -> Any:
        if not isinstance(value, str) or value not in platforms:
            shown = str(value)[:40]
            faults.add(key, f"There is no platform “{shown}”; there are: {', '.join(platforms)}.")
        return value

    return read


def _platform_of(
    raw: object, platforms: Mapping[str, Platform], on_platform: str
) -> Platform | None:
    name = raw.get("platform", on_platform) if isinstance(raw, Mapping) else None
    return platforms.get(name) if isinstance(name, str) else None


def _anything(value: Any, key: str, faults: Faults) -> Any:
    return {}


def _credential(value: Any, key: str, faults: Faults) -> Any:
    # The value itself is never in the sentence.
    if type(value) is int:
        return str(value)
    if not isinstance(value, str) or not value.strip() or len(value) > 4_000:
        faults.add(key, "A text is needed here, as the store gave it.")
        return None
    return value.strip()


def _ledger_code(value: Any, key: str, faults: Faults) -> Any:
    if type(value) is int:
        return str(value)
    return text(40, or_null=True)(value, key, faults)


def _payment_methods(value: Any, key: str, faults: Faults) -> dict[Place, str | None]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        faults.add(key, 'This must be an object of payment methods: {"cod": {…}}.')
        return {}
    readers = {role.value: _ledger_code for role in METHOD_ROLES}
    wired: dict[Place, str | None] = {}
    for method, places in value.items():
        if not method or len(method) > 80:
            faults.add(f"{key}.{method}", "A payment method has 1 to 80 characters.")
            continue
        given = dict.fromkeys(readers) if places is None else places
        read = read_object(given, f"{key}.{method}", readers, faults)
        wired |= {(role, method): code for role, code in read.items()}
    return wired
