"""Orders, read from the shop by their numbers, and as lists of what changed or was placed.

Source: GET /api/v2/order/get_order_list, GET /api/v2/order/get_order_detail.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from platforms.base import FetchedOrder, OrderPage
from platforms.errors import NotFound
from platforms.shopee.client import Client
from platforms.shopee.details import Details
from platforms.shopee.fields import as_sn
from platforms.shopee.order_rows import read_rows
from platforms.shopee.walking import Walk


def changed_orders(client: Client, *, since: datetime | None) -> Iterator[OrderPage]:
    """Orders of every status updated at or after `since`; see `platforms.base.Store`.

    Without `since` the last three years are read, window by window.
    """
    return Walk(client, "update_time").pages(since)


def orders_placed(
    client: Client, *, since: datetime, until: datetime | None
) -> Iterator[OrderPage]:
    """Orders of every status placed at or after `since` and before `until`."""
    return Walk(client, "create_time").pages(since, until)


def orders_by_id(client: Client, remote_ids: Sequence[str]) -> tuple[FetchedOrder, ...]:
    """These orders as they are now; those that the store does not know are absent."""
    asked = [each for each in dict.fromkeys(remote_ids) if as_sn(each) == each]
    return tuple(row.order for row in read_rows(client, asked).values())


def order_by_id(client: Client, details: Details, remote_id: str) -> FetchedOrder:
    """One order with its details. NotFound: the store says that it does not exist."""
    if as_sn(remote_id) != remote_id:
        raise NotFound(f"No Shopee order has the number {remote_id[:40]!r}.")
    row = read_rows(client, [remote_id]).get(remote_id)
    if row is None:
        raise NotFound(f"The store has no order {remote_id}.")
    return details.with_details([row.order])[0]


def order_by_number(client: Client, details: Details, number: str) -> FetchedOrder:
    """One order by the number that people know, which is the store's own."""
    return order_by_id(client, details, number.strip().removeprefix("#").upper())
