"""Arranging a shipment at Shopee: once per package, whatever answers were lost."""

from typing import Any

import pytest

from platforms.base import Shipment, ShipmentTold
from platforms.errors import NotFound, Refused, TryAgain
from platforms.sandbox.shopee import Sold
from platforms.shopee import fulfilment
from tests.platforms.shopee_shop import client_of, shop


def placed(sandbox: Any, **order: Any) -> str:
    sn: str = sandbox.store.place_order(lines=[Sold(product="BASKET-RATTAN", quantity=2)], **order)
    return sn


def told(sandbox: Any, sn: str, **given: Any) -> ShipmentTold:
    shipment = {"remote_order_id": sn, "set_status": "PROCESSED", **given}
    return fulfilment.tell_shipped(client_of(sandbox), Shipment(**shipment))


def arrangements(sandbox: Any) -> int:
    found: int = sandbox.log.counts()["POST /logistics/ship_order"]
    return found


def status(sandbox: Any, sn: str) -> str:
    return str(sandbox.store.orders[sn].status)


def test_the_courier_is_called_and_the_order_processed() -> None:
    with shop() as sandbox:
        sn = placed(sandbox)
        sandbox.store.parcels.tracking_after_calls = 0

        found = told(sandbox, sn)

        assert status(sandbox, sn) == "PROCESSED"
        assert "arranged by pickup" in found.sentence
        assert found.tracking


def test_a_tracking_number_that_comes_later_is_asked_for_later() -> None:
    with shop() as sandbox:
        sn = placed(sandbox)
        sandbox.store.parcels.tracking_after_calls = 1

        assert told(sandbox, sn).tracking == ""
        assert fulfilment.tracking_of(client_of(sandbox), sn)


def test_telling_twice_arranges_once() -> None:
    with shop() as sandbox:
        sn = placed(sandbox)
        told(sandbox, sn)

        again = told(sandbox, sn)

        assert "arranged already" in again.sentence
        assert arrangements(sandbox) == 1


def test_the_sites_way_is_taken() -> None:
    with shop() as sandbox:
        sn = placed(sandbox)

        assert "arranged by dropoff" in told(sandbox, sn, handover="dropoff").sentence


def test_a_courier_of_ones_own_gets_the_typed_number() -> None:
    with shop() as sandbox:
        sn = placed(sandbox, carrier="Seller Own Fleet")

        assert told(sandbox, sn, tracking="OWN-77").tracking == "OWN-77"


def test_a_lost_answer_is_looked_into_before_anything_is_told_again() -> None:
    with shop() as sandbox:
        sn = placed(sandbox)
        sandbox.faults.once("lost", path="/logistics/ship_order")

        found = told(sandbox, sn)

        assert "arranged" in found.sentence
        assert status(sandbox, sn) == "PROCESSED"
        assert arrangements(sandbox) == 1


def test_a_call_that_never_arrived_is_made_once_more() -> None:
    with shop() as sandbox:
        sn = placed(sandbox)
        sandbox.store.refuse("/logistics/ship_order", "error_server", "Something wrong.")

        told(sandbox, sn)

        assert status(sandbox, sn) == "PROCESSED"
        assert arrangements(sandbox) == 2


def test_a_refusal_because_it_is_arranged_means_done() -> None:
    with shop() as sandbox:
        sn = placed(sandbox)
        sandbox.store.refuse(
            "/logistics/ship_order", "logistics.package_already_shipped", "already arranged"
        )

        assert "arranged already" in told(sandbox, sn).sentence


def test_each_package_of_a_split_order_is_arranged() -> None:
    with shop() as sandbox:
        sn = placed(sandbox)
        (line,) = sandbox.store.order(sn)["item_list"]
        sandbox.store.parcels.split(sn, [{line["line_item_id"]: 1}, {line["line_item_id"]: 1}])
        sandbox.store.parcels.tracking_after_calls = 0

        found = told(sandbox, sn)

        assert status(sandbox, sn) == "PROCESSED"
        assert arrangements(sandbox) == 2
        assert len(found.tracking.split(", ")) == 2


def test_a_pickup_that_failed_is_arranged_anew() -> None:
    with shop() as sandbox:
        sn = placed(sandbox)
        told(sandbox, sn)
        sandbox.store.fail_pickup(sn)

        told(sandbox, sn)

        assert status(sandbox, sn) == "PROCESSED"
        assert sandbox.log.counts()["POST /logistics/update_shipping_order"] == 1


@pytest.mark.parametrize("waiting", ["UNPAID", "PENDING", "CANCELLED", "IN_CANCEL"])
def test_an_order_that_may_not_leave_is_refused_with_its_status(waiting: str) -> None:
    with shop() as sandbox:
        sn = placed(sandbox, status=waiting)

        with pytest.raises(Refused) as caught:
            told(sandbox, sn)

        assert caught.value.said == waiting
        assert arrangements(sandbox) == 0


def test_the_stores_refusal_is_told_in_its_words() -> None:
    with shop() as sandbox:
        sn = placed(sandbox)
        sandbox.store.refuse(
            "/logistics/ship_order", "logistics.error_param", "The channel is closed."
        )

        with pytest.raises(Refused) as caught:
            told(sandbox, sn)

        assert caught.value.said == "logistics.error_param: The channel is closed."


def test_a_question_that_is_refused_before_arranging_is_told_in_the_stores_words() -> None:
    with shop() as sandbox:
        sn = placed(sandbox)
        sandbox.store.refuse(
            "/logistics/get_shipping_parameter", "error_param", "Not ready to be shipped."
        )

        with pytest.raises(Refused) as caught:
            told(sandbox, sn)

        assert "Not ready to be shipped." in caught.value.said


def test_a_tracking_number_that_cannot_be_read_does_not_undo_the_shipment() -> None:
    with shop() as sandbox:
        sn = placed(sandbox)
        sandbox.store.refuse("/logistics/get_tracking_number", "error_system_busy", "later")

        assert told(sandbox, sn).tracking == ""
        assert status(sandbox, sn) == "PROCESSED"


def test_a_store_that_limits_us_leaves_the_rest_for_later() -> None:
    with shop() as sandbox:
        sn = placed(sandbox)
        sandbox.faults.once("429", "7", path="/logistics/ship_order")

        with pytest.raises(TryAgain):
            told(sandbox, sn)
        told(sandbox, sn)

        assert status(sandbox, sn) == "PROCESSED"


def test_an_order_whose_status_is_to_be_left_is_left() -> None:
    with shop() as sandbox:
        sn = placed(sandbox)

        told(sandbox, sn, set_status=None)

        assert status(sandbox, sn) == "READY_TO_SHIP"
        assert arrangements(sandbox) == 0


def test_an_unknown_order_is_not_found() -> None:
    with shop() as sandbox, pytest.raises(NotFound):
        told(sandbox, "260101ABCDEF12")
