"""The escrow of every order adds up by the reference's formula, written down here anew."""

from decimal import Decimal
from typing import Any

import pytest

from platforms.sandbox.shopee import Sandbox, Sold, open_sandbox
from platforms.sandbox.shopee.escrow_json import order_income

REGIONS = ("MY", "SG", "ID", "TH", "VN", "PH", "TW")

FORMULA = """
+ original_cost_of_goods_sold - original_shopee_discount + shopee_discount + seller_return_refund
- voucher_from_seller - seller_coin_cash_back
+ buyer_paid_shipping_fee - actual_shipping_fee + shopee_shipping_rebate
+ shipping_fee_discount_from_3pl
- reverse_shipping_fee + rsf_seller_protection_fee_claim_amount
- final_return_to_seller_shipping_fee
- seller_transaction_fee - service_fee - commission_fee - campaign_fee
- shipping_seller_protection_fee_amount - delivery_seller_protection_fee_premium_amount
- final_escrow_product_gst - order_ams_commission_fee - escrow_tax - sales_tax_on_lvg
- reverse_shipping_fee_sst - shipping_fee_sst - withholding_tax - overseas_return_service_fee
- vat_on_imported_goods - withholding_vat_tax - withholding_pit_tax - withholding_cit_tax
- seller_order_processing_fee + buyer_paid_packaging_fee - trade_in_bonus_by_seller - fbs_fee
- ads_escrow_top_up_fee_or_technical_support_fee - th_import_duty
"""


def by_formula(income: dict[str, Any]) -> Decimal:
    words = FORMULA.split()
    signs = dict(zip(words[1::2], words[0::2], strict=True))
    return sum(
        (income.get(name, Decimal(0)) * (1 if sign == "+" else -1) for name, sign in signs.items()),
        Decimal(0),
    )


@pytest.mark.parametrize("region", REGIONS)
def test_every_seeded_order_adds_up(region: str) -> None:
    sandbox = open_sandbox(orders=300, region=region)
    for case in ("16", "17", "18", "19", "20"):
        sandbox.play(case, as_told=True)

    incomes = {sn: order_income(order) for sn, order in sandbox.store.orders.items()}
    sandbox.stop()

    assert len(incomes) == 300
    assert {sn: income["escrow_amount"] for sn, income in incomes.items()} == {
        sn: by_formula(income) for sn, income in incomes.items()
    }
    assert all(
        income["escrow_amount_after_adjustment"]
        == income["escrow_amount"] + income.get("total_adjustment_amount", 0)
        for income in incomes.values()
    )


@pytest.mark.parametrize("region", REGIONS)
def test_amounts_have_no_more_digits_than_the_currency(region: str) -> None:
    sandbox = open_sandbox(orders=120, region=region)
    digits = 0 if region in ("ID", "VN", "TW") else 2
    own = [
        o for o in sandbox.store.orders.values() if o.currency == sandbox.store.settings.currency
    ]
    sandbox.stop()

    assert own
    for order in own:
        for name, amount in order.income.items():
            assert amount == round(amount, digits), (order.order_sn, name, amount)


@pytest.mark.parametrize(
    ("case", "first", "last"),
    [
        ("15", "285205", "285205"),
        ("16", "4.82", "2.83"),
        ("17", "66619", "37719"),
        ("18", "96.43", "49.51"),
        ("19", "73.10", "73.10"),
        ("20", "73.10", "-6.30"),
        ("21", "857.91", "857.91"),
    ],
)
def test_the_cases_owe_what_their_tables_say(case: str, first: str, last: str) -> None:
    sandbox = open_sandbox(with_cases=True)
    order = sandbox.store.orders[sandbox.cases[case]]
    before = order_income(order)["escrow_amount"]
    if case not in ("15", "21"):
        sandbox.play(case, as_told=True)
    after = order_income(order)["escrow_amount"]
    sandbox.stop()

    assert (before, after) == (Decimal(first), Decimal(last))


def test_a_fee_that_no_page_knows_lowers_the_escrow_and_has_a_field(closed: Sandbox) -> None:
    order_sn = closed.store.place_order(lines=[Sold(product="TEE-RED-M")], exact=True)
    closed.store.add_unknown_fee(order_sn, "green_packaging_levy", "1.20")

    income = order_income(closed.store.orders[order_sn])

    assert income["escrow_amount"] == Decimal("48.80")
    assert by_formula(income) - income["escrow_amount"] == income["green_packaging_levy"]


def test_a_gift_worth_a_fortune_brings_no_revenue(closed: Sandbox) -> None:
    order_sn = closed.store.place_order(
        lines=[
            Sold(product="TEE-RED-M"),
            Sold(product="POUCH-GIFT", gift=True, original_price="499999"),
        ],
        exact=True,
    )

    income = order_income(closed.store.orders[order_sn])

    assert income["escrow_amount"] == Decimal(50)
    assert income["seller_discount"] == Decimal(499999)


@pytest.fixture
def closed() -> Sandbox:
    """A store that does not serve: its world alone."""
    sandbox = open_sandbox()
    sandbox.stop()
    return sandbox
