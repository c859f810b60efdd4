"""A store is connected in the admin: tested at once, saved, its keys written and never shown."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from platforms.sandbox.woocommerce import Sandbox, open_sandbox
from tests.admin.conftest import AsRole, config_for_tests
from tests.admin.shop import Shop
from tests.admin.visitor import Visitor
from webapp.admin.frame import session as web_session
from webapp.backoffice.sites.connection_tests import read_test
from webapp.database import reading, writing
from webapp.models.audit import AuditEntry
from webapp.models.sites import Site

PLAIN = {"name": "studio", "currency": "MYR", "timezone": "Asia/Kuala_Lumpur"}
MARK = re.compile(r'name="standing" value="(\w+)"')


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox() as sandbox:
        yield sandbox


def connect(person: Visitor, sandbox: Sandbox, **changes: str) -> Any:
    keys = {f"credentials.{name}": value for name, value in sandbox.credentials.items()}
    fields = {**PLAIN, "url": sandbox.url, **keys, **changes}
    return person.post("/sites/connect/woocommerce", **fields)


def site_named(engine: Engine, name: str = "studio") -> Site | None:
    with reading(engine) as session:
        return session.scalar(select(Site).where(Site.name == name))


def form_mark(page: str, form: str) -> str:
    """The mark of how things stood when a form of a page was drawn."""
    found = MARK.search(page.split(f'action="{form}"')[1])
    assert found is not None
    return found[1]


def test_a_connected_store_was_tested_and_stands_still_until_it_is_started(
    as_role: AsRole, shop: Shop, shop_engine: Engine, sandbox: Sandbox
) -> None:
    answer = connect(as_role("operator"), sandbox)

    site = site_named(shop_engine)
    assert site is not None
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/sites/{site.id}/")
    assert not site.enabled
    assert site.push_seen_at is None
    assert site.facts["currency"] == "MYR"
    with reading(shop_engine) as session:
        test = read_test(session, site.id)
        made = session.scalars(select(AuditEntry).where(AuditEntry.action == "create_site")).one()
    assert test is not None
    assert test.is_ok
    assert (made.label, made.actor) == ("studio", "mei@rimba.example")
    page = as_role("operator").get(f"/sites/{site.id}/").text
    assert "2 of 6 steps done" in page
    assert "not started" in page


def test_a_wrong_key_is_saved_and_the_test_says_what_to_mend_and_what_was_not_tested(
    as_role: AsRole, shop: Shop, shop_engine: Engine, sandbox: Sandbox
) -> None:
    person = as_role("operator")

    answer = connect(person, sandbox, **{"credentials.consumer_secret": "cs_wrong"})

    site = site_named(shop_engine)
    assert site is not None
    assert answer.headers["Location"] == f"/sites/{site.id}/integration/"
    page = person.get(answer.headers["Location"]).text
    assert "What to do." in page
    assert "not tested" in page
    assert "cs_wrong" not in page
    assert "is saved, but it does not answer as it should" in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"currency": "XYZ"}, "There is no currency “XYZ”"),
        ({"timezone": "Mars/Olympus"}, "There is no time zone"),
        ({"url": ""}, "The store's address is needed"),
        ({"url": "ftp://shop.example"}, "as https://shop.example.com"),
        ({"name": "rimba-my"}, "A site is named rimba-my already."),
        ({"name": ""}, "Give the store a name."),
        ({"credentials.consumer_key": ""}, "A new site needs its consumer key."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_saved(
    as_role: AsRole,
    shop: Shop,
    shop_engine: Engine,
    sandbox: Sandbox,
    changes: dict[str, str],
    sentence: str,
) -> None:
    answer = connect(as_role("operator"), sandbox, **changes)

    assert answer.status_code == 422
    text = unescape(answer.text)
    field = next(iter(changes))
    assert sentence in text.split(f'id="e-{field}"')[1].split("</div>")[0]
    assert "Nothing was saved." in text
    assert sandbox.credentials["consumer_secret"] not in text
    assert site_named(shop_engine) is None


def test_a_private_address_is_refused_unless_a_setting_allows_it(
    app: Flask,
    as_role: AsRole,
    shop: Shop,
    shop_engine: Engine,
    sandbox: Sandbox,
    encryption_keys: tuple[str, ...],
    tmp_path: Any,
) -> None:
    strict = replace(config_for_tests(encryption_keys, tmp_path), allow_private_stores=False)
    web_session.stand_on(app, strict, shop_engine)

    answer = connect(as_role("operator"), sandbox)

    assert answer.status_code == 422
    assert "The address leads into a private network." in answer.text
    assert site_named(shop_engine) is None


def test_a_marketplace_leads_on_to_its_owners_consent(
    as_role: AsRole, shop: Shop, shop_engine: Engine
) -> None:
    person = as_role("operator")

    answer = person.post(
        "/sites/connect/shopee",
        **PLAIN,
        url="http://127.0.0.1:9",
        **{"credentials.partner_id": "2001", "credentials.partner_key": "secret of ours"},
    )

    page = person.get(answer.headers["Location"]).text
    assert "has not let Tillbridge in yet" in page
    assert "Authorise" in page
    assert "secret of ours" not in page


def test_every_platform_is_offered_with_what_to_click_in_its_store(
    as_role: AsRole, shop: Shop
) -> None:
    person = as_role("operator")
    offered = re.findall(r'href="(/sites/connect/\w+)"', person.get("/sites/connect/").text)

    assert len(offered) > 1
    for path in offered:
        page = person.get(path).text
        assert "First, in the store" in page
        assert "tb-path" in page
        assert 'data-secret="yes"' in page


def test_who_may_not_connect_gets_no_form(as_role: AsRole, shop: Shop) -> None:
    merchandiser = as_role("merchandiser")

    assert "Connect a store" not in merchandiser.get("/sites/").text
    assert merchandiser.get("/sites/connect/woocommerce").status_code == 403


def test_one_key_is_replaced_and_the_others_stay(
    as_role: AsRole, shop: Shop, shop_engine: Engine
) -> None:
    person = as_role("operator")
    path = f"/sites/{shop.site}/integration"
    mark = form_mark(person.get(f"{path}/").text, f"{path}/reach")

    answer = person.post(
        f"{path}/reach",
        standing=mark,
        url="https://rimba.example",
        **{"credentials.consumer_key": "", "credentials.consumer_secret": "cs_new"},
    )

    assert answer.status_code == 303
    site = site_named(shop_engine, "rimba-my")
    assert site is not None
    assert site.credentials == {"consumer_key": "ck_1", "consumer_secret": "cs_new"}
    with reading(shop_engine) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "change_site")).one()
    assert entry.after == {"credentials.consumer_secret": "hidden"}
    page = person.get(f"{path}/").text
    assert "cs_new" not in page
    assert f"Given {entry.at.astimezone(UTC).day} " in page


def test_a_cadence_by_hand_is_one(as_role: AsRole, shop: Shop, shop_engine: Engine) -> None:
    person = as_role("operator")
    path = f"/sites/{shop.site}/integration"
    page = person.get(f"{path}/").text
    fields = {
        "integration.pull_every": "600",
        "integration.push_every": "by hand",
        "integration.attempt_limit": "5",
        "integration.buyer_days": "365",
        "integration.requests_at_once": "2",
    }

    answer = person.post(f"{path}/pace", standing=form_mark(page, f"{path}/pace"), **fields)

    assert answer.status_code == 303, answer.text
    site = site_named(shop_engine, "rimba-my")
    assert site is not None
    assert (site.pull_every, site.push_every, site.next_push_at) == (600, None, None)
    assert (site.attempt_limit, site.buyer_days) == (5, 365)


@pytest.mark.parametrize("typed", ["", "many", "0", "101"])
def test_a_number_that_is_none_is_refused_beside_its_field(
    as_role: AsRole, shop: Shop, shop_engine: Engine, typed: str
) -> None:
    person = as_role("operator")
    path = f"/sites/{shop.site}/integration"
    page = person.get(f"{path}/").text
    fields = {
        "integration.pull_every": "300",
        "integration.push_every": "300",
        "integration.attempt_limit": typed,
        "integration.buyer_days": "730",
        "integration.requests_at_once": "2",
    }

    answer = person.post(f"{path}/pace", standing=form_mark(page, f"{path}/pace"), **fields)

    assert answer.status_code == 422
    assert "A whole number" in answer.text.split('id="e-integration.attempt_limit"')[1]
    site = site_named(shop_engine, "rimba-my")
    assert site is not None
    assert site.attempt_limit == 8


def test_dates_that_nobody_touched_stand_to_the_second(
    as_role: AsRole, shop: Shop, shop_engine: Engine
) -> None:
    person = as_role("operator")
    path = f"/sites/{shop.site}/"
    page = person.get(path).text
    shown = re.search(r'name="integration.orders_from" type="datetime-local" value="([^"]+)"', page)
    assert shown is not None

    answer = person.post(
        path,
        standing=form_mark(page, path),
        currency="MYR",
        timezone="Asia/Kuala_Lumpur",
        **{"integration.orders_from": shown[1], "integration.stock_from": "2026-11-01T18:30"},
    )

    assert answer.status_code == 303, answer.text
    site = site_named(shop_engine, "rimba-my")
    assert site is not None
    assert site.orders_from == datetime(2026, 1, 1, tzinfo=UTC)
    assert site.stock_from == datetime(2026, 11, 1, 10, 30, tzinfo=UTC)


def test_somebody_elses_change_is_shown_and_not_overwritten(
    as_role: AsRole, shop: Shop, shop_engine: Engine
) -> None:
    person = as_role("operator")
    path = f"/sites/{shop.second_site}/"
    mark = form_mark(person.get(path).text, path)
    with writing(shop_engine) as session:
        session.get_one(Site, shop.second_site).timezone = "Europe/Paris"

    answer = person.post(
        path,
        standing=mark,
        currency="EUR",
        timezone="Europe/Vienna",
        **{"integration.orders_from": "2026-01-01T01:00", "integration.stock_from": ""},
    )

    assert answer.status_code == 409
    assert "somebody changed this meanwhile" in answer.text
    assert "Europe/Paris" in answer.text
    assert 'value="Europe/Vienna"' in answer.text
    site = site_named(shop_engine, "rimba-eu")
    assert site is not None
    assert site.timezone == "Europe/Paris"


def test_a_paused_site_keeps_its_settings_and_goes_on_at_once(
    as_role: AsRole, shop: Shop, shop_engine: Engine
) -> None:
    person = as_role("operator")

    person.post(f"/sites/{shop.site}/pause")
    paused = site_named(shop_engine, "rimba-my")
    page = person.get(f"/sites/{shop.site}/").text
    person.post(f"/sites/{shop.site}/resume")

    resumed = site_named(shop_engine, "rimba-my")
    assert paused is not None
    assert resumed is not None
    assert not paused.enabled
    assert "rimba-my is paused." in page
    assert resumed.enabled
    assert resumed.pull_every == paused.pull_every == 300
    assert resumed.next_pull_at is not None
    with reading(shop_engine) as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-2:] == ["pause_site", "resume_site"]
