"""Signatures against vectors that were computed apart from this code."""

import pytest

from platforms.sandbox.shopee.signing import is_same, signature

KEY = "testpartnerkey"


@pytest.mark.parametrize(
    ("path", "timestamp", "token", "owner", "expected"),
    [
        pytest.param(
            "/api/v2/shop/get_shop_info",
            1655714431,
            "59777174636562737266615546704c6d",
            14701711,
            "487ac56a283df7d0f5c3b72da34e38cbafb38f404b84e1d909f3ba6a042f0149",
            id="shop",
        ),
        pytest.param(
            "/api/v2/global_product/get_category",
            1655714431,
            "09777174636962737266615546704c6d",
            1000000,
            "521c9d9e0faf9b1ffca8114ebc0ea0b19c3f6f0a031729ea7019f0eab5231d36",
            id="merchant",
        ),
        pytest.param(
            "/api/v2/public/get_shops_by_partner",
            1655714431,
            "",
            None,
            "1dff417d2fcaff35993886b80f1f6d34823a7910ece7464552852d58a77380ef",
            id="public",
        ),
    ],
)
def test_each_family_signs_what_belongs_to_it(
    path: str, timestamp: int, token: str, owner: int | None, expected: str
) -> None:
    signed = signature(
        KEY,
        partner_id=2001887,
        path=path,
        timestamp=timestamp,
        access_token=token,
        owner_id=owner,
    )

    assert signed == expected


def test_upper_case_and_other_alphabets_are_simply_wrong() -> None:
    expected = signature(KEY, partner_id=1, path="/api/v2/x", timestamp=1)

    assert is_same(expected, expected)
    assert not is_same(expected.upper(), expected)
    assert not is_same("é" * 64, expected)
