"""The loopback market as a site of ours."""

from datetime import timedelta

from benchmarks.market_orders import FIRST_UPDATED, LINES, PRODUCTS, item_id
from benchmarks.product import Subject

MARKET = Subject(
    platform="shopee",
    credentials={
        "partner_id": "2001887",
        "partner_key": "testpartnerkey",
        "shop_id": "14701711",
        "access_token": "bench-access",
        "refresh_token": "bench-refresh",
    },
    statuses=("READY_TO_SHIP", "PROCESSED", "SHIPPED", "TO_CONFIRM_RECEIVE", "COMPLETED"),
    orders_from=FIRST_UPDATED - timedelta(days=1),
    listings=tuple((str(item_id(product)), f"BATIK-{product:04d}") for product in range(PRODUCTS)),
    lines=LINES,
    journal_lines=7,
)
