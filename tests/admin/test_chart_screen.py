"""The chart of accounts: adding, changing, sheets, and what is refused."""

import io

from sqlalchemy import Engine, select, update

from tests.admin.conftest import AsRole
from tests.admin.visitor import Visitor
from webapp.database import reading, writing
from webapp.models.ledgers import Ledger


def ledger(engine: Engine, code: str) -> Ledger | None:
    with reading(engine) as session:
        return session.scalar(select(Ledger).where(Ledger.code == code))


def known(engine: Engine, code: str) -> Ledger:
    found = ledger(engine, code)
    assert found is not None
    return found


def standing(person: Visitor, ledger_id: int) -> str:
    page = person.get(f"/chart-of-accounts/{ledger_id}").text
    return page.split('name="standing" value="')[1].split('"')[0]


def upload(person: Visitor, content: bytes, name: str = "chart.csv") -> object:
    return person.post("/chart-of-accounts/upload", sheet=(io.BytesIO(content), name))


def test_a_bookkeeper_adds_a_ledger(shop_engine: Engine, as_role: AsRole) -> None:
    person = as_role("bookkeeper")

    person.post("/chart-of-accounts/add", code="6200", name="Courier fees", type="expense")

    assert person.toast() == "Ledger 6200 Courier fees is made."
    assert known(shop_engine, "6200").type == "expense"
    assert "6200 Courier fees" in as_role("admin").get("/audit/").text


def test_what_is_wrong_stands_beside_its_field(as_role: AsRole) -> None:
    person = as_role("bookkeeper")

    taken = person.post("/chart-of-accounts/add", code="1150", name="Again", type="asset")
    odd = person.post("/chart-of-accounts/add", code="61 00", name="", type="cost", currency="QQQ")

    assert taken.status_code == odd.status_code == 422
    assert "There is a ledger 1150 already" in taken.text
    assert "without blanks" in odd.text
    assert "1 to 200 characters" in odd.text
    assert "“cost” is not a type of ledger" in odd.text
    assert "There is no currency QQQ." in odd.text


def test_the_type_of_a_ledger_with_lines_stays(shop_engine: Engine, as_role: AsRole) -> None:
    person = as_role("bookkeeper")
    sales = known(shop_engine, "4000")

    refused = person.post(
        f"/chart-of-accounts/{sales.id}",
        name="Sales",
        type="expense",
        standing=standing(person, sales.id),
    )

    assert refused.status_code == 422
    assert "has journal lines as income" in refused.text
    assert known(shop_engine, "4000").type == "income"


def test_a_change_by_somebody_else_is_shown_and_not_overwritten(
    shop_engine: Engine, as_role: AsRole
) -> None:
    person = as_role("bookkeeper")
    bank = known(shop_engine, "4000")
    mark = standing(person, bank.id)
    with writing(shop_engine) as session:
        session.execute(update(Ledger).where(Ledger.id == bank.id).values(name="Web sales"))

    answer = person.post(
        f"/chart-of-accounts/{bank.id}", name="Online sales", type="income", standing=mark
    )

    assert answer.status_code == 409
    assert "It stands now as Web sales, income" in answer.text
    assert known(shop_engine, "4000").name == "Web sales"


def test_a_sheet_is_taken_whole_or_not_at_all(shop_engine: Engine, as_role: AsRole) -> None:
    person = as_role("bookkeeper")

    bad = upload(person, b"code,name,type,currency\n7000,New,expense,\n7001,Odd,cost,\n")
    good = upload(person, "code;name;type\n7000;Neu;expense\n".encode("utf-16"))

    assert bad.status_code == 422  # type: ignore[attr-defined]
    assert "Row 3, type: “cost” is not a type" in bad.text  # type: ignore[attr-defined]
    assert good.status_code == 303  # type: ignore[attr-defined]
    assert known(shop_engine, "7000").name == "Neu"
    assert ledger(shop_engine, "7001") is None


def test_what_is_no_sheet_says_what_was_expected(as_role: AsRole) -> None:
    person = as_role("bookkeeper")

    answers = [upload(person, b""), upload(person, b"\x00\x01\x02"), upload(person, b"a,b\n1,2\n")]

    assert [each.status_code for each in answers] == [422] * 3  # type: ignore[attr-defined]
    assert "is missing" in answers[2].text  # type: ignore[attr-defined]


def test_the_sheet_comes_back_as_it_was_taken(as_role: AsRole) -> None:
    person = as_role("bookkeeper")
    sheet = person.get("/chart-of-accounts/chart.csv").data

    upload(person, sheet)

    assert "0 ledgers made, 0 changed," in person.toast()
