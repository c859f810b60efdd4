"""One Shopee shop, connected: what `platforms.base.Store` asks for, each by its module."""

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
from platforms.shopee import (
    catalogue,
    connection,
    facts,
    fulfilment,
    notices,
    payouts,
    reading,
    stock,
    subscription,
)
from platforms.shopee.client import Client
from platforms.shopee.details import Details


class ShopeeStore:
    """See `platforms.base.Store`. Opens nothing, and reads no key, before the first question."""

    def __init__(self, access: StoreAccess) -> None:
        self._client = Client(access)
        self._details = Details(self._client)

    @property
    def requests(self) -> int:
        """HTTP requests sent so far."""
        return self._client.requests

    def check(self) -> ConnectionReport:
        """Test the connection step by step; never raises for what the store does wrong."""
        return connection.check(self._client)

    def learn_facts(self) -> StoreFacts:
        """The shop's name and market, and until when it lets us in."""
        return facts.learn_facts(self._client)

    def changed_orders(self, *, since: datetime | None) -> Iterator[OrderPage]:
        """Orders of every status updated at or after `since`, oldest first."""
        return reading.changed_orders(self._client, since=since)

    def orders_placed(self, *, since: datetime, until: datetime | None) -> Iterator[OrderPage]:
        """Orders of every status placed at or after `since` and before `until`."""
        return reading.orders_placed(self._client, since=since, until=until)

    def ahead(self, pages: Iterator[OrderPage]) -> AbstractContextManager[Ahead[OrderPage]]:
        """Pages of one of the lists above, the next of which may be asked for early."""
        return self._client.overlap.ahead(pages)

    def orders_by_id(self, remote_ids: Sequence[str]) -> tuple[FetchedOrder, ...]:
        """These orders as they are now; those that the store does not show are absent."""
        return reading.orders_by_id(self._client, remote_ids)

    def order_by_id(self, remote_id: str) -> FetchedOrder:
        """One order with its details. NotFound: the store says it does not exist."""
        return reading.order_by_id(self._client, self._details, remote_id)

    def order_by_number(self, number: str) -> FetchedOrder:
        """One order by the number people know, which is its id. NotFound: there is none."""
        return reading.order_by_number(self._client, self._details, number)

    def with_details(self, orders: Sequence[FetchedOrder]) -> tuple[FetchedOrder, ...]:
        """The same orders with their escrow and returns."""
        return self._details.with_details(orders)

    def detail_news(self, since: datetime) -> Iterator[DetailNotice]:
        """Returns made or changed at or after `since`."""
        return self._details.news(since)

    def payouts(self, *, since: datetime) -> Iterator[PayoutPage]:
        """What was released at or after `since`, oldest first."""
        return payouts.payouts(self._client, since=since)

    def missed_notices(self) -> tuple[StoreNotice, ...]:
        """Pushes that could not be delivered, of all the app's shops."""
        return notices.missed_notices(self._client)

    def subscription(self, url: str) -> Subscription:
        """Whether the app's pushes, of all its shops, go to this address."""
        return subscription.subscription(self._client, url)

    def subscribe(self, url: str, secret: str) -> Subscription:
        """Send the app's pushes to this address, unless they go to another one."""
        return subscription.subscribe(self._client, url)

    def catalogue(self) -> Iterator[tuple[RemoteListing, ...]]:
        """Every listing, page by page, models included."""
        return catalogue.catalogue(self._client)

    def set_stock(self, levels: Sequence[StockLevel]) -> Iterator[tuple[StockOutcome, ...]]:
        """Set quantities; outcomes come item by item, one for each level."""
        return stock.set_stock(self._client, levels)

    def tell_shipped(self, shipment: Shipment) -> ShipmentTold:
        """Arrange the order's shipment; what was done, and its tracking number if there is one."""
        return fulfilment.tell_shipped(self._client, shipment)

    def tracking_of(self, remote_id: str) -> str:
        """The number that the courier gave an order; "" while there is none."""
        return fulfilment.tracking_of(self._client, remote_id)
