"""The audit trail: Flask-Admin's own list view, in our frame."""

import re

from sqlalchemy import Engine

from tests.admin.conftest import AsRole
from tests.admin.shop import NOW, PEOPLE
from webapp.backoffice.people.audit import record_change
from webapp.database import writing


def test_the_trail_is_paged_newest_first_and_takes_nothing(
    shop_engine: Engine, as_role: AsRole
) -> None:
    with writing(shop_engine) as session:
        for number in range(60):
            record_change(
                session,
                now=NOW,
                actor=PEOPLE["merchandiser"],
                action="change_mapping",
                subject="listing",
                label=f"listing {number}",
                before={"stock": [{"sku": "TRAY-S", "quantity": 2}]},
                after={"ignored": "<b>given away</b>"},
            )
    admin = as_role("admin")

    first, second = admin.get("/audit/").text, admin.get("/audit/?page=1").text

    found = re.findall(r"listing (\d+)", first)
    assert (found[0], len(found)) == ("59", 50)
    assert re.findall(r"listing (\d+)", second)[-1] == "0"
    assert "2 × TRAY-S" in first
    assert "&lt;b&gt;given away" in first
    assert "javascript:" not in first
    assert "Page 1 of 2" in first
    assert "/audit/new/" not in first
