"""A local WooCommerce store on a real socket, written from the API's documented behaviour.

`open_sandbox(...)` gives a `Sandbox`; its `store` is the world that tests drive.
"""

from platforms.sandbox.local_store import ORDERS_FROM
from platforms.sandbox.woocommerce.sale import Buyer, Carriage, Coupon, Extra, Returned, Sold
from platforms.sandbox.woocommerce.sandbox import Sandbox, open_sandbox
from platforms.sandbox.woocommerce.settings import OrderStorage, StoreSettings, TaxRate
from platforms.sandbox.woocommerce.world import WooStore

__all__ = [
    "ORDERS_FROM",
    "Buyer",
    "Carriage",
    "Coupon",
    "Extra",
    "OrderStorage",
    "Returned",
    "Sandbox",
    "Sold",
    "StoreSettings",
    "TaxRate",
    "WooStore",
    "open_sandbox",
]
