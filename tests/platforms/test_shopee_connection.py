"""The connection test of a Shopee shop: the first thing that is wrong, and where to click."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms.base import Check, ConnectionReport
from platforms.keys import KeysInHand
from platforms.shopee import platform
from tests.platforms.shopee_shop import access_to, shop


def report(sandbox: Any, **keys: str) -> ConnectionReport:
    return platform.connect(access_to(sandbox, **keys)).check()


def failed(found: ConnectionReport) -> Check:
    (check,) = [each for each in found.checks if each.is_ok is False]
    assert not found.is_ok
    assert check.fix
    after = found.checks[found.checks.index(check) + 1 :]
    assert all(each.is_ok is None for each in after)
    return check


def test_a_good_shop_tells_its_market() -> None:
    with shop(region="TH") as sandbox:
        found = report(sandbox)

        assert found.is_ok, found.checks
        facts = found.facts
        assert (facts.currency, facts.timezone, facts.digits) == ("THB", "Asia/Bangkok", 2)
        assert facts.title == sandbox.store.settings.shop_name
        assert "RETRY_SHIP" in facts.statuses


def test_whole_amounts_are_those_of_their_market() -> None:
    with shop(region="ID") as sandbox:
        assert report(sandbox).facts.digits == 0


def test_facts_tell_until_when_the_shop_lets_us_in() -> None:
    with shop() as sandbox:
        facts = platform.connect(access_to(sandbox)).learn_facts()

        until = datetime.fromisoformat(facts.consent_until)
        assert until - datetime.now(UTC) > timedelta(days=300)
        assert facts.consent_until.endswith("Z")


@pytest.mark.parametrize(
    ("keys", "step", "fix"),
    [
        ({"partner_key": "wrong"}, "key", "same environment"),
        ({"partner_id": "1"}, "key", "same environment"),
        ({"shop_id": "123"}, "shop", "Seller Centre"),
    ],
)
def test_a_wrong_key_is_found_at_its_step(keys: dict[str, str], step: str, fix: str) -> None:
    with shop() as sandbox:
        check = failed(report(sandbox, **keys))

        assert check.name == step
        assert fix in check.fix


def test_a_shop_that_has_not_let_us_in_says_so() -> None:
    with shop() as sandbox:
        keys = {key: value for key, value in sandbox.credentials.items() if "token" not in key}
        access = access_to(sandbox, keyring=KeysInHand(keys))

        check = failed(platform.connect(access).check())

        assert check.name == "tokens"
        assert "Authorise the shop again" in check.fix


def test_an_expired_key_says_where_to_renew_it() -> None:
    with shop() as sandbox:
        sandbox.store.expire_key()

        check = failed(report(sandbox))

        assert (check.name, "reset it" in check.fix) == ("key", True)


@pytest.mark.parametrize(
    ("path", "step"),
    [
        ("/order/*", "orders"),
        ("/returns/*", "returns"),
        ("/product/*", "products"),
        ("/payment/*", "payments"),
    ],
)
def test_a_module_that_is_not_open_is_named(path: str, step: str) -> None:
    with shop() as sandbox:
        sandbox.store.refuse(path, "error_api_permission", "No permission", times=3, status=403)

        check = failed(report(sandbox))

        assert check.name == step
        assert "API permissions" in check.fix


def test_a_consent_that_ends_soon_is_told_and_is_no_failure() -> None:
    with shop() as sandbox:
        sandbox.store.advance(350 * 86_400)
        keys = sandbox.store.new_pair()

        found = report(sandbox, access_token=keys.access_token, refresh_token=keys.refresh_token)

        assert found.is_ok, found.checks
        (consent,) = [each for each in found.checks if each.name == "consent"]
        assert "authorise again before" in consent.message


def test_an_address_that_is_no_open_platform_says_which_are() -> None:
    with shop() as sandbox:
        sandbox.faults.once("waf", times=5)

        assert failed(report(sandbox)).name == "address"


def test_a_report_shows_no_secret() -> None:
    with shop() as sandbox:
        found = str(report(sandbox, partner_key="f00d" * 8))

        assert "f00d" * 8 not in found
        assert sandbox.credentials["access_token"] not in found
