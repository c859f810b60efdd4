"""WooCommerce: the REST API wc/v3 of one shop (WooCommerce 5.8 and later)."""

from collections.abc import Sequence

from platforms.base import (
    ConnectGuide,
    Consent,
    CredentialField,
    FetchedOrder,
    NoticeReader,
    OpenedOrder,
    Platform,
    RemoteOrder,
    Store,
    StoreAccess,
    StoreTerms,
)
from platforms.woocommerce import orders, statuses
from platforms.woocommerce.notices import SECRET, WooCommerceNotices
from platforms.woocommerce.store import WooCommerceStore


class WooCommerce:
    """The declaration that the rest of Tillbridge reads; see `platforms.base.Platform`."""

    name = "woocommerce"
    label = "WooCommerce"
    credential_fields: tuple[CredentialField, ...] = (
        CredentialField(
            name="consumer_key",
            label="Consumer key",
            is_secret=True,
            hint="WordPress: WooCommerce > Settings > Advanced > REST API > Add key, "
            "Permissions Read/Write. It begins with ck_.",
        ),
        CredentialField(
            name="consumer_secret",
            label="Consumer secret",
            is_secret=True,
            hint="Shown once, beside the consumer key. It begins with cs_.",
        ),
        CredentialField(
            name=SECRET,
            label="Webhook secret",
            is_secret=True,
            hint="Only for webhooks made by hand (WooCommerce > Settings > Advanced > Webhooks). "
            "Without it Tillbridge makes up one of its own.",
            is_optional=True,
        ),
    )
    guide = ConnectGuide(
        address_hint="The address of the shop's front page, with its folder if it is in one: "
        "https://shop.example.com",
        steps=(
            "Sign in to WordPress as a user who may manage the shop.",
            "Open *WooCommerce → Settings → Advanced → REST API* and click *Add key*.",
            "Description: Tillbridge. User: one who may manage orders and products. Permissions: "
            "*Read/Write*.",
            "Click *Generate API key* and copy both values here. The store shows them once.",
        ),
    )
    default_statuses: tuple[str, ...] = statuses.DEFAULT_STATUSES
    shipped_status: str | None = statuses.SHIPPED_STATUS
    tax_collected_by = "seller"
    buyer_days = 730
    escrow_fields: frozenset[str] = frozenset()
    has_payouts = False
    handovers: tuple[str, ...] = ()
    consent: Consent | None = None
    notices: NoticeReader | None = WooCommerceNotices()

    def connect(self, access: StoreAccess) -> Store:
        return WooCommerceStore(access)

    def open_order(self, fetched: FetchedOrder, terms: StoreTerms) -> OpenedOrder:
        return orders.open_order(fetched, terms)

    def read_payload(self, payload: bytes, terms: StoreTerms) -> RemoteOrder:
        return orders.read_payload(payload, terms)

    def detail_marks(self, payload: bytes) -> frozenset[str]:
        return orders.refund_ids(payload)

    def statuses_let_in(self, chosen: Sequence[str]) -> frozenset[str]:
        return statuses.statuses_let_in(chosen)


platform: Platform = WooCommerce()
