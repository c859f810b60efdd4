"""An order in neutral words: frozen values, as the store tells it.

Amounts are exact Decimals in the order's currency as served (not yet rounded), quantities are
whole pieces, instants are aware UTC. The store's own field names travel along (`FieldNames`),
so that the books can say where an amount came from without knowing the platform.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from platforms.remote_escrow import RemoteEscrow


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


NOWHERE = RemoteAddress()


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteBuyer:
    """Everything personal in an order; it is kept in one row and nowhere else.

    `free_text` holds what people or plugins wrote into the payload, by its place in it.
    `is_masked`: the store shows stars instead of the data. `is_anonymised`: the store has
    emptied the order on request.
    """

    email: str = ""
    billing: RemoteAddress = NOWHERE
    shipping: RemoteAddress = NOWHERE
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
    escrow: RemoteEscrow | None = None
    has_escrow: bool = False  # its money comes by an escrow, whether that is there yet or not
    read_as: str = ""  # the known status that `status` stands for here, where it is another


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
    its date serves the same order. `details` are the documents that the store keeps beside an
    order and serves by themselves (refunds, returns, a marketplace's escrow), each as bytes;
    None when they were not asked for, as an unchanged order needs none. `has_details`: the
    order, as it is, has some to be asked for.
    """

    remote_id: str
    modified_at: datetime
    digest: bytes
    body: bytes
    has_details: bool
    details: tuple[bytes, ...] | None = None
    details_digest: bytes = b""


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
class DetailNotice:
    """That an order has a detail, heard from a list of the store's; `mark` says which, and when."""

    order_remote_id: str
    mark: str
