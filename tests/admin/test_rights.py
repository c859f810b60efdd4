"""Roles × routes × methods: what the server lets through, and which buttons it shows."""

import re

import pytest
from flask import Flask

from tests.admin.conftest import AsRole
from tests.admin.pages import ADMIN_PAGES, pages_for_all
from tests.admin.shop import PEOPLE, Shop
from tests.admin.visitor import Visitor

EVERYONE = {"bookkeeper", "merchandiser", "operator", "admin"}
# Who may send what; every route that takes a POST stands here.
MAY_SEND = {
    "orders.retry": {"operator", "admin"},
    "order.retry": {"operator", "admin"},
    "order.ship": {"operator", "admin"},
    "order.release": {"operator", "admin"},
    "order.deletion": {"bookkeeper", "admin"},
    "order.books_elsewhere": {"bookkeeper", "admin"},
    "sites.save": {"operator", "admin"},
    "sites.pause": {"operator", "admin"},
    "sites.resume": {"operator", "admin"},
    "connect.save": {"operator", "admin"},
    "integration.test": {"operator", "admin"},
    "integration.reach": {"operator", "admin"},
    "integration.pace": {"operator", "admin"},
    "start.catalogue": {"operator", "admin"},
    "start.ask_look": {"operator", "admin"},
    "start.dates": {"operator", "admin"},
    "start.tax": {"bookkeeper", "admin"},
    "start.adopt": {"merchandiser", "admin"},
    "start.go": {"operator", "admin"},
    "automation.save": {"operator", "admin"},
    "automation.would": {"operator", "admin"},
    "channel_ledgers.save": {"bookkeeper", "admin"},
    "channel_ledgers.preview": {"bookkeeper", "admin"},
    "consent.begin": {"operator", "admin"},
    "site_webhooks.set_up": {"operator", "admin"},
    "mapping.save": {"merchandiser", "admin"},
    "mapping.confirm": {"merchandiser", "admin"},
    "mapping.ignore": {"merchandiser", "admin"},
    "mapping.suggest": {"merchandiser", "admin"},
    "mapping.apply": {"merchandiser", "admin"},
    "mapping.discard": {"merchandiser", "admin"},
    "mapping.take_back": {"merchandiser", "admin"},
    "mapping.upload": {"merchandiser", "admin"},
    "counts.post_count": {"merchandiser", "admin"},
    "pieces.post_move": {"merchandiser", "admin"},
    "count_sheets.post_upload": {"merchandiser", "admin"},
    "count_sheets.post_sheet": {"merchandiser", "admin"},
    "count_sheets.drop": {"merchandiser", "admin"},
    "chart.create": {"bookkeeper", "admin"},
    "chart.change": {"bookkeeper", "admin"},
    "chart.upload": {"bookkeeper", "admin"},
    "people.create": {"admin"},
    "people.change": {"admin"},
    "people.password": {"admin"},
    "password.save": EVERYONE,
    # Flask-Admin brings these with every list; the audit trail takes none of them.
    "audit.action_view": set(),
    "audit.ajax_update": set(),
    "audit.create_view": set(),
    "audit.delete_view": set(),
    "audit.edit_view": set(),
}
OPEN = {"static", "security.static", "today.static", "security.login", "security.logout"}
NO_SCREEN = {"security.verify"}
# A deleted order, a marketplace, a paused store and one that is not started are not in this shop.
NOT_IN_THIS_SHOP = {
    "order.deletion",
    "consent.begin",
    "connect.save",
    "sites.resume",
    "start.catalogue",
    "start.dates",
    "start.tax",
    "start.adopt",
    # The grid sends these by script, without a form.
    "mapping.confirm",
    "mapping.ignore",
    # Forms of things that are under way: a batch of mappings, a sheet of counts.
    "mapping.apply",
    "mapping.discard",
    "mapping.take_back",
    "count_sheets.post_sheet",
    "count_sheets.drop",
}
ALLOWED_ANSWERS = {200, 302, 303, 400, 404, 409, 422}


def sent(app: Flask, shop: Shop) -> dict[str, str]:
    """The address of every route that takes a POST, by endpoint."""
    ids = {
        "order_id": shop.orders["10526"],
        "site_id": shop.site,
        "listing_id": shop.listings["845"],
        "person_id": 1,
        "ledger_id": 1,
        "item_id": 1,
        "batch_id": 1,
        "sheet_id": 1,
        "export_type": "csv",
        "platform": "woocommerce",
    }
    return {
        rule.endpoint: re.sub(r"<(?:\w+:)?(\w+)>", lambda each: str(ids[each[1]]), rule.rule)
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or set()) and rule.endpoint not in OPEN | NO_SCREEN
    }


def test_the_table_of_this_test_names_every_route_that_changes_something(
    app: Flask, shop: Shop
) -> None:
    assert set(sent(app, shop)) == set(MAY_SEND)


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_a_role_sends_what_it_may_and_gets_403_for_the_rest(
    app: Flask, as_role: AsRole, shop: Shop, role: str
) -> None:
    person = as_role(role)

    for endpoint, path in sent(app, shop).items():
        answer = person.post(path)

        if role in MAY_SEND[endpoint]:
            assert answer.status_code in ALLOWED_ANSWERS, f"{role} {path}: {answer.status_code}"
        else:
            assert answer.status_code == 403, f"{role} {path}: {answer.status_code}"


def test_a_form_without_its_token_is_refused_whoever_sends_it(
    app: Flask, as_role: AsRole, shop: Shop
) -> None:
    admin = as_role("admin")

    for path in [*sent(app, shop).values(), "/sign-in", "/sign-out"]:
        assert admin.forge(path).status_code == 400, path


def test_a_stranger_reads_and_sends_nothing(app: Flask, stranger: Visitor, shop: Shop) -> None:
    for path in [*pages_for_all(shop), *ADMIN_PAGES]:
        answer = stranger.get(path)
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/sign-in?next="), path
    for path in sent(app, shop).values():
        answer = stranger.post(path)
        assert answer.status_code == 302, path
        assert answer.headers["Location"] == "/sign-in", path


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_everybody_reads_the_shop_and_only_an_admin_its_people(
    as_role: AsRole, shop: Shop, role: str
) -> None:
    person = as_role(role)

    for path in pages_for_all(shop):
        assert person.get(path).status_code == 200, path
    for path in ADMIN_PAGES:
        assert person.get(path).status_code == (200 if role == "admin" else 403), path


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_a_page_offers_exactly_the_forms_that_the_role_may_send(
    app: Flask, as_role: AsRole, shop: Shop, role: str
) -> None:
    person = as_role(role)
    adapter = app.url_map.bind("localhost")
    read = [*pages_for_all(shop), *(ADMIN_PAGES if role == "admin" else ())]

    offered = set()
    for path in read:
        answer = person.get(path)
        text = answer.text if answer.mimetype == "text/html" else ""
        for form in re.finditer(r"<form([^>]*)>(.*?)</form>", text, re.DOTALL):
            actions = re.findall(r'(?:action|hx-post)="([^"?]*)', form[1])
            is_locked = "<fieldset" in form[2] and re.search(r"<fieldset[^>]* disabled", form[2])
            if 'method="post"' in form[1] and not is_locked:
                offered |= {adapter.match(each, method="POST")[0] for each in actions}

    offered -= {"security.logout"}
    allowed = {endpoint for endpoint, roles in MAY_SEND.items() if role in roles}
    assert offered <= allowed
    # All else has its button on a page that everybody reads.
    assert allowed - offered <= NOT_IN_THIS_SHOP


def test_a_refusal_says_which_role_may_and_is_written_down(as_role: AsRole, shop: Shop) -> None:
    path = f"/orders/{shop.orders['10526']}/retry"

    answer = as_role("bookkeeper").post(path)

    assert "Pressing Retry needs the role operator or admin" in answer.text
    assert PEOPLE["operator"] in answer.text
    trail = as_role("admin").get("/audit/").text
    assert f"POST {path}" in trail
    assert PEOPLE["bookkeeper"] in trail
