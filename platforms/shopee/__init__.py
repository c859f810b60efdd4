"""Shopee: the Open Platform API v2, one shop."""

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
from platforms.shopee import escrow_fields, orders, statuses
from platforms.shopee.consent import ShopeeConsent
from platforms.shopee.handover import HANDOVERS
from platforms.shopee.notices import ShopeeNotices
from platforms.shopee.store import ShopeeStore

CONSOLE = "Shopee Open Platform console > App Management"


class Shopee:
    """The declaration that the rest of Tillbridge reads; see `platforms.base.Platform`."""

    name = "shopee"
    label = "Shopee"
    credential_fields: tuple[CredentialField, ...] = (
        CredentialField(
            name="partner_id",
            label="Partner id",
            is_secret=False,
            hint=f"{CONSOLE}: the id of the live app, or of the test app for the test host.",
        ),
        CredentialField(
            name="partner_key",
            label="Partner key",
            is_secret=True,
            hint=f"{CONSOLE}: the key beside the partner id.",
        ),
        CredentialField(
            name="shop_id",
            label="Shop id",
            is_secret=False,
            hint="Seller Centre > Shop Settings. It also comes back with the authorisation.",
            is_optional=True,
        ),
        CredentialField(
            name="code",
            label="Authorisation code",
            is_secret=True,
            hint="Shopee's page sends it back in its address (code=…). Good once, for ten minutes.",
            is_renewed=True,
        ),
        CredentialField(
            name="access_token",
            label="Access token",
            is_secret=True,
            hint="Only for a shop that was authorised elsewhere. Renewed by itself.",
            is_renewed=True,
        ),
        CredentialField(
            name="refresh_token",
            label="Refresh token",
            is_secret=True,
            hint="Given with the access token. Renewed by itself.",
            is_renewed=True,
        ),
        CredentialField(
            name="push_key",
            label="Push partner key",
            is_secret=True,
            hint=f"{CONSOLE} > Push Mechanism, if it shows a key of its own.",
            is_optional=True,
        ),
    )
    guide = ConnectGuide(
        address_hint="The host of the Open Platform that your app belongs to.",
        steps=(
            "Sign in at the Open Platform console, open *App Management*, and make an app of the "
            "type that handles orders.",
            "Copy its *Partner id* and *Partner key* here. A test app has a host and keys of its "
            "own.",
            "Enter the address of this Tillbridge as the app's *redirect address*, and the IP "
            "address that it calls from if the console asks.",
            "After saving, the shop's owner signs in on Shopee's page and lets the app in.",
        ),
        known_addresses=(
            ("All countries but Brazil and China", "https://partner.shopeemobile.com"),
            ("Brazil", "https://openplatform.shopee.com.br"),
            ("China", "https://openplatform.shopee.cn"),
            ("A test app", "https://openplatform.sandbox.test-stable.shopee.sg"),
        ),
    )
    default_statuses: tuple[str, ...] = statuses.DEFAULT_STATUSES
    shipped_status: str | None = statuses.SHIPPED_STATUS
    tax_collected_by = "marketplace"
    buyer_days = 90
    escrow_fields: frozenset[str] = escrow_fields.KNOWN
    has_payouts = True
    handovers: tuple[str, ...] = HANDOVERS
    consent: Consent | None = ShopeeConsent()
    notices: NoticeReader | None = ShopeeNotices()

    def connect(self, access: StoreAccess) -> Store:
        return ShopeeStore(access)

    def open_order(self, fetched: FetchedOrder, terms: StoreTerms) -> OpenedOrder:
        return orders.open_order(fetched, terms)

    def read_payload(self, payload: bytes, terms: StoreTerms) -> RemoteOrder:
        return orders.read_payload(payload, terms)

    def detail_marks(self, payload: bytes) -> frozenset[str]:
        return orders.detail_marks(payload)

    def statuses_let_in(self, chosen: Sequence[str]) -> frozenset[str]:
        return statuses.statuses_let_in(chosen)


platform: Platform = Shopee()
