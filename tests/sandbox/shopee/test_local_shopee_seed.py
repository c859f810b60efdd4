"""The seeded shop: how many orders, which kinds, the same for the same seed."""

from datetime import UTC, datetime, timedelta

import pytest

from platforms.sandbox.shopee import open_sandbox
from platforms.sandbox.shopee.records import Status


@pytest.mark.parametrize(("orders", "cases"), [(0, 0), (3, 3), (7, 7), (60, 7)])
def test_there_are_exactly_as_many_orders_as_asked_cases_first(orders: int, cases: int) -> None:
    sandbox = open_sandbox(orders=orders)
    sandbox.stop()

    assert len(sandbox.store.orders) == orders
    assert len(sandbox.cases) == cases
    assert list(sandbox.store.orders)[:cases] == list(sandbox.cases.values())


def test_cases_can_be_planted_or_left_out_in_any_case() -> None:
    planted, without = open_sandbox(with_cases=True), open_sandbox(orders=5, with_cases=False)
    planted.stop()
    without.stop()

    assert list(planted.cases) == ["15", "16", "17", "18", "19", "20", "21"]
    assert (len(planted.store.orders), without.cases, len(without.store.orders)) == (7, {}, 5)


def test_the_same_seed_gives_the_same_shop() -> None:
    shops = [open_sandbox(orders=80, seed=seed) for seed in (3, 3, 4)]
    for each in shops:
        each.stop()
    books = [[each.store.order(sn) for sn in each.store.orders] for each in shops]

    assert books[0] == books[1]
    assert books[0] != books[2]


def test_a_large_shop_has_every_kind_of_order() -> None:
    sandbox = open_sandbox(orders=1500)
    sandbox.stop()
    orders = list(sandbox.store.orders.values())[7:]
    lines = [line for order in orders for line in order.lines]

    assert {order.status for order in orders} == set(Status) - {Status.INVOICE_PENDING}
    assert any(order.cod for order in orders)
    assert any(line.promotion_type == "bundle_deal" and line.price == 0 for line in lines)
    assert any(line.original_price == 499999 for line in lines)
    assert any(len({x.key for x in o.lines}) < len(o.lines) for o in orders)
    assert any(o.income.get("voucher_from_seller") for o in orders)
    assert any(o.income.get("voucher_from_shopee") for o in orders)
    assert any(o.income.get("coins") for o in orders)
    assert any(o.income.get("final_return_to_seller_shipping_fee") for o in orders)
    assert {row.type for row in sandbox.store.returns.values()} == {"RRBOC", "RRAOC"}
    assert any(o.adjustments for o in orders)
    assert any(o.status is Status.COMPLETED and not o.releases for o in orders)
    assert any(row.amount < 0 for o in orders for row in o.releases)


def test_generated_orders_lie_in_2026_and_never_in_the_stores_future() -> None:
    early = open_sandbox(orders=40, now=datetime(2026, 5, 1, tzinfo=UTC))
    usual = open_sandbox(orders=40)
    for each in (early, usual):
        each.stop()
    present = datetime(2026, 5, 1, tzinfo=UTC).timestamp()
    first, last = datetime(2026, 3, 12, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC)

    own = [order for order in early.store.orders.values() if order.order_sn not in early.cases]
    assert max(order.updated for order in own) <= present + 5
    generated = list(usual.store.orders.values())[7:]
    assert min(order.created for order in generated) >= first.timestamp()
    assert max(order.created for order in generated) <= last.timestamp()
    assert last - first > timedelta(days=200)


def test_stock_adds_up_with_what_was_sold() -> None:
    sandbox = open_sandbox(orders=400, with_cases=False)
    sandbox.stop()
    sold = sum(
        line.quantity
        for order in sandbox.store.orders.values()
        if order.status is not Status.CANCELLED
        for line in order.lines
        if line.item_sku == "MUG-TEHTARIK"
    )

    before = next(row[2] for row in sandbox.stock_rows() if row[0] == "MUG-TEHTARIK")
    assert sold > 0
    assert sandbox.store.products.stock("MUG-TEHTARIK") == before - sold


@pytest.mark.parametrize(
    ("region", "currency", "begins"),
    [("MY", "MYR", "2026-01-01"), ("ID", "IDR", "2025-10-13"), ("VN", "VND", "2024-05-01")],
)
def test_a_declaration_reaches_back_to_the_shops_own_oldest_order(
    region: str, currency: str, begins: str
) -> None:
    sandbox = open_sandbox(orders=20, region=region)
    sandbox.stop()

    declared = sandbox.declaration("bazaar")

    assert (declared["platform"], declared["currency"]) == ("shopee", currency)
    assert declared["integration"]["orders_from"].startswith(begins)
    assert set(declared["credentials"]) == {
        "partner_id",
        "partner_key",
        "shop_id",
        "access_token",
        "refresh_token",
    }
    assert "code" in sandbox.declaration("bazaar", by_code=True)["credentials"]


def test_an_unknown_market_or_fault_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="no market 'XX'"):
        open_sandbox(region="XX")
    with pytest.raises(ValueError, match="no fault '404'"):
        open_sandbox(faults="404=0.1")


def test_a_case_without_a_later_act_says_so() -> None:
    sandbox = open_sandbox(with_cases=True)
    sandbox.stop()

    with pytest.raises(LookupError, match="case 21 has no later act"):
        sandbox.play("21")


def test_a_later_act_happens_now_unless_the_case_tells_when() -> None:
    present, told = open_sandbox(with_cases=True), open_sandbox(with_cases=True)
    for each in (present, told):
        each.stop()
    present.play("18")
    told.play("18", as_told=True)
    orders = [each.store.orders[each.cases["18"]] for each in (present, told)]

    assert abs(orders[0].updated - present.store.clock()) < 60
    assert orders[1].updated == int(datetime(2026, 3, 18, 4, tzinfo=UTC).timestamp())
