"""What Shopee owes for an order: every amount by its kind, and all of them the net."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platforms.base import EscrowKind, RemoteEscrow
from platforms.errors import OrderUnreadable
from platforms.shopee.escrow import read_escrow
from platforms.shopee.escrow_fields import INFORMATIVE, KNOWN, TABLE
from tests.unit.platforms.shopee_payloads import NAMES, escrow, kept, opened

# As the description of `escrow_amount` writes it, field by field.
ADDED = [
    "original_cost_of_goods_sold",
    "shopee_discount",
    "seller_return_refund",
    "buyer_paid_shipping_fee",
    "shopee_shipping_rebate",
    "shipping_fee_discount_from_3pl",
    "rsf_seller_protection_fee_claim_amount",
    "buyer_paid_packaging_fee",
]
TAKEN = [
    "original_shopee_discount",
    "voucher_from_seller",
    "seller_coin_cash_back",
    "actual_shipping_fee",
    "reverse_shipping_fee",
    "final_return_to_seller_shipping_fee",
    "seller_transaction_fee",
    "service_fee",
    "commission_fee",
    "campaign_fee",
    "shipping_seller_protection_fee_amount",
    "delivery_seller_protection_fee_premium_amount",
    "final_escrow_product_gst",
    "order_ams_commission_fee",
    "escrow_tax",
    "sales_tax_on_lvg",
    "reverse_shipping_fee_sst",
    "shipping_fee_sst",
    "withholding_tax",
    "overseas_return_service_fee",
    "vat_on_imported_goods",
    "withholding_vat_tax",
    "withholding_pit_tax",
    "withholding_cit_tax",
    "seller_order_processing_fee",
    "trade_in_bonus_by_seller",
    "fbs_fee",
    "ads_escrow_top_up_fee_or_technical_support_fee",
    "th_import_duty",
]
AMOUNTS = st.decimals(min_value=-9999, max_value=99999, places=2)


def statement(detail: dict[str, Any]) -> RemoteEscrow:
    found = read_escrow(detail)
    assert found is not None
    return found


def summed(found: RemoteEscrow) -> Decimal:
    return sum((each.amount for each in found.amounts), Decimal(0))


def by_kind(found: RemoteEscrow) -> dict[str, Decimal]:
    kinds: dict[str, Decimal] = {}
    for each in found.amounts:
        kinds[each.kind.value] = kinds.get(each.kind.value, Decimal(0)) + each.amount
    return kinds


@pytest.mark.parametrize("name", NAMES)
def test_the_amounts_of_a_kept_payload_add_up_to_its_escrow(name: str) -> None:
    found = opened(name).order.escrow

    assert found is not None
    assert summed(found) == found.net
    assert found.unknown == ()
    assert found.net_field == "escrow_amount"


def test_a_real_order_of_indonesia_by_kinds() -> None:
    found = opened("15-indonesia").order.escrow

    assert found is not None
    assert by_kind(found) == {
        "goods": 349000,
        "discount": -10000,
        "fee": -53795,
        "courier": 0,
    }
    assert (found.net, found.net_adjusted, found.lines) == (285205, None, 2)


def test_a_real_order_of_singapore_before_its_parcel_left() -> None:
    found = opened("16-singapore-before-shipping").order.escrow

    assert found is not None
    assert by_kind(found) == {
        "goods": 3,
        "delivery": Decimal("1.99"),
        "fee": Decimal("-0.17"),
    }
    assert (found.net, found.net_adjusted) == (Decimal("4.82"), Decimal("4.82"))


def test_a_partial_return_is_served_negative_and_added() -> None:
    found = opened("17-vietnam").order.escrow

    assert found is not None
    assert by_kind(found) == {
        "goods": 52600,
        "delivery": 2000,
        "courier": 15000,
        "fee": -2981,
        "refund": -28900,
    }


def test_the_rebate_of_the_store_takes_part_in_the_refund() -> None:
    before = opened("18-rebate").order.escrow
    after = opened("18-rebate-partial-return").order.escrow

    assert before is not None
    assert after is not None
    assert by_kind(before)["refund"] == 0
    assert by_kind(after)["refund"] == Decimal("-50.00")


def test_adjustments_come_with_their_instants_and_the_stores_own_sums() -> None:
    found = opened("19-adjusted").order.escrow

    assert found is not None
    assert [(each.at, each.reason, each.amount) for each in found.adjustments] == [
        (datetime(2026, 3, 20, 2, tzinfo=UTC), "Return Refund deduction", Decimal("-40.0")),
        (datetime(2026, 3, 22, 2, tzinfo=UTC), "Logistics Related Compensation", Decimal("8.5")),
    ]
    assert (found.adjustments_total, found.net_adjusted) == (Decimal("-31.5"), Decimal("41.6"))


def test_taxes_kept_and_taxes_withheld_are_told_apart() -> None:
    found = opened("21-thailand").order.escrow

    assert found is not None
    assert by_kind(found)["sale_tax"] == Decimal("-64.18")
    assert by_kind(found)["withheld_tax"] == Decimal("-4.91")


def test_the_table_is_the_formula_no_more_and_no_less() -> None:
    assert {field for field, (_, sign) in TABLE.items() if sign > 0} == set(ADDED)
    assert {field for field, (_, sign) in TABLE.items() if sign < 0} == set(TAKEN)
    assert not INFORMATIVE & set(TABLE)
    assert {kind for kind, _ in TABLE.values()} == set(EscrowKind)


@given(st.dictionaries(st.sampled_from(ADDED + TAKEN), AMOUNTS))
def test_any_escrow_made_by_the_formula_adds_up_to_its_net(income: dict[str, Decimal]) -> None:
    net = sum((income.get(field, Decimal(0)) for field in ADDED), Decimal(0))
    net -= sum((income.get(field, Decimal(0)) for field in TAKEN), Decimal(0))

    found = statement({"order_income": {**income, "escrow_amount": net, "items": []}})

    assert summed(found) == found.net == net
    assert all(each.amount for each in found.amounts)


def test_a_field_that_nobody_knows_is_named_with_its_amount() -> None:
    detail = escrow(
        new_programme_fee=Decimal("1.20"),
        another_fee=3,
        zero_fee=0,
        some_flag=True,
        a_code="12345",
        nested={"fee": 5},
        prorated_something_offset=Decimal("4.00"),
        commission_fee_pri=Decimal("9.00"),
        voucher_from_shopee=Decimal("7.00"),
    )

    assert statement(detail).unknown == (
        ("another_fee", Decimal(3)),
        ("new_programme_fee", Decimal("1.20")),
    )


@pytest.mark.parametrize("field", sorted(KNOWN))
def test_a_field_with_a_meaning_is_never_called_unknown(field: str) -> None:
    assert statement(escrow(**{field: Decimal("1.00")})).unknown == ()


@pytest.mark.parametrize(
    "detail",
    [
        None,
        {},
        {"order_income": None},
        {"order_income": {}},
        {"order_income": {"escrow_amount": None, "commission_fee": 5}},
        {"order_income": {"escrow_amount": ""}},
    ],
)
def test_without_a_net_there_is_no_escrow_yet(detail: dict[str, Any] | None) -> None:
    assert read_escrow(detail) is None


def test_a_net_of_zero_is_an_escrow() -> None:
    assert statement({"order_income": {"escrow_amount": 0}}).net == 0


@pytest.mark.parametrize(
    ("income", "field"),
    [
        ({"commission_fee": "much"}, "order_income.commission_fee"),
        ({"escrow_amount": Decimal("1E+40")}, "order_income.escrow_amount"),
        ({"escrow_amount": True}, "order_income.escrow_amount"),
        ({"service_fee": [1]}, "order_income.service_fee"),
        ({"strange_fee": Decimal("1E+40")}, "order_income.strange_fee"),
        ({"items": {"a": 1}}, "order_income.items"),
        ({"order_adjustment": [5]}, "order_income.order_adjustment"),
        ({"order_adjustment": [{"amount": 1}]}, "order_income.order_adjustment.date"),
        (
            {"order_adjustment": [{"amount": "x", "date": 1773972000}]},
            "order_income.order_adjustment.amount",
        ),
        ({"total_adjustment_amount": "x"}, "order_income.total_adjustment_amount"),
    ],
)
def test_an_amount_that_is_none_is_named(income: dict[str, Any], field: str) -> None:
    with pytest.raises(OrderUnreadable) as caught:
        read_escrow(escrow(**income))

    assert caught.value.field == field


def test_an_amount_written_as_a_text_is_an_amount() -> None:
    found = statement(escrow(commission_fee="5.20"))

    assert by_kind(found)["fee"] == Decimal("-5.20")


def test_every_kept_income_names_its_order() -> None:
    for name in NAMES:
        found = kept(name)
        assert found["escrow"]["order_sn"] == found["order"]["order_sn"]
