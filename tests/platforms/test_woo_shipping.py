"""Telling the store that an order is shipped, once, and only where it makes sense."""

from datetime import UTC, datetime
from typing import Any

import pytest

from platforms.base import Shipment, StoreFacts
from platforms.errors import NotFound, OutcomeUnknown, Refused
from platforms.sandbox.woocommerce import Sandbox, Sold, open_sandbox
from tests.platforms.woo_store import connected

TRACKED = StoreFacts(tracking="wc-shipment-tracking/v3")


def an_order(sandbox: Sandbox, status: str = "processing") -> int:
    mug = sandbox.store.add_product("Mug", price="10.00", stock=100)
    return sandbox.store.place_order(lines=[Sold(product=mug, quantity=1)], status=status)


def shipment(order: int, **given: Any) -> Shipment:
    told = {
        "set_status": "completed",
        "carrier": "DHL & Co",
        "tracking": "JD-1",
        "shipped_at": datetime(2026, 11, 24, 4, 0, tzinfo=UTC),
    }
    return Shipment(remote_order_id=str(order), **{**told, **given})


def writes(sandbox: Sandbox) -> list[str]:
    return [
        f"{each.method} {each.path.rpartition('/')[2]}"
        for each in sandbox.log.requests
        if each.method != "GET"
    ]


def test_without_an_extension_tracking_is_one_private_note_and_the_status_is_set() -> None:
    with open_sandbox() as sandbox:
        order = an_order(sandbox)

        said = connected(sandbox).tell_shipped(shipment(order)).sentence

        assert writes(sandbox) == ["POST notes", f"PUT {order}"]
        assert sandbox.store.order(order)["status"] == "completed"
    assert said == f"Order {order} in the store: note added, set to completed."


def test_telling_twice_changes_nothing() -> None:
    with open_sandbox() as sandbox:
        order = an_order(sandbox)
        connected(sandbox).tell_shipped(shipment(order))
        sandbox.log.clear()

        said = connected(sandbox).tell_shipped(shipment(order)).sentence

        assert writes(sandbox) == []
    assert "already" in said


def test_a_note_whose_answer_was_lost_is_not_written_again() -> None:
    with open_sandbox() as sandbox:
        order = an_order(sandbox)
        sandbox.faults.once("lost", method="POST", path="/orders/*/notes")
        with pytest.raises(OutcomeUnknown):
            connected(sandbox).tell_shipped(shipment(order))
        sandbox.log.clear()

        connected(sandbox).tell_shipped(shipment(order))

        assert writes(sandbox) == [f"PUT {order}"]


def test_an_extension_gets_the_tracking_number_once() -> None:
    with open_sandbox() as sandbox:
        sandbox.store.configure(shipment_tracking=True)
        order = an_order(sandbox)
        store = connected(sandbox, TRACKED)

        first = store.tell_shipped(shipment(order))
        second = store.tell_shipped(shipment(order))

        assert writes(sandbox) == ["POST shipment-trackings", f"PUT {order}"]
    assert "tracking JD-1 added" in first.sentence
    assert "tracking JD-1 was there already" in second.sentence


def test_the_status_may_stay_as_it_is() -> None:
    with open_sandbox() as sandbox:
        order = an_order(sandbox)

        connected(sandbox).tell_shipped(shipment(order, set_status=None))

        assert sandbox.store.order(order)["status"] == "processing"


def test_without_carrier_and_tracking_there_is_no_note() -> None:
    with open_sandbox() as sandbox:
        order = an_order(sandbox)

        connected(sandbox).tell_shipped(shipment(order, carrier="", tracking=""))

        assert writes(sandbox) == [f"PUT {order}"]


@pytest.mark.parametrize("status", ["cancelled", "refunded", "failed", "trash"])
def test_an_order_that_is_no_sale_any_more_is_not_completed(status: str) -> None:
    with open_sandbox() as sandbox:
        order = an_order(sandbox)
        if status == "trash":
            sandbox.store.trash(order)
        else:
            sandbox.store.set_status(order, status)

        with pytest.raises(Refused) as caught:
            connected(sandbox).tell_shipped(shipment(order))

        assert writes(sandbox) == []
        assert sandbox.store.order(order)["status"] == status
    assert f"is {status} in the store" in caught.value.sentence


def test_a_status_that_the_store_does_not_have_is_refused() -> None:
    with open_sandbox() as sandbox:
        order = an_order(sandbox)

        with pytest.raises(Refused) as caught:
            connected(sandbox).tell_shipped(shipment(order, set_status="posted", tracking=""))

        assert sandbox.store.order(order)["status"] == "processing"
    assert caught.value.code == "store_refused"
    assert "status" in caught.value.details


def test_an_order_that_is_gone_is_not_found() -> None:
    with open_sandbox() as sandbox, pytest.raises(NotFound):
        connected(sandbox).tell_shipped(shipment(999999))
