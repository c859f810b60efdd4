"""A batch of mappings: how far it is, its preview row by row, applying it, taking it back."""

from datetime import datetime
from typing import Any

from flask import abort, make_response, redirect, request, url_for
from flask_admin import expose

from webapp.admin.frame.base import Screen, actor, back_to, complain, needs, toast
from webapp.admin.frame.formatters import plural
from webapp.admin.frame.paging import Page
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import backing, reading, saving
from webapp.admin.frame.site_facts import known_site
from webapp.admin.mapping import background
from webapp.admin.mapping.saved import let_go, orders_went_on, toast_with_undo
from webapp.admin.mapping.sheets import BUSY, go_to
from webapp.backoffice.files.sheet_formats import csv_bytes
from webapp.backoffice.goods import batches
from webapp.backoffice.goods.batch_applying import ChangedMeanwhile, foresee_undo, undo_batch
from webapp.backoffice.goods.batch_rows import ChangeRow, SheetLine, Tab, WrongRow
from webapp.backoffice.goods.batches import BatchGone
from webapp.database import utc_now
from webapp.models.mapping import BatchState, MappingBatch, Source

# Fewer are applied while the person waits, and are told in the toast.
AT_ONCE = 1_000
CHOICES = (Tab.CHANGES, Tab.NEW, Tab.CHANGED, Tab.IGNORED, Tab.MAXIMUM, Tab.UNMAPPED, Tab.SAME)
SCORES = (100, 95, 85, 75)
ERROR_COLUMNS = ("row", "column", "in_the_sheet", "what_is_wrong", "hint")
GONE = {
    BatchState.APPLIED.value: "It was applied already.",
    BatchState.APPLYING.value: "It is being applied.",
    BatchState.UNDONE.value: "It was taken back already.",
}


class BatchScreen(Screen):
    @expose("/<id:site_id>/batch/<id:batch_id>")
    def batch(self, site_id: int, batch_id: int) -> Any:
        return self._batch_page(site_id, batch_id)

    @expose("/<id:site_id>/batch/<id:batch_id>/progress")
    def progress(self, site_id: int, batch_id: int) -> Any:
        """How far it is; once it is done, the page is to be loaded anew."""
        batch = _known(site_id, batch_id)
        if batch.state in batches.AT_WORK and not batches.is_interrupted(batch, utc_now()):
            return self.render(
                "mapping/_progress.html", batch=batch, site=known_site(site_id), now=utc_now()
            )
        answer = make_response("", 204)
        answer.headers["HX-Refresh"] = "true"
        return answer

    @expose("/<id:site_id>/batch/<id:batch_id>/errors.csv")
    def errors(self, site_id: int, batch_id: int) -> Any:
        """The wrong rows of a sheet, as a sheet."""
        batch = _known(site_id, batch_id)
        rows = batches.rows_of(reading(), batch.id, Tab.ERRORS, WrongRow)
        content = csv_bytes(
            ERROR_COLUMNS, ((e.row, e.column, e.value, e.message, e.hint) for e in rows)
        )
        headers = {"Content-Disposition": f"attachment; filename=errors-{batch_id}.csv"}
        return content, 200, {"Content-Type": "text/csv; charset=utf-8", **headers}

    @expose("/<id:site_id>/suggested", methods=("POST",))
    @needs(Right.MAP)
    def suggest(self, site_id: int) -> Any:
        """Find all suggestions from a score on, for a preview."""
        site = known_site(site_id)
        asked = request.form.get("least", "")
        least = int(asked) if asked.isdecimal() and int(asked) in SCORES else max(SCORES)
        with saving() as session:
            batch = batches.begin(
                session,
                site.id,
                Source.SUGGESTIONS,
                name=f"Suggestions from score {least} on",
                from_now=False,
                now=utc_now(),
                actor=actor(),
            )
        engine = backing().engine
        try:
            background.start(engine, batch.id, lambda: background.suggest(engine, batch.id, least))
        except background.AllBusy:
            with saving() as session:
                batches.discard(session, batch.id)
            complain(BUSY)
            return back_to(".listings", site_id=site_id)
        return go_to(url_for(".batch", site_id=site_id, batch_id=batch.id))

    @expose("/<id:site_id>/batch/<id:batch_id>/apply", methods=("POST",))
    @needs(Right.MAP)
    def apply(self, site_id: int, batch_id: int) -> Any:
        """Apply the whole of it. What somebody changed meanwhile is shown, and nothing applied."""
        batch = _known(site_id, batch_id)
        now = utc_now()
        stands = batch.state == BatchState.READY or (
            batch.state == BatchState.APPLYING and batches.is_interrupted(batch, now)
        )
        if not stands or request.form.get("revision") != str(batch.revision):
            complain(f"Nothing was done: {GONE.get(batch.state, 'the preview is another by now.')}")
            return back_to(".batch", site_id=site_id, batch_id=batch_id)
        try:
            with saving() as session:
                state = BatchState.APPLYING
                batches.move_on(session, batch_id, batch.revision, state, beat_at=now, said="")
        except BatchGone as gone:
            complain(f"Nothing was done: {GONE.get(gone.state, 'the preview is another by now.')}")
            return back_to(".batch", site_id=site_id, batch_id=batch_id)
        engine, who, revision = backing().engine, actor(), batch.revision + 1
        try:
            background.start(
                engine,
                batch_id,
                lambda: background.apply(engine, batch_id, revision, actor=who, now=now),
            )
        except background.AllBusy:
            with saving() as session:
                batches.move_on(session, batch_id, revision, BatchState.READY)
            complain(BUSY)
            return back_to(".batch", site_id=site_id, batch_id=batch_id)
        return self._applied(site_id, batch_id)

    def _applied(self, site_id: int, batch_id: int) -> Any:
        """What became of it within the moment that the request waited."""
        reading().rollback()
        batch = _known(site_id, batch_id)
        if batch.state == BatchState.APPLIED:
            said = f"{plural(batch.counts['changes'], 'change')} applied."
            if batch.requeued:
                said = f"{said} {orders_went_on(batch.requeued, {})}"
            toast_with_undo(said, url_for(".undo", site_id=site_id, batch_id=batch_id))
            return back_to(".listings", site_id=site_id)
        if batch.state == BatchState.READY:
            return self._batch_page(site_id, batch_id), 409
        return redirect(url_for(".batch", site_id=site_id, batch_id=batch_id), code=303)

    @expose("/<id:site_id>/batch/<id:batch_id>/discard", methods=("POST",))
    @needs(Right.MAP)
    def discard(self, site_id: int, batch_id: int) -> Any:
        batch = _known(site_id, batch_id)
        if batch.state in (BatchState.APPLIED, BatchState.UNDONE, BatchState.APPLYING):
            complain(f"It was not discarded: {GONE[batch.state]}")
            return back_to(".batch", site_id=site_id, batch_id=batch_id)
        with saving() as session:
            batches.discard(session, batch_id)
        toast(f"“{batch.name}” is discarded. Nothing was changed.")
        return back_to(".listings", site_id=site_id)

    @expose("/<id:site_id>/batch/<id:batch_id>/undo")
    def undo(self, site_id: int, batch_id: int) -> Any:
        """What taking it back would do, and what happened meanwhile."""
        batch = _known(site_id, batch_id)
        if batch.state != BatchState.APPLIED:
            return redirect(url_for(".batch", site_id=site_id, batch_id=batch_id))
        return self._undo_page(batch)

    @expose("/<id:site_id>/batch/<id:batch_id>/undo", methods=("POST",))
    @needs(Right.MAP)
    def take_back(self, site_id: int, batch_id: int) -> Any:
        batch = _known(site_id, batch_id)
        now = utc_now()
        try:
            with saving() as session:
                requeued = undo_batch(
                    session,
                    batch_id,
                    batch.revision,
                    now=now,
                    actor=actor(),
                    takes_back=request.form.get("moves") == "back",
                )
        except ChangedMeanwhile:
            reading().rollback()
            return self._undo_page(_known(site_id, batch_id)), 409
        except BatchGone as gone:
            complain(f"Nothing was done: {GONE.get(gone.state, 'it was not applied.')}")
            return back_to(".batch", site_id=site_id, batch_id=batch_id)
        done = let_go(site_id, requeued, now)
        what = plural(batch.counts.get("changes", 0), "listing")
        said = f"“{batch.name}” is taken back: {what} as before."
        toast(f"{said} {orders_went_on(requeued, done)}" if requeued else said)
        return back_to(".listings", site_id=site_id)

    def _undo_page(self, batch: MappingBatch) -> Any:
        return self.render(
            "mapping/undo.html",
            site=known_site(batch.site_id),
            batch=batch,
            undoing=foresee_undo(reading(), batch),
        )

    def _batch_page(self, site_id: int, batch_id: int) -> Any:
        site = known_site(site_id)
        batch = _known(site_id, batch_id)
        now = utc_now()
        if batch.state == BatchState.WRONG:
            return self._wrong(batch)
        asked = request.args.get("tab", Tab.CHANGES.value)
        tab = Tab(asked) if asked in set(CHOICES) else Tab.CHANGES
        number = _page_number()
        rows = batches.page_of(reading(), batch.id, tab, number, ChangeRow)
        return self.render(
            "mapping/batch.html",
            site=site,
            batch=batch,
            state=shown_state(batch, now),
            tab=tab.value,
            tabs=[each.value for each in CHOICES],
            page=Page(rows=rows, number=number, total=batch.counts.get(tab.value, 0)),
            now=now,
        )

    def _wrong(self, batch: MappingBatch) -> Any:
        number = _page_number()
        rows = batches.page_of(reading(), batch.id, Tab.ERRORS, number, WrongRow)
        around = batches.rows_of(reading(), batch.id, Tab.AROUND, SheetLine)
        columns = [
            name for name in ("listing_id", "listing_sku", "listing_name", "sku", "quantity")
        ]
        columns += ["ignore", "max_quantity"]
        present = {name for line in around for name in line.cells}
        return self.render(
            "mapping/wrong.html",
            site=known_site(batch.site_id),
            batch=batch,
            page=Page(rows=rows, number=number, total=batch.counts["errors"]),
            around=around,
            columns=[name for name in columns if name in present],
            said="",
        )


def shown_state(batch: MappingBatch, now: datetime) -> str:
    """The state as people see it: one that fell silent was interrupted."""
    return "interrupted" if batches.is_interrupted(batch, now) else batch.state


def _page_number() -> int:
    asked = request.args.get("page", "1")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 6 else 1


def _known(site_id: int, batch_id: int) -> MappingBatch:
    """The batch of an address; 404 where the site has none of this number, or no more."""
    known_site(site_id)
    batch = reading().get(MappingBatch, batch_id)
    if batch is None or batch.site_id != site_id:
        abort(404)
    return batch
