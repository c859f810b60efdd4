"""One order: what its tabs tell, and what people do to it."""

import json
import re

from sqlalchemy import Engine, select

from tests.admin.conftest import AsRole
from tests.admin.shop import PEOPLE, Shop, pull, woo_order
from webapp.backoffice.sites import leases
from webapp.database import reading, utc_now, writing
from webapp.models.audit import AuditEntry
from webapp.models.journal import JournalEntry
from webapp.models.orders import (
    ChannelOrder,
    OrderPayload,
    RetailOrder,
    SyncEvent,
)
from webapp.models.schedule import AskedWork

MUG = ("811:1204", "Batik mug 350 ml, indigo", "CB-350-IND")


def order_row(engine: Engine, order_id: int) -> ChannelOrder:
    with reading(engine) as session:
        return session.get_one(ChannelOrder, order_id)


def test_a_sold_order_shows_its_lines_its_money_and_its_buyer(as_role: AsRole, shop: Shop) -> None:
    page = as_role("bookkeeper").get(f"/orders/{shop.orders['10482']}/").text

    assert "Batik mug 350 ml, indigo" in page
    assert "2 ×</b>MUG-BATIK-IND" in page
    assert "Delivery, Flat rate" in page
    assert "SST 6 %" in page
    assert "MYR 103.88" in page
    assert "Left in 1150 Customer payments</dt><dd>100.37" in page
    assert "Nurul Izzah Rahim" in page


def test_a_merchandiser_reads_an_order_without_its_buyer(as_role: AsRole, shop: Shop) -> None:
    merchandiser = as_role("merchandiser")

    for tab in ("", "delivery", "data"):
        page = merchandiser.get(f"/orders/{shop.orders['10482']}/{tab}").text
        assert "Nurul" not in page
        assert "Jalan Kenari" not in page
        assert "Buyers are shown to bookkeeper, operator, admin." in page


def test_every_amount_of_the_journal_says_because(as_role: AsRole, shop: Shop) -> None:
    page = as_role("bookkeeper").get(f"/orders/{shop.orders['10482']}/journal").text

    buttons = re.findall(r'popovertarget="(why-[^"]+)"', page)
    boxes = re.findall(r'id="(why-[^"]+)" popover', page)
    assert len(buttons) == 7
    assert buttons == boxes
    assert "order.total</a></code></dt><dd>103.88" in page
    assert "order.line_items[0].total</a></code></dt><dd>− 90.00" in page
    assert re.search(r"Field in the data|Fields in the data", page)
    assert "2 entries, balanced" in page


def test_an_empty_chapter_says_why_nothing_was_posted(as_role: AsRole, shop: Shop) -> None:
    bookkeeper = as_role("bookkeeper")

    sold = bookkeeper.get(f"/orders/{shop.orders['10482']}/journal").text
    blocked = bookkeeper.get(f"/orders/{shop.orders['10529']}/journal").text

    assert "The store gave nothing back." in sold
    assert "No payout was recorded for this order yet." in sold
    assert "Nothing was posted" in blocked
    assert "The order is blocked: The order is in USD" in blocked


def test_the_data_is_laid_out_by_version_and_names_no_buyer(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    again = woo_order("10482", [(*MUG, 1, "50.00", "45.00")], tax="2.94", note="New note", days=0)
    again["date_modified_gmt"] = "2026-11-24T06:20:00"
    pull(shop_engine, shop.site, [again])
    order = shop.orders["10482"]

    newest = as_role("operator").get(f"/orders/{order}/data").text
    first = as_role("operator").get(f"/orders/{order}/data?version=1").text

    shown = re.findall(r"<pre[^>]*>(.*?)</pre>", first, re.DOTALL)[0].replace("&#34;", '"')
    shown = re.sub(r"</?mark[^>]*>", "", shown)
    assert json.loads(shown)["order"]["total"] == "103.88"
    assert "Rahim" not in shown
    assert "Version 2" in newest
    assert "47.94" in newest
    assert as_role("operator").get(f"/orders/{order}/data?version=7").status_code == 404


def test_a_blocked_order_says_why_and_leads_to_the_listing(as_role: AsRole, shop: Shop) -> None:
    page = as_role("merchandiser").get(f"/orders/{shop.orders['10526']}/processing").text

    assert "Not mapped to a stock item: “Enamel kettle 1.2 L”." in page
    assert "1 other order waits for the same listing and goes on with it." in page
    assert f'href="/mapping/{shop.site}/{shop.listings["845"]}"' in page


def test_retry_answers_with_the_state_that_the_order_came_into(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    operator = as_role("operator")
    order = shop.orders["10490"]

    answer = operator.post(f"/orders/{order}/retry")

    assert answer.headers["Location"] == f"/orders/{order}/processing"
    assert "Retried: the order is synced." in operator.toast()
    page = operator.get(f"/orders/{order}/processing").text
    assert f"Retry was pressed by {PEOPLE['operator']}." in page
    with reading(shop_engine) as session:
        query = select(SyncEvent.actor).where(SyncEvent.channel_order_id == order)
        assert PEOPLE["operator"] in session.scalars(query).all()


def test_a_retry_of_a_synced_order_changes_nothing(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    operator = as_role("operator")

    operator.post(f"/orders/{shop.orders['10482']}/retry")

    assert "there is nothing to retry" in operator.toast()
    assert order_row(shop_engine, shop.orders["10482"]).attempts == 1


def test_a_bookkeeper_keeps_the_books_of_a_foreign_order_elsewhere(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    order = shop.orders["10529"]

    as_role("bookkeeper").post(f"/orders/{order}/books-elsewhere", reason="In the USD books")

    row = order_row(shop_engine, order)
    assert (row.state, row.books_elsewhere) == ("synced", "In the USD books")
    with reading(shop_engine) as session:
        entries = select(JournalEntry.id).where(JournalEntry.channel_order_id == order)
        assert session.scalars(entries).all() == []
        change = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "books_elsewhere")
        ).one()
    assert change.actor == PEOPLE["bookkeeper"]
    assert change.after == {"reason": "In the USD books"}
    history = as_role("bookkeeper").get(f"/orders/{order}/history").text
    assert "reason: In the USD books" in history


def test_books_are_not_kept_elsewhere_without_a_reason_or_once_they_are_here(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    bookkeeper = as_role("bookkeeper")

    bookkeeper.post(f"/orders/{shop.orders['10529']}/books-elsewhere", reason="  ")
    assert "Say where this order" in bookkeeper.toast()
    bookkeeper.post(f"/orders/{shop.orders['10482']}/books-elsewhere", reason="Nowhere")
    assert "Only an order that waits for its books" in bookkeeper.toast()

    assert order_row(shop_engine, shop.orders["10529"]).books_elsewhere is None
    assert order_row(shop_engine, shop.orders["10482"]).books_elsewhere is None


def test_a_deleted_order_is_reversed_when_a_bookkeeper_says_so(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    order = shop.orders["10482"]
    with writing(shop_engine) as session:
        row = session.get_one(ChannelOrder, order)
        row.gone_at = row.read_at
        row.state, row.code = "blocked", "order_deleted"
    bookkeeper = as_role("bookkeeper")
    assert "Reverse as cancelled" in bookkeeper.get(f"/orders/{order}/processing").text

    bookkeeper.post(f"/orders/{order}/deletion", choice="reverse")

    assert order_row(shop_engine, order).state == "synced"
    page = bookkeeper.get(f"/orders/{order}/journal").text
    assert "Left in 1150 Customer payments</dt><dd>0.00" in page


def test_a_choice_that_does_not_exist_is_refused(as_role: AsRole, shop: Shop) -> None:
    answer = as_role("bookkeeper").post(f"/orders/{shop.orders['10482']}/deletion", choice="burn")

    assert answer.status_code == 400


def test_an_operator_lets_a_held_order_go(shop_engine: Engine, as_role: AsRole, shop: Shop) -> None:
    order = shop.orders["10534"]
    operator = as_role("operator")
    assert "On hold: More than MYR 900: call the buyer." in operator.get(f"/orders/{order}/").text

    operator.post(f"/orders/{order}/release")

    with reading(shop_engine) as session:
        retail = session.get_one(RetailOrder, order)
    assert (retail.status, retail.released_by) == ("active", PEOPLE["operator"])
    assert order_row(shop_engine, order).state == "synced"


def test_an_order_that_is_not_there_is_a_404(as_role: AsRole) -> None:
    operator = as_role("operator")

    for path in ("/orders/99999/", "/orders/99999/journal", "/orders/abc/", f"/orders/{10**25}/"):
        assert operator.get(path).status_code == 404
    assert operator.post("/orders/99999/retry").status_code == 404


def test_an_order_whose_payload_makes_no_sense_still_opens(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    from webapp.backoffice.orders.payloads import pack

    order = shop.orders["10526"]
    with writing(shop_engine) as session:
        session.get_one(OrderPayload, (order, 1)).body = pack(b"{}")
    operator = as_role("operator")

    for tab in ("", "processing", "delivery", "journal", "history", "data"):
        assert operator.get(f"/orders/{order}/{tab}").status_code == 200


def test_a_number_of_the_journal_leads_to_its_field_in_the_data(
    as_role: AsRole, shop: Shop
) -> None:
    order = shop.orders["10482"]

    journal = as_role("bookkeeper").get(f"/orders/{order}/journal").text
    data = as_role("bookkeeper").get(f"/orders/{order}/data").text

    linked = set(re.findall(rf'href="/orders/{order}/data#(at-[^"]+)"', journal))
    assert "at-order.total" in linked
    assert "at-order.meta_data[0].value" in linked
    assert linked <= set(re.findall(r'<mark id="(at-[^"]+)"', data))


def test_two_versions_are_compared_field_by_field(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    again = woo_order("10482", [(*MUG, 1, "50.00", "45.00")], tax="2.94", note="New note", days=0)
    again["date_modified_gmt"] = "2026-11-24T06:20:00"
    pull(shop_engine, shop.site, [again])
    order = shop.orders["10482"]

    page = as_role("operator").get(f"/orders/{order}/data?version=2&against=1").text

    changed = dict(re.findall(r'tb-mono tb-break">([^<]+)</th>.*?<ins>([^<]*)</ins>', page))
    assert changed["order.line_items[#1].quantity"] == "1"
    assert changed["order.total"] == "&#34;47.94&#34;"
    assert "note" not in page.split('id="h-raw"')[1].split("h-version")[0]
    assert as_role("operator").get(f"/orders/{order}/data?version=2&against=9").status_code == 404


def test_retry_by_htmx_brings_the_timeline_with_its_outcome(as_role: AsRole, shop: Shop) -> None:
    operator = as_role("operator")
    order = shop.orders["10490"]

    answer = operator.client.post(
        f"/orders/{order}/retry",
        data={"csrf_token": operator.token()},
        headers={"HX-Request": "true"},
    )

    assert answer.status_code == 200
    assert "<!doctype html>" not in answer.text
    assert "Retried: the order is synced." in answer.text
    assert "hx-trigger" not in answer.text
    assert 'id="order-state" hx-swap-oob="true"' in answer.text


def test_a_retry_that_another_process_keeps_waiting_is_asked_for_again(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    operator = as_role("operator")
    order = shop.orders["10490"]
    with writing(shop_engine) as session:
        leases.claim(session, shop.site, utc_now())

    answer = operator.client.post(
        f"/orders/{order}/retry",
        data={"csrf_token": operator.token()},
        headers={"HX-Request": "true"},
    )

    assert f'hx-get="/orders/{order}/processing/now" hx-trigger="every 2s"' in answer.text
    assert "No worker is running" in answer.text


def test_what_only_the_store_can_tell_is_retried_by_the_workers(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    order = shop.orders["10526"]
    with writing(shop_engine) as session:
        session.get_one(ChannelOrder, order).code = "store_bad_response"

    as_role("operator").post(f"/orders/{order}/retry")

    with reading(shop_engine) as session:
        asked = session.scalars(select(AskedWork)).one()
    assert (asked.kind, json.loads(asked.options)) == ("retry", {"order": "10526"})


def test_what_holds_an_order_up_leads_to_the_field_where_it_is_mended(
    as_role: AsRole, shop: Shop
) -> None:
    unwired = as_role("bookkeeper").get(f"/orders/{shop.orders['2071']}/processing").text
    foreign = as_role("bookkeeper").get(f"/orders/{shop.orders['10529']}/processing").text
    apart = as_role("bookkeeper").get(f"/orders/{shop.orders['10533']}/processing").text

    assert f'href="/sites/{shop.second_site}/ledgers/#tax"' in unwired
    assert f'href="/sites/{shop.site}/"' in foreign
    assert f'href="/orders/{shop.orders["10533"]}/data"' in apart
