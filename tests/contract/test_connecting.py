"""Connecting: nothing is sent before it is asked for, and a test says what is wrong."""

from typing import Any

import pytest

from platforms import registry
from platforms.base import Platform, Store
from platforms.errors import ForbiddenAddress
from tests.contract.connecting import connected, keys_of, pulled, secrets_of


def test_a_platform_is_found_by_the_name_it_declares(name: str, platform: Platform) -> None:
    assert platform.name == name
    assert platform.label
    assert registry.get(name) is platform


def test_what_a_platform_declares_fits_together(platform: Platform) -> None:
    fields = platform.credential_fields
    assert len({field.name for field in fields}) == len(fields)
    assert all(field.label for field in fields)
    assert any(field.is_secret for field in fields)
    assert all(field.is_secret for field in fields if field.is_renewed)
    assert platform.tax_collected_by in ("seller", "marketplace")
    assert platform.buyer_days > 0
    assert platform.has_payouts == bool(platform.escrow_fields)
    assert set(platform.default_statuses) <= platform.statuses_let_in(platform.default_statuses)


def test_the_keys_of_its_local_store_are_those_that_it_asks_for(
    platform: Platform, sandbox: Any
) -> None:
    fields = {field.name: field for field in platform.credential_fields}

    assert set(sandbox.credentials) <= set(fields)
    demanded = {name for name, each in fields.items() if not (each.is_optional or each.is_renewed)}
    assert demanded <= set(sandbox.credentials)


def test_connecting_opens_nothing(store: Store, sandbox: Any) -> None:
    assert store.requests == 0
    assert sandbox.log.requests == []


def test_a_good_store_passes_its_test(store: Store) -> None:
    report = store.check()

    assert report.is_ok, report.checks
    assert report.facts.currency
    assert all(check.is_ok and check.message for check in report.checks)


def test_the_facts_are_those_of_the_test(platform: Platform, sandbox: Any) -> None:
    tested = connected(platform, sandbox).check().facts

    learned = connected(platform, sandbox).learn_facts()

    assert (learned.currency, learned.digits) == (tested.currency, tested.digits)
    assert learned.currency == sandbox.declaration("main")["currency"]


def test_a_store_that_cannot_be_reached_fails_its_test_with_a_way_out(
    platform: Platform, sandbox: Any
) -> None:
    report = connected(platform, sandbox, allow_private=False).check()

    failed = [check for check in report.checks if check.is_ok is False]
    assert not report.is_ok
    assert len(failed) == 1
    assert failed[0].fix


def test_wrong_keys_fail_the_test_with_a_way_out_and_show_nowhere(
    platform: Platform, sandbox: Any
) -> None:
    secrets = secrets_of(platform)
    wrong = {
        name: f"{value[:-6]}000000" if name in secrets else value
        for name, value in keys_of(sandbox).items()
    }

    report = connected(platform, sandbox, keys=wrong).check()

    failed = [check for check in report.checks if check.is_ok is False]
    assert not report.is_ok
    assert failed[0].message
    assert failed[0].fix
    shown = " ".join(f"{check.message} {check.fix}" for check in report.checks)
    assert [name for name in secrets & set(wrong) if wrong[name] in shown] == []


def test_a_test_survives_whatever_the_store_answers(platform: Platform, sandbox: Any) -> None:
    for fault in ("500", "truncate", "waf", "drop", "429"):
        sandbox.faults.once(fault, times=60)

        report = connected(platform, sandbox).check()

        sandbox.faults.clear()
        assert not report.is_ok, fault
        assert any(check.is_ok is False and check.message for check in report.checks), fault


def test_a_private_address_is_refused_before_anything_is_sent(
    platform: Platform, sandbox: Any
) -> None:
    store = connected(platform, sandbox, allow_private=False)

    with pytest.raises(ForbiddenAddress):
        pulled(store)

    assert sandbox.log.requests == []
