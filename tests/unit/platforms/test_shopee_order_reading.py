"""Orders of Shopee, read into neutral words."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from platforms.base import Stage, StoreTerms
from platforms.shopee.orders import detail_marks, open_order, read_payload
from tests.unit.platforms.shopee_payloads import (
    NAMES,
    escrow,
    fetched,
    income_item,
    item,
    opened,
    order,
    read,
    returned,
)


@pytest.mark.parametrize("name", NAMES)
def test_a_stored_payload_reads_as_the_order_did(name: str) -> None:
    found = opened(name)

    assert read_payload(found.payload) == found.order


def test_a_real_order_with_a_free_gift_reads_line_by_line() -> None:
    found = opened("15-indonesia").order

    mask, gift = found.lines
    assert (mask.listing_key, mask.name) == ("460000001:290000000001", "Rose mask, 300 ml")
    assert (mask.sku, mask.quantity) == ("ROSE-300", 1)
    assert (mask.subtotal, mask.total) == (349000, 339000)
    assert (gift.listing_key, gift.sku, gift.total) == ("42000000001", "GIFT-1", 0)
    assert (found.total, found.digits, found.currency) == (307100, 0, "IDR")
    assert (found.number, found.payment_method) == ("251014INDONES1", "SPayLater")
    assert found.paid_at == datetime(2025, 10, 14, 3, 0, 30, tzinfo=UTC)
    assert found.shipped_at == datetime(2025, 10, 15, 3, tzinfo=UTC)
    assert (found.is_paid, found.is_shipped, found.is_taken) == (True, True, True)


@pytest.mark.parametrize(
    ("status", "stage", "is_taken", "is_shipped"),
    [
        ("UNPAID", Stage.AWAITING, True, False),
        ("PENDING", Stage.AWAITING, True, False),
        ("INVOICE_PENDING", Stage.AWAITING, True, False),
        ("READY_TO_SHIP", Stage.ALIVE, True, False),
        ("PROCESSED", Stage.ALIVE, True, False),
        ("RETRY_SHIP", Stage.ALIVE, True, False),
        ("IN_CANCEL", Stage.ALIVE, True, False),
        ("SHIPPED", Stage.ALIVE, True, True),
        ("TO_CONFIRM_RECEIVE", Stage.ALIVE, True, True),
        ("TO_RETURN", Stage.ALIVE, True, True),
        ("COMPLETED", Stage.ALIVE, True, True),
        ("CANCELLED", Stage.DEAD, False, False),
        ("SOMETHING_NEW", Stage.UNKNOWN, False, False),
    ],
)
def test_each_status_means_what_it_does_with_the_goods(
    status: str, stage: Stage, is_taken: bool, is_shipped: bool
) -> None:
    found = read(order(order_status=status))

    assert (found.stage, found.is_taken, found.is_shipped) == (stage, is_taken, is_shipped)
    assert (found.status, found.has_escrow) == (status, True)


def test_a_new_status_is_read_as_the_site_says() -> None:
    terms = StoreTerms(status_as={"SOMETHING_NEW": "SHIPPED"})

    found = read(order(order_status="SOMETHING_NEW"), terms=terms)

    assert (found.status, found.read_as) == ("SOMETHING_NEW", "SHIPPED")
    assert (found.stage, found.is_shipped) == (Stage.ALIVE, True)


@pytest.mark.parametrize(
    ("given", "is_paid"),
    [
        ({"pay_time": None}, False),
        ({"pay_time": 0}, False),
        ({"pay_time": None, "cod": True, "order_status": "SHIPPED"}, False),
        ({"pay_time": None, "cod": True, "order_status": "COMPLETED"}, True),
        ({"pay_time": 1772683260}, True),
    ],
)
def test_an_order_is_paid_by_its_time_or_once_it_is_completed(
    given: dict[str, Any], is_paid: bool
) -> None:
    assert read(order(**given)).is_paid is is_paid


@pytest.mark.parametrize(
    ("currency", "digits"),
    [("IDR", 0), ("VND", 0), ("TWD", 0), ("MYR", 2), ("SGD", 2), ("THB", 2), ("PHP", 2)],
)
def test_the_minor_unit_is_the_one_that_shopee_counts_in(currency: str, digits: int) -> None:
    assert read(order(currency=currency)).digits == digits


def test_pieces_cancelled_meanwhile_are_not_ordered() -> None:
    (line,) = read(order(item_list=[item(model_quantity_purchased=5, cancelled_qty=2)])).lines

    assert line.quantity == 3


def test_a_bundle_without_prices_is_worth_what_the_escrow_says() -> None:
    rows = [item(model_discounted_price=0, line_item_id=11), item(item_id=77, line_item_id=12)]
    priced = [
        income_item(item_id=77, line_item_id=12, discounted_price=Decimal("30.00")),
        income_item(
            line_item_id=11,
            discounted_price=Decimal("50.00"),
            discount_from_voucher_seller=Decimal("6.00"),
        ),
    ]

    found = read(order(item_list=rows), escrow(items=priced))

    assert [(line.subtotal, line.total) for line in found.lines] == [(50, 44), (30, 30)]


def test_without_an_escrow_a_line_is_worth_its_price() -> None:
    found = read(order(total_amount=None))

    assert (found.lines[0].subtotal, found.total, found.escrow) == (80, 80, None)


def test_the_same_listing_twice_takes_its_own_row_of_the_escrow_each() -> None:
    rows = [item(promotion_group_id=1), item(promotion_group_id=2)]
    priced = [income_item(discounted_price=70), income_item(discounted_price=10)]

    found = read(order(item_list=rows), escrow(items=priced))

    assert [line.total for line in found.lines] == [70, 10]
    assert len({line.remote_line_id for line in found.lines}) == 2


def test_a_line_keeps_its_id_whatever_else_changes() -> None:
    rows = [item(line_item_id=2**62), item(), item(), item(model_id=5)]
    changed = [{**row, "model_discounted_price": 1, "cancelled_qty": 1} for row in rows]

    ids = [line.remote_line_id for line in read(order(item_list=rows)).lines]

    assert ids == [
        str(2**62),
        "23500000548:0:23500000548:0",
        "23500000548:0:23500000548:0#2",
        "23500000548:5:23500000548:0",
    ]
    later = read(order(item_list=changed, order_status="SHIPPED"), escrow())
    assert [line.remote_line_id for line in later.lines] == ids


@pytest.mark.parametrize("location", ["MYZ", ["MYZ", "SGZ"], None, []])
def test_a_location_is_a_text_or_a_list_or_nothing(location: object) -> None:
    assert read(order(item_list=[item(product_location_id=location)])).lines


def test_ids_may_be_texts() -> None:
    (line,) = read(order(item_list=[item(item_id="23500000548", model_id="17")])).lines

    assert line.listing_key == "23500000548:17"


def test_an_accepted_return_brings_its_pieces_back_and_no_money() -> None:
    found = read(order(), escrow(), [returned()])

    (refund,) = found.refunds
    (back,) = refund.lines
    assert (refund.remote_id, refund.amount) == ("2603100RETURN1", 0)
    assert refund.created_at == datetime.fromtimestamp(1773100000, UTC)
    assert (back.quantity, back.total) == (1, 0)
    assert back.remote_line_id == found.lines[0].remote_line_id


@pytest.mark.parametrize(
    "given",
    [
        {"status": "REQUESTED"},
        {"status": "JUDGING"},
        {"status": "CANCELLED"},
        {"status": "CLOSED"},
        {"return_solution": 1},
        {"return_solution": None},
    ],
)
def test_what_is_not_accepted_or_refunds_only_brings_nothing_back(given: dict[str, Any]) -> None:
    assert read(order(), escrow(), [returned(**given)]).refunds == ()


def test_never_more_comes_back_than_was_ordered() -> None:
    rows = [item(model_quantity_purchased=1), item(model_quantity_purchased=2)]
    many = [{"item_id": 23500000548, "model_id": 0, "amount": 2}]
    returns = [
        returned(return_sn="B", create_time=1773100002, item=many),
        returned(return_sn="A", create_time=1773100001, item=many),
    ]

    found = read(order(item_list=rows), escrow(), returns)

    first, second = found.refunds
    ids = [line.remote_line_id for line in found.lines]
    assert [first.remote_id, second.remote_id] == ["A", "B"]
    assert [(each.remote_line_id, each.quantity) for each in first.lines] == [
        (ids[0], 1),
        (ids[1], 1),
    ]
    assert [(each.remote_line_id, each.quantity) for each in second.lines] == [(ids[1], 1)]


def test_pieces_of_another_listing_come_back_to_no_line() -> None:
    other = returned(item=[{"item_id": 1, "model_id": 0, "amount": 1}])

    (refund,) = read(order(), escrow(), [other]).refunds

    assert refund.lines == ()


def test_the_marks_of_a_payload_are_its_returns_in_their_versions() -> None:
    payload = open_order(fetched(order(), escrow(), [returned(status="JUDGING")])).payload

    assert detail_marks(payload) == {"2603100RETURN1@1773200000"}
    assert detail_marks(open_order(fetched(order())).payload) == frozenset()
    assert detail_marks(open_order(fetched(order(), has_details=False)).payload) == frozenset()
