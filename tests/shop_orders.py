"""Orders as a WooCommerce shop serves them, from a few numbers: bytes, never our own values."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from platforms.base import FetchedOrder
from platforms.woocommerce.fetched import fetched_order, refunds_digest

CREATED = "2026-03-05T03:50:00"


def order_body(version: Mapping[str, Any], *, remote_id: int = 5001) -> bytes:
    """One order of GET /wc/v3/orders. `version` names only what matters."""
    given: dict[str, Any] = {
        "currency": "MYR",
        "status": "processing",
        "total_tax": "0.00",
        "paid": None,
        "completed": None,
        "modified": "2026-03-05T04:00:05",
        "payment_method": "stripe",
        "lines": [],
        "shipping": [],
        "fees": [],
        "taxes": [],
        "meta": {},
        "refunds": [],
        "created": CREATED,
        "parent_id": 0,
        "number": str(remote_id),
        "transaction_id": "",
        **version,
    }
    lines = [_line(at, line) for at, line in enumerate(given["lines"], 1)]
    return json.dumps(
        {
            "id": remote_id,
            "parent_id": given["parent_id"],
            "number": given["number"],
            "status": given["status"],
            "currency": given["currency"],
            "date_created": given["created"],
            "date_created_gmt": given["created"],
            "date_modified": given["modified"],
            "date_modified_gmt": given["modified"],
            "total": given["total"],
            "total_tax": given["total_tax"],
            "billing": given.get("billing", {"first_name": "Siti", "last_name": "Ahmad"}),
            "shipping": {},
            "customer_note": "",
            "payment_method": given["payment_method"],
            "payment_method_title": given["payment_method"],
            "transaction_id": given["transaction_id"],
            "date_paid_gmt": given["paid"],
            "date_completed_gmt": given["completed"],
            "meta_data": [
                {"id": at, "key": key, "value": value}
                for at, (key, value) in enumerate(given["meta"].items(), 1)
            ],
            "line_items": lines,
            "tax_lines": [
                {
                    "id": at,
                    "rate_code": tax["code"],
                    "rate_id": at,
                    "label": "SST",
                    "tax_total": tax["amount"],
                    "shipping_tax_total": "0.00",
                    "rate_percent": 6,
                }
                for at, tax in enumerate(given["taxes"], 1)
            ],
            "shipping_lines": [
                {"id": 200 + at, "method_title": "Post", "total": total, "total_tax": "0.00"}
                for at, total in enumerate(given["shipping"], 1)
            ],
            "fee_lines": [
                {"id": 300 + at, "name": "Fee", "total": total, "total_tax": "0.00"}
                for at, total in enumerate(given["fees"], 1)
            ],
            "coupon_lines": [],
            "refunds": [
                {"id": refund["id"], "reason": "", "total": f"-{refund['amount']}"}
                for refund in given["refunds"]
            ],
        }
    ).encode()


def _line(at: int, line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": line.get("id", 100 + at),
        "name": line.get("name", f"Product {at}"),
        "product_id": line.get("product_id", 10 + at),
        "variation_id": line.get("variation_id", 0),
        "quantity": line.get("quantity", 1),
        "subtotal": line.get("subtotal", line["total"]),
        "total": line["total"],
        "total_tax": line.get("tax", "0.00"),
        "taxes": [],
        "sku": line.get("sku", f"SKU-{at}"),
        "price": 1.5,
        "meta_data": [],
    }


def refund_body(refund: Mapping[str, Any]) -> bytes:
    """One refund of GET /wc/v3/orders/<id>/refunds: positive amount, negative lines."""
    return json.dumps(
        {
            "id": refund["id"],
            "date_created_gmt": refund["created"],
            "amount": refund["amount"],
            "reason": refund.get("reason", ""),
            "meta_data": [],
            "line_items": [
                {
                    "id": 1000 + at,
                    "name": "Product",
                    "product_id": 10 + line["line"],
                    "quantity": -line.get("quantity", 0),
                    "total": f"-{line.get('total', '0.00')}",
                    "total_tax": f"-{line.get('tax', '0.00')}",
                    "taxes": [],
                    "meta_data": [
                        {"id": 1, "key": "_refunded_item_id", "value": str(100 + line["line"])}
                    ],
                }
                for at, line in enumerate(refund.get("lines", ()), 1)
            ],
            "shipping_lines": [
                {
                    "id": 1100 + at,
                    "total": f"-{line['total']}",
                    "total_tax": f"-{line.get('tax', '0.00')}",
                    "taxes": [],
                    "meta_data": [{"id": 1, "key": "_refunded_item_id", "value": str(200 + at)}],
                }
                for at, line in enumerate(refund.get("shipping", ()), 1)
            ],
            "fee_lines": [],
            "tax_lines": [],
        }
    ).encode()


def fetched(version: Mapping[str, Any], *, remote_id: int = 5001) -> FetchedOrder:
    """A version as a pull hands it to processing, its refunds read."""
    order = fetched_order(order_body(version, remote_id=remote_id))
    bodies = tuple(refund_body(refund) for refund in version.get("refunds", ()))
    return FetchedOrder(
        remote_id=order.remote_id,
        modified_at=order.modified_at,
        digest=order.digest,
        body=order.body,
        has_details=order.has_details,
        details=bodies if bodies else None,
        details_digest=refunds_digest(bodies) if bodies else b"",
    )


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def keys_of(versions: Sequence[Mapping[str, Any]]) -> list[str]:
    """The listing keys that these versions' lines name."""
    return sorted(
        {
            str(line.get("product_id", 10 + at))
            for version in versions
            for at, line in enumerate(version.get("lines", ()), 1)
        }
    )
