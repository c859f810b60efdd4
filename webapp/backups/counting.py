"""What must come out of a backup as it went in: orders, entries, their sums, pieces on hand."""

from collections.abc import Container

from sqlalchemy import Connection

from webapp.backups.manifest import Counts


def count(connection: Connection, tables: Container[str]) -> Counts:
    """Count a database of any of our versions, in the transaction's own moment.

    `tables` are those that it has: an early version's database counts 0 where it has none.
    """

    def number(what: str, table: str) -> int:
        if table not in tables:
            return 0
        query = f"SELECT {what} FROM {table}"  # noqa: S608 - our own names
        return int(connection.exec_driver_sql(query).scalar() or 0)

    return Counts(
        orders=number("count(*)", "channel_orders"),
        entries=number("count(*)", "journal_entries"),
        debit=number("sum(debit)", "journal_lines"),
        credit=number("sum(credit)", "journal_lines"),
        on_hand=number("sum(on_hand)", "stock_items"),
    )
