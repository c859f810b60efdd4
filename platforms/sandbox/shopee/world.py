"""The store as a small world: what buyers, couriers, the platform and the seller do in it.

Everything happens under one lock, so tests and the server may drive it at the same time.
The API's handlers use the same actions as the tests do.
"""

from datetime import datetime
from typing import Any

from platforms.sandbox.shopee.order_json import ALL_FIELDS, order_object
from platforms.sandbox.shopee.order_listing import OrderListing
from platforms.sandbox.shopee.parcels import Parcels
from platforms.sandbox.shopee.products import Products
from platforms.sandbox.shopee.pushes import Pushes
from platforms.sandbox.shopee.return_actions import ReturnDesk
from platforms.sandbox.shopee.settings import ShopSettings
from platforms.sandbox.shopee.tokens import Pair, Tokens
from platforms.sandbox.shopee.wallet import Wallet


class ShopeeStore(ReturnDesk):
    """One app's one shop: its goods, orders, money, parcels, pushes and authorisation."""

    def __init__(
        self, settings: ShopSettings, *, seed: int = 1, now: datetime | None = None
    ) -> None:
        super().__init__(settings, seed=seed, now=now)
        self.pushes = Pushes(self)
        self.products = Products(self)
        self.parcels = Parcels(self)
        self.listing = OrderListing(self)
        self.wallet = Wallet(self)
        self.tokens = Tokens(self)
        self.tokens.link()

    # -- the seller's consent -------------------------------------------------------------

    def give_consent(self) -> None:
        """The seller lets the app in (anew); tokens come by a code."""
        with self.lock:
            self.tokens.link()
            self.pushes.authorised()

    def withdraw_consent(self) -> None:
        """The seller sends the app away: no token is worth anything any more."""
        with self.lock:
            self.tokens.unlink()
            self.pushes.deauthorised()

    def end_consent(self, until: datetime | None = None) -> None:
        """The consent runs out at `until` (None: now); the platform warns of it."""
        with self.lock:
            ends = self.clock() if until is None else until.timestamp()
            self.tokens.consent_until = ends
            self.pushes.authorisation_expires([self.settings.shop_id], int(ends))

    def new_pair(self) -> Pair:
        """An access token and a refresh token, as from a code that was exchanged just now."""
        with self.lock:
            return self.tokens.issue()

    # -- the buyer's data -----------------------------------------------------------------

    def mask(self, order_sn: str) -> None:
        """The buyer's name, phone and street cannot be read, approved or not."""
        with self.lock:
            order = self.find_order(order_sn)
            order.is_masked = True
            order.encoded.clear()

    def unmask(self, order_sn: str) -> None:
        with self.lock:
            order = self.find_order(order_sn)
            order.is_masked = False
            order.encoded.clear()

    # -- looking --------------------------------------------------------------------------

    def order(self, order_sn: str) -> dict[str, Any]:
        """The order as `get_order_detail` serves it with every field asked for."""
        with self.lock:
            return order_object(self, self.find_order(order_sn), ALL_FIELDS)
