"""Tokens that could not be used, and words that nobody should read."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

from platforms.errors import PlatformError, SiteRefused
from tests.platforms.scripted import response
from tests.pull.hostile_market import Json, Shop, opened, said


@pytest.fixture
def shop(sqlite_engine: Engine) -> Iterator[Shop]:
    with opened(sqlite_engine) as shop:
        yield shop


STALE = response(json.dumps({"error": "invalid_acceess_token", "message": "Invalid"}), 403)


def renewed(**given: Any) -> bytes:
    pair = {"access_token": "next", "refresh_token": "after", "expire_in": 14_400, "shop_id": 600}
    return said({**pair, **given}, is_flat=True)


def test_a_store_that_refuses_every_token_is_asked_a_few_times_only(shop: Shop) -> None:
    shop.answers["access_token/get"] = renewed()
    shop.answers["get_shop_info"] = STALE

    with pytest.raises(SiteRefused):
        shop.pull(1)

    assert shop.asked() < 8
    assert shop.site().stopped_code == "store_refused_credentials"


@pytest.mark.parametrize(
    "given",
    [{"access_token": "x" * 100_000}, {"refresh_token": "x" * 100_000}, {"access_token": "a\nb"},
     {"access_token": 5}, {"refresh_token": ""}, {"shop_id": 601}],
)  # fmt: skip
def test_tokens_that_could_not_be_used_are_not_kept(shop: Shop, given: Json) -> None:
    shop.answers["access_token/get"] = renewed(**given)
    shop.answers["get_shop_info"] = STALE

    with pytest.raises(PlatformError):
        shop.pull(1)

    assert shop.asked() < 8
    kept = shop.site().renewed_keys or {}
    assert "access_token" not in kept


@pytest.mark.parametrize("life", [0, -5, "14400", True, None, [], 10**30, 31_536_000])
def test_a_life_that_is_none_is_the_usual_one(shop: Shop, life: Any) -> None:
    shop.answers["access_token/get"] = renewed(expire_in=life)
    refused = iter([STALE])
    fine = said({"shop_name": "Shop", "region": "MY"}, is_flat=True)
    shop.answers["get_shop_info"] = lambda asked: next(refused, fine)

    shop.pull()

    assert shop.others() == {}
    assert shop.asked("access_token/get") == 1


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    ["<" * 500_000, "access token " * 40_000, "&lt;script&gt;alert(1)&lt;/script&gt;" * 9000,
     "\x1b[2J\0<b>no</b> " * 30_000],
)  # fmt: skip
def test_the_stores_words_are_cut_and_cleaned(shop: Shop, words: str) -> None:
    refusal = {"error": "error_data", "message": words}
    shop.answers["get_order_list"] = response(json.dumps(refusal))

    with pytest.raises(PlatformError) as refused:
        shop.pull(1)

    assert len(refused.value.said) <= 300
    assert refused.value.said.isprintable()
    assert "script" not in refused.value.said or "<" not in refused.value.said


def test_a_refusal_whose_code_cannot_be_read_is_no_good_answer(shop: Shop) -> None:
    shop.answers["get_order_list"] = response(
        b'{"error":"error_\\ud800","message":"","response":{"more":false,"order_list":[]}}'
    )

    with pytest.raises(PlatformError):
        shop.pull(1)

    assert shop.site().pull_watermark is None
