"""A shop's owner lets us in: the button, the store's page, and the way back with its answer."""

import http.client
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import Engine, select

from platforms.sandbox.shopee import Sandbox, open_sandbox
from tests import factories as make
from tests.admin.conftest import AsRole
from tests.admin.visitor import Visitor
from webapp.backoffice.sites.keyring import keys_of
from webapp.database import reading, writing
from webapp.models.audit import AuditEntry
from webapp.models.sites import Site


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def market(shop_engine: Engine, sandbox: Sandbox) -> int:
    """A marketplace's site whose owner has not let us in yet."""
    given = sandbox.credentials
    keys = {name: str(given[name]) for name in ("partner_id", "partner_key", "shop_id")}
    with writing(shop_engine) as session:
        return make.site(
            session, name="market", platform="shopee", url=sandbox.url, credentials=keys
        ).id


def begun(person: Visitor, site_id: int) -> list[str]:
    """The links that are offered after the button was pressed."""
    answer = person.post(f"/sites/{site_id}/authorise/begin")
    assert answer.status_code == 303
    page = person.get(answer.headers["Location"]).text
    return [unescape(link) for link in re.findall(r'<a class="btn[^"]*" href="(http[^"]+)"', page)]


def at_the_store(link: str) -> str:
    """Where the store's page sends the owner back to: path and query."""
    parts = urlsplit(link)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=5)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == 302, answer.status
    back = urlsplit(answer.headers["Location"] or "")
    return f"{back.path}?{back.query}"


def keys(engine: Engine, site_id: int) -> dict[str, str]:
    with reading(engine) as session:
        return keys_of(session, site_id)


def with_changed(path: str, **changes: str | None) -> str:
    parts = urlsplit(path)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"{parts.path}?{urlencode(query)}"


@pytest.mark.parametrize("place", [0, 1])
def test_an_owner_lets_us_in_on_either_page_of_the_store(
    as_role: AsRole, shop_engine: Engine, market: int, place: int
) -> None:
    person = as_role("operator")
    back = at_the_store(begun(person, market)[place])

    answer = person.get(back)

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/sites/{market}/integration/"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "market is authorised" in person.toast()
    assert keys(shop_engine, market)["refresh_token"]
    with reading(shop_engine) as session:
        site = session.get_one(Site, market)
        trail = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "authorise_site")
        ).one()
    assert site.consented_at is not None
    assert (trail.label, trail.actor) == ("market", "mei@rimba.example")


def test_a_state_is_good_once(as_role: AsRole, market: int) -> None:
    person = as_role("operator")
    back = at_the_store(begun(person, market)[0])
    person.get(back)
    person.toast()

    person.get(back)

    assert "does not belong to an authorisation" in person.toast()


@pytest.mark.parametrize("state", [None, "", "guessed", "x" * 5000, "ü"])
def test_an_answer_with_a_foreign_state_changes_nothing(
    as_role: AsRole, shop_engine: Engine, market: int, state: str | None
) -> None:
    person = as_role("operator")
    back = at_the_store(begun(person, market)[0])

    person.get(with_changed(back, state=state))

    assert "Nothing was changed" in person.toast()
    assert "refresh_token" not in keys(shop_engine, market)


def test_an_answer_that_nobody_asked_for_changes_nothing(
    as_role: AsRole, shop_engine: Engine, sandbox: Sandbox, market: int
) -> None:
    person = as_role("operator")
    query = urlencode({"code": sandbox.new_code(), "shop_id": "14701711", "state": ""})

    person.get(f"/sites/{market}/authorise/?{query}")

    assert "refresh_token" not in keys(shop_engine, market)


def test_a_state_of_one_site_is_not_good_for_another(
    as_role: AsRole, shop_engine: Engine, sandbox: Sandbox, market: int
) -> None:
    with writing(shop_engine) as session:
        other = make.site(session, name="other", platform="shopee", url=sandbox.url).id
    person = as_role("operator")
    back = at_the_store(begun(person, market)[0])

    person.get(back.replace(f"/sites/{market}/", f"/sites/{other}/"))

    assert "Nothing was changed" in person.toast()


def test_another_session_cannot_use_the_answer(
    as_role: AsRole, shop_engine: Engine, market: int
) -> None:
    back = at_the_store(begun(as_role("operator"), market)[0])

    as_role("admin").get(back)

    assert "refresh_token" not in keys(shop_engine, market)


def test_a_code_used_before_is_said_with_a_way_out(as_role: AsRole, market: int) -> None:
    person = as_role("operator")
    code = parse_qs(urlsplit(at_the_store(begun(person, market)[0])).query)["code"][0]
    person.get(with_changed(at_the_store(begun(person, market)[0]), code="never-given"))

    said = person.toast()

    assert "market is not authorised" in said
    assert "uthorise" in said.partition("not authorised")[2]
    assert code not in said


def test_the_consent_of_another_shop_is_refused(
    as_role: AsRole, shop_engine: Engine, market: int
) -> None:
    person = as_role("operator")
    back = at_the_store(begun(person, market)[0])

    person.get(with_changed(back, shop_id="999"))

    assert "not authorised" in person.toast()
    assert "refresh_token" not in keys(shop_engine, market)


def test_a_store_that_does_not_answer_is_said(
    as_role: AsRole, shop_engine: Engine, sandbox: Sandbox, market: int
) -> None:
    person = as_role("operator")
    back = at_the_store(begun(person, market)[0])
    sandbox.faults.set("500=1")

    answer = person.get(back)

    assert answer.status_code == 303
    assert "market is not authorised" in person.toast()


def test_what_stopped_the_site_is_over_after_a_new_consent(
    as_role: AsRole, shop_engine: Engine, market: int
) -> None:
    with writing(shop_engine) as session:
        site = session.get_one(Site, market)
        site.stopped_at, site.stopped_code = datetime.now(UTC), "store_refused_credentials"
        site.stopped_message = "The consent is over."
    person = as_role("operator")
    assert "The consent is over." in person.get(f"/sites/{market}/integration/").text

    person.get(at_the_store(begun(person, market)[0]))

    with reading(shop_engine) as session:
        assert session.get_one(Site, market).stopped_at is None


@pytest.mark.parametrize("role", ["bookkeeper", "merchandiser"])
def test_a_role_without_the_right_sees_no_button_and_forges_in_vain(
    as_role: AsRole, market: int, role: str
) -> None:
    person = as_role(role)

    assert "/begin" not in person.get(f"/sites/{market}/integration/").text
    assert person.post(f"/sites/{market}/authorise/begin").status_code == 403
    assert person.get(f"/sites/{market}/authorise/links").status_code == 403
    assert person.get(f"/sites/{market}/authorise/?code=x&state=y").status_code == 403


def test_a_stranger_has_to_sign_in_and_a_form_needs_its_token(
    as_role: AsRole, stranger: Visitor, market: int
) -> None:
    assert stranger.get(f"/sites/{market}/authorise/?code=x").status_code == 302
    assert as_role("admin").forge(f"/sites/{market}/authorise/begin").status_code == 400


def test_a_site_of_a_platform_without_consent_has_no_such_page(
    as_role: AsRole, shop_engine: Engine
) -> None:
    with reading(shop_engine) as session:
        other = session.scalars(select(Site.id).where(Site.name == "rimba-my")).one()
    person = as_role("admin")

    assert person.post(f"/sites/{other}/authorise/begin").status_code == 404
    assert "Authorisation" not in person.get(f"/sites/{other}/").text


@pytest.mark.parametrize(("days", "warns"), [(29, True), (31, False), (-1, True)])
def test_a_banner_asks_for_a_new_consent_in_good_time(
    as_role: AsRole, shop_engine: Engine, market: int, days: int, warns: bool
) -> None:
    until = datetime.now(UTC) + timedelta(days=days)
    with writing(shop_engine) as session:
        site = session.get_one(Site, market)
        site.consented_at = datetime.now(UTC)
        site.facts = {"consent_until": until.isoformat()}
    person = as_role("operator")

    for page in (f"/sites/{market}/", "/sites/"):
        said = re.search(r"lets? us in", person.get(page).text)
        assert bool(said) == warns, page


def test_neither_page_shows_a_key(
    as_role: AsRole, shop_engine: Engine, sandbox: Sandbox, market: int
) -> None:
    person = as_role("operator")
    links = begun(person, market)
    person.get(at_the_store(links[0]))
    shown = (
        person.get(f"/sites/{market}/integration/").text + person.get("/sites/").text + str(links)
    )

    found = keys(shop_engine, market)

    for name in ("partner_key", "access_token", "refresh_token"):
        assert found[name] not in shown
