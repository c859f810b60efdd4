"""Counting, receiving, adjusting one item: what would be posted is shown first, then posted.

A count is asked when it was made and whether pieces still to be packed were on the shelf: what it
says of today hangs on both.
"""

from datetime import datetime
from typing import Any

from flask import request
from flask_admin import expose

from webapp.admin.frame.base import Screen, actor, back_to, needs, toast
from webapp.admin.frame.meanwhile import changed_meanwhile, mark
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import reading, saving
from webapp.admin.stock.items import known_item
from webapp.admin.stock.typed import CountForm, cost_of, moment_of, typed_form, whole_number, zone
from webapp.backoffice.files.sheets import SheetProblem
from webapp.backoffice.goods.adjusting import ADJUST, LARGEST, RECEIVE, move_pieces
from webapp.backoffice.goods.counting import CountPreview, import_stock, preview_counts
from webapp.backoffice.goods.stock_sheet import one_count
from webapp.database import utc_now
from webapp.models.stock import StockItem


class CountScreen(Screen):
    under = "stock"

    def is_visible(self) -> bool:
        return False

    @expose("/")
    def count(self, item_id: int) -> Any:
        return self._count_page(known_item(item_id), CountForm())

    @expose("/", methods=("POST",))
    @needs(Right.COUNT)
    def post_count(self, item_id: int) -> Any:
        """Show what a count would post; post it once that was seen."""
        item = known_item(item_id)
        form = typed_form()
        counted_at = moment_of(form)
        found, problems = _previewed(item, form, counted_at)
        if form.errors or found is None:
            form.errors |= {each.column: each.message for each in problems}
            return self._count_page(item, form), 422
        is_seen = request.form.get("seen") == "yes"
        if not is_seen:
            return self._count_page(item, form, found)
        if form.on_shelf not in ("yes", "no"):
            form.errors["on_shelf"] = "Say whether they were on the shelf that was counted."
            return self._count_page(item, form, found), 422
        if changed_meanwhile(*_standing(found)):
            form.errors["form"] = (
                "Pieces moved while you looked. This is what the count would post now."
            )
            return self._count_page(item, form, found), 409
        with saving() as session:
            done = import_stock(
                session,
                one_count(sku=item.sku, on_hand=form.counted),
                now=utc_now(),
                actor=actor(),
                shelf=form.on_shelf == "yes",
                counted_at=counted_at,
                note=form.note,
            )
        toast(
            f"{item.sku} is counted." if done.moved else f"{item.sku} is as the books say already."
        )
        return back_to("stock.item", item_id=item_id)

    def _count_page(
        self, item: StockItem, form: CountForm, found: CountPreview | None = None
    ) -> Any:
        return self.render(
            "stock/count.html",
            item=item,
            form=form,
            found=found,
            zone=zone(),
            standing_mark=mark(*_standing(found)) if found else "",
        )


class MoveScreen(Screen):
    under = "stock"

    def is_visible(self) -> bool:
        return False

    @expose("/")
    def move(self, item_id: int) -> Any:
        return self._move_page(known_item(item_id), CountForm())

    @expose("/", methods=("POST",))
    @needs(Right.COUNT)
    def post_move(self, item_id: int) -> Any:
        """Goods that came in, or a correction by so many pieces, with why."""
        item = known_item(item_id)
        form = typed_form()
        is_receipt = request.form.get("kind") == "receive"
        pieces = whole_number(form.pieces)
        if pieces is None or not pieces or abs(pieces) > LARGEST or (is_receipt and pieces < 0):
            form.errors["pieces"] = (
                "A whole number of pieces from 1."
                if is_receipt
                else "A whole number of pieces: 3 for found, -3 for lost."
            )
        if not is_receipt and not form.note:
            form.errors["note"] = "Say why, for whoever looks at it next year."
        cost = cost_of(form) if is_receipt else None
        if form.errors or pieces is None:
            return self._move_page(item, form), 422
        with saving() as session:
            after = move_pieces(
                session,
                item_id,
                pieces,
                reason=RECEIVE if is_receipt else ADJUST,
                note=form.note,
                now=utc_now(),
                actor=actor(),
                cost=cost,
            )
        toast(
            f"{item.sku}: {pieces:+,} {'received' if is_receipt else 'adjusted'}, {after:,} on hand."
        )
        return back_to("stock.item", item_id=item_id)

    def _move_page(self, item: StockItem, form: CountForm) -> Any:
        return self.render(
            "stock/move.html", item=item, form=form, kind=request.values.get("kind", "receive")
        )


def _previewed(
    item: StockItem, form: CountForm, counted_at: datetime | None
) -> tuple[CountPreview | None, tuple[SheetProblem, ...]]:
    if not form.counted:
        form.errors["counted"] = "How many pieces were counted? 0 is a count, too."
    if form.errors:
        return None, ()
    sheet = one_count(sku=item.sku, on_hand=form.counted)
    found, problems = preview_counts(reading(), sheet, now=utc_now(), counted_at=counted_at)
    renamed = tuple(
        SheetProblem(row=each.row, column="counted", message=each.message) for each in problems
    )
    return (found[0] if found and not problems else None), renamed


def _standing(found: CountPreview) -> tuple[int, int]:
    return (found.move, found.to_pack)
