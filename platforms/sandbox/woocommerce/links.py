"""`_links` of the objects that the API serves."""

from typing import Any

Links = dict[str, list[dict[str, Any]]]

_ALL = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def rest(home: str) -> str:
    return f"{home}/wp-json/wc/v3"


def order_links(home: str, order_id: int) -> Links:
    orders = f"{rest(home)}/orders"
    templates = f"{orders}/{order_id}/actions/email_templates"
    return {
        **_pair(orders, order_id, _ALL),
        "email_templates": [{"embeddable": True, "href": templates}],
    }


def under_order_links(home: str, order_id: int, kind: str, object_id: int) -> Links:
    order = f"{rest(home)}/orders/{order_id}"
    return {
        **_pair(f"{order}/{kind}", object_id, ["GET", "DELETE"]),
        "up": [{"href": order}],
    }


def product_links(home: str, product_id: int) -> Links:
    return _pair(f"{rest(home)}/products", product_id, _ALL)


def variation_links(home: str, parent_id: int, product_id: int) -> Links:
    parent = f"{rest(home)}/products/{parent_id}"
    return {**_pair(f"{parent}/variations", product_id, _ALL), "up": [{"href": parent}]}


def webhook_links(home: str, webhook_id: int) -> Links:
    return _pair(f"{rest(home)}/webhooks", webhook_id, _ALL)


def currency_links(home: str, code: str) -> Links:
    return _pair(f"{rest(home)}/data/currencies", code, ["GET"])


def _pair(collection: str, object_id: int | str, allow: list[str]) -> Links:
    return {
        "self": [{"href": f"{collection}/{object_id}", "targetHints": {"allow": allow}}],
        "collection": [{"href": collection}],
    }
