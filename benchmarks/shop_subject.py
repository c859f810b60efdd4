"""The loopback shop as a site of ours."""

from datetime import UTC, datetime

from benchmarks.product import Subject
from benchmarks.shop_orders import LINES, PRODUCTS, product_id

SHOP = Subject(
    platform="woocommerce",
    credentials={"consumer_key": "ck_bench", "consumer_secret": "cs_bench"},
    statuses=("processing", "completed"),
    orders_from=datetime(2026, 1, 1, tzinfo=UTC),
    listings=tuple(
        (str(product_id(product)), f"BATIK-{product:04d}") for product in range(PRODUCTS)
    ),
    lines=LINES,
    journal_lines=8,
)
