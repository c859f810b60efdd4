"""Users for the admin, and everybody's own password."""

from sqlalchemy import Engine, select

from tests.admin.conftest import AsRole
from tests.admin.shop import PASSWORD, PEOPLE
from tests.admin.visitor import Visitor
from webapp.backoffice.people.people import role_names
from webapp.database import reading
from webapp.models.audit import AuditEntry
from webapp.models.people import Person

NEW = "a new and longer one"


def person(engine: Engine, email: str) -> Person:
    with reading(engine) as session:
        found = session.scalars(select(Person).where(Person.email == email)).one()
        assert role_names(found)
        return found


def test_an_admin_adds_a_user_who_can_sign_in(
    shop_engine: Engine, as_role: AsRole, stranger: Visitor
) -> None:
    as_role("admin").post(
        "/people/add", email="New@Rimba.example", password=NEW, roles=["operator", "bookkeeper"]
    )

    assert stranger.sign_in("new@rimba.example", NEW).status_code == 302
    assert role_names(person(shop_engine, "new@rimba.example")) == ["bookkeeper", "operator"]


def test_a_wrong_user_is_refused_beside_the_field(shop_engine: Engine, as_role: AsRole) -> None:
    admin = as_role("admin")
    good = {"email": "new@rimba.example", "password": NEW, "roles": "operator"}

    for wrong, said in (
        ({"email": "nobody"}, "Give an e-mail address"),
        ({"email": PEOPLE["operator"]}, "can sign in already"),
        ({"password": "short"}, "Take at least 8 characters."),
        ({"roles": []}, "Give at least one role."),
        ({"roles": "owner"}, "There is no role “owner”"),
    ):
        answer = admin.post("/people/add", **{**good, **wrong})
        assert answer.status_code == 422, wrong
        assert said in answer.text
    with reading(shop_engine) as session:
        assert len(session.scalars(select(Person.id)).all()) == len(PEOPLE)


def test_the_last_admin_stays_one(shop_engine: Engine, as_role: AsRole) -> None:
    admin = as_role("admin")
    owner = person(shop_engine, PEOPLE["admin"])

    demoted = admin.post(f"/people/{owner.id}", roles="operator", active="yes")
    switched_off = admin.post(f"/people/{owner.id}", roles="admin")

    assert demoted.status_code == switched_off.status_code == 422
    assert "This is the last admin" in demoted.text
    assert person(shop_engine, PEOPLE["admin"]).active


def test_a_change_of_roles_holds_for_the_next_request_and_is_written_down(
    shop_engine: Engine, as_role: AsRole
) -> None:
    operator = as_role("operator")
    row = person(shop_engine, PEOPLE["operator"])

    as_role("admin").post(f"/people/{row.id}", roles="merchandiser", active="yes")

    assert operator.post("/orders/retry").status_code == 403
    with reading(shop_engine) as session:
        change = session.scalars(select(AuditEntry).where(AuditEntry.action == "change")).one()
    assert change.before == {"roles": ["operator"], "active": True}
    assert change.after == {"roles": ["merchandiser"], "active": True}
    assert change.actor == PEOPLE["admin"]


def test_changing_ones_password_ends_every_session(as_role: AsRole, stranger: Visitor) -> None:
    here, elsewhere = as_role("operator"), as_role("operator")

    answer = here.post("/password/", old=PASSWORD, new=NEW, again=NEW)

    assert answer.headers["Location"] == "/sign-in"
    assert elsewhere.get("/").status_code == 302
    assert stranger.sign_in(PEOPLE["operator"], PASSWORD).status_code == 200
    assert stranger.sign_in(PEOPLE["operator"], NEW).status_code == 302


def test_a_password_is_changed_only_by_who_knows_the_present_one(as_role: AsRole) -> None:
    operator = as_role("operator")

    guessed = operator.post("/password/", old="a guess", new=NEW, again=NEW)
    mistyped = operator.post("/password/", old=PASSWORD, new=NEW, again=NEW + "x")
    short = operator.post("/password/", old=PASSWORD, new="short", again="short")

    assert "That is not your present password." in guessed.text
    assert "It is not the same as the new password." in mistyped.text
    assert "Take at least 8 characters." in short.text
    assert guessed.status_code == mistyped.status_code == short.status_code == 422


def test_an_admin_sets_a_password_and_no_page_or_trail_shows_it(
    shop_engine: Engine, as_role: AsRole, stranger: Visitor
) -> None:
    admin = as_role("admin")
    row = person(shop_engine, PEOPLE["operator"])

    admin.post(f"/people/{row.id}/password", password=NEW)

    assert stranger.sign_in(PEOPLE["operator"], NEW).status_code == 302
    assert NEW not in admin.get("/audit/").text
