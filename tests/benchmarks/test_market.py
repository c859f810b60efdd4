"""The benchmark's market: what it serves adds up, and the floor reads all of it once."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchmarks import floors, market_floor, market_orders
from benchmarks.far_end import Shop, running

ORDERS = 230  # two whole pages of the list and a part of one
LESS = (
    "voucher_from_seller",
    "actual_shipping_fee",
    "commission_fee",
    "service_fee",
    "seller_transaction_fee",
)
MORE = ("original_cost_of_goods_sold", "buyer_paid_shipping_fee", "shopee_shipping_rebate")


def _income(number: int) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.Decoder(float_hook=Decimal).decode(
        market_orders.escrow_bytes(number)
    )["escrow_detail"]["order_income"]
    return found


@pytest.mark.parametrize("number", [0, 1, 2, 63, 4999])
def test_an_escrow_is_what_its_amounts_come_to(number: int) -> None:
    income = _income(number)

    amounts = sum((Decimal(income[field]) for field in MORE), Decimal())
    amounts -= sum((Decimal(income[field]) for field in LESS), Decimal())
    assert amounts == income["escrow_amount"] == income["escrow_amount_after_adjustment"]


@pytest.fixture(scope="module")
def market() -> Iterator[Shop]:
    with running("benchmarks.market", ORDERS) as shop:
        yield shop


def test_the_floor_reads_every_order_once_and_keeps_its_escrow(market: Shop) -> None:
    found = [each for page in market_floor.pages(market.url) for each in page]

    assert Counter(order["order_sn"] for _, order in found) == Counter(
        market_orders.order_sn(number) for number in range(ORDERS)
    )
    assert all(b"escrow_amount" in payload for payload, _ in found)


def test_the_floor_writes_rows_that_balance(market: Shop, tmp_path: Path) -> None:
    seconds = floors.write_sqlite(market_floor.SOURCE, market.url, ORDERS, str(tmp_path))

    assert seconds > 0


def test_a_floor_that_misses_an_order_is_found_out(market: Shop, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="channel_orders"):
        floors.write_sqlite(market_floor.SOURCE, market.url, ORDERS + 1, str(tmp_path))
