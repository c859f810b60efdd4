"""Site declarations apply whole or not at all, twice changes nothing, and free what they unblock."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from platforms import registry
from platforms.addresses import is_public
from platforms.money import decode_json
from tests import factories as make
from webapp.backoffice.setup.declaration_checks import private_addresses
from webapp.backoffice.setup.declarations import (
    AppliedSite,
    DeclarationRefused,
    apply_declarations,
    export_declaration,
)
from webapp.models.audit import AuditEntry
from webapp.models.journal import JournalEntry
from webapp.models.ledgers import PeriodClosing
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site, SiteWiring

PLATFORMS = {name: registry.get(name) for name in registry.names()}
LATER = make.NOW + timedelta(hours=1)
LEDGERS = {
    "platform_fees": "6100",
    "customer_payment": "1150",
    "delivery": "4200",
    "sales_revenue": "4000",
    "discount": "4900",
    "tax": "2200",
    "bank": "1000",
}


def declared(**given: Any) -> dict[str, Any]:
    return {
        "name": "main",
        "platform": "woocommerce",
        "url": "https://shop.example.com",
        "credentials": {"consumer_key": "ck_1", "consumer_secret": "cs_secret"},
        "ledgers": LEDGERS,
        **given,
    }


def apply(session: Session, *declarations: dict[str, Any], **given: Any) -> list[AppliedSite]:
    raw = decode_json(json.dumps(declarations).encode())
    return apply_declarations(
        session, raw, platforms=PLATFORMS, now=LATER, actor="op@example.com", **given
    )


def refused(session: Session, *declarations: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(DeclarationRefused) as caught:
        apply(session, *declarations)
    return [(fault.site, fault.key) for fault in caught.value.faults]


def main(session: Session) -> Site:
    session.expire_all()
    return session.scalars(select(Site).where(Site.name == "main")).one()


def test_a_new_site_has_the_defaults_and_may_push(session: Session) -> None:
    make.chart(session)

    [applied] = apply(session, declared())

    site = main(session)
    assert (applied.created, applied.changed) == (True, ())
    assert (site.orders_from, site.pull_every, site.attempt_limit) == (LATER, 300, 8)
    assert (site.buyer_days, site.push_seen_at, site.stock_from) == (730, LATER, None)
    assert site.automation["import_statuses"] == ["processing", "completed"]
    assert site.automation["on_shipped_set_status"] == "completed"
    assert site.posting["tax_collected_by"] == "seller"
    assert len(session.scalars(select(SiteWiring)).all()) == 7


def test_applying_it_twice_changes_nothing(session: Session) -> None:
    make.chart(session)
    apply(session, declared())
    entries = len(session.scalars(select(AuditEntry)).all())

    [again] = apply(session, declared())

    assert (again.created, again.changed, again.requeued) == (False, (), 0)
    assert len(session.scalars(select(AuditEntry)).all()) == entries


def test_what_is_exported_has_no_secret_and_is_taken_back(session: Session) -> None:
    make.chart(session)
    apply(
        session,
        declared(
            integration={"stock_from": "2026-05-01T00:00:00+08:00", "push_every": None},
            automation={"hold_when": [{"field": "total", "over": 500, "say": "big"}]},
            payment_methods={"cod": {"bank": "1000"}},
        ),
    )

    exported = export_declaration(session, main(session))
    text = json.dumps(exported)

    assert "cs_secret" not in text
    assert "ck_1" not in text
    [again] = apply(session, json.loads(text))
    assert again.changed == ()


def test_only_what_is_given_changes_and_is_listed(session: Session) -> None:
    make.chart(session)
    apply(session, declared(automation={"stock_buffer": 3}))

    [applied] = apply(
        session,
        {
            "name": "main",
            "integration": {"pull_every": 600},
            "automation": {"cancel_restocks": False},
            "credentials": {"consumer_secret": "cs_new"},
            "ledgers": {"bank": None},
            "payment_methods": {"cod": {"customer_payment": "1000"}},
        },
    )

    site = main(session)
    assert applied.changed == (
        "integration.pull_every",
        "automation.cancel_restocks",
        "credentials.consumer_secret",
        "ledgers.bank",
        "payment_methods.cod.customer_payment",
    )
    assert (site.pull_every, site.push_every) == (600, 300)
    assert (site.automation["stock_buffer"], site.automation["cancel_restocks"]) == (3, False)
    assert site.credentials == {"consumer_key": "ck_1", "consumer_secret": "cs_new"}


def test_the_audit_trail_has_old_and_new_and_never_a_credential(session: Session) -> None:
    make.chart(session)
    apply(session, declared())
    apply(
        session,
        declared(
            timezone="Asia/Singapore",
            credentials={"consumer_key": "ck_2", "consumer_secret": "cs_new"},
        ),
    )

    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    text = json.dumps([[entry.before, entry.after] for entry in entries])
    assert [entry.action for entry in entries] == ["create_site", "rewire", "change_site"]
    assert entries[2].before["timezone"] == "Asia/Kuala_Lumpur"
    assert entries[2].after["timezone"] == "Asia/Singapore"
    assert all(secret not in text for secret in ("cs_secret", "cs_new", "ck_1", "ck_2"))


def test_one_fault_anywhere_saves_nothing(session: Session) -> None:
    make.chart(session)

    faults = refused(session, declared(), declared(name="second", currency="ABC"))

    assert faults == [("second", "currency")]
    assert session.scalars(select(Site)).all() == []


def test_a_new_site_needs_its_address_platform_and_credentials(session: Session) -> None:
    assert refused(session, {"name": "new"}) == [("new", "platform"), ("new", "url")]
    assert refused(session, {**declared(ledgers={}), "credentials": {}}) == [
        ("main", "credentials.consumer_key"),
        ("main", "credentials.consumer_secret"),
    ]


def test_two_declarations_of_one_name_are_refused(session: Session) -> None:
    make.chart(session)

    assert refused(session, declared(), declared()) == [("main", "name")]


def test_ledgers_are_checked_by_code_type_currency_and_use(session: Session) -> None:
    make.chart(session)
    make.ledger(session, "S1", "income", currency="SGD")
    make.ledger(session, "OLD", "liability", is_active=False)

    faults = refused(
        session,
        declared(
            ledgers={
                "platform_fees": "9999",
                "sales_revenue": "6100",
                "delivery": "S1",
                "tax": "OLD",
                "customer_payment": "1000",
                "bank": "1000",
            },
            payment_methods={"cod": {"bank": "7777"}},
        ),
    )

    assert sorted(key for _, key in faults) == [
        "ledgers.bank",
        "ledgers.delivery",
        "ledgers.platform_fees",
        "ledgers.sales_revenue",
        "ledgers.tax",
        "payment_methods.cod.bank",
    ]


def test_odd_wirings_are_saved_with_a_warning(session: Session) -> None:
    make.chart(session)
    apply(session, declared())

    [applied] = apply(session, declared(name="second", ledgers={**LEDGERS, "delivery": "4000"}))

    assert len(applied.warnings) == 2
    assert "main clears its payments on 1150 too" in applied.warnings[1]


def test_the_currency_stays_once_there_are_entries(session: Session) -> None:
    make.chart(session)
    apply(session, declared())
    assert apply(session, declared(currency="SGD"))[0].changed == ("currency",)
    site = main(session)
    order = make.order(session, site)
    session.add(
        JournalEntry(
            site_id=site.id,
            channel_order_id=order.id,
            chapter="sale",
            part="order",
            seq=1,
            posted_on=date(2026, 11, 2),
            currency="SGD",
            memo="",
            created_at=make.NOW,
        )
    )
    session.flush()

    assert refused(session, declared(currency="MYR")) == [("main", "currency")]


def test_a_site_does_not_move_to_before_the_closed_months(session: Session) -> None:
    make.chart(session)
    apply(session, declared(integration={"orders_from": "2026-06-01T00:00:00Z"}))
    session.add(PeriodClosing(closed_through=date(2026, 4, 30), at=make.NOW, actor=None, reason=""))
    session.flush()

    earlier = {"name": "main", "integration": {"orders_from": "2026-04-30T10:00:00Z"}}
    assert refused(session, earlier) == [("main", "integration.orders_from")]
    main(session).pull_watermark = make.NOW
    open_ = {"name": "main", "integration": {"orders_from": "2026-05-01T00:00:00Z"}}
    assert apply(session, open_)[0].changed == ("integration.orders_from",)
    assert main(session).pull_watermark is None


def test_new_credentials_let_a_stopped_site_try_again(session: Session) -> None:
    make.chart(session)
    apply(session, declared())
    site = main(session)
    site.stopped_at, site.stopped_code, site.stopped_message = make.NOW, "x", "y"
    session.flush()

    apply(session, {"name": "main", "credentials": {"consumer_key": "ck_2"}})

    assert main(session).stopped_at is None


def test_wiring_requeues_exactly_the_orders_whose_ledgers_are_complete(session: Session) -> None:
    make.chart(session)
    without = {**LEDGERS, "customer_payment": None, "bank": None}
    apply(session, declared(ledgers=without))
    site = main(session)
    blocked = {"state": "blocked", "code": "ledger_not_wired"}
    cod = make.order(session, site, payment_method="cod", **blocked)
    card = make.order(session, site, payment_method="stripe", **blocked)
    other = make.order(session, site, state="blocked", code="totals_mismatch")

    [only_cod] = apply(
        session, {"name": "main", "payment_methods": {"cod": {"customer_payment": "1150"}}}
    )
    assert only_cod.requeued == 1
    assert states(session, cod, card, other) == ["pending", "blocked", "blocked"]

    [all_] = apply(session, {"name": "main", "ledgers": {"customer_payment": "1150"}})
    assert all_.requeued == 1
    assert states(session, cod, card, other) == ["pending", "pending", "blocked"]


def states(session: Session, *orders: ChannelOrder) -> list[str]:
    session.expire_all()
    return [order.state for order in orders]


def test_settings_requeue_the_skipped_orders_that_are_wanted_now(session: Session) -> None:
    make.chart(session)
    apply(session, declared(integration={"orders_from": "2026-06-01T00:00:00Z"}))
    site = main(session)
    skipped = {"state": "skipped", "code": "not_wanted"}
    on_hold = make.order(session, site, status="on-hold", **skipped)
    early = make.order(
        session,
        site,
        status="processing",
        ordered_at=datetime(2026, 5, 1, tzinfo=UTC),
        **skipped,
    )
    draft = make.order(session, site, status="pending", **skipped)

    [statuses] = apply(
        session, {"name": "main", "automation": {"import_statuses": ["on-hold", "processing"]}}
    )
    assert statuses.requeued == 1
    assert states(session, on_hold, early, draft) == ["pending", "skipped", "skipped"]

    earlier = {"name": "main", "integration": {"orders_from": "2026-05-01T00:00:00Z"}}
    assert apply(session, earlier)[0].requeued == 1
    assert states(session, on_hold, early, draft) == ["pending", "pending", "skipped"]


def test_deciding_on_child_orders_requeues_them(session: Session) -> None:
    make.chart(session)
    apply(session, declared())
    child = make.order(session, main(session), state="blocked", code="child_order")

    [applied] = apply(session, {"name": "main", "posting": {"child_orders": "post"}})

    assert applied.requeued == 1
    assert states(session, child) == ["pending"]


def test_another_rule_for_goods_plans_orders_with_goods_again(session: Session) -> None:
    make.chart(session)
    apply(session, declared())
    site = main(session)
    with_goods, without = make.order(session, site), make.order(session, site, state="skipped")
    make.retail_order(session, with_goods)

    apply(session, {"name": "main", "automation": {"stock_leaves_on": "shipped"}})

    session.expire_all()
    assert (with_goods.is_due, without.is_due) == (True, False)
    assert with_goods.state == "synced"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8001",
        "http://localhost",
        "https://10.0.0.1",
        "https://[::1]",
        "http://2130706433",
        "http://169.254.169.254",
        "http://[::ffff:192.168.0.1]",
    ],
)
def test_a_private_address_is_refused_without_the_setting(url: str) -> None:
    raw = [declared(url=url), declared(name="fine", url="https://93.184.216.34")]

    faults = private_addresses(raw, is_public, allow_private=False)

    assert [(fault.site, fault.key) for fault in faults] == [("main", "url")]
    assert private_addresses(raw, is_public, allow_private=True) == ()


def test_a_private_address_is_among_all_the_other_faults(session: Session) -> None:
    raw = declared(url="http://127.0.0.1:8001", currency="ABC", ledgers={})
    private = private_addresses(raw, is_public, allow_private=False)

    with pytest.raises(DeclarationRefused) as caught:
        apply(session, raw, private=private)

    assert [fault.key for fault in caught.value.faults] == ["url", "currency"]
