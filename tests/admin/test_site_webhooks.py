"""A site's webhooks on its page: how they stand, in a sentence, and the button that mends them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from platforms.base import SubscriptionState
from tests.admin.conftest import AsRole
from tests.admin.shop import Shop
from webapp.admin.frame import session as web_session
from webapp.backoffice.sites.subscriptions import request_subscription, standing_of
from webapp.database import reading, writing
from webapp.models.audit import AuditEntry
from webapp.models.notices import NoticeSubscription


def stands(engine: Engine, site_id: int, **values: Any) -> None:
    """The subscription as a look at the store has left it."""
    now = datetime.now(UTC)
    given = {"is_asked": False, "checked_at": now, "due_at": now + timedelta(hours=1), **values}
    with writing(engine) as session:
        request_subscription(session, site_id, now)
        session.flush()
        row = session.get_one(NoticeSubscription, site_id)
        for name, value in given.items():
            setattr(row, name, value)


def card(page: str) -> str:
    return page.split('id="webhooks"')[1].split("</section>")[0]


def test_an_operator_asks_for_webhooks_and_sees_that_it_is_asked_for(
    as_role: AsRole, shop: Shop, shop_engine: Engine
) -> None:
    person = as_role("operator")
    assert "they come in with each pull" in card(
        person.get(f"/sites/{shop.site}/integration/").text
    )

    answer = person.post(f"/site-webhooks/{shop.site}/set-up")

    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"/sites/{shop.site}/integration/",
    )
    page = card(person.get(f"/sites/{shop.site}/integration/").text)
    assert "asked for" in page
    assert f"https://tillbridge.example/webhooks/woocommerce/{shop.site}" in page
    assert "<button" not in page
    with reading(shop_engine) as session:
        standing = standing_of(session, shop.site)
        trail = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "set_up_webhooks")
        ).one()
    assert standing is not None
    assert standing.is_asked
    assert (trail.label, trail.actor) == ("rimba-my", "mei@rimba.example")


def test_who_may_not_set_them_up_reads_who_may(as_role: AsRole, shop: Shop) -> None:
    page = card(as_role("bookkeeper").get(f"/sites/{shop.site}/integration/").text)

    assert "<button" not in page
    assert "needs the role operator or admin" in page


def test_webhooks_that_work_are_said_to(as_role: AsRole, shop: Shop, shop_engine: Engine) -> None:
    stands(shop_engine, shop.site, state=SubscriptionState.ACTIVE, heard_at=datetime.now(UTC))

    page = card(as_role("bookkeeper").get(f"/sites/{shop.site}/integration/").text)

    assert "as soon as something happens to it" in page


def test_webhooks_that_the_store_disabled_raise_a_banner_with_the_way_to_the_button(
    as_role: AsRole, shop: Shop, shop_engine: Engine
) -> None:
    said = "The store has disabled order.updated."
    stands(shop_engine, shop.site, state=SubscriptionState.DISABLED, said=said)

    page = as_role("operator").get(f"/sites/{shop.site}/integration/").text

    assert "The store tells nothing by itself any more." in page
    assert 'href="#webhooks"' in page
    assert said in card(page)
    assert "Repair" in card(page)


def test_what_only_a_person_can_mend_says_where_to_click(
    as_role: AsRole, shop: Shop, shop_engine: Engine
) -> None:
    stands(
        shop_engine,
        shop.site,
        state=SubscriptionState.ELSEWHERE,
        said="The app's pushes go to https://other.example.",
        fix="Clear the address in the console.",
    )

    page = card(as_role("operator").get(f"/sites/{shop.site}/integration/").text)

    assert "https://other.example" in page
    assert "Clear the address in the console." in page


def test_what_a_store_said_is_shown_as_text(
    as_role: AsRole, shop: Shop, shop_engine: Engine
) -> None:
    stands(shop_engine, shop.site, state=None, said="<script>alert(1)</script>")

    assert "<script>alert" not in as_role("operator").get(f"/sites/{shop.site}/integration/").text


def test_without_a_public_address_the_page_says_what_to_set(
    app: Flask, as_role: AsRole, shop: Shop, shop_engine: Engine
) -> None:
    stood: web_session.Backing = app.extensions[web_session.EXTENSION]
    web_session.stand_on(app, replace(stood.config, public_url=""), shop_engine)
    person = as_role("operator")

    page = card(person.get(f"/sites/{shop.site}/integration/").text)
    answer = person.post(f"/site-webhooks/{shop.site}/set-up")

    assert "TILLBRIDGE_PUBLIC_URL" in page
    assert "<button" not in page
    assert answer.status_code == 303
    assert "Nothing was changed" in person.toast()
    with reading(shop_engine) as session:
        assert standing_of(session, shop.site) is None


@pytest.mark.parametrize("site", [0, 999999])
def test_a_site_that_is_not_there_has_no_webhooks(as_role: AsRole, site: int) -> None:
    assert as_role("operator").post(f"/site-webhooks/{site}/set-up").status_code == 404
