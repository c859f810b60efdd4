"""Mapping sheets: down as CSV or XLSX, and up into a preview."""

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_admin import expose
from sqlalchemy import select

from webapp.admin.frame.base import Screen, actor, needs
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import backing, reading, saving
from webapp.admin.frame.sign_in import is_signed_in
from webapp.admin.frame.site_facts import known_site
from webapp.admin.mapping import background
from webapp.backoffice.files.sheet_formats import csv_bytes, xlsx_bytes
from webapp.backoffice.files.sheets import ROW_LIMIT, SIZE_LIMIT
from webapp.backoffice.goods import batches
from webapp.backoffice.goods.mapping import export_mapping
from webapp.backoffice.goods.mapping_sheet import COLUMNS
from webapp.database import utc_now
from webapp.models.mapping import MappingBatch, Source
from webapp.models.sites import Site

UPLOAD = "mapping.upload"
# The file, and what a form puts around it.
LARGEST_UPLOAD = SIZE_LIMIT + 256 * 1024
SHOWN = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TOO_LARGE = (
    f"The file is over {SIZE_LIMIT // 1024 // 1024} MB, so it was not read. A mapping sheet of "
    f"{ROW_LIMIT:,} rows is smaller: save only the sheet with the rows, or split it."
)
BUSY = "Two sheets are being read at this moment. Upload yours again in a minute."
NO_FILE = "Choose the file first: a CSV or XLSX with the columns of the downloaded sheet."


class SheetScreen(Screen):
    def create_blueprint(self, admin: Any) -> Blueprint:
        blueprint: Blueprint = super().create_blueprint(admin)
        # Before anything looks into the form, which is when a large one would be refused.
        blueprint.url_value_preprocessor(_allow_sheets)
        blueprint.register_error_handler(413, _too_large)
        return blueprint

    @expose("/<id:site_id>/sheet.csv")
    def sheet(self, site_id: int) -> Any:
        """The mapping sheet that the upload takes back."""
        return self._sheet(site_id, "csv", "text/csv; charset=utf-8")

    @expose("/<id:site_id>/sheet.xlsx")
    def sheet_xlsx(self, site_id: int) -> Any:
        return self._sheet(site_id, "xlsx", XLSX)

    def _sheet(self, site_id: int, ending: str, mimetype: str) -> Any:
        known_site(site_id)
        rows = export_mapping(reading(), reading().get_one(Site, site_id))
        content = (xlsx_bytes if ending == "xlsx" else csv_bytes)(COLUMNS, rows)
        headers = {"Content-Disposition": f"attachment; filename=mapping-{site_id}.{ending}"}
        return content, 200, {"Content-Type": mimetype, **headers}

    @expose("/<id:site_id>/upload")
    def upload_form(self, site_id: int) -> Any:
        return self._upload_page(site_id, "")

    @expose("/<id:site_id>/upload", methods=("POST",))
    @needs(Right.MAP)
    def upload(self, site_id: int) -> Any:
        """Take a sheet, read it beside the requests, and go to where its preview will be."""
        site = known_site(site_id)
        file = request.files.get("file")
        content = b""
        if file is not None:
            content = file.read()
            file.close()
        if file is None or not content:
            return self._refuse_upload(site_id, NO_FILE, 422)
        if len(content) > SIZE_LIMIT:
            return self._refuse_upload(site_id, TOO_LARGE, 413)
        with saving() as session:
            batch = batches.begin(
                session,
                site.id,
                Source.SHEET,
                name=shown_name(file.filename),
                from_now=request.form.get("reach") == "from_now",
                now=utc_now(),
                actor=actor(),
            )
        engine = backing().engine
        try:
            background.start(
                engine, batch.id, lambda: background.read_sheet(engine, batch.id, content)
            )
        except background.AllBusy:
            with saving() as session:
                batches.discard(session, batch.id)
            return self._refuse_upload(site_id, BUSY, 503)
        return go_to(url_for(".batch", site_id=site_id, batch_id=batch.id))

    def _refuse_upload(self, site_id: int, said: str, status: int) -> Any:
        if "HX-Request" in request.headers:
            return self.render("mapping/_upload_fault.html", said=said), status
        return self._upload_page(site_id, said), status

    def _upload_page(self, site_id: int, said: str) -> Any:
        site = known_site(site_id)
        earlier = reading().scalars(
            select(MappingBatch)
            .where(
                MappingBatch.site_id == site_id,
                MappingBatch.source.in_((Source.SHEET.value, Source.SUGGESTIONS.value)),
            )
            .order_by(MappingBatch.id.desc())
            .limit(SHOWN)
        )
        return self.render(
            "mapping/upload.html",
            site=site,
            said=said,
            earlier=list(earlier),
            columns=COLUMNS,
            limits={"rows": ROW_LIMIT, "bytes": SIZE_LIMIT},
        )


def go_to(address: str) -> Any:
    """Redirect after a POST, also where htmx sent it."""
    if "HX-Request" in request.headers:
        answer = make_response("", 204)
        answer.headers["HX-Redirect"] = address
        return answer
    return redirect(address, code=303)


def shown_name(name: str | None) -> str:
    """The name of an uploaded file, to be shown and never to be opened."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in last if sign.isprintable()).strip() or "sheet"


def _allow_sheets(endpoint: str | None, values: dict[str, Any] | None) -> None:
    if endpoint == UPLOAD and is_signed_in():
        request.max_content_length = LARGEST_UPLOAD


def _too_large(error: Exception) -> Any:
    if "HX-Request" in request.headers:
        return render_template("mapping/_upload_fault.html", said=TOO_LARGE), 413
    title = "The file is too large"
    return render_template("errors/other.html", code=413, title=title, text=TOO_LARGE), 413
