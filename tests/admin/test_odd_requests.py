"""Requests that no page sends: odd characters, numbers out of range, texts without end."""

from urllib.parse import quote

import pytest
from sqlalchemy import Engine

from tests.admin.conftest import AsRole
from tests.admin.shop import NOW, Shop
from webapp.backoffice.people.audit import record_change
from webapp.database import writing

ODD = ["\U0010ffff", "\ud7ff", "\udfff", "'", "%", "_", "9" * 400, "²", "-1", "x" * 5000]
ADDRESSES = [
    "/orders/?q={}",
    "/orders/?status={}",
    "/orders/?from={}&to={}",
    "/orders/?page={}",
    "/orders/export.csv?q={}",
    "/mapping/{site}/?q={}",
    "/mapping/{site}/?page={}",
    "/orders/{order}/data?version={}",
    "/audit/?page={}",
    "/audit/?sort={}&desc={}",
    "/trial-balance/?at={}",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_typed_text_breaks_a_page(as_role: AsRole, shop: Shop, address: str) -> None:
    admin = as_role("admin")
    order = shop.orders["10482"]
    for text in (*ODD, "0001-01-01", "9999-12-31"):
        typed = quote(text.encode("utf-8", "surrogatepass"))
        path = address.replace("{site}", str(shop.site)).replace("{order}", str(order))

        answer = admin.get(path.replace("{}", typed))

        assert answer.status_code in (200, 404), (path, text[:10])


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_nul_is_refused_before_any_database_sees_it(
    as_role: AsRole, shop: Shop, address: str
) -> None:
    path = address.replace("{site}", str(shop.site)).replace("{order}", "1")

    assert as_role("admin").get(path.replace("{}", "%00")).status_code == 400


def test_a_nul_in_a_form_is_refused(as_role: AsRole, shop: Shop) -> None:
    listing = next(iter(shop.listings.values()))
    path = f"/mapping/{shop.site}/{listing}"

    answer = as_role("admin").post(path, means="ignore", reason="a\0b")

    assert answer.status_code == 400


def test_the_trail_shows_what_stood_empty_before(shop_engine: Engine, as_role: AsRole) -> None:
    with writing(shop_engine) as session:
        record_change(
            session,
            now=NOW,
            actor="command line",
            action="rewire",
            subject="site",
            label="wired anew",
            before={"tax": None, "bank": "1000"},
            after={"tax": "2200", "bank": None, "hold_when": [{"say": "<b>big</b>"}]},
        )

    page = as_role("admin").get("/audit/")

    assert page.status_code == 200
    assert "wired anew" in page.text
    assert "tax:</span> nothing" in page.text.lower()
    assert "<b>big" not in page.text


def test_a_reason_has_an_end(as_role: AsRole, shop: Shop) -> None:
    listing = next(iter(shop.listings.values()))

    answer = as_role("merchandiser").post(
        f"/mapping/{shop.site}/{listing}", means="ignore", reason="x" * 600
    )

    assert answer.status_code == 422
    assert "At most 500 characters." in answer.text
