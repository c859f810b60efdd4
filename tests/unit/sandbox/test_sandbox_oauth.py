"""The store's OAuth 1.0a signatures, against vectors that two other libraries agree with."""

import pytest

from platforms.sandbox.woocommerce.authentication import signature, signature_base
from platforms.sandbox.woocommerce.php_query import parse

HOME = "http://127.0.0.1:8080/wp-json/wc/v3"
SECRET = "cs_" + "2" * 40


def _oauth(method: str) -> dict[str, str]:
    return {
        "oauth_consumer_key": "ck_" + "1" * 40,
        "oauth_timestamp": "1700000000",
        "oauth_nonce": "n0nce1234567890",
        "oauth_signature_method": method,
    }


VECTORS = [
    (
        "GET",
        "/orders",
        "per_page=50&page=2&status=processing,on-hold&modified_after=2026-11-24T00:00:00",
        "zsy+va6AOs8awVdToFoRf8wa0xNTPB31PlH53BQf/mM=",
        "Ib1T+Yfel1rPmB+bGhHJN6gE5Bo=",
    ),
    (
        "GET",
        "/orders",
        "status[0]=processing&status[1]=on-hold&search=a%20b%26c~%C3%A9",
        "k9jz/FBgGnTrtBUdtPcauGuN9RbDXmTmhseWzj99Ol4=",
        "l4Y7wAWA1CPjBmTOX+wydp8sAR4=",
    ),
    (
        "POST",
        "/products/batch",
        "",
        "FwsDRAqMSnFYE0nrW78zKuM7Ew6D5sHGG+VO9i3RA4I=",
        "PHFhmKyv/u06IBK6p5iASd6usW4=",
    ),
]


@pytest.mark.parametrize(("method", "path", "query", "sha256", "sha1"), VECTORS)
def test_a_signature_equals_the_published_vector(
    method: str, path: str, query: str, sha256: str, sha1: str
) -> None:
    for algorithm, wanted in (("HMAC-SHA256", sha256), ("HMAC-SHA1", sha1)):
        params = {**parse(query), **_oauth(algorithm)}

        base = signature_base(method, HOME + path, params)

        assert signature(SECRET, base, algorithm) == wanted


def test_the_base_string_is_the_published_one() -> None:
    params = {**parse(VECTORS[0][2]), **_oauth("HMAC-SHA256")}

    base = signature_base("GET", f"{HOME}/orders", params)

    assert base == (
        "GET&http%3A%2F%2F127.0.0.1%3A8080%2Fwp-json%2Fwc%2Fv3%2Forders&"
        "modified_after%3D2026-11-24T00%253A00%253A00%26"
        "oauth_consumer_key%3Dck_1111111111111111111111111111111111111111%26"
        "oauth_nonce%3Dn0nce1234567890%26oauth_signature_method%3DHMAC-SHA256%26"
        "oauth_timestamp%3D1700000000%26page%3D2%26per_page%3D50%26"
        "status%3Dprocessing%252Con-hold"
    )


def test_elements_of_an_array_are_signed_in_the_order_they_arrived() -> None:
    arrived = parse("&".join(f"include[{n}]={n}" for n in range(12)))

    base = signature_base("GET", f"{HOME}/orders", arrived)

    positions = [base.index(f"include%255B{n}%255D%3D") for n in range(12)]
    assert positions == sorted(positions)


def test_unnumbered_array_elements_are_signed_with_their_numbers() -> None:
    base = signature_base("GET", f"{HOME}/orders", parse("status[]=a&status[]=b"))

    assert base.endswith("&status%255B0%255D%3Da%26status%255B1%255D%3Db")
