"""One WooCommerce shop, connected: what `platforms.base.Store` asks for, each by its module."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from platforms.base import (
    ConnectionReport,
    DetailNotice,
    FetchedOrder,
    OrderPage,
    PayoutPage,
    RemoteListing,
    Shipment,
    ShipmentTold,
    StockLevel,
    StockOutcome,
    StoreAccess,
    StoreFacts,
    StoreNotice,
    Subscription,
)
from platforms.overlap import Ahead
from platforms.woocommerce import (
    catalogue,
    connection,
    facts,
    fulfilment,
    reading,
    refunds,
    stock,
    subscription,
)
from platforms.woocommerce.client import Client


class WooCommerceStore:
    """See `platforms.base.Store`. Opens nothing before the first question."""

    def __init__(self, access: StoreAccess) -> None:
        self._facts = access.facts
        self._client = Client(access)

    @property
    def requests(self) -> int:
        """HTTP requests sent so far."""
        return self._client.requests

    def check(self) -> ConnectionReport:
        """Test the connection step by step; never raises for what the store does wrong."""
        return connection.check(self._client)

    def learn_facts(self) -> StoreFacts:
        """The store's facts. They are what access.facts should hold from then on."""
        self._facts = facts.learn_facts(self._client)
        return self._facts

    def changed_orders(self, *, since: datetime | None) -> Iterator[OrderPage]:
        """Orders of every status modified at or after `since`, oldest first."""
        return reading.changed_orders(self._client, self._facts, since=since)

    def orders_placed(self, *, since: datetime, until: datetime | None) -> Iterator[OrderPage]:
        """Orders of every status placed at or after `since` and before `until`."""
        return reading.orders_placed(self._client, self._facts, since=since, until=until)

    def ahead(self, pages: Iterator[OrderPage]) -> AbstractContextManager[Ahead[OrderPage]]:
        """Pages of one of the lists above, the next of which may be asked for early."""
        return self._client.overlap.ahead(pages)

    def orders_by_id(self, remote_ids: Sequence[str]) -> tuple[FetchedOrder, ...]:
        """These orders as they are now; those that the list does not show are absent."""
        return reading.orders_by_id(self._client, self._facts, remote_ids)

    def order_by_id(self, remote_id: str) -> FetchedOrder:
        """One order with its details. NotFound: the store says it does not exist."""
        return reading.order_by_id(self._client, self._facts, remote_id)

    def order_by_number(self, number: str) -> FetchedOrder:
        """One order by the number people know, with its details. NotFound: there is none."""
        return reading.order_by_number(self._client, self._facts, number)

    def with_details(self, orders: Sequence[FetchedOrder]) -> tuple[FetchedOrder, ...]:
        """The same orders with their refunds, each as the shop's own bytes."""
        return refunds.with_refunds(self._client, self._facts, orders)

    def detail_news(self, since: datetime) -> Iterator[DetailNotice]:
        """Refunds made at or after `since`, whatever their orders' dates say."""
        return refunds.refunds_since(self._client, self._facts, since)

    def payouts(self, *, since: datetime) -> Iterator[PayoutPage]:
        """None: gateways pay out, and their files tell of it."""
        return iter(())

    def missed_notices(self) -> tuple[StoreNotice, ...]:
        """None: a shop keeps no notice that it could not deliver."""
        return ()

    def subscription(self, url: str) -> Subscription:
        """How the shop's webhooks to this address stand."""
        return subscription.subscription(self._client, url)

    def subscribe(self, url: str, secret: str) -> Subscription:
        """Make the webhooks that are missing, and put right those that are ours."""
        return subscription.subscribe(self._client, url, secret)

    def catalogue(self) -> Iterator[tuple[RemoteListing, ...]]:
        """Every listing, page by page, variations included."""
        return catalogue.catalogue(self._client, self._facts)

    def set_stock(self, levels: Sequence[StockLevel]) -> Iterator[tuple[StockOutcome, ...]]:
        """Set quantities; outcomes come batch by batch, one for each level."""
        return stock.set_stock(self._client, levels)

    def tell_shipped(self, shipment: Shipment) -> ShipmentTold:
        """Set the order's status, tracking and note; what was done, as one sentence."""
        return fulfilment.tell_shipped(self._client, self._facts.tracking, shipment)

    def tracking_of(self, remote_id: str) -> str:
        """None: a shop has no courier of its own."""
        return ""
