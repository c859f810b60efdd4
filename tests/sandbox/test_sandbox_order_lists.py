"""Lists of orders: filters, order of rows, pages, headers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms.sandbox.woocommerce import Buyer, OrderStorage, Sold
from tests.sandbox.caller import Caller

START = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)


def _place(shop: Caller, *, seconds: int = 0, **changes: Any) -> int:
    at = START + timedelta(seconds=seconds)
    changes.setdefault("lines", [Sold(product="MUG-TEHTARIK")])
    return shop.sandbox.store.place_order(at=at, **changes)


def _ids(shop: Caller, **params: Any) -> list[int]:
    params.setdefault("order", "asc")
    params.setdefault("orderby", "id")
    return [order["id"] for order in shop.get("/orders", **params)]


@pytest.fixture
def three(shop: Caller) -> list[int]:
    """Created at 04:00:00, :10 and :20 UTC, which is noon in the site."""
    return [_place(shop, seconds=seconds) for seconds in (0, 10, 20)]


@pytest.mark.parametrize(
    ("params", "wanted"),
    [
        ({"after": "2026-06-01T04:00:10", "dates_are_gmt": "true"}, [2]),
        ({"before": "2026-06-01T04:00:10", "dates_are_gmt": "true"}, [0]),
        ({"modified_after": "2026-06-01T04:00:09.999", "dates_are_gmt": "true"}, [1, 2]),
        ({"modified_before": "2026-06-01T04:00:20", "dates_are_gmt": "true"}, [0, 1]),
        ({"modified_after": "2026-06-01T12:00:10"}, [2]),
        ({"modified_after": "2026-06-01T04:00:10Z"}, [2]),
        ({"modified_after": "2026-06-01T12:00:10+08:00"}, [2]),
    ],
)
def test_date_filters_are_exclusive_to_the_second(
    shop: Caller, three: list[int], params: dict[str, str], wanted: list[int]
) -> None:
    for orderby in ("id", "date", "modified"):
        assert _ids(shop, orderby=orderby, **params) == [three[n] for n in wanted]


def test_offset_and_flag_together_silently_miss_changes_east_of_utc(
    shop: Caller, three: list[int]
) -> None:
    missed = _ids(shop, modified_after="2026-06-01T03:00:00Z", dates_are_gmt="true")
    right = _ids(shop, modified_after="2026-06-01T03:00:00", dates_are_gmt="true")

    assert missed == []
    assert right == three


def test_an_old_shop_ignores_the_filter_it_does_not_know(shop: Caller, three: list[int]) -> None:
    shop.sandbox.store.configure(modified_filters=False)

    assert _ids(shop, modified_after="2030-01-01T00:00:00") == three
    options = shop.call("OPTIONS", "/orders").json()
    assert "modified_after" not in options["endpoints"][0]["args"]


def test_any_leaves_out_trash_and_drafts_which_are_found_by_name(shop: Caller) -> None:
    draft = _place(shop, status="checkout-draft")
    binned = _place(shop)
    plain = _place(shop)
    shop.sandbox.store.trash(binned)

    assert _ids(shop) == _ids(shop, status="any") == [plain]
    assert _ids(shop, status="trash") == [binned]
    assert _ids(shop, status="checkout-draft") == [draft]
    assert _ids(shop, status="any,trash") == [binned, plain]
    assert shop.get(f"/orders/{binned}")["status"] == "trash"


def test_the_older_version_lists_drafts_too(shop: Caller) -> None:
    shop.sandbox.store.configure(drafts_in_any=True)
    draft = _place(shop, status="checkout-draft")

    assert _ids(shop) == [draft]


def test_statuses_may_be_a_list_in_both_spellings(shop: Caller) -> None:
    first, second = _place(shop, status="on-hold"), _place(shop, status="failed")
    _place(shop)

    assert _ids(shop, status="on-hold,failed") == [first, second]
    assert _ids(shop, **{"status[0]": "on-hold", "status[1]": "failed"}) == [first, second]


def test_orders_of_a_status_whose_plugin_is_gone_vanish_from_any(shop: Caller) -> None:
    store = shop.sandbox.store
    odd = _place(shop, status="awaiting-pickup")
    assert _ids(shop, status="awaiting-pickup") == [odd]

    store.configure(custom_statuses=())

    assert _ids(shop) == []
    assert shop.get(f"/orders/{odd}")["status"] == "awaiting-pickup"
    assert shop.error("GET", "/orders?status=awaiting-pickup") == (400, "rest_invalid_param")
    store.configure(order_storage=OrderStorage.POSTS)
    assert _ids(shop) == [odd]


def test_the_other_filters_narrow_the_list(shop: Caller) -> None:
    buyer = Buyer(first_name="Jürgen", last_name="Groß", email="j@example.test")
    german = _place(shop, buyer=buyer, customer_id=7)
    tee = _place(shop, lines=[Sold(product="TEE-RED-M")])
    child = _place(shop, parent_id=tee, created_via="rest-api")
    product = shop.get("/products", sku="TEE")[0]

    assert _ids(shop, search="groß") == [german]
    assert _ids(shop, customer=7) == [german]
    assert _ids(shop, product=product["id"]) == [tee]
    assert _ids(shop, product=product["variations"][1]) == []
    assert _ids(shop, parent=tee) == [child]
    assert _ids(shop, parent_exclude=tee) == [german, tee]
    assert _ids(shop, created_via="rest-api") == [child]
    assert _ids(shop, include=f"{child},{german}") == [german, child]
    assert _ids(shop, exclude=f"{child},{german}") == [tee]
    assert _ids(shop, orderby="include", include=f"{child},{german}") == [child, german]


def test_ties_in_a_date_are_broken_by_id_in_the_same_direction(shop: Caller) -> None:
    same = [_place(shop) for _ in range(7)]

    for orderby in ("date", "modified"):
        assert _ids(shop, orderby=orderby) == same
        pages = [_ids(shop, orderby=orderby, per_page=3, page=page) for page in (1, 2, 3)]
        assert [order_id for page in pages for order_id in page] == same
    assert _ids(shop, orderby="modified", order="desc") == same[::-1]


def test_the_default_page_holds_the_ten_newest(shop: Caller) -> None:
    placed = [_place(shop, seconds=n) for n in range(12)]

    listed = [order["id"] for order in shop.get("/orders")]

    assert listed == placed[::-1][:10]


def test_totals_and_links_of_a_page_in_the_middle(shop: Caller) -> None:
    for _ in range(5):
        _place(shop)

    answer = shop.call("GET", "/orders?per_page=2&page=2&orderby=id")

    home = f"{shop.sandbox.url}/wp-json/wc/v3/orders"
    added = "&status%5B0%5D=any&dp=2&context=view"
    assert answer.headers["X-WP-Total"] == "5"
    assert answer.headers["X-WP-TotalPages"] == "3"
    assert answer.headers["Link"] == (
        f'<{home}?per_page=2&page=1&orderby=id{added}>; rel="prev", '
        f'<{home}?per_page=2&page=3&orderby=id{added}>; rel="next"'
    )


@pytest.mark.parametrize(
    ("storage", "total"), [(OrderStorage.HPOS, "0"), (OrderStorage.POSTS, "3")]
)
def test_a_page_past_the_end_is_empty_and_in_hpos_forgets_the_total(
    shop: Caller, three: list[int], storage: OrderStorage, total: str
) -> None:
    shop.sandbox.store.configure(order_storage=storage)

    answer = shop.call("GET", "/orders?per_page=2&page=9")

    assert (answer.status_code, answer.json()) == (200, [])
    assert answer.headers["X-WP-Total"] == total
    assert 'rel="prev"' in answer.headers["Link"]


def test_an_offset_replaces_the_page(shop: Caller, three: list[int]) -> None:
    assert _ids(shop, offset=1, per_page=1, page=3) == [three[1]]


def test_page_numbers_skip_a_row_when_one_moves_between_two_pages(shop: Caller) -> None:
    placed = [_place(shop, seconds=n) for n in range(4)]
    query = {"orderby": "modified", "order": "asc", "per_page": 2}
    first = _ids(shop, page=1, **query)

    shop.sandbox.store.set_meta(placed[0], "_packed", "1")
    second = _ids(shop, page=2, **query)

    assert set(placed) - set(first) - set(second) == {placed[2]}


def test_head_has_the_totals_and_no_body(shop: Caller, three: list[int]) -> None:
    answer = shop.call("HEAD", "/orders", params={"per_page": 2})

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["X-WP-TotalPages"] == "2"


def test_fields_cut_the_rows_and_nested_members(shop: Caller, three: list[int]) -> None:
    listed = shop.get("/orders", _fields="id,billing.city", per_page=1, order="asc")
    alone = shop.get(f"/orders/{three[0]}", _fields="id")

    assert listed == [{"id": three[0], "billing": {"city": "Kuala Lumpur"}}]
    assert list(alone) == ["id", "_links"]


def test_dp_changes_the_decimals_of_a_reading(shop: Caller) -> None:
    order_id = _place(shop, lines=[Sold(product="MUG-TEHTARIK", total="57.56", tax="0")])

    assert shop.get(f"/orders/{order_id}", dp=0)["total"] == "58"
    assert shop.get("/orders", dp=4)[0]["total"] == "57.5600"
    assert shop.get(f"/orders/{order_id}")["total"] == "57.56"


def test_decimals_follow_the_shop_and_not_the_currency_of_the_order(shop: Caller) -> None:
    order_id = _place(
        shop,
        lines=[Sold(product="MUG-TEHTARIK", total="4175", tax="0")],
        currency="JPY",
        decimals=0,
    )

    assert shop.get(f"/orders/{order_id}")["total"] == "4175.00"
    shop.sandbox.store.configure(decimals=0)
    assert shop.get(f"/orders/{order_id}")["total"] == "4175"


def test_meta_keys_can_be_asked_for_or_left_out(shop: Caller) -> None:
    _place(shop, meta={"_stripe_fee": "1", "_stripe_net": "2"})

    only = shop.get("/orders", include_meta="_stripe_fee")[0]["meta_data"]
    without = shop.get("/orders", exclude_meta="_stripe_fee")[0]["meta_data"]

    assert [entry["key"] for entry in only] == ["_stripe_fee"]
    assert [entry["key"] for entry in without] == ["_stripe_net"]


def test_dates_are_told_in_the_sites_time_and_in_utc(shop: Caller, three: list[int]) -> None:
    order = shop.get(f"/orders/{three[0]}")

    assert order["date_created"] == "2026-06-01T12:00:00"
    assert order["date_created_gmt"] == "2026-06-01T04:00:00"


def test_the_date_header_is_the_stores_own_clock(shop: Caller) -> None:
    shop.sandbox.store.advance(3 * 24 * 3600)

    sent = datetime.strptime(
        shop.call("GET", "/orders").headers["Date"], "%a, %d %b %Y %H:%M:%S GMT"
    ).replace(tzinfo=UTC)

    assert timedelta(days=2) < sent - datetime.now(UTC) < timedelta(days=4)
