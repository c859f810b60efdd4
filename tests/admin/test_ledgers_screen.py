"""Channel ledgers: journals of real orders before anything is saved, and refusals with a reason."""

import re
from typing import Any

import pytest
from sqlalchemy import Engine, select

from tests import factories as make
from tests.admin.conftest import AsRole
from tests.admin.shop import Shop, order_state
from tests.admin.visitor import Visitor
from webapp.backoffice.setup.wiring import current_wiring
from webapp.database import reading, writing
from webapp.models.audit import AuditEntry
from webapp.models.journal import JournalEntry
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site

WIRED = {
    "customer_payment": "1150",
    "sales_revenue": "4000",
    "delivery": "4200",
    "discount": "4900",
    "tax": "2200",
    "platform_fees": "6100",
    "refunds": "",
    "rounding": "",
    "bank": "",
}
RULES = {
    "tax_collected_by": "seller",
    "included_tax_rate": "0",
    "restock_on_refund": "yes",
    "closed_period": "next_open_day",
    "child_orders": "",
    "fee_meta_keys": "",
    "refund_words": "",
}


def form_of(person: Visitor, site: int, **typed: Any) -> dict[str, Any]:
    """The form as the first site's page has it, with what is chosen otherwise."""
    page = person.get(f"/sites/{site}/ledgers").text
    found = re.search(r'name="standing" value="(\w+)"', page)
    assert found is not None
    return {
        "standing": found[1],
        "do": "save",
        **WIRED,
        "methods-0-method": "stripe",
        "methods-0-customer_payment": "",
        "methods-0-bank": "",
        **RULES,
        **typed,
    }


def preview(person: Visitor, site: int, **typed: Any) -> str:
    answer = person.post(f"/sites/{site}/ledgers/preview", **form_of(person, site, **typed))
    assert answer.status_code == 200
    return answer.text


def lines_of(text: str) -> list[list[str]]:
    """The journal's rows, each as its cells without markup."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", text, re.DOTALL)
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in rows]
    return [[re.sub(r"<div.*?</div>|<[^>]+>", "", cell).strip() for cell in row] for row in cells]


def wiring_of(engine: Engine, site: int) -> dict[tuple[str, str], str]:
    with reading(engine) as session:
        return current_wiring(session, site)


def test_each_role_offers_the_ledgers_of_its_types(as_role: AsRole, shop: Shop) -> None:
    page = as_role("merchandiser").get(f"/sites/{shop.site}/ledgers").text

    offered = re.search(r'name="tax".*?</select>', page, re.DOTALL)
    assert offered is not None
    assert re.findall(r'<option value="(\d+)"', offered[0]) == ["2200"]
    assert "Card (Stripe)" in page
    assert "needs the role bookkeeper or admin" in page
    assert ">Save<" not in page


def test_a_real_order_posts_in_the_preview_as_it_would_with_what_is_chosen(
    as_role: AsRole, shop: Shop
) -> None:
    text = preview(as_role("bookkeeper"), shop.site, discount="6100", refunds="4900")

    rows = lines_of(text)
    assert ["1150Customer payments", "103.88", ""] in rows
    assert ["6100Platform fees", "10.00", ""] in rows
    assert ["4000Sales", "", "100.00"] in rows
    assert ["Balances", "117.39", "117.39"] in rows
    assert "MYR 100.37" in text
    assert "Discounts land on the fees ledger" in text


def test_the_preview_writes_nothing_and_says_that_posted_orders_keep_theirs(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    before = wiring_of(shop_engine, shop.site)

    text = preview(as_role("bookkeeper"), shop.site, sales_revenue="4200")

    assert ["4200Delivery income", "", "100.00"] in lines_of(text)
    assert "2 orders that went through keep their ledgers" in text
    assert wiring_of(shop_engine, shop.site) == before


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        (
            {"sales_revenue": "6100"},
            "sales revenue takes an income ledger; 6100 Platform fees is of type expense. "
            "4000 Sales would do.",
        ),
        ({"tax": ""}, "No ledger is chosen for tax. 2200 Sales tax would do."),
        ({"bank": "1150"}, "customer payment and bank are on one ledger: a payout would vanish"),
        ({"delivery": "9999"}, "There is no ledger 9999 in the chart of accounts."),
        (
            {"methods-0-bank": "4000"},
            "bank takes an asset ledger; 4000 Sales is of type income. 1000 Bank would do.",
        ),
    ],
)
def test_a_wrong_ledger_is_refused_with_the_reason_and_kept_as_chosen(
    shop_engine: Engine, as_role: AsRole, shop: Shop, typed: dict[str, str], reason: str
) -> None:
    person = as_role("bookkeeper")
    before = wiring_of(shop_engine, shop.site)

    answer = person.post(f"/sites/{shop.site}/ledgers/", **form_of(person, shop.site, **typed))

    assert answer.status_code == 422
    assert reason in answer.text
    assert "has no ledger that it may use" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert wiring_of(shop_engine, shop.site) == before


def test_who_may_not_wire_still_chooses_the_order_to_look_at(as_role: AsRole, shop: Shop) -> None:
    chosen = shop.orders["10526"]

    page = as_role("merchandiser").get(f"/sites/{shop.site}/ledgers?order={chosen}").text

    assert f'<option value="{chosen}" selected>#10526' in page
    assert ["Balances", "126.14", "126.14"] in lines_of(page)


def test_a_refused_line_stays_in_the_preview_with_its_amount(as_role: AsRole, shop: Shop) -> None:
    text = preview(as_role("bookkeeper"), shop.site, sales_revenue="6100")

    assert ["Sales revenue: no ledger it may use", "", "100.00"] in lines_of(text)
    assert ["Balances", "117.39", "117.39"] in lines_of(text)
    assert "Saving is refused:" in text


def test_wiring_the_missing_ledger_lets_exactly_the_waiting_orders_go_on(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    person = as_role("bookkeeper")
    missing = person.get(f"/sites/{shop.second_site}/ledgers").text
    typed = form_of(person, shop.second_site, **{"do": "see"})
    seen = person.post(f"/sites/{shop.second_site}/ledgers/", **typed).text
    answer = person.post(f"/sites/{shop.second_site}/ledgers/", **{**typed, "do": "save"})

    page = person.get(f"/sites/{shop.second_site}/ledgers").text
    assert "No ledger for tax." in missing
    assert ["Tax: no ledger", "", "13.87"] in lines_of(missing)
    assert "Saving lets <b>1 order</b> go on, EUR 86.90: 1 order waits for a ledger." in seen
    assert answer.status_code == 303
    assert "Saved, 1 change. 1 order went on: 1 synced." in page
    assert 'Tax: <del class="tb-del">nothing</del> → <ins class="tb-add">2200</ins>' in page
    with reading(shop_engine) as session:
        assert order_state(session, shop.orders["2071"]) == "synced"
        assert order_state(session, shop.orders["10526"]) == "blocked"


def test_a_payment_method_has_ledgers_of_its_own(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    with writing(shop_engine) as session:
        make.ledger(session, "1160", name="Courier clearing")
    person = as_role("bookkeeper")
    typed = {"methods-1-method": "cod", "methods-1-customer_payment": "1160", "methods-1-bank": ""}

    person.post(f"/sites/{shop.site}/ledgers/", **form_of(person, shop.site, **typed))
    again = person.get(f"/sites/{shop.site}/ledgers").text

    assert wiring_of(shop_engine, shop.site)[("customer_payment", "cod")] == "1160"
    assert "cod · no order lately" in re.sub(r"<[^>]+>", "", again)


def test_a_posting_rule_is_saved_with_its_old_value_kept_in_the_trail(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    person = as_role("bookkeeper")
    typed = {"tax_collected_by": "marketplace", "fee_meta_keys": "_bank_fee, _other"}

    text = preview(person, shop.site, **typed)
    person.post(f"/sites/{shop.site}/ledgers/", **form_of(person, shop.site, **typed))

    assert "No output tax is booked like this." in text
    assert not any("Sales tax" in row[0] for row in lines_of(text))
    with reading(shop_engine) as session:
        posting = session.get_one(Site, shop.site).posting
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert posting["tax_collected_by"] == "marketplace"
    assert posting["fee_meta_keys"] == ["_bank_fee", "_other"]
    assert entry is not None
    assert entry.before["posting.tax_collected_by"] == "seller"


def test_a_rate_that_is_none_is_refused_beside_its_field(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    person = as_role("bookkeeper")

    answer = person.post(
        f"/sites/{shop.site}/ledgers/", **form_of(person, shop.site, included_tax_rate="six")
    )

    assert answer.status_code == 422
    assert "A percentage in quotes is needed here" not in answer.text
    assert "A percentage is needed here, as 6 or 0." in answer.text


def test_a_change_meanwhile_is_shown_and_not_overwritten(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    person = as_role("bookkeeper")
    typed = form_of(person, shop.site, refunds="4900")
    with writing(shop_engine) as session:
        site = session.get_one(Site, shop.site)
        site.posting = {**site.posting, "closed_period": "block"}

    answer = person.post(f"/sites/{shop.site}/ledgers/", **typed)

    assert answer.status_code == 409
    assert "while the form lay open" in answer.text
    assert ("refunds", "") not in wiring_of(shop_engine, shop.site)


def test_saving_changes_no_order_that_has_posted(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    person = as_role("bookkeeper")
    with reading(shop_engine) as session:
        before = session.scalars(select(JournalEntry.id)).all()

    person.post(f"/sites/{shop.site}/ledgers/", **form_of(person, shop.site, sales_revenue="4200"))

    with reading(shop_engine) as session:
        assert session.scalars(select(JournalEntry.id)).all() == before
        order = session.get_one(ChannelOrder, shop.orders["10482"])
        assert (order.state, order.is_due) == ("synced", False)
