"""Batches: many creates, updates and deletes in one request, each on its own.

Nothing validates the items' arguments, and a fault of one stands inside the 200.
Source: POST /wc/v3/orders/batch, /wc/v3/products/batch.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from platforms.sandbox.woocommerce.errors import RestError
from platforms.sandbox.woocommerce.loose_values import php_int

JsonObject = dict[str, Any]


def run_batch(
    sent: JsonObject,
    *,
    limit: int,
    create: Callable[[JsonObject], JsonObject],
    update: Callable[[int, JsonObject], JsonObject],
    delete: Callable[[int], JsonObject],
) -> JsonObject | list[Any]:
    """The answers in the order sent; a part that was not sent is absent, `{}` gives `[]`.

    RestError 413 for the whole when create, update and delete together exceed the limit.
    """
    parts = {name: _items(sent.get(name)) for name in ("create", "update", "delete")}
    for name in ("create", "update"):
        parts[name] = [item if isinstance(item, dict) else {} for item in parts[name]]
    if sum(len(items) for items in parts.values()) > limit:
        raise RestError(
            "woocommerce_rest_request_entity_too_large",
            f"Unable to accept more than {limit} items for this request.",
            413,
        )
    answers: JsonObject = {}
    if parts["create"]:
        answers["create"] = [_answer(0, partial(create, item)) for item in parts["create"]]
    if parts["update"]:
        answers["update"] = [
            _answer(item.get("id"), partial(update, php_int(item.get("id")), item))
            for item in parts["update"]
        ]
    if parts["delete"]:
        answers["delete"] = [
            _answer(item, partial(delete, php_int(item))) for item in parts["delete"]
        ]
    return answers or []


def _items(part: Any) -> list[Any]:
    return part if isinstance(part, list) else []


def _answer(item_id: Any, act: Callable[[], JsonObject]) -> JsonObject:
    try:
        return act()
    except RestError as error:
        return {"id": item_id, "error": error.envelope()}
