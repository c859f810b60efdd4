"""The trial balance of a period, by currency; a site and days may be asked for."""

from typing import Any

from flask import Response, request
from flask_admin import expose

from webapp.admin.books.asked import Asked, read_asked, usual_spans
from webapp.admin.frame.base import Screen
from webapp.admin.frame.session import reading
from webapp.admin.frame.site_facts import all_sites
from webapp.backoffice.files.sheet_formats import csv_bytes, xlsx_bytes
from webapp.backoffice.files.sheets import Cell
from webapp.backoffice.reports.period_balance import ZERO, PeriodBalance, period_balance
from webapp.database import utc_now

COLUMNS = (
    "currency",
    "ledger",
    "name",
    "type",
    "opening",
    "debit",
    "credit",
    "closing_debit",
    "closing_credit",
)


class TrialBalanceScreen(Screen):
    @expose("/")
    def index(self) -> Any:
        asked, balances = _read()
        return self.render(
            "books/trial_balance.html",
            asked=asked,
            balances=balances,
            shown=balances.get(asked.currency or "") or next(iter(balances.values()), None),
            sites=all_sites(),
            spans=usual_spans(utc_now().date()),
        )

    @expose("/export.csv")
    def export(self) -> Response:
        """Every currency's balance as a sheet."""
        _, balances = _read()
        return Response(
            csv_bytes(COLUMNS, _rows(balances)),
            mimetype="text/csv",
            headers={"Content-Disposition": "attachment; filename=trial-balance.csv"},
        )

    @expose("/export.xlsx")
    def export_xlsx(self) -> Response:
        _, balances = _read()
        return Response(
            xlsx_bytes(COLUMNS, _rows(balances)),
            mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            headers={"Content-Disposition": "attachment; filename=trial-balance.xlsx"},
        )


def _read() -> tuple[Asked, dict[str, PeriodBalance]]:
    asked = read_asked(reading(), request.args)
    found = period_balance(
        reading(),
        site_id=asked.site.id if asked.site else None,
        since=asked.since,
        until=asked.until,
    )
    return asked, found


def _rows(balances: dict[str, PeriodBalance]) -> list[list[Cell]]:
    return [
        [
            each.currency,
            row.ledger,
            row.name,
            row.type,
            row.opening,
            row.debit,
            row.credit,
            max(row.closing, ZERO),
            max(-row.closing, ZERO),
        ]
        for each in balances.values()
        for row in each.rows
    ]
