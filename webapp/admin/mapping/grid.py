"""The grid of a site's listings: one page at a time, suggestions, and what is done to many at once."""

from typing import Any

from flask import jsonify, redirect, request, url_for
from flask_admin import expose
from sqlalchemy import select

from webapp.admin.frame.base import Screen, actor, back_to, complain, needs
from webapp.admin.frame.formatters import plural
from webapp.admin.frame.known_items import find_items, known_items
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import reading, saving
from webapp.admin.frame.site_facts import all_sites, known_site
from webapp.admin.mapping.forms import reason_fault, stock_item_ids
from webapp.admin.mapping.grid_json import held_words, row_json
from webapp.admin.mapping.saved import answer, is_scripted, let_go, toast_with_undo, what_became
from webapp.admin.mapping.search import (
    ListingFilter,
    find_listings,
    kind_counts,
    read_listing_filter,
)
from webapp.backoffice.goods.grid_batch import MappedMeanwhile, change_listings
from webapp.backoffice.goods.mapping_sheet import Standing
from webapp.backoffice.goods.suggestions import Named
from webapp.database import utc_now
from webapp.models.catalogue import Kind, Listing
from webapp.models.sites import Site
from webapp.models.stock import StockItem

MOST_ASKED = 100


class GridScreen(Screen):
    @expose("/")
    def index(self) -> Any:
        """The list of the site that has the most to map."""
        sites = all_sites()
        if not sites:
            return self.render("mapping/none.html")
        counts = {site.id: kind_counts(reading(), site.id)["unmapped"] for site in sites}
        return redirect(url_for(".listings", site_id=max(counts, key=lambda each: counts[each])))

    @expose("/<id:site_id>/")
    def listings(self, site_id: int) -> Any:
        site = known_site(site_id)
        asked = read_listing_filter(request.args)
        counts = kind_counts(reading(), site_id)
        if asked.kind is None and not asked.text:
            asked = ListingFilter(
                kind="unmapped" if counts["unmapped"] else "all",
                sort=asked.sort,
                is_descending=asked.is_descending,
                page=asked.page,
            )
        found = find_listings(reading(), site, asked, counts=counts)
        return self.render(
            "mapping/list.html",
            tab="mapping",
            site=site,
            sites=all_sites(),
            asked=asked,
            counts=counts,
            page=found.page,
            held=found.held,
        )

    @expose("/<id:site_id>/rows.json")
    def rows(self, site_id: int) -> Any:
        """One page for the grid, by the same address as the list."""
        site = known_site(site_id)
        asked = read_listing_filter(request.args)
        found = find_listings(reading(), site, asked)
        return jsonify(
            rows=[row_json(row, site) for row in found.page.rows],
            page=found.page.number,
            first=found.page.first,
            last=found.page.last,
            total=found.page.total,
            has_next=found.page.has_next,
            counts=found.counts,
            held=held_words(found.held, site),
        )

    @expose("/<id:site_id>/suggestions.json")
    def suggestions(self, site_id: int) -> Any:
        """What the unmapped ones of these listings may stand for: by id, the likeliest first."""
        known_site(site_id)
        ids = [int(each) for each in request.args.get("ids", "").split(",") if each.isdecimal()]
        rows = reading().execute(
            select(Listing.id, Listing.sku, Listing.name).where(
                Listing.site_id == site_id,
                Listing.kind == Kind.UNMAPPED.value,
                Listing.id.in_(ids[:MOST_ASKED]),
            )
        )
        items = known_items()
        return jsonify(
            {
                str(listing_id): [
                    {
                        "sku": items.by_id[each.stock_item_id].sku,
                        "score": each.score,
                        "reason": each.reason,
                    }
                    for each in items.matcher.suggest(Named(listing_id, sku, name))
                ]
                for listing_id, sku, name in rows
            }
        )

    @expose("/items.json")
    def items(self) -> Any:
        """Stock items that begin with what was typed, for the item picker."""
        found = find_items(reading(), request.args.get("q", "")[:80])
        stock = {
            row.id: row.on_hand - row.reserved if row.counted_at else None
            for row in reading().execute(
                select(
                    StockItem.id, StockItem.on_hand, StockItem.reserved, StockItem.counted_at
                ).where(StockItem.id.in_([item.id for item in found]))
            )
        }
        return jsonify(
            [
                {"sku": item.sku, "name": item.name, "available": stock[item.id]}
                for item in found
                if item.id in stock
            ]
        )

    @expose("/<id:site_id>/confirm", methods=("POST",))
    @needs(Right.MAP)
    def confirm(self, site_id: int) -> Any:
        """Map the ticked listings to the stock items that were suggested and confirmed."""
        known_site(site_id)
        pairs = list(
            zip(request.form.getlist("listing"), request.form.getlist("sku"), strict=False)
        )
        ids = stock_item_ids(reading(), [sku for _, sku in pairs])
        wanted = {
            int(listing): Standing(components=((ids[sku], 1),))
            for listing, sku in pairs[:MOST_ASKED]
            if listing.isdecimal() and sku in ids
        }
        return self._change(site_id, wanted, reason="")

    @expose("/<id:site_id>/ignore", methods=("POST",))
    @needs(Right.MAP)
    def ignore(self, site_id: int) -> Any:
        """Ignore the ticked listings that are not mapped, with one reason for all."""
        known_site(site_id)
        reason = request.form.get("reason", "").strip()
        fault = reason_fault(reason)
        if fault:
            return self._refuse(site_id, fault, 422)
        ticked = request.form.getlist("listing")[:MOST_ASKED]
        wanted = {int(each): Standing(is_ignored=True) for each in ticked if each.isdecimal()}
        return self._change(site_id, wanted, reason=reason)

    def _change(self, site_id: int, wanted: dict[int, Standing], *, reason: str) -> Any:
        here = reading().scalars(
            select(Listing.id).where(Listing.site_id == site_id, Listing.id.in_(wanted))
        )
        if not wanted or set(here) != set(wanted):
            return self._refuse(site_id, "Nothing was ticked that could be changed.", 422)
        now = utc_now()
        try:
            with saving() as session:
                saved = change_listings(
                    session,
                    session.get_one(Site, site_id),
                    wanted,
                    seen=dict.fromkeys(wanted),
                    reason=reason,
                    from_now=False,
                    now=now,
                    actor=actor(),
                )
        except MappedMeanwhile as fault:
            said = (
                f"Nothing was saved: {plural(len(fault.listing_ids), 'listing')} of those that "
                "were ticked stand for something by now. Look at them and tick the others again."
            )
            return self._refuse(site_id, said, 409)
        done = let_go(site_id, saved.requeued, now)
        said = what_became(plural(saved.changed, "listing"), saved, done)
        undo = self._undo(site_id, saved.batch_id)
        if is_scripted():
            return answer(said, undo)
        toast_with_undo(said, undo)
        return back_to(".listings", site_id=site_id)

    def _refuse(self, site_id: int, said: str, status: int) -> Any:
        if is_scripted():
            return {"said": said}, status
        complain(said)
        return back_to(".listings", site_id=site_id)

    def _undo(self, site_id: int, batch_id: int | None) -> str | None:
        if batch_id is None:
            return None
        return url_for(".undo", site_id=site_id, batch_id=batch_id)
