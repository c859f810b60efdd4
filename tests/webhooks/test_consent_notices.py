"""What a marketplace says of a shop's consent is done at once, or as soon as it can be asked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobs.notices import take_notices
from jobs.pull import pull_site
from platforms.base import NoticeKind
from platforms.sandbox import shopee
from tests.webhooks.serving import Served, connect
from webapp.database import reading
from webapp.models.orders import OrderBuyer
from webapp.models.sites import Site


@pytest.fixture
def told(served_on_sqlite: Served, market: shopee.Sandbox) -> int:
    site_id = connect(served_on_sqlite.engine, market, "shopee")
    market.send_notices_to(served_on_sqlite.address(site_id))
    return site_id


def site_of(served: Served, site_id: int) -> Any:
    with reading(served.engine) as session:
        return session.get_one(Site, site_id)


def test_a_withdrawn_consent_stops_the_site_and_empties_its_buyers_before_the_answer(
    served_on_sqlite: Served, market: shopee.Sandbox, told: int
) -> None:
    lines: list[Any] = [shopee.Sold(product=market.stock_rows()[0][0], quantity=1)]
    market.store.place_order(lines=lines, status="READY_TO_SHIP")
    pull_site(served_on_sqlite.runtime, told)

    market.store.withdraw_consent()
    assert market.store.pushes.drain(10)

    assert site_of(served_on_sqlite, told).stopped_code == "store_refused_credentials"
    with reading(served_on_sqlite.engine) as session:
        emptied = [row.emptied_at for row in session.query(OrderBuyer)]
    assert emptied
    assert None not in emptied
    statuses = [each.status for each in market.store.pushes.delivered if each.code == 2]
    assert statuses == [200]


def test_a_consent_that_ends_waits_until_the_store_is_asked(
    served_on_sqlite: Served, market: shopee.Sandbox, told: int
) -> None:
    ends = int((datetime.now(UTC) + timedelta(days=5)).timestamp())
    market.store.pushes.authorisation_expires([market.store.settings.shop_id], ends)
    assert market.store.pushes.drain(10)
    assert not site_of(served_on_sqlite, told).facts

    (waiting,) = served_on_sqlite.waiting(told)
    assert waiting.kind is NoticeKind.CONSENT_ENDS
    report = take_notices(served_on_sqlite.runtime, told)

    assert (report.taken, report.fetched) == (1, 0)
    assert site_of(served_on_sqlite, told).facts["consent_until"]


def test_a_forged_withdrawal_stops_nothing(
    served_on_sqlite: Served, market: shopee.Sandbox, told: int
) -> None:
    body = b'{"data":{"shop_id":%d,"success":1},"code":2,"timestamp":%d}' % (
        market.store.settings.shop_id,
        int(datetime.now(UTC).timestamp()),
    )

    answer = served_on_sqlite.send("/webhooks/shopee", body, {"Authorization": "0" * 64})

    assert answer.status == 401
    assert site_of(served_on_sqlite, told).stopped_at is None
