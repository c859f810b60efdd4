"""Orders, read from the shop's list.

Source: GET /wc/v3/orders, GET /wc/v3/orders/<id>. A list asked for "any" status leaves the
trash out, so that is asked for by itself. With `dp=6` the shop serves what it stored, not what
it shows; it is asked for once the decimals that it shows are known (`StoreFacts.digits`),
because the minor unit is read from them until then.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from platforms.base import FetchedOrder, OrderPage, StoreFacts
from platforms.errors import BadResponse, NotFound, SiteRefused
from platforms.woocommerce.answers import QuestionRefused
from platforms.woocommerce.client import LARGEST_PAGE, Client, batches, comma_list
from platforms.woocommerce.fetched import fetched_order
from platforms.woocommerce.paging import (
    BY_CREATED,
    BY_MODIFIED,
    ByDate,
    Query,
    store_date,
    walk_by_date,
)
from platforms.woocommerce.refunds import decimals, with_refunds

# The trash first: what is trashed meanwhile is changed later than the trash was read, and the
# next pull begins no later than that.
STATUSES = ("trash", "any")


def changed_orders(
    client: Client, facts: StoreFacts, *, since: datetime | None
) -> Iterator[OrderPage]:
    """Orders of every status modified at or after `since`; see `platforms.base.Store`."""
    yield from _of_every_status(client, BY_MODIFIED, since, decimals(facts))


def orders_placed(
    client: Client, facts: StoreFacts, *, since: datetime, until: datetime | None
) -> Iterator[OrderPage]:
    """Orders of every status placed at or after `since` and before `until`."""
    before = None
    if until is not None:
        # The filter has whole seconds and leaves its own second out.
        before = store_date(until + timedelta(seconds=1) - timedelta(microseconds=1))
    yield from _of_every_status(client, BY_CREATED, since, {**decimals(facts), "before": before})


def _of_every_status(
    client: Client, by: ByDate, since: datetime | None, query: Query
) -> Iterator[OrderPage]:
    try:
        for status in STATUSES:
            asked = {**query, "status": status}
            tells = status == "any" and by is BY_MODIFIED
            for page in walk_by_date(client, "orders", by, since, asked):
                yield OrderPage(
                    orders=tuple(row.order for row in page.rows),
                    store_time=page.store_time,
                    complete_to=page.complete_to if tells else None,
                )
    except QuestionRefused as refused:
        if not refused.parameters & {"orderby", by.bound}:
            raise
        raise SiteRefused(
            "The store cannot list orders by their changes. It needs WooCommerce 5.8 or later.",
            said=refused.said,
            code="store_bad_response",
            fix="WordPress: Dashboard > Updates: update WooCommerce.",
        ) from refused


def orders_by_id(
    client: Client, facts: StoreFacts, remote_ids: Sequence[str]
) -> tuple[FetchedOrder, ...]:
    """These orders as they are now; those that the list does not show are absent."""
    found: list[FetchedOrder] = []
    for some in batches(list(dict.fromkeys(remote_ids)), LARGEST_PAGE):
        query = {
            **decimals(facts),
            "include": comma_list(some),
            "per_page": str(LARGEST_PAGE),
            "status": "any",
            "orderby": "id",
        }
        found += [fetched_order(body) for body in client.get("orders", query).elements("orders")]
    return tuple(found)


def order_by_id(client: Client, facts: StoreFacts, remote_id: str) -> FetchedOrder:
    """One order with its refunds. NotFound: the store says that it does not exist."""
    if not (remote_id.isascii() and remote_id.isdigit()):
        raise NotFound(f"No WooCommerce order has the id {remote_id[:40]!r}.")
    order = fetched_order(client.get(f"orders/{remote_id}", decimals(facts)).body)
    if order.remote_id != remote_id:
        raise BadResponse("The store answered with something else than the order asked for.")
    return with_refunds(client, facts, [order])[0]


def order_by_number(client: Client, facts: StoreFacts, number: str) -> FetchedOrder:
    """One order by the number that people know, with its refunds. NotFound: there is none.

    In most shops the number is the id. Plugins give numbers of their own and make them
    searchable; the search looks at other fields too, so the number is compared.
    """
    wanted = number.strip().removeprefix("#")
    found = _by_its_id(client, facts, wanted) or _by_search(client, facts, wanted)
    if found is None:
        raise NotFound(f"The store has no order with the number {wanted[:40]!r}.")
    return with_refunds(client, facts, [found])[0]


def _by_its_id(client: Client, facts: StoreFacts, number: str) -> FetchedOrder | None:
    if not (number.isascii() and number.isdigit()):
        return None
    try:
        reply = client.get(f"orders/{number}", decimals(facts))
    except NotFound:
        return None
    return fetched_order(reply.body) if _number(reply.object()) == number else None


def _by_search(client: Client, facts: StoreFacts, number: str) -> FetchedOrder | None:
    query = {**decimals(facts), "search": number, "per_page": str(LARGEST_PAGE), "status": "any"}
    reply = client.get("orders", query)
    for body, order in zip(reply.elements("orders"), reply.objects("orders"), strict=True):
        if _number(order) == number:
            return fetched_order(body)
    return None


def _number(order: dict[str, object]) -> str:
    return str(order.get("number") or order.get("id")).removeprefix("#")
