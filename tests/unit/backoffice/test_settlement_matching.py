"""Which settlement lines settle an order, from the order and the lines alone."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from platforms.base import RemoteFee, RemoteRefund, Stage
from tests import factories as make
from webapp.backoffice.books.effects import DesiredPart
from webapp.backoffice.books.posting import desired_parts
from webapp.backoffice.books.settlement import SettledLine, Settlement, settle, with_settlement
from webapp.backoffice.sites.settings import PostingSettings

ZONE = ZoneInfo("Asia/Kuala_Lumpur")
SETTINGS = PostingSettings()


def line(id: int = 1, gross: str = "53.00", fee: str = "2.04", **given: Any) -> SettledLine:
    values: dict[str, Any] = {
        "id": id,
        "key": f"csv:{id}",
        "kind": "refund" if gross.startswith("-") else "charge",
        "gross": Decimal(gross),
        "fee": Decimal(fee),
        "net": Decimal(gross) - Decimal(fee),
        "currency": "MYR",
        "settled_on": date(2026, 3, 9),
        **given,
    }
    return SettledLine(**values)


def refund(remote_id: str, amount: str, day: int = 8) -> RemoteRefund:
    created_at = datetime(2026, 3, day, tzinfo=UTC)
    return RemoteRefund(
        remote_id=remote_id, created_at=created_at, amount=Decimal(amount), lines=()
    )


def codes(settlement: Settlement) -> dict[int, str | None]:
    return {key: why.code if why else None for key, why in settlement.outcome.items()}


def amounts(part: DesiredPart) -> dict[str, Decimal]:
    return {one.role: one.signed for one in part.lines}


def test_a_charge_moves_its_net_from_clearing_to_the_bank() -> None:
    settlement = settle(make.remote_order(), SETTINGS, ZONE, [line()])

    (payout,) = settlement.payouts
    assert (payout.part, payout.first_on) == ("csv:1", date(2026, 3, 9))
    assert amounts(payout) == {"bank": Decimal("50.96"), "customer_payment": Decimal("-50.96")}


def test_a_refund_turns_the_sides() -> None:
    order = make.remote_order(refunds=(refund("9", "20.00"),))

    (payout,) = settle(order, SETTINGS, ZONE, [line(gross="-20.00", fee="0")]).payouts

    assert amounts(payout) == {"bank": Decimal("-20.00"), "customer_payment": Decimal("20.00")}


def test_equal_refunds_take_as_many_lines_as_there_are() -> None:
    order = make.remote_order(refunds=(refund("9", "20.00"), refund("10", "20.00", 9)))
    lines = [line(number, gross="-20.00", fee="0") for number in (1, 2, 3)]

    assert codes(settle(order, SETTINGS, ZONE, lines)) == {1: None, 2: None, 3: "payout_mismatch"}


def test_lines_are_taken_by_date_then_key() -> None:
    early, late = line(1), line(2, settled_on=date(2026, 3, 8))

    assert codes(settle(make.remote_order(), SETTINGS, ZONE, [early, late])) == {
        2: None,
        1: "payout_mismatch",
    }


def test_settled_fees_take_the_place_of_the_orders_own() -> None:
    fee = RemoteFee(source="order.meta_data._stripe_fee", amount=Decimal("2.00"), currency="MYR")
    order = make.remote_order(fee=fee)
    parts = desired_parts(order, SETTINGS, ZONE)

    with_lines = with_settlement(parts, settle(order, SETTINGS, ZONE, [line()]))
    without = with_settlement(parts, settle(order, SETTINGS, ZONE, [line(gross="1.00")]))

    assert [part.chapter for part in with_lines] == ["sale", "fees", "payout"]
    assert amounts(with_lines[1]) == {
        "platform_fees": Decimal("2.04"),
        "customer_payment": Decimal("-2.04"),
    }
    assert with_lines[1].lines[0].because == "settlement[csv:1].fee"
    assert without == parts


def test_where_the_marketplace_keeps_the_tax_the_charge_is_without_it() -> None:
    settings = replace(SETTINGS, tax_collected_by="marketplace")
    lines = [line(1), line(2, gross="50.00")]

    assert codes(settle(make.remote_order(), settings, ZONE, lines)) == {
        1: "payout_mismatch",
        2: None,
    }


def test_a_cancelled_or_unpaid_order_is_matched_on_what_it_says() -> None:
    cancelled = make.remote_order(stage=Stage.DEAD)
    unpaid = make.remote_order(is_paid=False, paid_at=None)

    for order in (cancelled, unpaid):
        assert codes(settle(order, SETTINGS, ZONE, [line()])) == {1: None}


def test_the_message_tells_what_was_expected() -> None:
    order = make.remote_order(refunds=(refund("9", "20.00"),))
    lines = [line(1), line(2), line(3, gross="-7.00"), line(4, gross="12.00")]

    said = {key: why.sentence for key, why in settle(order, SETTINGS, ZONE, lines).outcome.items() if why}  # fmt: skip

    assert said == {
        2: "Charged 53.00, and another line has settled this order's charge already.",
        3: "Given back -7.00, and what the order still waits for is -20.00.",
        4: "Charged 12.00, and the order comes to 53.00.",
    }


def test_a_line_whose_net_is_zero_settles_without_an_entry() -> None:
    settlement = settle(make.remote_order(), SETTINGS, ZONE, [line(fee="53.00")])

    assert codes(settlement) == {1: None}
    assert settlement.payouts[0].lines == ()
