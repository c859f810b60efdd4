"""One listing: what it stands for, what a correction would reach, and saving it."""

from typing import Any

from flask import abort, request, url_for
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.admin.frame.base import Screen, actor, back_to, needs
from webapp.admin.frame.known_items import known_items
from webapp.admin.frame.meanwhile import changed_meanwhile
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import reading, saving
from webapp.admin.frame.site_facts import SiteFacts, known_site
from webapp.admin.mapping.forms import MappingForm, form_as_it_stands, read_form
from webapp.admin.mapping.grid_json import row_json
from webapp.admin.mapping.rows import ListingRow, find_row
from webapp.admin.mapping.saved import answer, is_scripted, let_go, toast_with_undo, what_became
from webapp.backoffice.goods.grid_batch import MappedMeanwhile, change_listings
from webapp.backoffice.goods.mapping_reach import ReadWith, read_with
from webapp.backoffice.goods.suggestions import Named
from webapp.database import utc_now
from webapp.models.audit import AuditEntry
from webapp.models.mapping import BatchState, Mapping, MappingBatch
from webapp.models.sites import Site
from webapp.models.stock import StockItem

MOST_OFFERED = 1_000
MOST_CHANGES = 10


class ListingScreen(Screen):
    @expose("/<id:site_id>/<id:listing_id>")
    def edit(self, site_id: int, listing_id: int) -> Any:
        return self._listing_page(site_id, listing_id, None)

    @expose("/<id:site_id>/<id:listing_id>/reach")
    def reach(self, site_id: int, listing_id: int) -> Any:
        """What a correction of the mapping would reach, as a fragment, or as JSON for the grid."""
        site = known_site(site_id)
        row = _known_row(site, listing_id)
        found = _reach(row)
        if is_scripted():
            return {"orders": found.orders, "pieces": found.pieces}
        return self.render("mapping/_reach.html", reach=found, row=row)

    @expose("/<id:site_id>/<id:listing_id>", methods=("POST",))
    @needs(Right.MAP)
    def save(self, site_id: int, listing_id: int) -> Any:
        site = known_site(site_id)
        row = _known_row(site, listing_id)
        form = read_form(reading(), request.form)
        if not form.is_good:
            if is_scripted():
                return {"said": " ".join(form.faults)}, 422
            return self._listing_page(site_id, listing_id, form), 422
        seen = row.mapping.id if row.mapping else None
        if changed_meanwhile(seen):
            return self._meanwhile(site, listing_id, form)
        now = utc_now()
        try:
            with saving() as session:
                saved = change_listings(
                    session,
                    session.get_one(Site, site_id),
                    {listing_id: form.standing},
                    seen={listing_id: seen},
                    reason=form.reason,
                    from_now=form.from_now,
                    now=now,
                    actor=actor(),
                )
        except MappedMeanwhile:
            return self._meanwhile(site, listing_id, form)
        done = let_go(site_id, saved.requeued, now)
        said = what_became(f"“{row.name}”", saved, done)
        undo = saved.batch_id and url_for(".undo", site_id=site_id, batch_id=saved.batch_id)
        if is_scripted():
            reading().expire_all()
            reading().rollback()
            return answer(said, undo or None, row=row_json(_known_row(site, listing_id), site))
        toast_with_undo(said, undo or None)
        return back_to(".listings", site_id=site_id)

    def _meanwhile(self, site: SiteFacts, listing_id: int, form: MappingForm) -> Any:
        reading().rollback()
        row = _known_row(site, listing_id)
        if is_scripted():
            said = "Nothing was saved: somebody changed this listing meanwhile. It stands so now."
            return {"said": said, "row": row_json(row, site)}, 409
        return self._listing_page(site.id, listing_id, form, is_changed=True), 409

    def _listing_page(
        self, site_id: int, listing_id: int, form: MappingForm | None, *, is_changed: bool = False
    ) -> Any:
        site = known_site(site_id)
        row = _known_row(site, listing_id)
        changes = (
            reading()
            .scalars(
                select(AuditEntry)
                .where(AuditEntry.subject == "listing", AuditEntry.subject_id == listing_id)
                .order_by(AuditEntry.id.desc())
                .limit(MOST_CHANGES)
            )
            .all()
        )
        return self.render(
            "mapping/edit.html",
            tab="mapping",
            site=site,
            row=row,
            form=form or form_as_it_stands(row),
            is_changed=is_changed,
            reach=_reach(row) if "reach" in request.args and row.mapping else None,
            changes=changes,
            undo_batch=_batch_of(site_id, changes[0]) if changes else None,
            items=_items(reading()),
            suggestions=_suggestions(row) if row.mapping is None else [],
        )


def _known_row(site: SiteFacts, listing_id: int) -> ListingRow:
    row = find_row(reading(), site, listing_id)
    if row is None:
        abort(404)
    return row


def _reach(row: ListingRow) -> ReadWith:
    mapping: Mapping | None = row.mapping
    return read_with(reading(), mapping.id) if mapping else ReadWith(orders=0, pieces=0)


def _batch_of(site_id: int, entry: AuditEntry) -> int | None:
    """The batch that a change was part of, as long as it can be taken back."""
    return reading().scalar(
        select(MappingBatch.id).where(
            MappingBatch.site_id == site_id,
            MappingBatch.applied_at == entry.at,
            MappingBatch.state == BatchState.APPLIED.value,
        )
    )


def _items(session: Session) -> list[Any]:
    """Stock items to choose from, by SKU; a long list ends, and any SKU can be typed."""
    query = select(StockItem.sku, StockItem.name).order_by(StockItem.sku).limit(MOST_OFFERED)
    return list(session.execute(query))


def _suggestions(row: ListingRow) -> list[tuple[str, str]]:
    """Stock items that an unmapped listing may stand for: SKU and reason, the likeliest first."""
    items = known_items()
    found = items.matcher.suggest(Named(row.id, row.sku, row.name))
    return [(items.by_id[each.stock_item_id].sku, each.reason) for each in found]
