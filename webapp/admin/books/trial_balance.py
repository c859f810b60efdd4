"""The trial balance, by currency; a site and a day may be asked for."""

from datetime import date
from typing import Any

from flask import request
from flask_admin import expose

from webapp.admin.frame.base import Screen
from webapp.admin.frame.session import reading
from webapp.admin.frame.site_facts import all_sites, site_by_name
from webapp.backoffice.files.sheet_formats import csv_bytes
from webapp.backoffice.files.sheets import Cell
from webapp.backoffice.reports.trial_balance import trial_balance

COLUMNS = ("currency", "ledger", "name", "type", "debit", "credit")


class TrialBalanceScreen(Screen):
    @expose("/")
    def index(self) -> Any:
        asked, faults = _asked()
        balances = trial_balance(reading(), site_id=asked["site_id"], at=asked["at"])
        wanted = request.args.get("currency")
        return self.render(
            "books/trial_balance.html",
            balances=balances,
            shown=balances.get(wanted or "") or next(iter(balances.values()), None),
            sites=all_sites(),
            site=site_by_name(request.args.get("site", "")),
            at=asked["at"],
            faults=faults,
            address=asked["address"],
        )

    @expose("/export.csv")
    def export(self) -> Any:
        """Every currency's balance as a sheet."""
        asked, _ = _asked()
        balances = trial_balance(reading(), site_id=asked["site_id"], at=asked["at"])
        rows: list[list[Cell]] = [
            [each.currency, row.ledger, row.name, row.type, row.debit, row.credit]
            for each in balances.values()
            for row in each.rows
        ]
        headers = {
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": "attachment; filename=trial-balance.csv",
        }
        return csv_bytes(COLUMNS, rows), 200, headers


def _asked() -> tuple[dict[str, Any], list[str]]:
    """The site's id and the day of the address, and a sentence for what makes no sense in it."""
    faults = []
    name, text = request.args.get("site", ""), request.args.get("at", "")
    site = site_by_name(name)
    if name and site is None:
        faults.append(f"There is no site “{name}”.")
    at = None
    if text:
        try:
            at = date.fromisoformat(text)
        except ValueError:
            faults.append(f"“{text}” is not a day; write 2026-11-24.")
    address = {"site": site.name if site else None, "at": at.isoformat() if at else None}
    return {"site_id": site.id if site else None, "at": at, "address": address}, faults
