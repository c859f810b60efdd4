"""What a platform must offer, and the neutral words that it offers it in.

The words themselves are in `remote_orders` and `remote_listings`; everything outside a
platform's folder takes them from here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from platforms.remote_listings import (
    PushResult,
    RemoteListing,
    Shipment,
    StockKeeping,
    StockLevel,
    StockOutcome,
)
from platforms.remote_orders import (
    FetchedOrder,
    FieldNames,
    OpenedOrder,
    OrderPage,
    RefundedKind,
    RefundNotice,
    RemoteAddress,
    RemoteBuyer,
    RemoteCharge,
    RemoteDelivery,
    RemoteFee,
    RemoteLine,
    RemoteOrder,
    RemoteRefund,
    RemoteRefundLine,
    RemoteTax,
    Stage,
    StoreTerms,
)

__all__ = [
    "Check",
    "ConnectionReport",
    "CredentialField",
    "FetchedOrder",
    "FieldNames",
    "OpenedOrder",
    "OrderPage",
    "Platform",
    "PushResult",
    "RefundNotice",
    "RefundedKind",
    "RemoteAddress",
    "RemoteBuyer",
    "RemoteCharge",
    "RemoteDelivery",
    "RemoteFee",
    "RemoteLine",
    "RemoteListing",
    "RemoteOrder",
    "RemoteRefund",
    "RemoteRefundLine",
    "RemoteTax",
    "Shipment",
    "Stage",
    "StockKeeping",
    "StockLevel",
    "StockOutcome",
    "Store",
    "StoreAccess",
    "StoreFacts",
    "StoreTerms",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One step of a connection test. `fix` says what to click in the store when it failed.

    `is_ok` None: not tested, because an earlier step failed.
    """

    name: str
    is_ok: bool | None
    message: str
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFacts:
    """What the store says about itself. Unknown things are None or empty.

    `digits`: decimals the store shows prices with. `statuses`: its own order statuses.
    """

    title: str = ""
    version: str = ""
    currency: str = ""
    timezone: str = ""
    digits: int | None = None
    statuses: tuple[str, ...] = ()
    has_refund_list: bool | None = None
    has_variation_list: bool | None = None
    tracking: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionReport:
    is_ok: bool
    facts: StoreFacts
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialField:
    """One thing a person fills in to connect a store. The form is made from these."""

    name: str
    label: str
    is_secret: bool
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreAccess:
    """How to reach one store. `repr` never shows the credentials.

    `ca_file`: the certificates to trust instead of the usual ones, for a store in one's own
    network; "" trusts the usual ones.
    """

    url: str
    credentials: Mapping[str, str] = field(repr=False)
    facts: StoreFacts = field(default_factory=StoreFacts)
    allow_private: bool = False
    ca_file: str = ""


class Store(Protocol):
    """One store, connected. Each method speaks over the network and raises PlatformErrors."""

    @property
    def requests(self) -> int:
        """HTTP requests sent so far."""

    def check(self) -> ConnectionReport:
        """Test the connection step by step; never raises for what the store does wrong."""

    def learn_facts(self) -> StoreFacts:
        """The store's facts that reading orders depends on, in as few requests as it takes."""

    def changed_orders(self, *, since: datetime | None) -> Iterator[OrderPage]:
        """Orders of every status whose modified time is at or after `since`, oldest first.

        Lists that come apart (a trash) come first, with `complete_to` None. Rows that move while we page are not missed; a row may come twice. Refunds are not in
        it yet: see `with_refunds`.
        """

    def orders_placed(self, *, since: datetime, until: datetime | None) -> Iterator[OrderPage]:
        """Orders of every status placed at or after `since` and before `until`."""

    def orders_by_id(self, remote_ids: Sequence[str]) -> tuple[FetchedOrder, ...]:
        """These orders as they are now; those that the list does not show are absent."""

    def order_by_id(self, remote_id: str) -> FetchedOrder:
        """One order with its refunds. NotFound: the store says it does not exist."""

    def order_by_number(self, number: str) -> FetchedOrder:
        """One order by the number people know, with its refunds. NotFound: there is none."""

    def with_refunds(self, orders: Sequence[FetchedOrder]) -> tuple[FetchedOrder, ...]:
        """The same orders with `refunds` read from the store."""

    def refunds_since(self, since: datetime) -> Iterator[RefundNotice]:
        """Refunds made at or after `since`, whatever their orders' dates say.

        Empty where the store has no such list.
        """

    def catalogue(self) -> Iterator[tuple[RemoteListing, ...]]:
        """Every listing, page by page, variations included."""

    def set_stock(self, levels: Sequence[StockLevel]) -> Iterator[tuple[StockOutcome, ...]]:
        """Set quantities; outcomes come batch by batch, one for each level.

        TryAgain and SiteRefused: what was not yet yielded was not sent.
        """

    def tell_shipped(self, shipment: Shipment) -> str:
        """Set the order's status, tracking and note; what was done, as one sentence."""


class Platform(Protocol):
    """What a platform folder declares (its module attribute `platform`)."""

    name: str  # as in site declarations
    label: str  # as people write it
    credential_fields: tuple[CredentialField, ...]
    default_statuses: tuple[str, ...]  # imported unless the site says otherwise
    shipped_status: str | None
    tax_collected_by: str  # "seller" or "marketplace"
    buyer_days: int  # how long buyer data is kept after the order ended

    def connect(self, access: StoreAccess) -> Store:
        """A connection to one store. Opens nothing yet."""

    def open_order(self, fetched: FetchedOrder, terms: StoreTerms) -> OpenedOrder:
        """Read a fetched order and part it from its buyer. OrderUnreadable: it makes no sense."""

    def read_payload(self, payload: bytes, terms: StoreTerms) -> RemoteOrder:
        """The order in a payload stored earlier. OrderUnreadable as above."""

    def refund_ids(self, payload: bytes) -> frozenset[str]:
        """Ids of the refunds stored with a payload."""

    def statuses_let_in(self, chosen: Sequence[str]) -> frozenset[str]:
        """The store's statuses that may begin here, given the site's choice."""
