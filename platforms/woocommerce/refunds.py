"""Refunds, read from the shop.

Source: GET /wc/v3/refunds (WooCommerce 9.0 and later, all orders) and
GET /wc/v3/orders/<id>/refunds. An order's own list of refunds is only a summary, and a refund
that is deleted does not move the order's date: so they are asked for by themselves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from platforms.base import DetailNotice, FetchedOrder, StoreFacts
from platforms.errors import NotFound
from platforms.payload_fields import as_id, is_number
from platforms.woocommerce.answers import NoRoute, QuestionRefused
from platforms.woocommerce.client import LARGEST_PAGE, Client, batches, comma_list
from platforms.woocommerce.fetched import refunds_digest
from platforms.woocommerce.paging import BY_CREATED, Query, walk_by_date, walk_by_id


class _Refund(msgspec.Struct):
    """The fields that say whose refund it is, of any type: reading the order names the fault."""

    id: Any = None
    parent_id: Any = None

    @property
    def order_id(self) -> str | None:
        return as_id(self.parent_id)


# In place of the refunds of an order over which the shop itself fails: reading it names that.
NO_ANSWER = b""

_decoder = msgspec.json.Decoder(_Refund)


def with_refunds(
    client: Client, facts: StoreFacts, orders: Sequence[FetchedOrder]
) -> tuple[FetchedOrder, ...]:
    """The same orders with their refunds, each refund as the shop's own bytes, by id.

    An order without a number is left out: there is nowhere to ask, and reading it names that.
    """
    orders = [order for order in orders if is_number(order.remote_id)]
    if facts.has_refund_list and len(orders) > 1:
        try:
            found = _from_shop_list(client, facts, orders)
        except NoRoute:
            found = None  # the shop went back to an older WooCommerce
        if found is not None:
            return found
    refunds = client.overlap.map(lambda order: _of_order(client, facts, order.remote_id), orders)
    return tuple(_with(order, of_it) for order, of_it in zip(orders, refunds, strict=True))


def refunds_since(client: Client, facts: StoreFacts, since: datetime) -> Iterator[DetailNotice]:
    """Refunds made at or after `since`, oldest first, whatever their orders' dates say.

    Empty where the shop has no such list (before WooCommerce 9.0).
    """
    if facts.has_refund_list is False:
        return
    query = {"_fields": "id,parent_id,date_created_gmt"}
    try:
        for page in walk_by_date(client, "refunds", BY_CREATED, since, query):
            for row in page.rows:
                order_id = _read(row.order.body).order_id
                if order_id is not None:
                    yield DetailNotice(order_remote_id=order_id, mark=row.order.remote_id)
    except NoRoute:
        return


def _from_shop_list(
    client: Client, facts: StoreFacts, orders: Sequence[FetchedOrder]
) -> tuple[FetchedOrder, ...] | None:
    """None: the list holds a refund that does not say whose it is; each order's own does."""
    by_order: dict[str, list[bytes]] = {order.remote_id: [] for order in orders}
    for some in batches(list(by_order), LARGEST_PAGE):
        query = {**decimals(facts), "parent": comma_list(some)}
        for page in walk_by_id(client, "refunds", query):
            for body in page:
                parent = _read(body).order_id
                if parent is None:
                    return None
                if parent in by_order:
                    by_order[parent].append(body)
    return tuple(_with(order, by_order[order.remote_id]) for order in orders)


def _of_order(client: Client, facts: StoreFacts, remote_id: str) -> list[bytes]:
    path = f"orders/{remote_id}/refunds"
    try:
        return [body for page in walk_by_id(client, path, decimals(facts)) for body in page]
    except NotFound:
        return []  # deleted since it was listed; the next pull or sweep tells
    except QuestionRefused:
        return [NO_ANSWER]


def _with(order: FetchedOrder, refunds: list[bytes]) -> FetchedOrder:
    refunds = sorted(refunds, key=_age)
    return replace(order, details=tuple(refunds), details_digest=refunds_digest(refunds))


def decimals(facts: StoreFacts) -> Query:
    """The parameter for amounts as stored, and not as shown; see `reading`."""
    return {"dp": "6" if facts.digits is not None else None}


def _age(body: bytes) -> tuple[int, str]:
    remote_id = as_id(_read(body).id) or ""
    return len(remote_id), remote_id


def _read(body: bytes) -> _Refund:
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, ArithmeticError, RecursionError):
        return _Refund()
