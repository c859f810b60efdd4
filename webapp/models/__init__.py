"""The tables. `all_tables` imports every one of them, for migrations and tests."""

from sqlalchemy import MetaData


def all_tables() -> MetaData:
    """The metadata with every table on it."""
    from webapp.models import (  # noqa: F401
        audit,
        base,
        catalogue,
        journal,
        ledgers,
        mapping,
        notices,
        orders,
        people,
        previews,
        schedule,
        settlement,
        sites,
        stock,
    )

    return base.Base.metadata
