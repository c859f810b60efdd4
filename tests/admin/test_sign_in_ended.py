"""A form that arrives after its sign-in has ended is kept, and sent at a person's word."""

import re

from werkzeug.test import TestResponse

from tests.admin.conftest import AsRole
from tests.admin.shop import PASSWORD, PEOPLE, Shop
from tests.admin.visitor import TOKEN, Visitor
from webapp.admin.frame.meanwhile import mark

TYPED = {"means": "ignore", "reason": "sold out for good", "standing": mark(None)}
OURS = {"Origin": "http://localhost"}
KEPT = re.compile(r'name="kept" value="([^"]+)"')


def sent_late(visitor: Visitor, shop: Shop, **headers: str) -> TestResponse:
    """A mapping that somebody typed before lunch and sends after their sign-in has ended."""
    return visitor.client.post(
        f"/mapping/{shop.site}/{shop.listings['845']}",
        data={**TYPED, "csrf_token": "of this morning"},
        headers=headers,
    )


def signed_in_again(visitor: Visitor, page: TestResponse, role: str) -> TestResponse:
    kept = KEPT.search(page.text)
    assert kept is not None
    return visitor.post("/sign-in", email=PEOPLE[role], password=PASSWORD, kept=kept[1])


def test_what_was_typed_is_shown_after_signing_in_and_saved_when_sent(
    stranger: Visitor, shop: Shop
) -> None:
    late = sent_late(stranger, shop, **OURS)
    again = signed_in_again(stranger, late, "merchandiser")
    path = re.search(r'<form class="tb-row[^"]*" method="post" action="([^"]+)"', again.text)
    token = TOKEN.search(again.text)
    assert path
    assert token
    saved = stranger.client.post(
        path[1],
        data={**TYPED, "csrf_token": token[1]},
        headers=OURS,
    )

    assert late.status_code == 401
    assert "Your sign-in has ended." in late.text
    assert "sold out for good" in again.text
    assert "Send it now" in again.text
    assert saved.status_code == 303


def test_a_wrong_password_keeps_what_was_typed(stranger: Visitor, shop: Shop) -> None:
    late = sent_late(stranger, shop, **OURS)
    kept = KEPT.search(late.text)
    assert kept is not None

    wrong = stranger.post("/sign-in", email=PEOPLE["admin"], password="no", kept=kept[1])

    assert "Email or password is wrong." in wrong.text
    assert KEPT.search(wrong.text)


def test_what_another_site_sends_is_not_kept(stranger: Visitor, shop: Shop) -> None:
    foreign = sent_late(stranger, shop, Origin="https://evil.example")
    silent = sent_late(stranger, shop)

    assert foreign.status_code == silent.status_code == 400
    assert "sold out" not in foreign.text + silent.text


def test_a_forged_form_is_not_offered(stranger: Visitor) -> None:
    answer = stranger.post(
        "/sign-in", email=PEOPLE["admin"], password=PASSWORD, kept="made-up.by.somebody"
    )

    assert answer.status_code == 302


def test_passwords_are_not_kept(stranger: Visitor) -> None:
    late = stranger.client.post(
        "/password/",
        data={"current_password": "hush hush", "password": "new hush", "csrf_token": "old"},
        headers=OURS,
    )
    again = signed_in_again(stranger, late, "operator")

    assert "hush" not in late.text + again.text
    assert "Files, passwords and keys were not kept." in again.text
    assert "Send it now" not in again.text


def test_a_token_of_an_earlier_sign_in_offers_the_form_once_more(
    as_role: AsRole, shop: Shop
) -> None:
    late = sent_late(as_role("merchandiser"), shop, **OURS)

    assert late.status_code == 400
    assert "sold out for good" in late.text
    assert "Send it now" in late.text


def test_signing_in_again_does_not_count_as_a_wrong_try(stranger: Visitor, shop: Shop) -> None:
    for _ in range(7):
        late = sent_late(stranger, shop, **OURS)
        assert signed_in_again(stranger, late, "merchandiser").status_code == 200
        stranger.post("/sign-out")


def test_a_fragment_of_a_page_whose_sign_in_ended_leads_to_the_sign_in(
    stranger: Visitor, shop: Shop
) -> None:
    answer = stranger.client.get(
        f"/orders/{shop.orders['10526']}/processing",
        headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/orders/"},
    )

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/orders/"
