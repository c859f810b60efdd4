"""Settlement files read into lines. Nothing is applied here.

What is wrong with a file comes back all at once, row by row.
"""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from webapp.backoffice.books.settlement_files import generic, paypal, stripe
from webapp.backoffice.books.settlement_files.rows import FileLine, Format, SettlementFile
from webapp.backoffice.files.sheets import read_content, read_headings

__all__ = ["FileLine", "Format", "SettlementFile", "read_settlement", "read_settlement_file"]


def read_settlement_file(
    path: Path, zone: ZoneInfo, today: date, *, format: Format | None = None
) -> SettlementFile:
    """`read_settlement` of a file on disk. SheetUnreadable: also when it is not there."""
    return read_settlement(read_content(path), zone, today, format=format)


def read_settlement(
    content: bytes, zone: ZoneInfo, today: date, *, format: Format | None = None
) -> SettlementFile:
    """The lines of a settlement file, known by its heading unless `format` says what it is.

    `zone` is the site's, in which instants become dates; `today` its present day. Lines stand
    in the file's order; with `problems` there are none. SheetUnreadable: not a sheet, or
    columns are missing.
    """
    headings = read_headings(content, (*generic.COLUMNS, *stripe.COLUMNS, *paypal.COLUMNS))
    match format or format_of(frozenset(headings)):
        case Format.STRIPE:
            return stripe.read(content, headings, zone)
        case Format.PAYPAL:
            return paypal.read(content, headings, zone, today)
        case _:
            return generic.read(content, zone)


def format_of(headings: frozenset[str]) -> Format:
    """Which kind of file a heading belongs to; the generic one when it is no known report."""
    if headings >= stripe.MARKS:
        return Format.STRIPE
    if headings >= paypal.MARKS:
        return Format.PAYPAL
    return Format.GENERIC
