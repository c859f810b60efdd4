"""Reading that overlaps: in order, few at once, renewed once, and no thread left behind."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import get_ident
from time import monotonic
from typing import Any

import pytest

from platforms.base import StoreAccess
from platforms.errors import NotFound, TryAgain
from platforms.keys import KeysInHand
from platforms.sandbox.woocommerce import Sandbox, open_sandbox
from platforms.shopee.client import Client as ShopeeClient
from platforms.woocommerce.client import Client
from tests.platforms.scripted import Asked, scripted
from tests.platforms.shopee_shop import access_to, shop


def access(url: str, credentials: dict[str, str], at_once: int) -> StoreAccess:
    return StoreAccess(
        url=url, credentials=credentials, allow_private=True, requests_at_once=at_once
    )


def client_of(sandbox: Sandbox, at_once: int) -> Client:
    return Client(access(sandbox.url, sandbox.credentials, at_once))


def reading_threads() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name.startswith("reading")]


@pytest.mark.parametrize("at_once", [1, 2, 4])
def test_answers_come_in_order_and_never_more_at_once_than_asked_for(at_once: int) -> None:
    with open_sandbox(orders=12) as sandbox:
        ids = list(sandbox.store.orders)
        sandbox.faults.set("slow=1:0.03")
        client = client_of(sandbox, at_once)

        found = client.overlap.map(lambda each: client.get(f"orders/{each}").object()["id"], ids)

        assert found == ids
        assert sandbox.log.most_at_once == at_once
        assert client.requests == len(ids) == len(sandbox.log.requests)
        assert reading_threads() == []


def test_an_error_comes_up_in_its_place_and_the_rest_is_not_asked() -> None:
    with open_sandbox(orders=12) as sandbox:
        ids = [*list(sandbox.store.orders)[:3], 999_999, *list(sandbox.store.orders)[3:]]
        client = client_of(sandbox, 2)
        answered: list[int] = []

        def ask(number: int) -> None:
            client.get(f"orders/{number}")
            answered.append(number)

        with pytest.raises(NotFound):
            client.overlap.map(ask, ids)

        assert set(ids[:3]) <= set(answered)
        assert client.requests <= 6
        assert reading_threads() == []


def test_a_store_that_asks_to_wait_is_asked_one_at_a_time_from_then_on() -> None:
    with open_sandbox(orders=8) as sandbox:
        ids = list(sandbox.store.orders)
        client = client_of(sandbox, 4)
        sandbox.faults.once("429", "7", path="/orders/*")
        with pytest.raises(TryAgain) as raised:
            client.overlap.map(lambda each: client.get(f"orders/{each}"), ids)
        assert raised.value.retry_after == 7
        sandbox.log.clear()
        sandbox.faults.set("slow=1:0.03")

        client.overlap.map(lambda each: client.get(f"orders/{each}"), ids)

        assert sandbox.log.most_at_once == 1


class OutOfTime(Exception):
    """The job's time limit."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    def raise_it(*_: Any) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, raise_it)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_a_time_limit_hangs_up_on_every_answer_that_is_waited_for() -> None:
    is_over = threading.Event()

    def says_nothing(asked: Asked) -> bytes | None:
        is_over.wait(20)
        return None

    with scripted(says_nothing) as server:
        client = Client(access(server.url, {"consumer_key": "ck_1", "consumer_secret": "cs"}, 4))
        began = monotonic()

        with pytest.raises(OutOfTime), time_limit(0.3):
            client.overlap.map(lambda each: client.get(f"orders/{each}"), range(9))

        took, left, asked = monotonic() - began, reading_threads(), client.requests
        is_over.set()
    assert took < 5
    assert left == []
    assert asked == 4


def test_a_page_read_ahead_is_called_off_with_the_work_on_the_one_before() -> None:
    is_over = threading.Event()

    def says_nothing(asked: Asked) -> bytes | None:
        is_over.wait(20)
        return None

    with scripted(says_nothing) as server:
        client = Client(access(server.url, {"consumer_key": "ck_1", "consumer_secret": "cs"}, 2))

        def pages() -> Iterator[str]:
            yield "first"
            client.get("orders")
            yield "second"

        def work() -> None:
            with client.overlap.ahead(pages()) as reading:
                for _ in reading:
                    reading.begin()
                    raise OutOfTime

        began = monotonic()
        with pytest.raises(OutOfTime):
            work()
        took, left = monotonic() - began, reading_threads()
        is_over.set()
    assert took < 5
    assert left == []


class Touched(KeysInHand):
    """A keyring that remembers who read it."""

    def __init__(self, keys: dict[str, str]) -> None:
        super().__init__(keys)
        self.threads: set[int] = set()

    def read(self) -> dict[str, str]:
        self.threads.add(get_ident())
        return dict(super().read())


def test_a_token_refused_to_many_at_once_is_renewed_once_by_who_waits_for_them() -> None:
    with shop(orders=8) as sandbox:
        keyring = Touched(dict(sandbox.credentials))
        client = ShopeeClient(replace(access_to(sandbox, keyring=keyring), requests_at_once=4))
        sandbox.store.advance(5 * 3600)
        sandbox.faults.set("slow=1:0.03")

        titles = client.overlap.map(
            lambda _: client.get("shop/get_shop_info").whole()["shop_name"], range(8)
        )

        assert titles == [sandbox.store.settings.shop_name] * 8
        assert sandbox.store.tokens.counts()["refreshed"] == 1
        assert keyring.threads == {get_ident()}


def test_a_page_read_ahead_has_its_token_renewed_by_who_takes_it() -> None:
    with shop(orders=8) as sandbox:
        keyring = Touched(dict(sandbox.credentials))
        client = ShopeeClient(replace(access_to(sandbox, keyring=keyring), requests_at_once=2))

        def pages() -> Iterator[str]:
            for _ in range(2):
                yield client.get("shop/get_shop_info").whole()["shop_name"]

        found: list[str] = []
        with client.overlap.ahead(pages()) as reading:
            for title in reading:
                found.append(title)
                sandbox.store.advance(5 * 3600)
                reading.begin()

        assert len(found) == 2
        assert sandbox.store.tokens.counts()["refreshed"] == 1
        assert keyring.threads == {get_ident()}
