"""What a shop says about itself: name, time zone, currency, decimals, version, features.

Source: GET /wp-json/ (no key), GET /wc/v3/system_status, GET /wc/v3/orders/statuses. Features are
asked for, not guessed from the version: plugins and hosts take routes away.
"""

from collections.abc import Sequence
from html import unescape
from typing import Any

from platforms.base import StoreFacts
from platforms.errors import BadResponse, PlatformError, SiteRefused, TryAgain
from platforms.json_body import json_part
from platforms.payload_fields import text
from platforms.transport import Answer
from platforms.woocommerce.answers import NoRoute, error_of
from platforms.woocommerce.client import API, USUAL, Client, Patience, Reply
from platforms.woocommerce.fulfilment import TRACKING_APIS
from platforms.woocommerce.statuses import plain_status

INDEX_FIELDS = "name,url,home,gmt_offset,timezone_string,namespaces"
OLDEST_VERSION = (5, 8)


def learn_facts(client: Client, patience: Patience = USUAL) -> StoreFacts:
    """The shop's facts, in five requests where the key may read the system status.

    What the shop does not tell stays unknown. The errors are those of the first request and
    of the currency, without which no order can be booked.
    """
    index = read_index(client, patience)
    version, currency, digits = _settings(client, patience)
    namespaces = _namespaces(index)
    return StoreFacts(
        title=unescape(text(index, "name")),
        version=version,
        currency=currency,
        timezone=time_zone(index),
        digits=digits,
        statuses=_statuses(client, patience),
        has_refund_list=_has_route(client, "refunds", patience),
        has_variation_list=_has_route(client, "variations", patience),
        tracking=next((api for api in TRACKING_APIS if api in namespaces), ""),
    )


def read_index(client: Client, patience: Patience = USUAL) -> dict[str, Any]:
    """The REST API's own front page, which needs no key."""
    answer = client.raw(f"{client.root}/", {"_fields": INDEX_FIELDS}, patience=patience)
    return index_in(answer)


def index_in(answer: Answer) -> dict[str, Any]:
    """The front page in an answer. NoRoute: it knows no WooCommerce."""
    found = json_part(answer.body)
    fault = error_of(answer, found, is_reading=True)
    if fault is not None:
        raise fault
    reply = Reply(body=found or b"", headers={}, store_time=answer.store_time, is_reading=True)
    index = reply.object()
    if API not in _namespaces(index):
        raise NoRoute(
            "This is a WordPress site without WooCommerce.",
            fix="WordPress: Plugins: install and activate WooCommerce.",
        )
    return index


def _namespaces(index: dict[str, Any]) -> Sequence[str]:
    found = index.get("namespaces")
    return [str(each) for each in found] if isinstance(found, list) else []


def time_zone(index: dict[str, Any]) -> str:
    """The shop's time zone by its name; whole hours from UTC have one too ("Etc/GMT-8")."""
    named = text(index, "timezone_string")
    if named:
        return named
    offset = index.get("gmt_offset")
    hours = text(index, "gmt_offset").removesuffix(".0") if offset is not None else ""
    if not hours.lstrip("-").isdigit():
        return ""
    east = int(hours)
    # In these names the sign says how far UTC is from here.
    return f"Etc/GMT{-east:+d}" if east else "UTC"


def _settings(client: Client, patience: Patience) -> tuple[str, str, int | None]:
    """Version, currency and decimals; without the right to the first page, by two others."""
    try:
        status = client.get(
            "system_status", {"_fields": "environment,settings"}, patience=patience
        ).object()
    except (SiteRefused, TryAgain, BadResponse):
        status = {}
    environment, settings = _part(status, "environment"), _part(status, "settings")
    currency = text(settings, "currency") or text(
        client.get("data/currencies/current", patience=patience).object(), "code"
    )
    digits = settings.get("number_of_decimals")
    if digits is None:
        digits = _price_digits(client, patience)
    return text(environment, "version"), currency, _whole(digits)


def _part(status: dict[str, Any], key: str) -> dict[str, Any]:
    found = status.get(key)
    return found if isinstance(found, dict) else {}


def _price_digits(client: Client, patience: Patience) -> object:
    route = "settings/general/woocommerce_price_num_decimals"
    try:
        return client.get(route, patience=patience).object().get("value")
    except PlatformError:
        return None


def _whole(value: object) -> int | None:
    digits = str(value)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 3 else None


def _statuses(client: Client, patience: Patience) -> tuple[str, ...]:
    """The shop's own order statuses: from their list, or from the schema of the orders."""
    try:
        rows = client.get("orders/statuses", patience=patience).objects("order statuses")
        return tuple(plain_status(text(row, "slug")) for row in rows if row.get("slug"))
    except PlatformError:
        return _statuses_of_schema(client, patience)


def _statuses_of_schema(client: Client, patience: Patience) -> tuple[str, ...]:
    try:
        schema = client.options("orders", patience=patience).object().get("schema")
    except PlatformError:
        return ()
    status = _part(_part(schema, "properties"), "status") if isinstance(schema, dict) else {}
    found = status.get("enum")
    return tuple(plain_status(str(each)) for each in found) if isinstance(found, list) else ()


def _has_route(client: Client, route: str, patience: Patience) -> bool | None:
    try:
        client.get(route, {"per_page": "1", "_fields": "id"}, patience=patience)
    except NoRoute:
        return False
    except PlatformError:
        return None
    return True


def is_too_old(version: str) -> bool:
    """Whether a version cannot list orders by their changes. An unknown one passes."""
    numbers = version.split(".")[:2]
    if not all(number.isascii() and number.isdigit() for number in numbers):
        return False
    return tuple(map(int, numbers)) < OLDEST_VERSION
