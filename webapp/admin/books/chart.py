"""The chart of accounts: the ledgers, where each is wired, adding and changing, sheets in and out."""

from dataclasses import dataclass, field
from typing import Any

from flask import Response, abort, request
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.admin.frame.base import Screen, actor, back_to, needs, toast
from webapp.admin.frame.formatters import plural
from webapp.admin.frame.meanwhile import changed_meanwhile, mark
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import reading, saving
from webapp.backoffice.files.sheet_formats import csv_bytes, xlsx_bytes
from webapp.backoffice.files.sheets import Cell, Sheet, SheetProblem, SheetUnreadable, read_sheet
from webapp.backoffice.setup.chart import (
    COLUMNS,
    NEEDED,
    LedgerImport,
    import_ledgers,
    list_ledgers,
    one_ledger,
)
from webapp.database import utc_now
from webapp.models.audit import AuditEntry
from webapp.models.ledgers import Ledger, LedgerType
from webapp.models.sites import Site, SiteWiring

MEANS = {
    LedgerType.ASSET: "what is owned, and what others owe: bank, clearing, inventory",
    LedgerType.LIABILITY: "what is owed to others: tax, store credit",
    LedgerType.EQUITY: "what the owners put in",
    LedgerType.INCOME: "what is earned: sales, delivery; discounts and refunds lessen it",
    LedgerType.EXPENSE: "what is spent: platform fees, cost of goods",
}


@dataclass(slots=True, kw_only=True)
class LedgerForm:
    """A ledger as it was typed, with what is wrong beside its field."""

    code: str = ""
    name: str = ""
    type: str = ""
    currency: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def sheet(self) -> Sheet:
        return one_ledger(code=self.code, name=self.name, type_=self.type, currency=self.currency)


class ChartScreen(Screen):
    @expose("/")
    def index(self) -> Any:
        return self._list(())

    @expose("/add")
    def add(self) -> Any:
        return self._form(None, LedgerForm())

    @expose("/add", methods=("POST",))
    @needs(Right.CHART)
    def create(self) -> Any:
        form = _typed(request.form.get("code", "").strip())
        if _by_code(reading(), form.code) is not None:
            form.errors["code"] = f"There is a ledger {form.code} already: change that one."
            return self._form(None, form), 422
        done = _import(form.sheet)
        if done.errors:
            form.errors = _by_field(done.errors)
            return self._form(None, form), 422
        toast(f"Ledger {form.code} {form.name} is made.")
        return back_to(".index")

    @expose("/<id:ledger_id>")
    def edit(self, ledger_id: int) -> Any:
        ledger = _known(ledger_id)
        return self._form(ledger, _standing(ledger))

    @expose("/<id:ledger_id>", methods=("POST",))
    @needs(Right.CHART)
    def change(self, ledger_id: int) -> Any:
        ledger = _known(ledger_id)
        form = _typed(ledger.code)
        if changed_meanwhile(*_marked(ledger)):
            form.errors["form"] = (
                "Somebody changed this ledger while the form lay open. It stands now as "
                f"{ledger.name}, {ledger.type}, {ledger.currency or 'any currency'}. "
                "Save again to put yours in its place."
            )
            return self._form(ledger, form), 409
        done = _import(form.sheet)
        if done.errors:
            form.errors = _by_field(done.errors)
            return self._form(ledger, form), 422
        toast(f"Ledger {ledger.code} is saved." if done.changed else "Nothing was changed.")
        return back_to(".index")

    @expose("/upload", methods=("POST",))
    @needs(Right.CHART)
    def upload(self) -> Any:
        """A sheet of ledgers: all of its rows, or none."""
        sent = request.files.get("sheet")
        if sent is None or not sent.filename:
            return self._list(
                (SheetProblem(row=0, column="", message="Choose a sheet first."),)
            ), 422
        try:
            done = _import(read_sheet(sent.read(), COLUMNS, needed=NEEDED))
        except SheetUnreadable as fault:
            return self._list(fault.problems), 422
        if done.errors:
            return self._list(done.errors), 422
        toast(
            f"{plural(done.created, 'ledger')} made, {done.changed} changed, "
            f"{done.unchanged} as before."
        )
        return back_to(".index")

    @expose("/chart.csv")
    def sheet(self) -> Response:
        return _download(csv_bytes(COLUMNS, _rows(reading())), "text/csv", "chart.csv")

    @expose("/chart.xlsx")
    def sheet_xlsx(self) -> Response:
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return _download(xlsx_bytes(COLUMNS, _rows(reading())), kind, "chart.xlsx")

    def _list(self, problems: tuple[SheetProblem, ...]) -> Any:
        session = reading()
        ledgers = session.scalars(select(Ledger).order_by(Ledger.code)).all()
        return self.render(
            "books/chart.html",
            ledgers=ledgers,
            wired=_wired(session),
            means=MEANS,
            problems=problems,
            columns=COLUMNS,
        )

    def _form(self, ledger: Ledger | None, form: LedgerForm) -> Any:
        changes: list[AuditEntry] = []
        if ledger is not None:
            changes = list(
                reading().scalars(
                    select(AuditEntry)
                    .where(AuditEntry.subject == "ledger", AuditEntry.subject_id == ledger.id)
                    .order_by(AuditEntry.id.desc())
                    .limit(10)
                )
            )
        return self.render(
            "books/ledger.html",
            ledger=ledger,
            form=form,
            means=MEANS,
            changes=changes,
            standing_mark=mark(*_marked(ledger)) if ledger else "",
            wired=_wired(reading()).get(ledger.id, ()) if ledger else (),
        )


def _typed(code: str) -> LedgerForm:
    return LedgerForm(
        code=code,
        name=request.form.get("name", "").strip(),
        type=request.form.get("type", "").strip(),
        currency=request.form.get("currency", "").strip().upper(),
    )


def _standing(ledger: Ledger) -> LedgerForm:
    return LedgerForm(
        code=ledger.code, name=ledger.name, type=ledger.type, currency=ledger.currency or ""
    )


def _marked(ledger: Ledger) -> tuple[str, str, str | None]:
    return (ledger.name, ledger.type, ledger.currency)


def _import(sheet: Sheet) -> LedgerImport:
    with saving() as session:
        return import_ledgers(session, sheet, now=utc_now(), actor=actor())


def _by_field(problems: tuple[SheetProblem, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for problem in problems:
        found.setdefault(problem.column or "form", problem.message)
    return found


def _known(ledger_id: int) -> Ledger:
    ledger = reading().get(Ledger, ledger_id)
    if ledger is None:
        abort(404)
    return ledger


def _by_code(session: Session, code: str) -> int | None:
    return session.scalar(select(Ledger.id).where(Ledger.code == code))


def _rows(session: Session) -> list[list[Cell]]:
    return [[each.code, each.name, each.type, each.currency] for each in list_ledgers(session)]


def _wired(session: Session) -> dict[int, tuple[tuple[int, str, str, str], ...]]:
    """Where each ledger is wired: site id and name, role, payment method ("" is all)."""
    found: dict[int, list[tuple[int, str, str, str]]] = {}
    rows = session.execute(
        select(SiteWiring.ledger_id, Site.id, Site.name, SiteWiring.role, SiteWiring.payment_method)
        .join(Site, Site.id == SiteWiring.site_id)
        .order_by(Site.id, SiteWiring.role, SiteWiring.payment_method)
    )
    for ledger_id, site_id, name, role, method in rows:
        found.setdefault(ledger_id, []).append((site_id, name, role, method))
    return {ledger_id: tuple(places) for ledger_id, places in found.items()}


def _download(content: bytes, kind: str, name: str) -> Response:
    disposition = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(content, mimetype=kind, headers=disposition)
