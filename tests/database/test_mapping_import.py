"""A mapping sheet applies as a whole, and lets exactly the right orders go on."""

import time
from datetime import datetime

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests import factories as make
from webapp.backoffice.files.sheet_formats import csv_bytes, xlsx_bytes
from webapp.backoffice.files.sheets import read_sheet
from webapp.backoffice.goods.mapping import (
    COLUMNS,
    MappingImport,
    auto_map,
    export_mapping,
    import_mapping,
    map_listing,
)
from webapp.database import bulk_insert, writing
from webapp.models.audit import AuditEntry
from webapp.models.catalogue import Listing
from webapp.models.mapping import Mapping, MappingComponent
from webapp.models.orders import ChannelOrder, SyncEvent
from webapp.models.sites import Site
from webapp.models.stock import StockItem


def upload(session: Session, site: Site, *rows: str, **given: bool) -> MappingImport:
    sheet = read_sheet("\n".join((",".join(COLUMNS), *rows)).encode(), COLUMNS)
    return import_mapping(session, site, sheet, now=make.NOW, actor="m@example.com", **given)


def counts(done: MappingImport) -> tuple[int, int, int, int, int]:
    return done.rows, done.created, done.changed, done.unchanged, done.removed


def current(session: Session, listing: Listing) -> Mapping | None:
    return session.scalar(
        select(Mapping).where(Mapping.listing_id == listing.id, Mapping.is_current)
    )


def state(session: Session, order: ChannelOrder) -> tuple[str, bool]:
    session.expire_all()
    return order.state, order.is_due


def test_a_sheet_maps_changes_removes_and_leaves_alone(session: Session) -> None:
    site = make.site(session)
    tee, cap = make.stock_item(session, "TEE"), make.stock_item(session, "CAP")
    _, changed, same, removed, unnamed = (
        make.listing(session, site, key) for key in ("1", "2", "3", "4", "5")
    )
    for listing in (changed, same, removed, unnamed):
        make.mapping(session, listing, tee)

    done = upload(
        session, site, "1,,,TEE,,,", "2,,,CAP,2,,", "2,,,TEE,,,", "3,,,TEE,1,,", "4,,,,,,"
    )

    assert counts(done) == (5, 1, 1, 1, 1)
    assert done.applied
    assert current(session, removed) is None
    assert current(session, unnamed) is not None
    kit = session.execute(
        select(MappingComponent.stock_item_id, MappingComponent.quantity)
        .join(Mapping, Mapping.id == MappingComponent.mapping_id)
        .where(Mapping.listing_id == changed.id, Mapping.is_current)
        .order_by(MappingComponent.stock_item_id)
    ).all()
    assert [tuple(row) for row in kit] == [(tee.id, 1), (cap.id, 2)]


def test_applying_a_sheet_twice_changes_nothing(session: Session) -> None:
    site = make.site(session)
    make.stock_item(session, "TEE")
    make.listing(session, site, "1")
    make.listing(session, site, "2")
    rows = ("1,,,TEE,2,,7", "2,,,,,yes,")
    upload(session, site, *rows)
    versions = session.scalar(select(func.count()).select_from(Mapping))

    again = upload(session, site, *rows)

    assert counts(again) == (2, 0, 0, 2, 0)
    assert session.scalar(select(func.count()).select_from(Mapping)) == versions


def test_one_wrong_row_keeps_the_whole_sheet_out(session: Session) -> None:
    site = make.site(session)
    make.stock_item(session, "TEE")
    good = make.listing(session, site, "1")

    done = upload(session, site, "1,,,TEE,,,", "99,,,TEE,,,")

    assert not done.applied
    assert [(fault.row, fault.column) for fault in done.errors] == [(3, "listing_id")]
    assert done.created == 1
    assert current(session, good) is None


def test_a_dry_run_tells_the_same_numbers_and_saves_nothing(session: Session) -> None:
    site = make.site(session)
    make.stock_item(session, "TEE")
    listing = make.listing(session, site, "1")
    order = make.order(session, site, state="blocked", code="unmapped_listing")
    make.need(session, order, listing)

    tried = upload(session, site, "1,,,TEE,,,", dry_run=True)

    assert (tried.created, tried.requeued, tried.applied) == (1, 1, False)
    assert current(session, listing) is None
    assert state(session, order) == ("blocked", False)
    assert upload(session, site, "1,,,TEE,,,").requeued == 1


def test_saving_the_mapping_requeues_exactly_the_orders_it_unblocks(session: Session) -> None:
    site, other = make.site(session), make.site(session)
    make.stock_item(session, "TEE")
    first, second, theirs = (
        make.listing(session, shop, key) for shop, key in ((site, "1"), (site, "2"), (other, "1"))
    )
    blocked = {"state": "blocked", "code": "unmapped_listing"}
    freed = make.order(session, site, **blocked)
    waits_for_both = make.order(session, site, **blocked)
    elsewhere = make.order(session, other, **blocked)
    unpaid = make.order(session, site, state="blocked", code="totals_mismatch")
    untouched = make.order(session, site, state="blocked", code="ledger_not_wired")
    for order, listing in (
        (freed, first),
        (waits_for_both, first),
        (waits_for_both, second),
        (elsewhere, theirs),
        (unpaid, first),
    ):
        make.need(session, order, listing)

    done = upload(session, site, "1,,,TEE,,,")

    assert done.requeued == 1
    assert state(session, freed) == ("pending", False)
    assert state(session, waits_for_both) == ("blocked", True)
    assert state(session, unpaid) == ("blocked", True)
    assert state(session, elsewhere) == ("blocked", False)
    assert state(session, untouched) == ("blocked", False)
    event = session.scalars(select(SyncEvent)).one()
    assert (event.channel_order_id, event.actor) == (freed.id, "m@example.com")


def test_ignoring_a_listing_unblocks_too(session: Session) -> None:
    site = make.site(session)
    listing = make.listing(session, site, "1")
    order = make.order(session, site, state="blocked", code="unmapped_listing")
    make.need(session, order, listing)

    assert upload(session, site, "1,,,,,yes,").requeued == 1


def test_a_correction_requeues_the_orders_read_with_the_old_mapping(session: Session) -> None:
    site = make.site(session)
    tee = make.stock_item(session, "TEE")
    make.stock_item(session, "CAP")
    listing, other = make.listing(session, site, "1"), make.listing(session, site, "2")
    old, kept = make.mapping(session, listing, tee), make.mapping(session, other, tee)
    touched, untouched = make.order(session, site), make.order(session, site)
    make.retail_line(session, touched, listing, mapping=old)
    make.retail_line(session, untouched, other, mapping=kept)

    done = upload(session, site, "1,,,CAP,,,")

    assert done.requeued == 1
    assert state(session, touched)[0] == "pending"
    assert state(session, untouched)[0] == "synced"
    new = current(session, listing)
    assert new is not None
    assert (old.is_current, old.replaced_by_id, old.replaced_how) == (False, new.id, "correction")


def test_a_second_correction_reaches_orders_that_still_carry_the_first_mapping(
    session: Session,
) -> None:
    site = make.site(session)
    tee = make.stock_item(session, "TEE")
    make.stock_item(session, "CAP")
    make.stock_item(session, "MUG")
    listing = make.listing(session, site, "1")
    order = make.order(session, site)
    make.retail_line(session, order, listing, mapping=make.mapping(session, listing, tee))
    upload(session, site, "1,,,CAP,,,")
    order.state = "blocked"
    session.flush()

    assert upload(session, site, "1,,,MUG,,,").requeued == 1


def test_from_now_on_leaves_older_orders_as_they_are(session: Session) -> None:
    site = make.site(session)
    tee = make.stock_item(session, "TEE")
    make.stock_item(session, "CAP")
    listing = make.listing(session, site, "1")
    old = make.mapping(session, listing, tee)
    order = make.order(session, site)
    make.retail_line(session, order, listing, mapping=old)

    done = upload(session, site, "1,,,CAP,,,", from_now=True)

    assert (done.changed, done.requeued) == (1, 0)
    assert state(session, order) == ("synced", False)
    assert old.replaced_how == "from_now"


def test_unmapping_and_a_new_maximum_correct_no_order(session: Session) -> None:
    site = make.site(session)
    tee = make.stock_item(session, "TEE")
    unmapped, limited = make.listing(session, site, "1"), make.listing(session, site, "2")
    order = make.order(session, site)
    for listing in (unmapped, limited):
        make.retail_line(session, order, listing, mapping=make.mapping(session, listing, tee))

    done = upload(session, site, "1,,,,,,", "2,,,TEE,,,4")

    assert (done.changed, done.removed, done.requeued) == (1, 1, 0)
    assert state(session, order) == ("synced", False)


@pytest.mark.parametrize("write", [csv_bytes, xlsx_bytes])
def test_what_was_exported_and_imported_again_changes_nothing(session: Session, write) -> None:  # type: ignore[no-untyped-def]
    site = make.site(session)
    tee, odd = make.stock_item(session, "TEE"), make.stock_item(session, "=ODD+1")
    make.mapping(session, make.listing(session, site, "1:2", name="-10% Tee"), tee, (odd, 3))
    make.mapping(session, make.listing(session, site, "2", sku="@x"), odd, max_quantity=0)
    make.mapping(session, make.listing(session, site, "3"))
    make.listing(session, site, "4", is_gone=True)

    exported = write(COLUMNS, list(export_mapping(session, site)))
    done = import_mapping(session, site, read_sheet(exported, COLUMNS), now=make.NOW, actor=None)

    assert counts(done) == (5, 0, 0, 4, 0)
    assert done.errors == ()


def test_each_changed_listing_has_an_audit_entry_with_old_and_new(session: Session) -> None:
    site = make.site(session)
    tee = make.stock_item(session, "TEE")
    listing = make.listing(session, site, "1", name="Tee")
    make.mapping(session, listing, tee)

    upload(session, site, "1,,,TEE,2,,")

    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject, entry.subject_id) == (
        "change_mapping",
        "listing",
        listing.id,
    )
    assert (entry.label, entry.actor) == ("1 Tee", "m@example.com")
    assert entry.before == {"stock": [{"sku": "TEE", "quantity": 1}]}
    assert entry.after == {"stock": [{"sku": "TEE", "quantity": 2}], "how": "correction"}


def test_one_listing_is_mapped_ignored_and_unmapped_by_hand(
    session: Session, now: datetime
) -> None:
    site = make.site(session)
    tee = make.stock_item(session, "TEE")
    listing = make.listing(session, site, "1")
    by_hand = {"now": now, "actor": "m@example.com"}

    results = [
        map_listing(session, listing, [(tee.id, 2)], **by_hand).result,
        map_listing(session, listing, [(tee.id, 2)], **by_hand).result,
        map_listing(session, listing, None, ignore_reason="a sample", **by_hand).result,
        map_listing(session, listing, None, **by_hand).result,
    ]

    assert results == ["created", "unchanged", "changed", "removed"]


@pytest.mark.parametrize(
    ("components", "given"),
    [
        ([(1, 1), (1, 2)], {}),
        ([(1, 0)], {}),
        ([(1, 1)], {"ignore_reason": "both"}),
        (None, {"ignore_reason": "  "}),
        ([(1, 1)], {"max_quantity": -1}),
    ],
)
def test_a_listing_is_not_mapped_to_nonsense(
    sqlite_engine: Engine, components: list[tuple[int, int]], given: dict[str, object]
) -> None:
    with writing(sqlite_engine) as session:
        listing = make.listing(session, make.site(session), "1")
        with pytest.raises(ValueError, match=r"\.$"):
            map_listing(session, listing, components, now=make.NOW, actor=None, **given)


def test_listings_are_mapped_by_sku_where_that_is_sure(session: Session) -> None:
    site = make.site(session)
    for sku in ("TEE", "cup", "CUP", "CAP", "HAT", "BAG"):
        make.stock_item(session, sku)
    sure = make.listing(session, site, "1", sku=" tee ")
    make.listing(session, site, "2", sku="cup")  # two stock items
    make.listing(session, site, "3", sku="cap")  # two listings
    make.listing(session, site, "4", sku="CAP")
    make.listing(session, site, "5", sku="")
    make.listing(session, site, "6", sku="unknown")
    make.mapping(session, make.listing(session, site, "7", sku="HAT"))  # ignored stays so
    make.listing(session, site, "8", sku="BAG", is_gone=True)

    tried = auto_map(session, site, now=make.NOW, actor=None, dry_run=True)
    assert (tried.matched, tried.ambiguous, tried.unmatched) == (1, 3, 2)
    assert current(session, sure) is None

    done = auto_map(session, site, now=make.NOW, actor=None)
    assert done.pairs == (("1", "TEE"),)
    assert current(session, sure) is not None
    assert auto_map(session, site, now=make.NOW, actor=None).matched == 0


@pytest.mark.slow
def test_twenty_thousand_rows_apply_within_seconds(engine: Engine) -> None:
    number = 20_000
    with writing(engine) as session:
        site = make.site(session)
        connection = session.connection()
        bulk_insert(
            connection,
            StockItem.__table__,
            ("id", "sku", "name", "on_hand", "reserved", "created_at"),
            [(n, f"SKU{n}", "x", 0, 0, make.NOW) for n in range(1, number + 1)],
        )
        columns = ("id", "site_id", "key", "name", "sku", "status", "stock_keeping", "is_gone")
        bulk_insert(
            connection,
            Listing.__table__,
            (*columns, "seen_in_catalogue", "first_seen_at"),
            [
                (n, site.id, str(n), "x", "", "", "own", False, True, make.NOW)
                for n in range(1, number + 1)
            ],
        )
    rows = [f"{n},,,SKU{n},,," for n in range(1, number + 1)]
    rows2 = [f"{n},,,SKU{n},2,," for n in range(1, number + 1)]

    seconds = []
    for sheet_rows in (rows, rows2):
        started = time.monotonic()
        with writing(engine) as session:
            done = upload(session, session.get_one(Site, site.id), *sheet_rows)
        seconds.append(time.monotonic() - started)
        assert done.applied

    assert max(seconds) < 10, seconds
