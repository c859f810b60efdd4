"""What a shop owner or a version of WooCommerce decides, in one frozen object.

Two versions are known in detail, 9.9.5 and 11.0.1. The defaults play 11.0.1; `as_version`
turns a shop into the older one.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum


class OrderStorage(StrEnum):
    """Where orders live; it decides which edits move `date_modified`."""

    HPOS = "hpos"
    POSTS = "posts"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRate:
    """One row of the tax table. `country` empty: everywhere."""

    id: int
    percent: Decimal
    label: str
    code: str
    tax_class: str = ""
    country: str = ""
    shipping: bool = True
    compound: bool = False


MALAYSIAN_RATES = (
    TaxRate(id=1, percent=Decimal("6"), label="SST", code="MY-SST-1", country="MY"),
    TaxRate(
        id=2,
        percent=Decimal("10"),
        label="SST 10",
        code="MY-SST 10-1",
        country="MY",
        tax_class="higher-rate",
    ),
)

CORE_STATUSES = (
    ("pending", "Pending payment"),
    ("processing", "Processing"),
    ("on-hold", "On hold"),
    ("completed", "Completed"),
    ("cancelled", "Cancelled"),
    ("refunded", "Refunded"),
    ("failed", "Failed"),
    ("checkout-draft", "Draft"),
)

REFUNDING_GATEWAYS = frozenset({"stripe", "ppcp-gateway", "woocommerce_payments"})
"""Payment methods that can send money back by themselves; others answer a refund with 500."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """The shop's configuration. Change it with `WooStore.configure(**changes)`."""

    name: str = "Kedai Rumah"
    version: str = "11.0.1"
    wp_version: str = "7.0.4"
    currency: str = "MYR"
    decimals: int = 2
    timezone: str = "Asia/Kuala_Lumpur"
    base_country: str = "MY"
    """Taxes of an order without any address are those of the shop's own country."""
    prices_include_tax: bool = False
    round_at_subtotal: bool = False
    order_storage: OrderStorage = OrderStorage.HPOS
    pretty_permalinks: bool = True
    manage_stock: bool = True
    tax_rates: tuple[TaxRate, ...] = MALAYSIAN_RATES
    custom_statuses: tuple[tuple[str, str], ...] = ()

    home_url: str | None = None
    """The configured home; None: the address the sandbox listens on. Signatures are over it."""
    basic_over_http: bool = False
    trust_forwarded_proto: bool = False
    """A proxy's `X-Forwarded-Proto: https` makes the site believe it is on HTTPS."""
    keys_with_rest_route: bool = False
    """Since about 11.1 keys also work on `?rest_route=`."""

    shop_wide_refunds: bool = True
    """`GET /refunds`, since 9.0."""
    shop_wide_variations: bool = True
    """`GET /variations`, since 10.3."""
    modified_filters: bool = True
    """Off: `modified_after` and its like are ignored in silence, as before 5.8."""
    shipment_tracking: bool = False
    """The Shipment Tracking extension is active."""
    drafts_in_any: bool = False
    """`status=any` lists checkout-draft orders (seen on 9.9.5, not on 11.0.1)."""
    failed_restores_stock: bool = True
    """An order that becomes `failed` gives its pieces back (11.0.1, not 9.9.5)."""
    taxes_unrounded: bool = False
    """`taxes[]` of lines carry the stored figure ("5.394") instead of `dp` decimals."""
    refund_total_tax: bool = True
    """The refunds of an order also say their `total_tax`."""
    refund_bumps: bool = True
    """A refund moves the order's date; before about 7.6 it did not."""
    null_in_batch_is_zero: bool = False
    """`stock_quantity: null` in a batch sets 0 (9.9.5) instead of changing nothing (11.0.1)."""
    batch_limit: int = 100
    webhook_delay: float = 0.0

    @property
    def statuses(self) -> tuple[tuple[str, str], ...]:
        """(slug, name) of every status this shop knows, its own ones last."""
        return (*CORE_STATUSES, *self.custom_statuses)

    @property
    def status_slugs(self) -> tuple[str, ...]:
        return tuple(slug for slug, _ in self.statuses)

    @property
    def hpos(self) -> bool:
        return self.order_storage == OrderStorage.HPOS


def as_version(settings: StoreSettings, version: str) -> StoreSettings:
    """The same shop on another version: "9.9.5" or "11.0.1". ValueError for any other."""
    if version == "11.0.1":
        return replace(settings, version=version)
    if version != "9.9.5":
        raise ValueError(f"the sandbox plays WooCommerce 9.9.5 or 11.0.1, not {version}")
    return replace(
        settings,
        version=version,
        wp_version="6.9",
        shop_wide_variations=False,
        drafts_in_any=True,
        failed_restores_stock=False,
        taxes_unrounded=True,
        refund_total_tax=False,
        null_in_batch_is_zero=True,
    )
