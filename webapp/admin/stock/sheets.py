"""Sheets of counts: uploaded, seen row by row with what each would post, posted as a whole."""

from typing import Any

from flask import abort, request
from flask_admin import expose

from webapp.admin.frame.base import Screen, actor, back_to, complain, needs, toast
from webapp.admin.frame.formatters import plural
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import reading, saving
from webapp.admin.stock.typed import LONGEST_NOTE, CountForm, moment_of, typed_form, zone
from webapp.backoffice.files.sheets import SheetProblem, SheetUnreadable
from webapp.backoffice.goods.count_sheets import forget_sheet, keep_sheet, kept_sheet
from webapp.backoffice.goods.counting import CountPreview, import_stock, preview_counts
from webapp.backoffice.goods.stock_sheet import COLUMNS
from webapp.database import utc_now

ROWS_SHOWN = 200


class CountSheetScreen(Screen):
    under = "stock"

    def is_visible(self) -> bool:
        return False

    @expose("/")
    def upload(self) -> Any:
        return self._upload_page(())

    @expose("/", methods=("POST",))
    @needs(Right.COUNT)
    def post_upload(self) -> Any:
        """Keep a sheet of counts and show what it would post."""
        form = typed_form()
        counted_at = moment_of(form)
        sent = request.files.get("sheet")
        if sent is None or not sent.filename:
            form.errors["sheet"] = "Choose a sheet first."
        if form.errors or sent is None:
            return self._upload_page((), form), 422
        try:
            with saving() as session:
                sheet_id = keep_sheet(
                    session, sent.read(), counted_at=counted_at, now=utc_now(), actor=actor()
                )
        except SheetUnreadable as fault:
            return self._upload_page(fault.problems, form), 422
        return back_to(".sheet", sheet_id=sheet_id)

    @expose("/<id:sheet_id>")
    def sheet(self, sheet_id: int) -> Any:
        """What a kept sheet would post, row by row."""
        kept = kept_sheet(reading(), sheet_id)
        if kept is None:
            complain("That sheet was posted already, or its day is over: upload it again.")
            return back_to(".upload")
        head, sheet = kept
        previews, problems = preview_counts(
            reading(), sheet, now=utc_now(), counted_at=head.counted_at
        )
        return self.render(
            "stock/sheet.html",
            kept=head,
            previews=_most_moved(previews),
            rows=len(previews),
            totals=_totals(previews),
            problems=problems,
            zone=zone(),
        )

    @expose("/<id:sheet_id>", methods=("POST",))
    @needs(Right.COUNT)
    def post_sheet(self, sheet_id: int) -> Any:
        """Post a kept sheet, all of its rows."""
        on_shelf = request.form.get("on_shelf")
        if on_shelf not in ("yes", "no"):
            complain("Say whether pieces still to be packed were on the shelf.")
            return back_to(".sheet", sheet_id=sheet_id)
        with saving() as session:
            kept = kept_sheet(session, sheet_id)
            if kept is None or not forget_sheet(session, sheet_id):
                abort(404)
            done = import_stock(
                session,
                kept[1],
                now=utc_now(),
                actor=actor(),
                shelf=on_shelf == "yes",
                counted_at=kept[0].counted_at,
                note=request.form.get("note", "").strip()[:LONGEST_NOTE],
            )
            if done.errors:
                session.rollback()
        if done.errors:
            complain("The sheet has rows that cannot be read: nothing was posted.")
            return back_to(".sheet", sheet_id=sheet_id)
        toast(
            f"{plural(done.rows, 'row')} posted: {plural(done.created, 'new item')}, "
            f"{done.moved:,} moved, {done.unchanged:,} as before."
        )
        return back_to("stock.index")

    @expose("/<id:sheet_id>/drop", methods=("POST",))
    @needs(Right.COUNT)
    def drop(self, sheet_id: int) -> Any:
        with saving() as session:
            forget_sheet(session, sheet_id)
        toast("The sheet was put away; nothing was posted.")
        return back_to(".upload")

    def _upload_page(
        self, problems: tuple[SheetProblem, ...], form: CountForm | None = None
    ) -> Any:
        return self.render(
            "stock/upload.html",
            problems=problems,
            form=form or CountForm(),
            columns=COLUMNS,
            zone=zone(),
        )


def _most_moved(previews: list[CountPreview]) -> list[CountPreview]:
    """The rows to show: those that move the most pieces first."""
    return sorted(previews, key=lambda each: (-abs(each.move), each.sku))[:ROWS_SHOWN]


def _totals(previews: list[CountPreview]) -> dict[str, int]:
    return {
        "new": sum(each.item_id is None for each in previews),
        "moved": sum(each.move != 0 for each in previews),
        "moved_with_shelf": sum(each.move_with_shelf != 0 for each in previews),
        "to_pack": sum(each.to_pack for each in previews),
        "zero": sum(each.counted == 0 and each.on_hand > 0 for each in previews),
    }
