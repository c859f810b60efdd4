"""Pushes reach the app's callback URL signed, sometimes twice, late or in the wrong order."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest

from platforms.sandbox.shopee import Sandbox, Sold
from tests.sandbox.shopee.receiver import Receiver, open_receiver

MUG = [Sold(product="MUG-TEHTARIK")]


@pytest.fixture
def app(sandbox: Sandbox) -> Iterator[Receiver]:
    """The app's callback URL, known to the store."""
    with open_receiver() as receiver:
        sandbox.store.pushes.register(receiver.url)
        sandbox.store.pushes.retry_after = (0.02, 0.02)
        yield receiver


def told(sandbox: Sandbox, app: Receiver, code: int = 3) -> list[dict[str, Any]]:
    """What arrived with that code, once all is quiet."""
    assert sandbox.store.pushes.drain()
    return [push for body in app.bodies if (push := json.loads(body))["code"] == code]


def test_a_push_is_signed_over_the_url_and_the_raw_body(sandbox: Sandbox, app: Receiver) -> None:
    sandbox.store.place_order(lines=MUG)
    assert sandbox.store.pushes.drain()

    key = sandbox.store.settings.partner_key.encode()
    for push in app.told:
        signed = app.url.encode() + b"|" + push.body
        assert push.authorization == hmac.new(key, signed, hashlib.sha256).hexdigest()
    assert app.told


def test_a_change_of_status_is_told_in_the_documented_shape(
    sandbox: Sandbox, app: Receiver
) -> None:
    store = sandbox.store
    order_sn = store.place_order(lines=MUG, status="UNPAID")

    store.pay(order_sn)

    last = told(sandbox, app)[-1]
    assert set(last) == {"data", "shop_id", "code", "timestamp"}
    assert last["shop_id"] == store.settings.shop_id
    assert last["data"] == {
        "items": [],
        "ordersn": order_sn,
        "status": "READY_TO_SHIP",
        "completed_scenario": "",
        "update_time": store.orders[order_sn].updated,
    }


def test_a_tracking_number_is_told_when_it_is_there(sandbox: Sandbox, app: Receiver) -> None:
    store = sandbox.store
    order_sn = store.place_order(lines=MUG, status="PROCESSED")

    number = store.parcels.assign_tracking(order_sn)

    package = store.parcels.package_numbers(store.orders[order_sn])[0]
    assert told(sandbox, app, 4)[0]["data"] == {
        "ordersn": order_sn,
        "forder_id": package.removeprefix("OFG"),
        "package_number": package,
        "tracking_no": number,
    }


def test_what_concerns_the_app_names_no_shop_in_the_envelope(
    sandbox: Sandbox, app: Receiver
) -> None:
    store = sandbox.store

    store.withdraw_consent()
    store.give_consent()
    store.pushes.authorisation_expires([store.settings.shop_id], 1_800_000_000)

    [gone], [back], [ends] = (told(sandbox, app, code) for code in (2, 1, 12))
    assert not any("shop_id" in push for push in (gone, back, ends))
    assert gone["data"]["shop_id"] == back["data"]["shop_id"] == store.settings.shop_id
    assert ends["data"]["shop_expire_soon"] == [store.settings.shop_id]


def test_documents_and_returns_have_their_own_keys(sandbox: Sandbox, app: Receiver) -> None:
    pushes = sandbox.store.pushes

    pushes.shipping_document("250101AAAAAAAA", "OFG1", "READY")
    pushes.return_updated("250101AAAAAAAA", "R1", [("status", "REQUESTED", "ACCEPTED")])

    assert told(sandbox, app, 15)[0]["data"]["ordersn"] == "250101AAAAAAAA"
    returned = told(sandbox, app, 29)[0]["data"]
    assert (returned["order_sn"], returned["return_sn"]) == ("250101AAAAAAAA", "R1")
    assert returned["updated_values"][0]["new_value"] == "ACCEPTED"


def test_an_answer_that_is_no_success_is_tried_again(sandbox: Sandbox, app: Receiver) -> None:
    app.answers = [(500, b""), (200, b"not empty"), (204, b"")]

    sandbox.store.pushes.order_status("250101AAAAAAAA", "SHIPPED", 1)

    assert len(told(sandbox, app)) == 3
    assert [done.attempt for done in sandbox.store.pushes.delivered] == [1, 2, 3]
    assert len(set(app.bodies)) == 1
    assert sandbox.store.pushes.lost == []


def test_after_the_last_attempt_a_push_is_lost(sandbox: Sandbox, app: Receiver) -> None:
    app.answers = [(500, b"")] * 3

    sandbox.store.pushes.order_status("250101AAAAAAAA", "SHIPPED", 1)

    assert len(told(sandbox, app)) == 3
    assert [lost.text.encode() for lost in sandbox.store.pushes.lost] == app.bodies[:1]


def test_a_push_may_come_twice(sandbox: Sandbox, app: Receiver) -> None:
    sandbox.store.pushes.duplicate_next()

    for order_sn in ("250101AAAAAAAA", "250101BBBBBBBB"):
        sandbox.store.pushes.order_status(order_sn, "SHIPPED", 1)

    assert [push["data"]["ordersn"][-1] for push in told(sandbox, app)] == ["A", "A", "B"]


def test_pushes_may_come_in_the_wrong_order(sandbox: Sandbox, app: Receiver) -> None:
    pushes = sandbox.store.pushes
    pushes.hold()
    for order_sn in ("250101AAAAAAAA", "250101BBBBBBBB"):
        pushes.order_status(order_sn, "SHIPPED", 1)
    held_back = list(app.told)

    pushes.release_in_reverse()

    assert held_back == []
    assert [push["data"]["ordersn"][-1] for push in told(sandbox, app)] == ["B", "A"]


def test_a_push_may_never_come(sandbox: Sandbox, app: Receiver) -> None:
    sandbox.store.pushes.lose_next()

    for order_sn in ("250101AAAAAAAA", "250101BBBBBBBB"):
        sandbox.store.pushes.order_status(order_sn, "SHIPPED", 1)

    assert [push["data"]["ordersn"][-1] for push in told(sandbox, app)] == ["B"]
    assert len(sandbox.store.pushes.lost) == 1


def test_without_a_callback_url_nothing_is_sent(sandbox: Sandbox) -> None:
    sandbox.store.place_order(lines=MUG)

    assert sandbox.store.pushes.drain(0)
    assert sandbox.store.pushes.delivered == []
