"""Each family of calls is signed as Shopee's guide says, by its own example base strings."""

from platforms.shopee.signing import is_public, signature, signed_query

KEY = "testpartnerkey"


def test_a_shops_call_signs_its_token_and_shop() -> None:
    sign = signature(
        KEY,
        partner_id="2001887",
        path="shop/get_shop_info",
        timestamp=1655714431,
        access_token="59777174636562737266615546704c6d",
        owner_id="14701711",
    )

    assert sign == "487ac56a283df7d0f5c3b72da34e38cbafb38f404b84e1d909f3ba6a042f0149"


def test_a_merchants_call_signs_its_token_and_merchant() -> None:
    sign = signature(
        KEY,
        partner_id="2001887",
        path="global_product/get_category",
        timestamp=1655714431,
        access_token="09777174636962737266615546704c6d",
        owner_id="1000000",
    )

    assert sign == "521c9d9e0faf9b1ffca8114ebc0ea0b19c3f6f0a031729ea7019f0eab5231d36"


def test_a_public_call_signs_the_app_alone() -> None:
    query = signed_query(
        KEY,
        partner_id="2001887",
        path="public/get_shops_by_partner",
        timestamp=1655714431,
        access_token="of no use here",
        shop_id="14701711",
    )

    assert query == {
        "partner_id": "2001887",
        "timestamp": "1655714431",
        "sign": "1dff417d2fcaff35993886b80f1f6d34823a7910ece7464552852d58a77380ef",
    }


def test_a_shops_call_tells_whose_it_is() -> None:
    query = signed_query(
        KEY,
        partner_id="1",
        path="order/get_order_list",
        timestamp=2,
        access_token="token",
        shop_id="3",
    )

    assert {
        name: query[name] for name in ("partner_id", "timestamp", "access_token", "shop_id")
    } == {
        "partner_id": "1",
        "timestamp": "2",
        "access_token": "token",
        "shop_id": "3",
    }


def test_authorisation_and_pushes_are_public_and_a_shops_page_is_not() -> None:
    assert is_public("auth/token/get")
    assert is_public("push/get_lost_push_message")
    assert is_public("shop/auth_partner")
    assert not is_public("shop/get_shop_info")
    assert not is_public("product/get_item_list")
