"""Notices that did not arrive: a store that keeps them is asked, and counts them as heard."""

import time
from typing import Any

import pytest

from platforms.base import NoticeKind, Platform, StoreNotice
from platforms.sandbox.story import SHARED, Story
from tests.contract.callback import open_callback
from tests.contract.connecting import connected, keys_of


def test_what_a_store_keeps_is_told_once(platform: Platform, story: Story) -> None:
    if platform.notices is None:
        pytest.skip("the platform sends no notices")
    store = connected(platform, story.store)
    assert store.missed_notices() == ()
    local: Any = story.store
    with open_callback() as callback:
        callback.status = 500
        local.send_notices_to(callback.url)
        number = story.sell(SHARED, 1)

        found: tuple[StoreNotice, ...] = ()
        give_up_at = time.monotonic() + 10
        while not found and time.monotonic() < give_up_at:
            time.sleep(0.1)
            found = store.missed_notices()

    if not found:
        pytest.skip("the store keeps no notice that it could not deliver")
    assert {(each.kind, each.order_remote_id) for each in found} == {(NoticeKind.ORDER, number)}
    assert all(platform.notices.is_of(each, keys_of(local)) for each in found)
    assert store.missed_notices() == ()


def test_a_store_without_notices_misses_none(platform: Platform, story: Story) -> None:
    if platform.notices is not None:
        pytest.skip("the platform sends notices")
    store = connected(platform, story.store)

    assert store.missed_notices() == ()
    assert store.requests == 0
