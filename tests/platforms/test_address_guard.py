"""No door into the network: every spelling of a private address is refused unsent."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from platforms.addresses import is_public
from platforms.errors import ForbiddenAddress
from platforms.transport import Transport
from tests.platforms.scripted import in_turn, response, scripted

PRIVATE = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
]
PUBLIC = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_inside_a_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", [*PUBLIC, "64:ff9b::5db8:d822", "2002:5db8:d822::"])
def test_an_address_of_the_internet_is_public_also_when_wrapped(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "spelling",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "0",
        "0.0.0.0",  # noqa: S104 - an address to refuse
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "user:password@127.0.0.1",
    ],
)
def test_every_spelling_of_this_machine_is_refused_and_nothing_is_sent(spelling: str) -> None:
    with scripted(in_turn(response("secret"))) as server:
        with pytest.raises(ForbiddenAddress) as caught:
            Transport().send("GET", f"http://{spelling}:{server.port}/", retries=0)
        assert server.asked == []

    assert caught.value.code == "store_address_refused"
    assert "private network" in caught.value.sentence


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """A name server of this test: name to addresses, and the names asked for."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def serve(**known: list[str]) -> list[str]:
        def getaddrinfo(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
            addresses = known.get(host.partition(".")[0])
            if addresses is None:
                return real(host, port, *args, **kwargs)
            asked.append(host)
            return [
                (
                    socket.AF_INET6 if ":" in each else socket.AF_INET,
                    socket.SOCK_STREAM,
                    6,
                    "",
                    (each, port),
                )
                for each in addresses
            ]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        return asked

    return serve


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    names: Callable[..., list[str]],
) -> None:
    asked = names(mixed=["93.184.216.34", "127.0.0.1"])

    with scripted(in_turn(response("secret"))) as server:
        with pytest.raises(ForbiddenAddress):
            Transport().send("GET", f"http://mixed.example:{server.port}/")
        assert server.asked == []

    assert asked == ["mixed.example"]


def test_the_connection_goes_to_the_address_that_was_looked_at(
    names: Callable[..., list[str]],
) -> None:
    asked = names(once=["127.0.0.1"])

    with scripted(in_turn(response("[]"))) as server:
        Transport(allow_private=True).send("GET", f"http://once.example:{server.port}/")

    assert asked == ["once.example"]
    assert server.asked[0].headers["host"] == f"once.example:{server.port}"


def test_a_second_address_is_tried_when_the_first_does_not_answer(
    names: Callable[..., list[str]],
) -> None:
    names(two=["127.0.0.2", "127.0.0.1"])

    with scripted(in_turn(response("[]"))) as server:
        answer = Transport(allow_private=True).send("GET", f"http://two.example:{server.port}/")

    assert answer.status == 200


def test_a_redirect_into_the_network_is_refused(
    names: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first hop is public: the name's address is let through, then led to this machine."""
    names(shop=["93.184.216.34"])
    with scripted(in_turn(response("metadata"))) as inside:
        target = f"http://127.0.0.1:{inside.port}/latest/meta-data"
        with scripted(in_turn(response("", 302, Location=target))) as server:
            connect = socket.socket.connect

            def to_this_machine(opened: socket.socket, address: Any) -> None:
                is_shop = address[0] == "93.184.216.34"
                connect(opened, ("127.0.0.1", server.port) if is_shop else address)

            monkeypatch.setattr(socket.socket, "connect", to_this_machine)
            with pytest.raises(ForbiddenAddress):
                Transport().send("GET", "http://shop.example/")

        assert len(server.asked) == 1
        assert inside.asked == []


def test_a_setting_allows_a_store_on_this_machine() -> None:
    with scripted(in_turn(response("[]"))) as server:
        assert Transport(allow_private=True).send("GET", server.url).status == 200


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(in_turn(response("[]"))) as server, scripted(in_turn(response("[]"))) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        Transport(allow_private=True).send("GET", server.url)

        assert proxy.asked == []
        assert len(server.asked) == 1
