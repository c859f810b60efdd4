"""Pushes that could not be delivered are fetched, page by page, and not a second time."""

from typing import Any

from platforms.base import NoticeKind
from platforms.shopee.notices import missed_notices
from tests.platforms.shopee_shop import client_of, shop

NOBODY = "http://127.0.0.1:9/"


def lost(sandbox: Any, count: int) -> None:
    pushes = sandbox.store.pushes
    pushes.register(NOBODY)
    pushes.lose_next(count)
    for number in range(count):
        pushes.order_status(f"26010100{number:04d}", "SHIPPED", 1_767_225_600)
    assert pushes.drain()


def test_every_lost_push_is_heard_once() -> None:
    with shop() as sandbox:
        lost(sandbox, 130)  # more than a page

        found = missed_notices(client_of(sandbox))

        assert [each.order_remote_id for each in found] == [
            f"26010100{number:04d}" for number in range(130)
        ]
        assert {each.shop for each in found} == {str(sandbox.store.settings.shop_id)}
        assert missed_notices(client_of(sandbox)) == ()


def test_nothing_lost_confirms_nothing() -> None:
    with shop() as sandbox:
        assert missed_notices(client_of(sandbox)) == ()
        assert sandbox.log.counts()["POST /push/confirm_consumed_lost_push_message"] == 0


def test_a_withdrawn_consent_is_heard_without_a_token() -> None:
    with shop() as sandbox:
        sandbox.store.pushes.register(NOBODY)
        sandbox.store.pushes.lose_next()
        sandbox.store.withdraw_consent()
        assert sandbox.store.pushes.drain()

        (found,) = missed_notices(client_of(sandbox))

        assert found.kind is NoticeKind.CONSENT_WITHDRAWN
        assert found.shop == str(sandbox.store.settings.shop_id)
