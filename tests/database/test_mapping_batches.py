"""Batches of mappings on both databases: kept, applied as a whole, taken back as a whole."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from platforms.base import RemoteListing
from tests import factories as make
from webapp.backoffice.goods.batch_applying import (
    ChangedMeanwhile,
    apply_batch,
    foresee_undo,
    undo_batch,
)
from webapp.backoffice.goods.batch_preview import preview_rows
from webapp.backoffice.goods.batch_rows import ChangeRow, Tab
from webapp.backoffice.goods.batches import BatchGone, begin, keep_changes, page_of, rows_of
from webapp.backoffice.goods.listings import store_listings
from webapp.backoffice.goods.mapping import map_listing
from webapp.backoffice.goods.mapping_sheet import Standing
from webapp.database import reading, writing
from webapp.models.catalogue import Listing, ListingWord
from webapp.models.mapping import BatchState, Mapping, MappingBatch, Source
from webapp.models.orders import ChannelOrder, RetailOrderLine
from webapp.models.sites import Site

MUG, TRAY = Standing(components=((1, 1),)), Standing(components=((1, 2), (2, 1)))


@pytest.fixture
def site_id(engine: Engine) -> int:
    """A site with two stock items (1, 2), a mapped listing (1), and 119 unmapped ones."""
    with writing(engine) as session:
        site = make.site(session)
        items = [make.stock_item(session, sku, 10) for sku in ("MUG", "TRAY")]
        for number in range(1, 121):
            listing = make.listing(session, site, str(number), name=f"Thing {number}")
            if number == 1:
                make.mapping(session, listing, items[0])
        order = make.order(session, site, state="blocked", code="unmapped_listing")
        waits = session.scalars(select(Listing).where(Listing.key == "2")).one()
        make.retail_order(session, order)
        make.retail_line(session, order, waits, 3)
        make.need(session, order, waits)
        return site.id


def previewed(session: Session, site_id: int, wanted: dict[int, Standing | None]) -> MappingBatch:
    site = session.get_one(Site, site_id)
    batch = begin(
        session,
        site_id,
        Source.SHEET,
        name="sheet",
        from_now=False,
        now=make.NOW,
        actor="lukas",
        state=BatchState.READY,
    )
    rows, effects = preview_rows(session, site, wanted, numbers={}, reasons={}, from_now=False)
    batch.counts = keep_changes(session, batch.id, rows, effects)
    batch.money = effects.money
    return batch


def kinds(engine: Engine) -> dict[str, str]:
    with reading(engine) as session:
        rows = session.execute(select(Listing.key, Listing.kind))
        return {key: kind for key, kind in rows if kind != "unmapped"}


def test_a_batch_is_kept_page_by_page_with_what_it_unblocks_first(
    engine: Engine, site_id: int
) -> None:
    with writing(engine) as session:
        ids = list(session.scalars(select(Listing.id).order_by(Listing.id)))
        batch_id = previewed(session, site_id, {key: MUG for key in ids}).id

    with reading(engine) as session:
        batch = session.get_one(MappingBatch, batch_id)
        pages = [page_of(session, batch_id, Tab.CHANGES, n, ChangeRow) for n in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [50, 50, 19, 0]
    assert (pages[0][0].key, pages[0][0].orders, pages[0][0].money) == ("2", 1, batch.money)
    assert (batch.counts["new"], batch.counts["same"], batch.counts["unblocked"]) == (119, 1, 1)
    # Ten mugs, of which the unblocked order takes three.
    assert pages[0][0].wanted == 7


def test_applying_maps_all_and_undoing_puts_back_exactly_what_stood(
    engine: Engine, site_id: int
) -> None:
    with writing(engine) as session:
        wanted = {1: TRAY, 2: MUG, 3: Standing(is_ignored=True)}
        batch_id = previewed(session, site_id, wanted).id

    with writing(engine) as session:
        requeued = apply_batch(session, batch_id, 1, now=make.NOW, actor="lukas")
    assert requeued == 1
    assert kinds(engine) == {"1": "mapped", "2": "mapped", "3": "ignored"}

    with writing(engine) as session:
        undo_batch(session, batch_id, 2, now=make.NOW, actor="lukas", takes_back=True)
    assert kinds(engine) == {"1": "mapped"}
    with reading(engine) as session:
        assert session.get_one(MappingBatch, batch_id).state == BatchState.UNDONE


def test_nobody_applies_a_batch_that_was_applied_or_is_another_by_now(
    engine: Engine, site_id: int
) -> None:
    with writing(engine) as session:
        batch_id = previewed(session, site_id, {2: MUG}).id
    with writing(engine) as session:
        apply_batch(session, batch_id, 1, now=make.NOW, actor="lukas")

    with pytest.raises((BatchGone, ChangedMeanwhile)), writing(engine) as session:
        apply_batch(session, batch_id, 1, now=make.NOW, actor="mei")


def test_a_listing_changed_by_hand_since_forbids_the_undo(engine: Engine, site_id: int) -> None:
    with writing(engine) as session:
        batch_id = previewed(session, site_id, {2: MUG, 3: MUG}).id
    with writing(engine) as session:
        apply_batch(session, batch_id, 1, now=make.NOW, actor="lukas")
        changed = session.get_one(Listing, 3)
        map_listing(session, changed, [(2, 1)], now=make.NOW, actor="mei")

    with reading(engine) as session:
        batch = session.get_one(MappingBatch, batch_id)
        assert [row.key for row in foresee_undo(session, batch).changed] == ["3"]
    with pytest.raises(ChangedMeanwhile), writing(engine) as session:
        undo_batch(session, batch_id, 2, now=make.NOW, actor="lukas", takes_back=False)
    assert kinds(engine) == {"1": "mapped", "2": "mapped", "3": "mapped"}


def test_an_order_that_went_through_is_corrected_again_once_its_listing_is_mapped_anew(
    engine: Engine, site_id: int
) -> None:
    """Taken back, its listing stands for nothing; whatever it is mapped to later, it follows."""
    with writing(engine) as session:
        batch_id = previewed(session, site_id, {2: MUG}).id
    with writing(engine) as session:
        apply_batch(session, batch_id, 1, now=make.NOW, actor="lukas")
        line = session.scalars(select(RetailOrderLine)).one()
        line.mapping_id = session.scalars(
            select(Mapping.id).where(Mapping.listing_id == line.listing_id, Mapping.is_current)
        ).one()
        order_id = line.channel_order_id
        session.get_one(ChannelOrder, order_id).state = "synced"
    with writing(engine) as session:
        undo_batch(session, batch_id, 2, now=make.NOW, actor="lukas", takes_back=True)
        assert session.get_one(ChannelOrder, order_id).state == "pending"
        session.get_one(ChannelOrder, order_id).state = "synced"

    with writing(engine) as session:
        listing = session.get_one(Listing, 2)
        done = map_listing(session, listing, [(2, 1)], now=make.NOW, actor="mei", from_now=True)

    assert done.requeued == 1


def test_only_the_last_batches_of_a_kind_are_kept(engine: Engine, site_id: int) -> None:
    with writing(engine) as session:
        for _ in range(23):
            previewed(session, site_id, {2: MUG})

    with reading(engine) as session:
        kept = session.scalars(select(MappingBatch.id)).all()
        assert len(kept) == 20
        assert rows_of(session, max(kept), Tab.CHANGES, ChangeRow)


def test_a_catalogue_pull_keeps_what_listings_are_found_by(engine: Engine, site_id: int) -> None:
    def words(key: str) -> set[str]:
        with reading(engine) as session:
            query = select(ListingWord.word).join(Listing, Listing.id == ListingWord.listing_id)
            return set(session.scalars(query.where(Listing.key == key)))

    def pulled(**given: Any) -> RemoteListing:
        return make.remote_listing(key="900:901", **given)

    with writing(engine) as session:
        store_listings(session, site_id, [pulled(name="Red Tee, L", sku="TEE-1")], make.NOW)
    first = words("900:901")
    with writing(engine) as session:
        later = make.NOW + timedelta(days=1)
        store_listings(session, site_id, [pulled(name="Blue Tee, L", sku="TEE-2")], later)

    assert first == {"red", "tee", "l", "tee-1", "900:901", "901"}
    assert words("900:901") == {"blue", "tee", "l", "tee-2", "900:901", "901"}
    with reading(engine) as session:
        row = session.scalars(select(Listing).where(Listing.key == "900:901")).one()
        assert (row.sort_name, row.kind) == ("blue tee, l", "unmapped")
