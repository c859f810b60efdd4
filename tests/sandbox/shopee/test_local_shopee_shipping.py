"""A seller asks how a parcel may be shipped, arranges it, and waits for the tracking number."""

from typing import Any

import pytest

from platforms.sandbox.shopee import Sandbox, Sold
from tests.sandbox.shopee.caller import Caller

PARAMETER = "/logistics/get_shipping_parameter"
SHIP = "/logistics/ship_order"
NUMBER = "/logistics/get_tracking_number"
MUG = [Sold(product="MUG-TEHTARIK", quantity=2)]


def placed(sandbox: Sandbox, carrier: str = "J&T Express", status: str = "READY_TO_SHIP") -> str:
    return sandbox.store.place_order(lines=MUG, carrier=carrier, status=status)


def pickup_of(shop: Caller, order_sn: str) -> dict[str, Any]:
    address = shop.get(PARAMETER, order_sn=order_sn)["pickup"]["address_list"][0]
    slot = address["time_slot_list"][0]
    return {"address_id": address["address_id"], "pickup_time_id": slot["pickup_time_id"]}


def status_of(sandbox: Sandbox, order_sn: str) -> str:
    return sandbox.store.orders[order_sn].status


@pytest.mark.parametrize(
    ("carrier", "needs"),
    [
        ("J&T Express", {"pickup": ["address_id", "pickup_time_id"], "dropoff": []}),
        ("Pos Laju", {"dropoff": ["branch_id", "sender_real_name"]}),
        ("Seller Own Fleet", {"non_integrated": ["tracking_no"]}),
    ],
)
def test_a_channel_says_which_ways_it_allows_and_what_each_needs(
    sandbox: Sandbox, shop: Caller, carrier: str, needs: dict[str, list[str]]
) -> None:
    shown = shop.get(PARAMETER, order_sn=placed(sandbox, carrier))

    assert shown["info_needed"] == needs
    assert (shown["pickup"] is not None) is ("pickup" in needs)
    assert (shown["dropoff"] is not None) is ("dropoff" in needs)


def test_only_a_parcel_that_waits_can_be_asked_about(sandbox: Sandbox, shop: Caller) -> None:
    for status in ("UNPAID", "PROCESSED", "SHIPPED"):
        error, _ = shop.refused("GET", PARAMETER, order_sn=placed(sandbox, status=status))
        assert error == "error_param"
    assert shop.refused("GET", PARAMETER, order_sn="250101NOTHERE")[0] == "error_not_found"


def test_a_pickup_is_arranged_and_the_order_is_processed(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = placed(sandbox)
    sent = {"order_sn": order_sn, "pickup": pickup_of(shop, order_sn)}

    envelope = shop.call("POST", SHIP, body=sent).json()

    assert (envelope["error"], "response" in envelope) == ("", False)
    assert status_of(sandbox, order_sn) == "PROCESSED"
    package = sandbox.store.order(order_sn)["package_list"][0]
    assert package["logistics_status"] == "LOGISTICS_REQUEST_CREATED"


def test_a_way_without_inputs_takes_an_empty_object(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = placed(sandbox)

    shop.post(SHIP, order_sn=order_sn, dropoff={})

    assert status_of(sandbox, order_sn) == "PROCESSED"


def test_a_branch_and_a_name_are_needed_where_the_channel_says_so(
    sandbox: Sandbox, shop: Caller
) -> None:
    order_sn = placed(sandbox, "Pos Laju")
    branch = shop.get(PARAMETER, order_sn=order_sn)["dropoff"]["branch_list"][0]["branch_id"]

    nameless = shop.refused("POST", SHIP, order_sn=order_sn, dropoff={"branch_id": branch})
    shop.post(SHIP, order_sn=order_sn, dropoff={"branch_id": branch, "sender_real_name": "Ali"})

    assert nameless[0] == "logistics.error_param"
    assert status_of(sandbox, order_sn) == "PROCESSED"


def test_an_own_courier_brings_the_tracking_number_along(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = placed(sandbox, "Seller Own Fleet")

    without = shop.refused("POST", SHIP, order_sn=order_sn, non_integrated={})
    shop.post(SHIP, order_sn=order_sn, non_integrated={"tracking_number": "OWN-7"})

    assert without[0] == "logistics.error_traceno_required"
    assert shop.get(NUMBER, order_sn=order_sn)["tracking_number"] == "OWN-7"


def test_exactly_one_way_is_chosen_and_it_is_one_of_the_channels(
    sandbox: Sandbox, shop: Caller
) -> None:
    order_sn = placed(sandbox)

    for ways in ({}, {"pickup": {}, "dropoff": {}}):
        assert shop.refused("POST", SHIP, order_sn=order_sn, **ways)[0] == "logistics.error_param"
    not_here = shop.refused(
        "POST", SHIP, order_sn=order_sn, non_integrated={"tracking_number": "1"}
    )
    assert not_here[0] == "logistics.error_unsupported"
    assert status_of(sandbox, order_sn) == "READY_TO_SHIP"


def test_addresses_and_times_must_be_those_offered(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = placed(sandbox)
    pickup = pickup_of(shop, order_sn)

    elsewhere = shop.refused("POST", SHIP, order_sn=order_sn, pickup={**pickup, "address_id": 1})
    never = shop.refused("POST", SHIP, order_sn=order_sn, pickup={**pickup, "pickup_time_id": "1"})

    assert elsewhere[0] == "logistics.address_not_found"
    assert never[0] == "logistics.error_pickup_time"


def test_a_second_call_is_told_that_it_is_arranged_already(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = placed(sandbox)
    shop.post(SHIP, order_sn=order_sn, dropoff={})

    again = shop.refused("POST", SHIP, order_sn=order_sn, dropoff={})

    assert again[0] == "logistics.package_already_shipped"


@pytest.mark.parametrize("status", ["UNPAID", "CANCELLED", "IN_CANCEL"])
def test_orders_that_are_not_to_be_shipped_are_refused(
    sandbox: Sandbox, shop: Caller, status: str
) -> None:
    order_sn = placed(sandbox, status=status)

    error, _ = shop.refused("POST", SHIP, order_sn=order_sn, dropoff={})

    assert error == "logistics.error_param"


def test_the_tracking_number_is_empty_at_first(sandbox: Sandbox, shop: Caller) -> None:
    sandbox.store.parcels.tracking_after_calls = 2
    order_sn = placed(sandbox)
    too_early = shop.refused("GET", NUMBER, order_sn=order_sn)
    shop.post(SHIP, order_sn=order_sn, dropoff={})

    numbers = [shop.get(NUMBER, order_sn=order_sn)["tracking_number"] for _ in range(4)]

    assert too_early[0] == "logistics.error_param"
    assert numbers[:2] == ["", ""]
    assert numbers[2] == numbers[3] != ""


def test_a_cancelled_order_never_gets_a_tracking_number(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = placed(sandbox, status="PROCESSED")
    sandbox.store.cancel(order_sn)

    numbers = {shop.get(NUMBER, order_sn=order_sn)["tracking_number"] for _ in range(4)}

    assert numbers == {""}


def test_the_tracking_number_may_come_with_time(sandbox: Sandbox, shop: Caller) -> None:
    store = sandbox.store
    store.parcels.tracking_after_seconds = 600
    order_sn = placed(sandbox)
    shop.post(SHIP, order_sn=order_sn, dropoff={})
    before = shop.get(NUMBER, order_sn=order_sn)["tracking_number"]

    store.advance(601)

    assert before == ""
    assert shop.get(NUMBER, order_sn=order_sn)["tracking_number"] != ""


def test_another_pickup_is_asked_for_after_a_failed_one(sandbox: Sandbox, shop: Caller) -> None:
    update = "/logistics/update_shipping_order"
    order_sn = placed(sandbox, "SPX Express")
    shop.post(SHIP, order_sn=order_sn, pickup=pickup_of(shop, order_sn))
    early = shop.refused("POST", update, order_sn=order_sn, pickup={})
    sandbox.store.fail_pickup(order_sn)
    status = status_of(sandbox, order_sn)

    shop.post(update, order_sn=order_sn, pickup=pickup_of(shop, order_sn))

    assert early[0] == "logistics.error_status"
    assert (status, status_of(sandbox, order_sn)) == ("RETRY_SHIP", "PROCESSED")


def test_a_split_order_needs_the_package_and_is_processed_with_the_last(
    sandbox: Sandbox, shop: Caller
) -> None:
    store = sandbox.store
    order_sn = placed(sandbox)
    line = store.orders[order_sn].lines[0].line_item_id
    first, second = store.parcels.split(order_sn, [{line: 1}, {line: 1}])

    unnamed = shop.refused("POST", SHIP, order_sn=order_sn, dropoff={})
    strange = shop.refused("POST", SHIP, order_sn=order_sn, package_number="OFG1", dropoff={})
    shop.post(SHIP, order_sn=order_sn, package_number=first, dropoff={})
    between = status_of(sandbox, order_sn)
    shop.post(SHIP, order_sn=order_sn, package_number=second, dropoff={})

    assert unnamed[0] == "logistics.package_number_not_exist"
    assert strange[0] == "logistics.error_param"
    assert (between, status_of(sandbox, order_sn)) == ("READY_TO_SHIP", "PROCESSED")
    packages = store.order(order_sn)["package_list"]
    assert [p["item_list"][0]["model_quantity"] for p in packages] == [1, 1]


def test_an_empty_package_number_is_no_package_number(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = placed(sandbox)

    in_query = shop.refused("GET", PARAMETER, order_sn=order_sn, package_number="")
    in_body = shop.refused("POST", SHIP, order_sn=order_sn, package_number="", dropoff={})

    assert in_query[0] == in_body[0] == "logistics.error_param"


def test_the_way_of_a_parcel_is_told_newest_first(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = placed(sandbox)
    sandbox.store.ship(order_sn)
    sandbox.store.deliver(order_sn)

    shown = shop.get("/logistics/get_tracking_info", order_sn=order_sn)

    assert [entry["logistics_status"] for entry in shown["tracking_info"]] == [
        "LOGISTICS_DELIVERY_DONE",
        "LOGISTICS_PICKUP_DONE",
        "LOGISTICS_REQUEST_CREATED",
        "LOGISTICS_READY",
    ]
