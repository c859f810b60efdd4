"""A store in trouble: what passes is tried again, what does not is told, nothing is half read."""

import logging
from typing import Any

import pytest

from platforms.base import Platform, Store
from platforms.errors import PlatformError, SiteRefused, TryAgain
from tests.contract.connecting import (
    ORDERS,
    access,
    connected,
    keys_of,
    listings_of,
    pulled,
    renewed_keys,
    secrets_of,
)


@pytest.mark.parametrize("fault", ["notice", "bom"])
def test_noise_around_an_answer_is_survived(store: Store, sandbox: Any, fault: str) -> None:
    sandbox.faults.once(fault)

    assert len(pulled(store)) == ORDERS


@pytest.mark.parametrize("fault", ["500", "drop", "truncate", "429", "503"])
def test_a_passing_fault_is_worth_another_try(store: Store, sandbox: Any, fault: str) -> None:
    sandbox.faults.once(fault, times=40)

    with pytest.raises(TryAgain):
        pulled(store)

    sandbox.faults.clear()
    assert len(pulled(store)) == ORDERS


@pytest.mark.parametrize("fault", ["drop", "truncate"])
def test_a_short_fault_while_reading_is_not_even_noticed(
    store: Store, sandbox: Any, fault: str
) -> None:
    sandbox.faults.once(fault)

    assert len(pulled(store)) == ORDERS


def test_a_store_that_asks_to_wait_says_how_long(store: Store, sandbox: Any) -> None:
    sandbox.faults.once("429", "7")

    with pytest.raises(TryAgain) as caught:
        pulled(store)

    assert (caught.value.code, caught.value.retry_after) == ("store_rate_limited", 7)
    assert store.requests == 1


def test_a_fault_in_the_middle_leaves_the_pages_before_it(platform: Platform, sandbox: Any) -> None:
    calm = connected(platform, sandbox)
    next(page for page in calm.changed_orders(since=None) if page.orders)
    sandbox.faults.once("429", "7", skip=calm.requests)
    pages = connected(platform, sandbox).changed_orders(since=None)

    first = next(page for page in pages if page.orders)

    assert first.orders
    with pytest.raises(TryAgain):
        list(pages)


def test_rows_that_move_while_we_page_are_not_missed(store: Store, sandbox: Any) -> None:
    sandbox.faults.set("shift=1")

    found = {order.remote_id for order in pulled(store)}

    assert len(found) == ORDERS


@pytest.mark.parametrize("fault", ["500", "drop", "truncate", "429"])
def test_a_catalogue_that_breaks_off_is_no_shorter_catalogue(
    platform: Platform, sandbox: Any, fault: str
) -> None:
    """A listing that was not read must not look like one that is gone."""
    whole = connected(platform, sandbox)
    everything = listings_of(whole)
    sandbox.faults.once(fault, times=60, skip=whole.requests - 1)

    with pytest.raises(TryAgain):
        listings_of(connected(platform, sandbox))

    sandbox.faults.clear()
    assert listings_of(connected(platform, sandbox)) == everything


def test_details_that_break_off_are_not_taken_for_none(platform: Platform, sandbox: Any) -> None:
    calm = connected(platform, sandbox)
    orders = [order for order in pulled(calm) if order.has_details]
    sandbox.faults.once("500", times=60)

    with pytest.raises(TryAgain):
        connected(platform, sandbox).with_details(orders)


def test_wrong_keys_refuse_the_site_and_show_nowhere(
    platform: Platform, sandbox: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    given = keys_of(sandbox)
    secrets = secrets_of(platform) & set(given)
    wrong = given | {name: f"{given[name][:-6]}000000" for name in secrets}

    with pytest.raises(SiteRefused) as caught:
        pulled(connected(platform, sandbox, keys=wrong))

    assert caught.value.code == "store_refused_credentials"
    assert caught.value.fix
    shown = " ".join([str(caught.value), repr(caught.value), caught.value.said, caught.value.fix])
    assert [name for name in secrets if wrong[name] in shown + caplog.text] == []


def test_renewed_keys_that_are_worth_nothing_refuse_the_site(
    platform: Platform, sandbox: Any
) -> None:
    given = keys_of(sandbox)
    renewed = renewed_keys(platform) & set(given)
    if not renewed:
        pytest.skip("the store renews no keys")

    with pytest.raises(SiteRefused) as caught:
        pulled(connected(platform, sandbox, keys=given | dict.fromkeys(renewed, "worthless")))

    assert caught.value.fix
    assert "worthless" not in f"{caught.value} {caught.value.said} {caught.value.fix}"


def test_no_keys_at_all_refuse_the_site_before_an_order_is_asked_for(
    platform: Platform, sandbox: Any
) -> None:
    store = connected(platform, sandbox, keys={})

    with pytest.raises(SiteRefused) as caught:
        pulled(store)

    assert caught.value.fix


def test_every_error_is_a_sentence_with_a_code(
    platform: Platform, sandbox: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = [keys_of(sandbox)[name] for name in secrets_of(platform) & set(keys_of(sandbox))]
    for fault in ("429", "503", "500", "drop", "truncate", "waf"):
        sandbox.faults.once(fault, times=40)
        with pytest.raises(PlatformError) as caught:
            pulled(connected(platform, sandbox))
        sandbox.faults.clear()

        assert caught.value.sentence.endswith("."), fault
        assert caught.value.code.startswith("store_"), fault
        said = f"{caught.value!r} {caught.value.sentence} {caught.value.said} {caplog.text}"
        assert [secret for secret in secrets if secret in said] == [], fault


def test_what_shows_a_store_shows_no_key(platform: Platform, sandbox: Any) -> None:
    reached = access(sandbox)
    secrets = [
        reached.credentials[name] for name in secrets_of(platform) & set(reached.credentials)
    ]

    shown = repr(reached) + repr(platform.connect(reached)) + str(platform.connect(reached))

    assert [secret for secret in secrets if secret in shown] == []
