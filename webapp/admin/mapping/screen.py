"""The mapping list of a site, and one listing's mapping by a plain form."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import abort, redirect, request, url_for
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from jobs.enqueue import request_processing
from webapp.admin.frame.base import Screen, actor, back_to, needs, toast
from webapp.admin.frame.formatters import plural
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import backing, reading, saving
from webapp.admin.frame.site_facts import all_sites, known_site
from webapp.admin.mapping.search import (
    ListingFilter,
    ListingRow,
    find_listing,
    find_listings,
    kind_counts,
    read_listing_filter,
)
from webapp.backoffice.files.sheet_formats import csv_bytes
from webapp.backoffice.goods.mapping import export_mapping, map_listing
from webapp.backoffice.goods.mapping_sheet import COLUMNS
from webapp.backoffice.goods.suggestions import Matcher, Named
from webapp.database import utc_now
from webapp.models.audit import AuditEntry
from webapp.models.catalogue import Listing
from webapp.models.sites import Site
from webapp.models.stock import StockItem

MOST_COMPONENTS = 20
MOST_OFFERED = 1_000
MOST_COMPARED = 20_000
LARGEST = 1_000_000
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedRow:
    """A component as it was typed, with what is wrong in it."""

    sku: str = ""
    quantity: str = "1"
    sku_error: str = ""
    quantity_error: str = ""


@dataclass(slots=True, kw_only=True)
class MappingForm:
    """The form as it was typed: it is shown again with what is wrong beside the field."""

    means: str = "stock"
    rows: list[TypedRow] = field(default_factory=list)
    reason: str = ""
    maximum: str = ""
    from_now: bool = False
    errors: dict[str, str] = field(default_factory=dict)
    components: list[tuple[int, int]] = field(default_factory=list)
    max_quantity: int | None = None

    @property
    def is_good(self) -> bool:
        return not self.errors and not any(row.sku_error or row.quantity_error for row in self.rows)


class MappingScreen(Screen):
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
            asked = ListingFilter(kind="unmapped" if counts["unmapped"] else "all", page=asked.page)
        page = find_listings(reading(), site, asked)
        return self.render(
            "mapping/list.html",
            tab="mapping",
            site=site,
            sites=all_sites(),
            asked=asked,
            counts=counts,
            page=page,
        )

    @expose("/<id:site_id>/sheet.csv")
    def sheet(self, site_id: int) -> Any:
        """The mapping sheet that `mapping import` takes back."""
        known_site(site_id)
        site = reading().get_one(Site, site_id)
        content = csv_bytes(COLUMNS, export_mapping(reading(), site))
        headers = {"Content-Disposition": f"attachment; filename=mapping-{site_id}.csv"}
        return content, 200, {"Content-Type": "text/csv; charset=utf-8", **headers}

    @expose("/<id:site_id>/<id:listing_id>")
    def edit(self, site_id: int, listing_id: int) -> Any:
        return self._page(site_id, listing_id, None)

    @expose("/<id:site_id>/<id:listing_id>", methods=("POST",))
    @needs(Right.MAP)
    def save(self, site_id: int, listing_id: int) -> Any:
        form = read_form(reading(), request.form)
        if not form.is_good:
            return self._page(site_id, listing_id, form), 422
        now = utc_now()
        with saving() as session:
            listing = session.get(Listing, listing_id)
            if listing is None or listing.site_id != site_id:
                abort(404)
            change = map_listing(
                session,
                listing,
                form.components if form.means == "stock" else None,
                now=now,
                actor=actor(),
                ignore_reason=form.reason if form.means == "ignore" else None,
                max_quantity=form.max_quantity if form.means == "stock" else None,
                from_now=form.from_now,
            )
            name = listing.name
        done = request_processing(backing().engine, site_id, actor=actor(), now=now)
        toast(_what_became(name, change.result, change.requeued, done))
        return back_to(".listings", site_id=site_id)

    def _page(self, site_id: int, listing_id: int, form: MappingForm | None) -> Any:
        site = known_site(site_id)
        row = find_listing(reading(), site, listing_id)
        if row is None:
            abort(404)
        changes = reading().scalars(
            select(AuditEntry)
            .where(AuditEntry.subject == "listing", AuditEntry.subject_id == listing_id)
            .order_by(AuditEntry.id.desc())
            .limit(10)
        )
        return self.render(
            "mapping/edit.html",
            tab="mapping",
            site=site,
            row=row,
            form=form or _standing(row),
            changes=list(changes),
            items=_items(reading()),
            suggestions=_suggestions(reading(), row) if row.mapping is None else [],
        )


def read_form(session: Session, typed: MultiDict[str, str]) -> MappingForm:
    """What a person typed, checked: every fault beside its field."""
    form = MappingForm(
        means=typed.get("means", "stock"),
        reason=typed.get("reason", "").strip(),
        maximum=typed.get("maximum", "").strip(),
        from_now=typed.get("reach") == "from_now",
    )
    pairs = list(zip(typed.getlist("sku"), typed.getlist("quantity"), strict=False))
    form.rows = [TypedRow(sku=sku.strip(), quantity=number.strip()) for sku, number in pairs]
    if form.means not in ("stock", "ignore", "nothing"):
        form.errors["means"] = "Choose what the listing stands for."
    elif form.means == "ignore" and not form.reason:
        form.errors["reason"] = "Say why it is ignored, for whoever looks at it next year."
    elif form.means == "ignore" and len(form.reason) > LONGEST_REASON:
        form.errors["reason"] = f"At most {LONGEST_REASON} characters."
    elif form.means == "stock":
        _check_components(session, form)
    return form


def _check_components(session: Session, form: MappingForm) -> None:
    filled = [row for row in form.rows if row.sku]
    if not filled:
        form.errors["rows"] = "Name at least one stock item by its SKU."
    if len(filled) > MOST_COMPONENTS:
        form.errors["rows"] = f"A kit holds at most {MOST_COMPONENTS} stock items."
    ids = stock_item_ids(session, [row.sku for row in filled])
    checked: list[TypedRow] = []
    for row in filled:
        sku_error = quantity_error = ""
        if row.sku not in ids:
            sku_error = f"There is no stock item “{row.sku}”."
        elif ids[row.sku] in dict(form.components):
            sku_error = "It stands in this kit already: raise its quantity there."
        quantity = whole_number(row.quantity)
        if quantity is None or quantity < 1:
            quantity_error = "A whole number from 1."
        elif not sku_error:
            form.components.append((ids[row.sku], quantity))
        checked.append(
            TypedRow(
                sku=row.sku,
                quantity=row.quantity,
                sku_error=sku_error,
                quantity_error=quantity_error,
            )
        )
    form.rows = checked
    if form.maximum:
        form.max_quantity = whole_number(form.maximum)
        if form.max_quantity is None:
            form.errors["maximum"] = "A whole number from 0, or empty for no maximum."


def stock_item_ids(session: Session, skus: Sequence[str]) -> dict[str, int]:
    query = select(StockItem.sku, StockItem.id).where(StockItem.sku.in_(skus))
    return {sku: item_id for sku, item_id in session.execute(query)}


def whole_number(text: str) -> int | None:
    """A whole number of pieces, or None."""
    return int(text) if text.isdecimal() and len(text) < 8 and int(text) <= LARGEST else None


def _standing(row: ListingRow) -> MappingForm:
    """The form as the listing stands now."""
    if row.mapping is None:
        return MappingForm(rows=[TypedRow()])
    if row.mapping.is_ignored:
        return MappingForm(means="ignore", rows=[TypedRow()], reason=row.mapping.ignore_reason)
    maximum = row.mapping.max_quantity
    return MappingForm(
        rows=[TypedRow(sku=each.item.sku, quantity=str(each.pieces)) for each in row.components],
        maximum="" if maximum is None else str(maximum),
    )


def _items(session: Session) -> list[Any]:
    """Stock items to choose from, by SKU; a long list ends, and any SKU can be typed."""
    query = select(StockItem.sku, StockItem.name).order_by(StockItem.sku).limit(MOST_OFFERED)
    return list(session.execute(query))


def _suggestions(session: Session, row: ListingRow) -> list[tuple[str, str]]:
    """Stock items that an unmapped listing may stand for: SKU and reason, the likeliest first."""
    query = select(StockItem.id, StockItem.sku, StockItem.name).limit(MOST_COMPARED)
    items = [Named(item_id, sku, name) for item_id, sku, name in session.execute(query)]
    skus = {item.id: item.sku for item in items}
    found = Matcher(items).suggest(Named(row.id, row.sku, row.name))
    return [(skus[each.stock_item_id], each.reason) for each in found]


def _what_became(name: str, result: str, requeued: int, done: dict[str, int]) -> str:
    if result == "unchanged":
        return f"“{name}” stands for that already."
    said = f"“{name}” is saved."
    if not requeued:
        return f"{said} No order waited for it."
    parts = [f"{number} {state}" for state, number in done.items()]
    waits = f": {', '.join(parts)}" if parts else " and wait for the next pull"
    return f"{said} {plural(requeued, 'order')} went on{waits}."
