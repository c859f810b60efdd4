"""Signing in, its limits, and signing out."""

from sqlalchemy import Engine, update

from tests.admin.conftest import AsRole
from tests.admin.shop import PASSWORD, PEOPLE
from tests.admin.visitor import Visitor
from webapp.admin.frame.sign_in import TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS
from webapp.database import writing
from webapp.models.people import Person


def test_signing_in_leads_back_to_the_page_that_was_asked_for(stranger: Visitor) -> None:
    asked = stranger.get("/orders/?state=blocked")

    answer = stranger.sign_in(PEOPLE["operator"], PASSWORD, next="/orders/?state=blocked")

    assert asked.headers["Location"] == "/sign-in?next=/orders/?state%3Dblocked"
    assert answer.headers["Location"] == "/orders/?state=blocked"
    assert stranger.get("/orders/?state=blocked").status_code == 200


def test_signing_in_never_leads_to_another_site(stranger: Visitor) -> None:
    answer = stranger.sign_in(PEOPLE["operator"], PASSWORD, next="https://evil.example/")

    assert "evil" not in answer.headers.get("Location", "")


def test_a_wrong_password_and_an_unknown_person_are_told_alike(stranger: Visitor) -> None:
    wrong = stranger.sign_in(PEOPLE["operator"], "not this one")
    unknown = stranger.sign_in("nobody@rimba.example", "not this one")

    sentence = "Email or password is wrong. 4 more tries, then a pause of 10 minutes."
    assert sentence in wrong.text
    assert sentence in unknown.text
    assert wrong.status_code == unknown.status_code == 200


def test_too_many_wrong_passwords_pause_the_account_even_for_the_right_one(
    stranger: Visitor,
) -> None:
    for _ in range(TRIES_PER_ACCOUNT):
        stranger.sign_in(PEOPLE["operator"], "not this one")

    answer = stranger.sign_in(PEOPLE["operator"].upper(), PASSWORD)

    assert answer.status_code == 429
    assert "pauses for 10 minutes" in answer.text
    assert answer.headers["Retry-After"] == "600"
    assert stranger.sign_in(PEOPLE["bookkeeper"], PASSWORD).status_code == 302


def test_a_success_does_not_count_as_a_try(stranger: Visitor) -> None:
    for _ in range(TRIES_PER_ACCOUNT + 2):
        assert stranger.sign_in(PEOPLE["operator"], PASSWORD).status_code == 302
        stranger.post("/sign-out")

    assert "4 more tries" in stranger.sign_in(PEOPLE["operator"], "not this one").text


def test_guessing_many_accounts_from_one_address_pauses_the_address(stranger: Visitor) -> None:
    for number in range(TRIES_PER_ADDRESS):
        stranger.sign_in(f"guess{number}@rimba.example", "not this one")

    assert stranger.sign_in(PEOPLE["operator"], PASSWORD).status_code == 429


def test_signing_in_takes_a_form_and_nothing_else(stranger: Visitor) -> None:
    answer = stranger.client.post(
        "/sign-in",
        json={"email": PEOPLE["operator"], "password": PASSWORD},
        headers={"X-CSRFToken": stranger.token()},
    )

    assert answer.status_code == 415


def test_who_was_switched_off_does_not_come_in_and_is_out_at_once(
    shop_engine: Engine, as_role: AsRole, stranger: Visitor
) -> None:
    operator = as_role("operator")

    with writing(shop_engine) as session:
        email = PEOPLE["operator"]
        session.execute(update(Person).where(Person.email == email).values(active=False))

    assert operator.get("/orders/").status_code == 302
    assert stranger.sign_in(PEOPLE["operator"], PASSWORD).status_code == 200


def test_signing_out_takes_a_post_and_ends_the_session(as_role: AsRole) -> None:
    operator = as_role("operator")

    assert operator.get("/sign-out").status_code == 405
    assert operator.get("/").status_code == 200
    assert operator.post("/sign-out").headers["Location"] == "/sign-in"
    assert operator.get("/").status_code == 302
