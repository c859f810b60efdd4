"""Automation: what another rule would do is told before it is saved, and saving does just that."""

import re
from datetime import date
from typing import Any

from sqlalchemy import Engine, select

from tests import factories as make
from tests.admin.conftest import AsRole
from tests.admin.shop import Shop, order_state
from tests.admin.visitor import Visitor
from webapp.database import reading, writing
from webapp.models.audit import AuditEntry
from webapp.models.ledgers import PeriodClosing
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site


def form_of(person: Visitor, site: int, **typed: Any) -> dict[str, Any]:
    """The form as the page has it, with what is typed otherwise."""
    page = person.get(f"/sites/{site}/automation").text
    found = re.search(r'name="standing" value="(\w+)"', page)
    assert found is not None
    return {
        "do": "save",
        "standing": found[1],
        "status": ["processing", "completed"],
        "orders_from": "2026-01-01T08:00",
        "stock_from": "",
        "stock_leaves_on": "paid",
        "cancel_restocks": "yes",
        "stock_buffer": "0",
        "tells": "completed",
        "handover": "",
        "hold_field": ["total"],
        "hold_test": ["over"],
        "hold_value": ["900"],
        "hold_say": ["More than MYR 900: call the buyer"],
        **typed,
    }


def would(person: Visitor, site: int, **typed: Any) -> str:
    answer = person.post(f"/sites/{site}/automation/would", **form_of(person, site, **typed))
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<svg.*?</svg>|</?b>", "", answer.text))


def site_of(engine: Engine, site_id: int) -> Site:
    with reading(engine) as session:
        return session.get_one(Site, site_id)


def test_the_sentences_read_as_the_site_stands(as_role: AsRole, shop: Shop) -> None:
    page = as_role("merchandiser").get(f"/sites/{shop.site}/automation").text

    assert 'value="More than MYR 900: call the buyer"' in page
    assert "Held 1 order in the past 90 days; the last was #10534." in page
    assert "needs the role operator or admin" in page
    assert "See what would change" not in page


def test_a_lower_bound_says_how_many_orders_it_would_have_held(as_role: AsRole, shop: Shop) -> None:
    said = would(as_role("operator"), shop.site, hold_value=["300"])

    assert "Not saved yet: which orders are held." in said
    assert "would have held 2 orders instead of 1." in said
    assert ">#10527</a>" in said
    assert "stored orders of the past 90 days; nothing was written." in said


def test_what_is_typed_as_it_stands_would_change_nothing(as_role: AsRole, shop: Shop) -> None:
    said = would(as_role("operator"), shop.site)

    assert "Nothing would change." in said


def test_another_day_for_stock_tells_the_pieces_that_would_move(
    as_role: AsRole, shop: Shop
) -> None:
    said = would(as_role("operator"), shop.site, stock_leaves_on="shipped")

    assert "Stock of 3 orders would differ" in said
    assert "MUG-BATIK-IND +2 on hand, +2 reserved" in said


def test_a_status_in_which_the_store_waits_for_money_lets_nothing_in(
    as_role: AsRole, shop: Shop
) -> None:
    said = would(as_role("operator"), shop.site, status=["processing", "completed", "pending"])

    assert "No order that is known here comes in by it." in said


def test_an_earlier_start_shows_months_and_money_and_what_saving_did_is_the_same(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    with writing(shop_engine) as session:
        order = session.get_one(ChannelOrder, shop.orders["10526"])
        site = session.get_one(Site, shop.site)
        start = site.orders_from
        site.orders_from = order.ordered_at.replace(year=2027)
        order.state, order.code = "skipped", "not_wanted"
    person = as_role("operator")

    late = {"orders_from": "2027-11-22T00:00"}
    early = {"orders_from": "2026-01-01T08:00"}
    assert "Nothing would change" not in would(person, shop.site, **late)
    said = would(person, shop.site, **early)
    done = person.post(f"/sites/{shop.site}/automation/", **form_of(person, shop.site, **early))

    assert "1 skipped order comes in, MYR 126.14." in said
    assert '<th scope="row">Nov 2026</th>' in said
    assert "1 blocked" in said
    assert "What was never pulled is not counted here" in said
    assert done.status_code == 303
    page = person.get(f"/sites/{shop.site}/automation").text
    assert "1 sentence saved. 1 order let go on. Processed now: 1 blocked, 1 skipped." in page
    assert "Orders from: <del" in page
    assert site_of(shop_engine, shop.site).orders_from == start
    with reading(shop_engine) as session:
        assert order_state(session, shop.orders["10526"]) == "blocked"


def test_a_closed_month_is_not_reopened_by_a_date(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    with writing(shop_engine) as session:
        session.add(
            PeriodClosing(closed_through=date(2025, 12, 31), at=make.NOW, actor=None, reason="")
        )
    person = as_role("operator")
    typed = {"orders_from": "2025-12-01T00:00"}

    said = would(person, shop.site, **typed)
    answer = person.post(f"/sites/{shop.site}/automation/", **form_of(person, shop.site, **typed))

    assert "The books are closed through 2025-12-31: those months are reported." in said
    assert answer.status_code == 422
    assert 'value="2025-12-01T00:00" required aria-invalid="true"' in answer.text
    assert site_of(shop_engine, shop.site).orders_from.year == 2026


def test_a_rule_is_added_changed_and_removed_without_script(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    person = as_role("operator")
    path = f"/sites/{shop.site}/automation/"

    added = person.post(path, **form_of(person, shop.site, do="add-rule")).text
    dropped = person.post(path, **form_of(person, shop.site, do="drop-rule-0")).text
    two = {
        "hold_field": ["total", "country"],
        "hold_test": ["over", "is"],
        "hold_value": ["900", "SG"],
        "hold_say": ["Call the buyer", "Customs"],
    }
    saved = person.post(path, **form_of(person, shop.site, **two))

    assert added.count('name="hold_value"') == 2
    assert 'name="hold_value"' not in dropped
    assert "No order is held for a person." in dropped
    assert saved.status_code == 303
    assert site_of(shop_engine, shop.site).automation["hold_when"] == [
        {"field": "total", "over": "900", "say": "Call the buyer"},
        {"field": "country", "is": "SG", "say": "Customs"},
    ]
    with reading(shop_engine) as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert entry.before["automation.hold_when"][0]["over"] == "900"
    assert len(entry.after["automation.hold_when"]) == 2


def test_a_rule_that_makes_no_sense_is_told_beside_it_and_kept_as_typed(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    person = as_role("operator")
    typed = form_of(
        person,
        shop.site,
        hold_field=["country"],
        hold_test=["over"],
        hold_value=["SG"],
        stock_buffer="some",
    )

    answer = person.post(f"/sites/{shop.site}/automation/", **typed)
    numbered = person.post(
        f"/sites/{shop.site}/automation/", **{**typed, "stock_buffer": "0", "do": "save"}
    )

    assert answer.status_code == numbered.status_code == 422
    assert "A whole number of pieces from 0 is needed here." in answer.text
    assert 'value="some"' in answer.text
    assert "Only total and quantity can be over something." in numbered.text
    assert site_of(shop_engine, shop.site).automation["hold_when"][0]["over"] == "900"


def test_a_change_meanwhile_is_shown_and_not_overwritten(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    person = as_role("operator")
    typed = form_of(person, shop.site, stock_buffer="3")
    with writing(shop_engine) as session:
        site = session.get_one(Site, shop.site)
        site.automation = {**site.automation, "stock_buffer": 1}

    answer = person.post(f"/sites/{shop.site}/automation/", **typed)

    assert answer.status_code == 409
    assert "Somebody changed these settings while the form lay open" in answer.text
    assert 'value="3"' in answer.text
    assert site_of(shop_engine, shop.site).automation["stock_buffer"] == 1
