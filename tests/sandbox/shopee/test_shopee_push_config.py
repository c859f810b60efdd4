"""An app sets its callback URL by the API, and fetches what it missed."""

import json
from collections.abc import Iterator

import pytest

from platforms.sandbox.shopee import Sandbox
from tests.sandbox.shopee.caller import Caller
from tests.sandbox.shopee.receiver import Receiver, open_receiver

GET, SET = "/push/get_app_push_config", "/push/set_app_push_config"
LOST, CONFIRM = "/push/get_lost_push_message", "/push/confirm_consumed_lost_push_message"


@pytest.fixture
def app() -> Iterator[Receiver]:
    with open_receiver() as receiver:
        yield receiver


def lose(sandbox: Sandbox, count: int) -> None:
    """Pushes that never arrive."""
    pushes = sandbox.store.pushes
    pushes.register("http://127.0.0.1:9/gone")
    pushes.lose_next(count)
    for number in range(count):
        pushes.order_status(f"250101{number:08d}", "SHIPPED", number)
    assert pushes.drain()


def test_a_new_url_is_tried_with_an_empty_signed_push(
    sandbox: Sandbox, shop: Caller, app: Receiver
) -> None:
    done = shop.post(SET, callback_url=app.url, set_push_config_off=[10, 11])

    shown = shop.get(GET)
    assert done == {"result": "success"}
    assert app.bodies == [b""]
    assert len(app.told[0].authorization) == 64
    assert (shown["callback_url"], shown["live_push_status"]) == (app.url, "Normal")
    assert shown["push_config_off_list"] == [10, 11]
    assert 3 in shown["push_config_on_list"]
    assert "suspended_time" not in shown


@pytest.mark.parametrize("answer", [(500, b""), (302, b"")])
def test_a_url_that_does_not_answer_with_2xx_is_refused(
    shop: Caller, app: Receiver, answer: tuple[int, bytes]
) -> None:
    app.answers = [answer]

    error, message = shop.refused("POST", SET, callback_url=app.url)

    assert error == "error_param"
    assert "not 2xx" in message
    assert shop.get(GET)["callback_url"] == ""


def test_a_url_where_nobody_answers_or_that_is_none_is_refused(shop: Caller) -> None:
    nobody = shop.refused("POST", SET, callback_url="http://127.0.0.1:9/")
    none = shop.refused("POST", SET, callback_url="somewhere")
    nothing = shop.refused("POST", SET, set_push_config_on=[3])

    assert "3 seconds" in nobody[1]
    assert "invalid" in none[1]
    assert "empty" in nothing[1]


def test_a_code_that_is_off_and_a_blocked_shop_are_not_told(
    sandbox: Sandbox, shop: Caller, app: Receiver
) -> None:
    shop.post(SET, callback_url=app.url, set_push_config_off=[3])
    sandbox.store.pushes.order_status("250101AAAAAAAA", "SHIPPED", 1)
    shop.post(SET, set_push_config_on=[3], blocked_shop_id_list=[sandbox.store.settings.shop_id])
    sandbox.store.pushes.order_status("250101BBBBBBBB", "SHIPPED", 1)

    assert sandbox.store.pushes.drain()
    assert app.bodies == [b""]


def test_lost_pushes_are_fetched_as_strings_and_confirmed(sandbox: Sandbox, shop: Caller) -> None:
    lose(sandbox, 2)

    page = shop.get(LOST)
    shop.post(CONFIRM, last_message_id=page["last_message_id"])
    after = shop.get(LOST)

    rows = page["push_message_list"]
    assert [json.loads(row["data"])["data"]["update_time"] for row in rows] == [0, 1]
    assert [(row["code"], row["shop_id"]) for row in rows] == [
        (3, sandbox.store.settings.shop_id)
    ] * 2
    assert page["has_next_page"] is False
    assert (after["push_message_list"], after["last_message_id"]) == ([], 0)


def test_a_page_of_lost_pushes_has_a_hundred_of_three_days(sandbox: Sandbox, shop: Caller) -> None:
    lose(sandbox, 101)
    page = shop.get(LOST)
    shop.post(CONFIRM, last_message_id=page["last_message_id"])
    rest = shop.get(LOST)

    sandbox.store.advance(3 * 86_400 + 1)

    assert (len(page["push_message_list"]), page["has_next_page"]) == (100, True)
    assert (len(rest["push_message_list"]), rest["has_next_page"]) == (1, False)
    assert shop.get(LOST)["push_message_list"] == []


def test_what_happens_while_pushes_are_suspended_is_not_sent_later(
    sandbox: Sandbox, shop: Caller, app: Receiver
) -> None:
    shop.post(SET, callback_url=app.url)
    sandbox.store.pushes.suspend()
    sandbox.store.pushes.order_status("250101AAAAAAAA", "SHIPPED", 1)

    shown = shop.get(GET)
    shop.post(SET, callback_url=app.url)

    assert (shown["live_push_status"], shown["suspended_time"] > 0) == ("Suspended", True)
    assert sandbox.store.pushes.drain()
    assert app.bodies == [b"", b""]
