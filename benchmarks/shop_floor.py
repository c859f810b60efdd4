"""The loopback shop at the least: its pages walked, one order made into 19 rows.

1 order with its payload, 1 retail order, 3 lines, 3 moves, 2 entries, 8 journal lines, 1 event.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec
import requests

from benchmarks.floor_rows import (
    CLEARING,
    DELIVERY,
    DISCOUNT,
    FEES,
    REVENUE,
    TAX,
    Numbering,
    Rows,
    add_entry,
    scaled,
)
from benchmarks.floors import Page, Source

PAGE = 100

_page_decoder = msgspec.json.Decoder(list[msgspec.Raw])
_order_decoder = msgspec.json.Decoder(float_hook=Decimal)


def pages(url: str) -> Iterator[Page]:
    """All orders, page by page: each as its bytes and decoded."""
    with requests.Session() as session:
        offset = 0
        while True:
            query = {"per_page": str(PAGE), "offset": str(offset)}
            body = session.get(f"{url}/wp-json/wc/v3/orders", params=query, timeout=30).content
            page = [(bytes(raw), _order_decoder.decode(raw)) for raw in _page_decoder.decode(body)]
            if not page:
                return
            yield page
            offset += len(page)


def add_order(order: dict[str, Any], payload: bytes, ids: Numbering, rows: Rows) -> None:
    """One decoded order as rows."""
    order_id = ids.next("channel_orders")
    paid_at = order["date_paid_gmt"]
    rows["channel_orders"].append(
        (
            order_id,
            1,
            str(order["id"]),
            order["number"],
            order["status"],
            order["currency"],
            scaled(order["total"]),
            order["date_created_gmt"],
            order["date_modified_gmt"],
            "synced",
            payload,
        )
    )
    rows["retail_orders"].append((ids.next("retail_orders"), order_id, "active", paid_at))
    before = after = 0
    for position, line in enumerate(order["line_items"], 1):
        product, quantity = line["product_id"], line["quantity"]
        net, tax = scaled(line["total"]), scaled(line["total_tax"])
        before += scaled(line["subtotal"])
        after += net
        rows["retail_lines"].append(
            (
                ids.next("retail_lines"),
                order_id,
                position,
                line["name"],
                line["sku"],
                product,
                quantity,
                net,
                tax,
            )
        )
        rows["stock_moves"].append((ids.next("stock_moves"), order_id, product, -quantity, paid_at))
    sale = [
        (CLEARING, scaled(order["total"]), "order.total"),
        (DISCOUNT, before - after, "order.line_items.subtotal - total"),
        (REVENUE, -before, "order.line_items.subtotal"),
        (DELIVERY, -scaled(order["shipping_total"]), "order.shipping_lines.total"),
    ]
    sale += [
        (TAX, -scaled(rate["tax_total"]) - scaled(rate["shipping_tax_total"]), rate["rate_code"])
        for rate in order["tax_lines"]
    ]
    fee = scaled(next(m["value"] for m in order["meta_data"] if m["key"] == "_stripe_fee"))
    source = "order.meta_data._stripe_fee"
    told = (order_id, order["number"], paid_at)
    add_entry(*told, "sale", sale, ids, rows)
    add_entry(*told, "fees", [(FEES, fee, source), (CLEARING, -fee, source)], ids, rows)
    rows["events"].append(
        (ids.next("events"), order_id, paid_at, "pending", "synced", "Posted 2 journal entries.")
    )


SOURCE = Source(pages=pages, known=pages, add=add_order, per_order=(1, 1, 3, 3, 2, 8, 1))
