"""The rows of the store: products, orders, refunds, notes, webhooks.

They are mutable: the store is a small world that merchants, buyers and clients change.
Amounts are exact decimals of the order's currency, instants whole seconds UTC.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from platforms.sandbox.woocommerce.amounts import ZERO


@dataclass(slots=True)
class Meta:
    id: int
    key: str
    value: Any


@dataclass(slots=True, kw_only=True)
class Product:
    """A product or a variation (`parent_id` not 0)."""

    id: int
    name: str
    type: str = "simple"
    parent_id: int = 0
    sku: str = ""
    status: str = "publish"
    regular_price: str = ""
    sale_price: str = ""
    manage_stock: bool = False
    stock: int | None = None
    stock_status: str = "instock"
    backorders: str = "no"
    low_stock_amount: int | None = None
    created: int = 0
    modified: int = 0
    total_sales: int = 0
    virtual: bool = False
    downloadable: bool = False
    tax_status: str = "taxable"
    tax_class: str = ""
    description: str = ""
    global_unique_id: str = ""
    options: dict[str, list[str]] = field(default_factory=dict)
    """On a variable product: attribute to its values."""
    chosen: dict[str, str] = field(default_factory=dict)
    """On a variation: attribute to value."""
    variations: list[int] = field(default_factory=list)
    meta: list[Meta] = field(default_factory=list)
    encoded: bytes | None = None

    @property
    def is_variation(self) -> bool:
        return self.parent_id != 0

    @property
    def price(self) -> str:
        return self.sale_price or self.regular_price


@dataclass(slots=True)
class LineTax:
    """A rate's tax on a line. `subtotal` None: shipping and fees have none."""

    rate_id: int
    total: Decimal
    subtotal: Decimal | None


@dataclass(slots=True, kw_only=True)
class LineItem:
    id: int
    name: str
    product_id: int
    quantity: int
    subtotal: Decimal
    total: Decimal
    variation_id: int = 0
    tax_class: str = ""
    taxable: bool = True
    subtotal_tax: Decimal = ZERO
    total_tax: Decimal = ZERO
    taxes: list[LineTax] = field(default_factory=list)
    meta: list[Meta] = field(default_factory=list)
    parent_name: str | None = None


@dataclass(slots=True, kw_only=True)
class ShippingLine:
    id: int
    title: str
    total: Decimal
    method_id: str = "flat_rate"
    instance_id: str = ""
    total_tax: Decimal = ZERO
    taxes: list[LineTax] = field(default_factory=list)
    meta: list[Meta] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class FeeLine:
    id: int
    name: str
    total: Decimal
    tax_status: str = "taxable"
    tax_class: str = ""
    total_tax: Decimal = ZERO
    taxes: list[LineTax] = field(default_factory=list)
    meta: list[Meta] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class CouponLine:
    id: int
    code: str
    discount: Decimal
    discount_tax: Decimal
    type: str = "fixed_cart"
    amount: Decimal = ZERO
    meta: list[Meta] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class TaxLine:
    id: int
    rate_id: int
    code: str
    label: str
    percent: Decimal
    compound: bool = False
    tax_total: Decimal = ZERO
    shipping_tax_total: Decimal = ZERO


@dataclass(slots=True, kw_only=True)
class Refund:
    id: int
    order_id: int
    created: int
    amount: Decimal
    reason: str = ""
    refunded_by: int = 1
    through_gateway: bool = False
    lines: list[LineItem] = field(default_factory=list)
    shipping_lines: list[ShippingLine] = field(default_factory=list)
    fees: list[FeeLine] = field(default_factory=list)
    taxes: list[TaxLine] = field(default_factory=list)
    meta: list[Meta] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Note:
    id: int
    author: str
    created: int
    text: str
    for_customer: bool = False


Address = dict[str, str]


@dataclass(slots=True, kw_only=True)
class Order:
    id: int
    key: str
    currency: str
    created: int
    modified: int
    status: str = "pending"
    parent_id: int = 0
    prices_include_tax: bool = False
    completed: int | None = None
    paid: int | None = None
    customer_id: int = 0
    billing: Address = field(default_factory=dict)
    shipping: Address = field(default_factory=dict)
    payment_method: str = ""
    payment_title: str = ""
    transaction_id: str = ""
    ip: str = ""
    user_agent: str = ""
    created_via: str = "checkout"
    customer_note: str = ""
    number: str = ""
    lines: list[LineItem] = field(default_factory=list)
    shipping_lines: list[ShippingLine] = field(default_factory=list)
    fees: list[FeeLine] = field(default_factory=list)
    coupons: list[CouponLine] = field(default_factory=list)
    taxes: list[TaxLine] = field(default_factory=list)
    meta: list[Meta] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    discount_total: Decimal = ZERO
    discount_tax: Decimal = ZERO
    shipping_total: Decimal = ZERO
    shipping_tax: Decimal = ZERO
    cart_tax: Decimal = ZERO
    total: Decimal = ZERO
    stock_reduced: bool = False
    trackings: list[dict[str, str]] = field(default_factory=list)
    encoded: dict[int, bytes] = field(default_factory=dict)
    """The JSON as served, by number of decimals; emptied by every change."""

    @property
    def total_tax(self) -> Decimal:
        return self.cart_tax + self.shipping_tax

    @property
    def refunded(self) -> Decimal:
        return sum((refund.amount for refund in self.refunds), ZERO)

    @property
    def remaining(self) -> Decimal:
        """What has not been refunded yet."""
        return self.total - self.refunded


@dataclass(slots=True, kw_only=True)
class Webhook:
    id: int
    name: str
    topic: str
    delivery_url: str
    secret: str
    created: int
    modified: int | None = None
    status: str = "active"
    failures: int = 0
    pinged: bool = False
