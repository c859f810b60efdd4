"""Refunds, read from the shop.

Source: GET /wc/v3/refunds (WooCommerce 9.0 and later, all orders) and
GET /wc/v3/orders/<id>/refunds. An order's own list of refunds is only a summary, and a refund
that is deleted does not move the order's date: so they are asked for by themselves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import msgspec

from platforms.base import FetchedOrder, RefundNotice, StoreFacts
from platforms.errors import BadResponse
from platforms.woocommerce.answers import NoRoute
from platforms.woocommerce.client import LARGEST_PAGE, Client, batches, comma_list
from platforms.woocommerce.fetched import refunds_digest
from platforms.woocommerce.paging import BY_CREATED, Query, walk_by_date, walk_by_id


class _Refund(msgspec.Struct):
    """The fields that say whose refund it is."""

    id: int | str
    parent_id: int | str | None = None


_decoder = msgspec.json.Decoder(_Refund)


def with_refunds(
    client: Client, facts: StoreFacts, orders: Sequence[FetchedOrder]
) -> tuple[FetchedOrder, ...]:
    """The same orders with their refunds, each refund as the shop's own bytes, by id."""
    if facts.has_refund_list and len(orders) > 1:
        try:
            found = _from_shop_list(client, facts, orders)
        except NoRoute:
            found = None  # the shop went back to an older WooCommerce
        if found is not None:
            return found
    return tuple(_with(order, _of_order(client, facts, order.remote_id)) for order in orders)


def refunds_since(client: Client, facts: StoreFacts, since: datetime) -> Iterator[RefundNotice]:
    """Refunds made at or after `since`, oldest first, whatever their orders' dates say.

    Empty where the shop has no such list (before WooCommerce 9.0).
    """
    if facts.has_refund_list is False:
        return
    query = {"_fields": "id,parent_id,date_created_gmt"}
    try:
        for page in walk_by_date(client, "refunds", BY_CREATED, since, query):
            for row in page.rows:
                yield RefundNotice(
                    remote_id=row.order.remote_id,
                    order_remote_id=str(_read(row.order.body).parent_id),
                    created_at=row.created_at or since,
                )
    except NoRoute:
        return


def _from_shop_list(
    client: Client, facts: StoreFacts, orders: Sequence[FetchedOrder]
) -> tuple[FetchedOrder, ...]:
    by_order: dict[str, list[bytes]] = {order.remote_id: [] for order in orders}
    for some in batches(list(by_order), LARGEST_PAGE):
        query = {**decimals(facts), "parent": comma_list(some)}
        for page in walk_by_id(client, "refunds", query):
            for body in page:
                parent = str(_read(body).parent_id)
                if parent in by_order:
                    by_order[parent].append(body)
    return tuple(_with(order, by_order[order.remote_id]) for order in orders)


def _of_order(client: Client, facts: StoreFacts, remote_id: str) -> list[bytes]:
    path = f"orders/{remote_id}/refunds"
    return [body for page in walk_by_id(client, path, decimals(facts)) for body in page]


def _with(order: FetchedOrder, refunds: list[bytes]) -> FetchedOrder:
    refunds = sorted(refunds, key=lambda body: (len(str(_read(body).id)), str(_read(body).id)))
    return replace(order, refunds=tuple(refunds), refunds_digest=refunds_digest(refunds))


def decimals(facts: StoreFacts) -> Query:
    """The parameter for amounts as stored, and not as shown; see `reading`."""
    return {"dp": "6" if facts.digits is not None else None}


def _read(body: bytes) -> _Refund:
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, RecursionError) as fault:
        raise BadResponse("The store listed a refund without an id.", said=str(fault)) from fault
