"""Orders as the store keeps them. Instants are whole seconds UTC, 0 when not yet."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal(0)


class Status(StrEnum):
    """Where an order stands."""

    UNPAID = "UNPAID"
    PENDING = "PENDING"
    INVOICE_PENDING = "INVOICE_PENDING"
    READY_TO_SHIP = "READY_TO_SHIP"
    PROCESSED = "PROCESSED"
    RETRY_SHIP = "RETRY_SHIP"
    SHIPPED = "SHIPPED"
    TO_CONFIRM_RECEIVE = "TO_CONFIRM_RECEIVE"
    COMPLETED = "COMPLETED"
    IN_CANCEL = "IN_CANCEL"
    CANCELLED = "CANCELLED"
    TO_RETURN = "TO_RETURN"


@dataclass(slots=True, kw_only=True)
class Line:
    """A line of an order. Unit prices as the order shows them, subtotals as escrow does."""

    line_item_id: int
    item_id: int
    model_id: int
    item_name: str
    item_sku: str
    model_name: str
    model_sku: str
    quantity: int
    original_price: Decimal
    price: Decimal
    """Unit price after discount as the order's item list shows it: 0 in a bundle."""
    original: Decimal
    selling: Decimal
    discounted: Decimal
    promotion_type: str = ""
    promotion_id: int = 0
    promotion_group_id: int = 0
    order_item_id: int = 0
    is_main_item: bool = False
    weight: Decimal = Decimal("0.5")
    cancelled: int = 0
    returned: int = 0

    @property
    def key(self) -> tuple[int, int]:
        return self.item_id, self.model_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    amount: Decimal
    date: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A payout of an order to the shop's balance."""

    order_sn: str
    amount: Decimal
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedPiece:
    line_item_id: int
    quantity: int


@dataclass(slots=True, kw_only=True)
class Return:
    """A buyer's request to give goods or money back."""

    return_sn: str
    order_sn: str
    status: str
    type: str
    """RRBOC before the order was completed, RRAOC after."""
    solution: int
    """0: goods and money back; 1: money only."""
    refund: Decimal
    """What the buyer gets; not what the seller loses."""
    pieces: list[ReturnedPiece]
    created: int
    updated: int
    reason: str = "ITEM_DAMAGED"
    text_reason: str = ""
    tracking_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    withdrawal_id: int
    amount: Decimal
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    name: str = "Aisyah Rahman"
    phone: str = "60123456764"
    town: str = ""
    district: str = ""
    city: str = "Kuala Lumpur"
    state: str = "Kuala Lumpur"
    region: str = "MY"
    zipcode: str = "50450"
    street: str = "12 Jalan Ampang"
    username: str = "aisyah_r"
    user_id: int = 880_001

    @property
    def full_address(self) -> str:
        parts = (self.street, self.town, self.district, self.city, self.zipcode, self.state)
        return ", ".join(part for part in (*parts, self.region) if part)


@dataclass(slots=True, kw_only=True)
class Order:
    order_sn: str
    status: Status
    region: str
    currency: str
    cod: bool
    created: int
    updated: int
    lines: list[Line]
    recipient: Recipient
    payment_method: str = ""
    carrier: str = "J&T Express"
    paid: int = 0
    pickup_done: int = 0
    completed: int = 0
    days_to_ship: int = 2
    ship_by: int = 0
    message: str = ""
    note: str = ""
    note_updated: int = 0
    cancel_by: str = ""
    cancel_reason: str = ""
    buyer_cancel_reason: str = ""
    before_cancel: Status | None = None
    is_masked: bool | None = None
    """None: as the app's approval has it."""
    is_exact: bool = False
    """The amounts were stated: nothing is estimated, nothing lands by itself."""
    completed_scenario: str = ""
    buyer_payment: dict[str, Decimal] = field(default_factory=dict)
    """The amounts of `buyer_payment_info`, a snapshot of the checkout."""
    income: dict[str, Decimal] = field(default_factory=dict)
    """The amounts of `order_income`, by field; what is not there reads 0."""
    unknown_fees: dict[str, Decimal] = field(default_factory=dict)
    """Fees that no reference page knows; they lower the escrow all the same."""
    is_escrow_held: bool = False
    hides_returns: bool = False
    adjustments: list[Adjustment] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    return_sns: list[str] = field(default_factory=list)
    encoded: dict[str, bytes] = field(default_factory=dict)
