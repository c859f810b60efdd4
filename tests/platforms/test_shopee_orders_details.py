"""Escrows and returns, read beside the orders over a socket."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from platforms import registry
from platforms.base import DetailNotice, FetchedOrder, RemoteOrder, Store, StoreAccess, StoreTerms
from platforms.errors import BadResponse, SiteRefused
from platforms.sandbox.shopee import Given, Sold
from tests.platforms.scripted import Asked, response, scripted
from tests.platforms.shopee_shop import access_to, shop

SHOPEE = registry.get("shopee")
TERMS = StoreTerms()
BATCH = "POST /payment/get_escrow_detail_batch"
RETURN = "GET /returns/get_return_detail"


def store_of(sandbox: Any) -> Store:
    return SHOPEE.connect(access_to(sandbox))


def an_order(sandbox: Any, **given: Any) -> str:
    placed: str = sandbox.store.place_order(
        lines=[Sold(product="MUG-TEHTARIK", quantity=3)], **given
    )
    return placed


def opened(found: FetchedOrder) -> RemoteOrder:
    return SHOPEE.open_order(found, TERMS).order


def details(store: Store, *orders: str) -> list[FetchedOrder]:
    return list(store.with_details(store.orders_by_id(orders)))


def test_escrows_come_fifty_at_a_time() -> None:
    with shop() as sandbox:
        orders = [an_order(sandbox) for _ in range(120)]

        found = details(store_of(sandbox), *orders)

        assert all(opened(each).escrow is not None for each in found)
        assert sandbox.log.counts()[BATCH] == 3


def test_every_escrow_of_the_local_store_is_the_sum_of_its_amounts() -> None:
    with shop(orders=200) as sandbox:
        store = store_of(sandbox)
        pages = list(store.changed_orders(since=None))

        found = [opened(each) for page in pages for each in store.with_details(page.orders)]

        escrows = [each.escrow for each in found if each.escrow is not None]
        assert len(escrows) > 150
        for escrow in escrows:
            assert sum((each.amount for each in escrow.amounts), Decimal(0)) == escrow.net
            assert escrow.unknown == ()


def test_details_are_the_same_bytes_each_time_and_in_any_company() -> None:
    with shop() as sandbox:
        orders = [an_order(sandbox, status="SHIPPED") for _ in range(3)]
        sandbox.store.return_before(orders[1], [Given(line=0, quantity=1)])
        store = store_of(sandbox)

        together = details(store, *orders)

        alone = [details(store_of(sandbox), each)[0] for each in reversed(orders)]
        assert [each.details for each in together] == [each.details for each in reversed(alone)]
        assert [each.details_digest for each in together] == [
            each.details_digest for each in reversed(alone)
        ]


def test_money_that_changes_changes_the_digest_of_the_details_alone() -> None:
    with shop() as sandbox:
        order = an_order(sandbox)
        store = store_of(sandbox)
        (before,) = details(store, order)

        sandbox.store.set_escrow(order, commission_fee="9.99")

        (after,) = details(store, order)
        assert before.digest == after.digest
        assert before.details_digest != after.details_digest


def test_an_unpaid_order_is_asked_for_nothing() -> None:
    with shop() as sandbox:
        order = an_order(sandbox, status="UNPAID")
        store = store_of(sandbox)

        (found,) = details(store, order)

        assert (found.has_details, found.details, found.details_digest) == (False, (), b"")
        assert sandbox.log.counts()[BATCH] == 0


def test_an_escrow_that_is_not_there_yet_is_none_and_comes_later() -> None:
    with shop() as sandbox:
        orders = [an_order(sandbox) for _ in range(3)]
        sandbox.store.hold_escrow(orders[1])
        store = store_of(sandbox)

        held = details(store, *orders)
        sandbox.store.free_escrow(orders[1])
        (free,) = details(store, orders[1])

        assert [opened(each).escrow is None for each in held] == [False, True, False]
        assert (held[1].details, held[1].details_digest) == ((), b"")
        assert opened(free).escrow is not None


def test_a_store_that_takes_twenty_at_a_time_is_asked_for_twenty() -> None:
    with shop() as sandbox:
        orders = [an_order(sandbox) for _ in range(70)]
        sandbox.store.refuse(
            "/payment/get_escrow_detail_batch", "exceed_max_limit", "Too many orders", times=2
        )

        found = details(store_of(sandbox), *orders)

        assert all(opened(each).escrow is not None for each in found)


def test_a_number_without_an_escrow_does_not_take_the_others_along() -> None:
    with shop() as sandbox:
        orders = [an_order(sandbox) for _ in range(4)]
        sandbox.store.refuse(
            "/payment/get_escrow_detail_batch", "order_not_found", "The order is not found", times=3
        )

        found = details(store_of(sandbox), *orders)

        assert [opened(each).escrow is None for each in found] == [True, False, False, False]


def test_a_store_that_refuses_every_escrow_says_so() -> None:
    with shop() as sandbox:
        orders = [an_order(sandbox) for _ in range(10)]
        store = store_of(sandbox)
        sandbox.store.refuse(
            "/payment/get_escrow_detail_batch", "error_data", "parse data failed", times=99
        )

        with pytest.raises(BadResponse):
            details(store, *orders)

        assert store.requests < 12


def test_a_call_that_is_not_open_to_the_app_stops_the_site() -> None:
    with shop() as sandbox:
        order = an_order(sandbox)
        sandbox.store.refuse(
            "/payment/get_escrow_detail_batch", "error_api_permission", "No permission", times=9
        )

        with pytest.raises(SiteRefused):
            details(store_of(sandbox), order)


@pytest.mark.parametrize(
    "answer",
    [
        {"escrow_detail_list": []},
        {
            "escrow_detail_list": [
                {
                    "escrow_detail": {"order_sn": "260305KJ4MYR01", "return_order_sn_list": []},
                    "fail_error": "order_not_found",
                    "fail_message": "The order info not found.",
                }
            ]
        },
        {"response": [{"escrow_detail": None}, {}, 5]},
        {"response": [{"escrow_detail": {"order_sn": "ANOTHER", "order_income": {}}}]},
    ],
)
def test_every_way_to_say_that_there_is_no_escrow_is_understood(answer: dict[str, Any]) -> None:
    order = {
        "order_sn": "260305KJ4MYR01",
        "order_status": "READY_TO_SHIP",
        "update_time": 1772686800,
    }

    def script(asked: Asked) -> bytes:
        told = answer
        if asked.path.endswith("get_order_detail"):
            told = {"response": {"order_list": [order]}}
        return response(json.dumps({"error": "", "message": "", **told}).encode())

    with scripted(script) as server:
        keys = {
            "partner_id": "1",
            "partner_key": "k",
            "shop_id": "2",
            "access_token": "t",
            "refresh_token": "r",
        }
        (found,) = details(_connected(server.url, keys), "260305KJ4MYR01")

    assert found.details == ()


def _connected(url: str, keys: dict[str, str]) -> Store:

    return SHOPEE.connect(StoreAccess(url=url, credentials=keys, allow_private=True))


def test_a_return_before_completion_comes_with_its_order() -> None:
    with shop() as sandbox:
        order = an_order(sandbox, status="SHIPPED")
        return_sn = sandbox.store.return_before(order, [Given(line=0, quantity=2)])

        (found,) = details(store_of(sandbox), order)

        (refund,) = opened(found).refunds
        assert (refund.remote_id, refund.amount) == (return_sn, 0)
        assert sum(line.quantity for line in refund.lines) == 2
        assert sandbox.log.counts()[RETURN] == 1


@pytest.mark.parametrize("first_page", [0, 1])
def test_changed_returns_are_told_wherever_their_pages_begin(first_page: int) -> None:
    with shop() as sandbox:
        sandbox.store.configure(first_return_page=first_page)
        orders = [an_order(sandbox, status="COMPLETED") for _ in range(230)]
        returns = {
            order: sandbox.store.return_after(order, [Given(line=0, quantity=1)])
            for order in orders
        }

        news = list(store_of(sandbox).detail_news(datetime.now(UTC) - timedelta(days=40)))

        assert {each.order_remote_id for each in news} == set(orders)
        assert {each.mark.partition("@")[0] for each in news} == set(returns.values())
        assert len(news) == len(set(news)) == 230


def test_pages_that_are_refused_below_one_begin_at_one() -> None:
    with shop() as sandbox:
        sandbox.store.configure(first_return_page=1)
        order = an_order(sandbox, status="COMPLETED")
        sandbox.store.return_after(order, [Given(line=0, quantity=1)])
        sandbox.store.refuse("/returns/get_return_list", "error_param", "page_no invalid", times=1)

        (notice,) = store_of(sandbox).detail_news(datetime.now(UTC) - timedelta(days=1))

        assert notice.order_remote_id == order


def test_a_return_that_was_heard_of_is_known_once_it_is_read() -> None:
    with shop() as sandbox:
        order = an_order(sandbox, status="COMPLETED")
        store = store_of(sandbox)
        (before,) = details(store, order)
        return_sn = sandbox.store.return_after(order, [Given(line=0, quantity=1)])

        news = list(store.detail_news(datetime.now(UTC) - timedelta(hours=1)))
        (after,) = details(store, order)

        assert SHOPEE.detail_marks(SHOPEE.open_order(before, TERMS).payload) == frozenset()
        marks = SHOPEE.detail_marks(SHOPEE.open_order(after, TERMS).payload)
        assert {DetailNotice(order_remote_id=order, mark=mark) for mark in marks} == set(news)
        assert [each.remote_id for each in opened(after).refunds] == [return_sn]


def test_a_return_that_no_escrow_names_is_found_by_every_connection() -> None:
    with shop() as sandbox:
        order = an_order(sandbox, status="COMPLETED")
        return_sn = sandbox.store.return_after(order, [Given(line=0, quantity=1)])
        sandbox.store.hide_returns(order)

        found = [details(store_of(sandbox), order)[0] for _ in range(2)]

        assert [[each.remote_id for each in opened(one).refunds] for one in found] == [
            [return_sn],
            [return_sn],
        ]
        assert found[0].details_digest == found[1].details_digest


def test_a_return_that_goes_on_is_news_again() -> None:
    with shop() as sandbox:
        order = an_order(sandbox, status="SHIPPED")
        return_sn = sandbox.store.return_before(order, [Given(line=0, quantity=1)], accepted=False)
        store = store_of(sandbox)
        since = datetime.now(UTC) - timedelta(hours=1)
        first = set(store.detail_news(since))

        sandbox.store.advance(5)
        sandbox.store.settle_return(return_sn, "ACCEPTED")

        assert set(store.detail_news(since)).isdisjoint(first)
