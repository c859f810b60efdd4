"""The neutral words that a store is translated into, and what a platform must offer.

Everything here is a frozen value. Amounts are exact Decimals in the order's currency as the
store served them (not yet rounded), quantities are whole pieces, instants are aware UTC.
Names of the store's own fields travel along (`FieldNames`), so that the books can say where
an amount came from without knowing the platform.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

# --- orders -----------------------------------------------------------------------------------


class Stage(StrEnum):
    """What the store's status of an order means, whatever the store calls it."""

    AWAITING = "awaiting"  # nothing to do yet: a draft, an order waiting for its payment
    ALIVE = "alive"  # a sale that stands
    DEAD = "dead"  # cancelled, failed
    TRASHED = "trashed"  # thrown away in the store; housekeeping as often as annulment
    UNKNOWN = "unknown"  # a status that the platform does not know


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldNames:
    """What the store calls the fields that amounts come from: the *because* of a journal line."""

    total: str
    goods: str
    goods_discount: str
    surcharge: str
    reduction: str
    delivery: str
    tax: str
    tax_rate: str  # with {} for the rate's code
    refund: str  # with {} for the refund's id, as in the next three
    refund_goods: str
    refund_delivery: str
    refund_tax: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteLine:
    """One line of goods. `listing_key` is None when the store no longer knows the product."""

    remote_line_id: str
    listing_key: str | None
    name: str
    sku: str
    quantity: int
    subtotal: Decimal  # before discounts, without tax
    total: Decimal  # after discounts, without tax
    tax: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteCharge:
    """A line of money without goods: a surcharge (positive) or a reduction (negative)."""

    name: str
    total: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteDelivery:
    """Delivery charged to the buyer, without tax."""

    title: str
    total: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteTax:
    """Tax at one rate over the whole order. `code` names the rate in the store."""

    code: str
    label: str
    percent: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFee:
    """What the payment gateway took, as the order itself tells it (never negative)."""

    source: str
    amount: Decimal
    currency: str


class RefundedKind(StrEnum):
    GOODS = "goods"
    CHARGE = "charge"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteRefundLine:
    """One line given back. Positive numbers: what the buyer gets, how many pieces return."""

    kind: RefundedKind
    remote_line_id: str | None  # the order's line that it takes back
    quantity: int
    total: Decimal
    tax: Decimal
    taxes: tuple[tuple[str, Decimal], ...] = ()  # (rate code, amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteRefund:
    """Money given back. `amount` is positive and wins over the lines."""

    remote_id: str
    created_at: datetime
    amount: Decimal
    lines: tuple[RemoteRefundLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteAddress:
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    street: str = ""
    street_2: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteBuyer:
    """Everything personal in an order; it is kept in one row and nowhere else.

    `free_text` holds what people or plugins wrote into the payload, by its place in it.
    `is_masked`: the store shows stars instead of the data. `is_anonymised`: the store has
    emptied the order on request.
    """

    email: str = ""
    billing: RemoteAddress = field(default_factory=RemoteAddress)
    shipping: RemoteAddress = field(default_factory=RemoteAddress)
    note: str = ""
    ip_address: str = ""
    user_agent: str = ""
    free_text: Mapping[str, object] = field(default_factory=dict)
    is_masked: bool = False
    is_anonymised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteOrder:
    """One order as the store tells it, in neutral words."""

    remote_id: str
    number: str
    parent_remote_id: str | None
    status: str  # the store's own word
    stage: Stage
    is_paid: bool
    is_taken: bool  # the store itself counts the pieces as taken from its stock
    is_shipped: bool
    currency: str
    digits: int  # decimals of the minor unit that this order is booked in
    ordered_at: datetime
    modified_at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    payment_method: str
    payment_title: str
    transaction_id: str
    total: Decimal
    total_tax: Decimal
    lines: tuple[RemoteLine, ...]
    charges: tuple[RemoteCharge, ...]
    deliveries: tuple[RemoteDelivery, ...]
    taxes: tuple[RemoteTax, ...]
    fee: RemoteFee | None
    refunds: tuple[RemoteRefund, ...]
    fields: FieldNames


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreTerms:
    """What a site tells the reader of its payloads.

    `status_as`: the store's own status -> the known status it is to be read as.
    `fee_fields`: further places where a gateway's fee may stand, after the known ones.
    `digits`: decimals the store shows prices with; None until they are known.
    """

    status_as: Mapping[str, str] = field(default_factory=dict)
    fee_fields: tuple[str, ...] = ()
    digits: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedOrder:
    """An order as it came over the wire, not yet read.

    `digest` is over the bytes as served without the modified time: a store that only moved
    its date serves the same order. `refunds` is None when they were not asked for (an
    unchanged order needs none), else the bytes of each.
    """

    remote_id: str
    modified_at: datetime
    digest: bytes
    body: bytes
    shows_refunds: bool
    refunds: tuple[bytes, ...] | None = None
    refunds_digest: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedOrder:
    """A fetched order, read: its value, its buyer, and the payload to store without the buyer."""

    order: RemoteOrder
    buyer: RemoteBuyer
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """Some fetched orders, and the store's own clock when it answered.

    `complete_to`: when this page and those before it are stored, nothing that the store changed
    up to this moment is missing; None: this page says nothing about that.
    """

    orders: tuple[FetchedOrder, ...]
    store_time: datetime
    complete_to: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundNotice:
    """That a refund exists, heard from the store's list of refunds."""

    remote_id: str
    order_remote_id: str
    created_at: datetime


# --- catalogue and stock ----------------------------------------------------------------------


class StockKeeping(StrEnum):
    """Who keeps a listing's quantity in the store."""

    OWN = "own"
    PARENT = "parent"  # the variation shows its parent's quantity
    NONE = "none"  # the store does not count it


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteListing:
    """One sellable thing in a store. `quantity` is what the store shows, None if uncounted."""

    key: str  # "12" or "12:13"
    parent_key: str | None
    name: str
    sku: str
    status: str
    price: Decimal | None
    stock_keeping: StockKeeping
    quantity: int | None
    modified_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLevel:
    """A quantity to set at the store."""

    listing_key: str
    sku: str
    quantity: int


class PushResult(StrEnum):
    CONFIRMED = "confirmed"  # the store's answer shows the quantity that we sent
    REFUSED = "refused"  # the store refused this one item
    NOT_CONFIRMED = "not_confirmed"  # the answer shows another quantity: a silent no-op
    UNKNOWN = "unknown"  # no answer came, and reading back did not tell either


@dataclass(frozen=True, slots=True, kw_only=True)
class StockOutcome:
    """What became of one StockLevel. `shown` is the quantity the store has now, if it told."""

    listing_key: str
    result: PushResult
    shown: int | None
    code: str = ""  # of the closed list: "" when confirmed
    said: str = ""  # the store's words


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """What to tell the store about a shipped order. `set_status` None: leave its status."""

    remote_order_id: str
    set_status: str | None
    carrier: str = ""
    tracking: str = ""
    shipped_at: datetime | None = None


# --- the connection ---------------------------------------------------------------------------


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
