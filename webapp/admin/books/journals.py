"""The journal: every entry, filtered by what a bookkeeper looks for, and its export."""

from typing import Any

from flask import Response, request, stream_with_context
from flask_admin import expose

from webapp.admin.books.asked import read_asked, usual_spans
from webapp.admin.frame.base import Screen
from webapp.admin.frame.formatters import CAP
from webapp.admin.frame.paging import PAGE_SIZE, Page, within_cap
from webapp.admin.frame.session import reading
from webapp.admin.frame.site_facts import all_sites
from webapp.backoffice.books.effects import Chapter
from webapp.backoffice.reports.exporting import Exported, csv_text
from webapp.backoffice.reports.journal_list import (
    MOST_SUMMED,
    REACH,
    conditions_of,
    count_entries,
    find_entries,
    sum_entries,
)
from webapp.backoffice.setup.chart import list_ledgers
from webapp.database import utc_now


class JournalsScreen(Screen):
    @expose("/")
    def index(self) -> Any:
        session = reading()
        asked = read_asked(session, request.args)
        sites = all_sites()
        ids = [site.id for site in sites]
        number = within_cap(asked.page)
        total = count_entries(session, asked.filter, ids, most=CAP + 1)
        start = (number - 1) * PAGE_SIZE
        rows = find_entries(session, asked.filter, ids, offset=start, limit=PAGE_SIZE)
        sums = sum_entries(session, asked.filter, ids) if 0 < total <= MOST_SUMMED else {}
        return self.render(
            "books/journals.html",
            asked=asked,
            page=Page(rows=rows, number=number, total=total),
            sums=sums,
            sites=sites,
            site_of={site.id: site for site in sites},
            chapters=tuple(Chapter),
            ledgers=list_ledgers(session),
            currencies=sorted({site.currency for site in sites}),
            spans=usual_spans(utc_now().date()),
            reach=REACH,
        )

    @expose("/export.csv")
    def export(self) -> Response:
        """The filtered entries line by line, all of them, as they are read."""
        session = reading()
        asked = read_asked(session, request.args)
        pieces = csv_text(session, Exported(), *conditions_of(asked.filter))
        return Response(
            stream_with_context(pieces),
            mimetype="text/csv",
            headers={"Content-Disposition": "attachment; filename=journal.csv"},
        )
