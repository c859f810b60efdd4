"""A local Shopee store on a real socket, written from the platform's documented behaviour.

`open_sandbox(...)` gives a `Sandbox`; its `store` is the world that tests drive.
"""

from platforms.sandbox.local_store import ORDERS_FROM
from platforms.sandbox.shopee.records import Recipient
from platforms.sandbox.shopee.sale import Given, Sold
from platforms.sandbox.shopee.sandbox import Sandbox, open_sandbox
from platforms.sandbox.shopee.settings import ShopSettings
from platforms.sandbox.shopee.world import ShopeeStore

__all__ = [
    "ORDERS_FROM",
    "Given",
    "Recipient",
    "Sandbox",
    "ShopSettings",
    "ShopeeStore",
    "Sold",
    "open_sandbox",
]
