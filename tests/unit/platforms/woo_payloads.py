"""Captured answers of a real WooCommerce 11.0.1, and orders built by hand."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from platforms.base import FetchedOrder
from platforms.woocommerce.fetched import fetched_order, refunds_digest

PAYLOADS = Path(__file__).parents[2] / "payloads" / "woocommerce"


def captured(name: str) -> bytes:
    """The bytes of the one captured answer whose file name has `name` in it."""
    (found,) = (
        path for path in sorted(PAYLOADS.glob(f"*{name}.json")) if ".request." not in path.name
    )
    return found.read_bytes()


def captured_json(name: str) -> Any:
    return json.loads(captured(name))


def index() -> list[dict[str, Any]]:
    """What was asked for each captured answer, and its status."""
    entries: list[dict[str, Any]] = json.loads((PAYLOADS / "index.json").read_bytes())
    return entries


def is_order(found: object) -> bool:
    return isinstance(found, dict) and "line_items" in found and "billing" in found


def every_captured_order() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each order in any captured answer: alone, in a page, in a batch."""
    for path in sorted(PAYLOADS.glob("*.json")):
        if ".request." in path.name or path.name == "index.json" or not path.stat().st_size:
            continue
        found = json.loads(path.read_bytes())
        if isinstance(found, dict) and not is_order(found):
            found = [each for key in ("create", "update") for each in found.get(key, ())]
        for number, order in enumerate(found if isinstance(found, list) else [found]):
            if is_order(order):
                yield f"{path.stem}-{number}", order


def every_captured_refund() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(PAYLOADS.glob("*-order-refunds-*.json")):
        for number, refund in enumerate(json.loads(path.read_bytes())):
            yield f"{path.stem}-{number}", refund


def fetched(order: Any, refunds: list[Any] | None = None) -> FetchedOrder:
    """An order as if it had just come over the wire, with these refunds."""
    found = fetched_order(order if isinstance(order, bytes) else json.dumps(order).encode())
    if refunds is None:
        return found
    bodies = tuple(json.dumps(refund).encode() for refund in refunds)
    return FetchedOrder(
        remote_id=found.remote_id,
        modified_at=found.modified_at,
        digest=found.digest,
        body=found.body,
        has_details=found.has_details,
        details=bodies,
        details_digest=refunds_digest(bodies),
    )


def line(**given: Any) -> dict[str, Any]:
    """One line of goods: 1 mug at 10.00."""
    row = {
        "id": 77,
        "name": "Mug",
        "product_id": 15,
        "variation_id": 0,
        "quantity": 1,
        "subtotal": "10.00",
        "total": "10.00",
        "total_tax": "0.00",
        "taxes": [],
        "meta_data": [],
        "sku": "MUG",
        "price": 10,
    }
    return {**row, **given}


def order(**given: Any) -> dict[str, Any]:
    """A paid order of 1 mug at 10.00."""
    found = {
        "id": 57,
        "number": "57",
        "status": "processing",
        "currency": "MYR",
        "date_created_gmt": "2026-11-24T20:43:00",
        "date_modified_gmt": "2026-11-24T20:44:00",
        "date_paid_gmt": "2026-11-24T20:43:30",
        "date_completed_gmt": None,
        "total": "10.00",
        "total_tax": "0.00",
        "payment_method": "stripe",
        "payment_method_title": "Card",
        "transaction_id": "ch_1",
        "meta_data": [],
        "line_items": [line()],
        "tax_lines": [],
        "shipping_lines": [],
        "fee_lines": [],
        "coupon_lines": [],
        "refunds": [],
    }
    return {**found, **given}


def refund(**given: Any) -> dict[str, Any]:
    """All of `order()` given back, by amount only."""
    found = {
        "id": 91,
        "date_created_gmt": "2026-11-25T08:00:00",
        "amount": "10.00",
        "reason": "",
        "meta_data": [],
        "line_items": [],
        "shipping_lines": [],
        "fee_lines": [],
    }
    return {**found, **given}


def meta(**values: Any) -> list[dict[str, Any]]:
    return [
        {"id": number, "key": key, "value": value}
        for number, (key, value) in enumerate(values.items())
    ]
