"""Redirects: followed for reading only, and never with keys to another host."""

import pytest

from platforms.errors import BadResponse, SiteRefused
from platforms.outgoing import Signature
from platforms.transport import Transport
from tests.platforms.scripted import Asked, in_turn, response, scripted

GOOD = response("[]")


def signed(method: str, url: str, query: object) -> Signature:
    return Signature(query={"key": "secret"}, headers={"Authorization": "Basic secret"})


def moved(location: str, status: int = 301) -> bytes:
    return response("", status, Location=location)


def test_reading_follows_a_redirect_on_the_same_host_with_its_keys() -> None:
    script = in_turn(moved("/there?page=2&key=secret", 302), GOOD)

    with scripted(script) as server:
        answer = Transport(allow_private=True).send("GET", f"{server.url}/here", sign=signed)

    assert answer.url_without_query == f"{server.url}/there"
    assert server.asked[1].query == {"page": "2", "key": "secret"}
    assert server.asked[1].headers["authorization"] == "Basic secret"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_keys_are_not_told_to_another_host_or_port(host: str) -> None:
    with scripted(in_turn(GOOD)) as other:
        target = f"http://{host}:{other.port}/there?key=secret&page=2"
        with scripted(in_turn(moved(target))) as server:
            Transport(allow_private=True).send("GET", f"{server.url}/here", sign=signed)

    assert other.asked[0].query == {"page": "2"}
    assert "authorization" not in other.asked[0].headers


def test_the_fourth_redirect_is_not_followed() -> None:
    with scripted(in_turn(moved("/again"))) as server, pytest.raises(BadResponse) as caught:
        Transport(allow_private=True).send("GET", server.url)

    assert len(server.asked) == 4
    assert "again and again" in caught.value.sentence


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirected_write_is_an_error_that_says_where_to(status: int) -> None:
    where = "https://user:pw@www.shop.example/wp-json/?consumer_secret=cs_1"

    with scripted(in_turn(moved(where, status))) as server, pytest.raises(SiteRefused) as caught:
        Transport(allow_private=True).send("POST", server.url, body=b"{}", sign=signed)

    assert len(server.asked) == 1
    assert "https://www.shop.example/wp-json/" in caught.value.sentence
    assert "cs_1" not in caught.value.sentence
    assert "pw" not in caught.value.sentence
    assert "Nothing was written" in caught.value.sentence


@pytest.mark.parametrize("where", ["file:///etc/passwd", "gopher://x/", "ftp://x/", "http://"])
def test_a_redirect_away_from_the_web_is_not_followed(where: str) -> None:
    with scripted(in_turn(moved(where))) as server, pytest.raises(BadResponse):
        Transport(allow_private=True).send("GET", server.url)


def test_a_status_of_redirects_without_an_address_is_an_answer() -> None:
    with scripted(in_turn(response("", 304))) as server:
        assert Transport(allow_private=True).send("GET", server.url).status == 304


def test_cookies_of_a_store_are_not_kept() -> None:
    seen: list[Asked] = []

    def script(asked: Asked) -> bytes:
        seen.append(asked)
        return response("[]", Set_Cookie="session=1; Path=/")

    with scripted(script) as server:
        asking = Transport(allow_private=True)
        asking.send("GET", server.url)
        asking.send("GET", server.url)

    assert "cookie" not in seen[1].headers
