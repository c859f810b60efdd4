"""Drift: which listings show another quantity, and who set it last."""

from datetime import timedelta

from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import NOW
from webapp.backoffice.goods.drift import SetBy, site_drift
from webapp.models.sites import Site
from webapp.models.stock import StockItem


def shown(
    session: Session, site: Site, item: StockItem, key: str, quantity: int | None, **told: object
) -> None:
    listing = make.listing(session, site, key, store_quantity=quantity, **told)
    make.mapping(session, listing, item)


def test_only_what_differs_is_told_the_most_surplus_first(session: Session) -> None:
    site = make.site(session)
    item = make.stock_item(session, "A", 10)
    pushed = {"pushed_quantity": 10, "pushed_at": NOW - timedelta(hours=1)}
    shown(session, site, item, "1", 10, **pushed)
    shown(session, site, item, "2", 7, **pushed)
    shown(session, site, item, "3", 13, **pushed)

    found = site_drift(session, site)

    assert [(each.listing.key, each.difference, each.set_by) for each in found] == [
        ("3", 3, SetBy.STORE),
        ("2", -3, SetBy.STORE),
    ]


def test_who_set_it_last_is_told(session: Session) -> None:
    site = make.site(session)
    item = make.stock_item(session, "A", 10)
    shown(session, site, item, "1", 4, pushed_quantity=4, pushed_at=NOW)
    shown(session, site, item, "2", 5)
    shown(session, site, item, "3", 6, pushed_at=NOW, push_code="store_refused", push_said="no way")
    shown(session, site, item, "4", None)

    found = {each.listing.key: each for each in site_drift(session, site)}

    assert found["1"].set_by is SetBy.PUSH
    assert found["2"].set_by is SetBy.NOBODY
    assert found["3"].set_by is SetBy.REFUSED
    assert found["3"].said == "no way"
    assert found["4"].difference is None


def test_what_was_never_counted_has_no_drift(session: Session) -> None:
    site = make.site(session)
    item = make.stock_item(session, "A", 0, counted_at=None)
    shown(session, site, item, "1", 4)

    assert site_drift(session, site) == []
