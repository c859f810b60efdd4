"""Keys that the store renews, and the consent they rest on, where a platform has them."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from platforms.base import Consent, ConsentLink, Platform
from platforms.errors import PlatformError, Refused, SiteRefused
from tests.contract.connecting import (
    ORDERS,
    access,
    connected,
    keys_of,
    pulled,
    renewed_keys,
    secrets_of,
)
from tests.contract.keyrings import WatchedKeyring, watched

A_DAY = 86_400
REDIRECT = "http://127.0.0.1:8000/sites/main/authorise?next=1"
STATE = "a-state-of-ours"


@pytest.fixture
def keyring(platform: Platform, sandbox: Any) -> WatchedKeyring:
    if not renewed_keys(platform):
        pytest.skip("the store renews no keys")
    return watched(keys_of(sandbox), sandbox)


def test_old_keys_are_renewed_and_the_pull_goes_on(
    platform: Platform, sandbox: Any, keyring: WatchedKeyring
) -> None:
    before = dict(keyring.read())
    store = connected(platform, sandbox, keyring=keyring)
    sandbox.store.advance(A_DAY)

    assert len(pulled(store)) == ORDERS

    changed = {name for name, value in keyring.read().items() if before.get(name) != value}
    assert changed & renewed_keys(platform)
    given = {field.name for field in platform.credential_fields if not field.is_renewed}
    assert not changed & given


def test_new_keys_are_stored_before_anything_is_asked_with_them(
    platform: Platform, sandbox: Any, keyring: WatchedKeyring
) -> None:
    sandbox.store.advance(A_DAY)

    pulled(connected(platform, sandbox, keyring=keyring))

    assert len(keyring.stored) == 1
    assert keyring.stored[0].requests - keyring.stored[0].requests_before == 1


def test_a_connection_uses_what_another_has_renewed(
    platform: Platform, sandbox: Any, keyring: WatchedKeyring
) -> None:
    first, second = (connected(platform, sandbox, keyring=keyring) for _ in range(2))
    pulled(second)
    sandbox.store.advance(A_DAY)

    pulled(first)
    pulled(second)

    assert len(keyring.stored) == 1


def test_keys_are_renewed_once_however_many_need_them(
    platform: Platform, sandbox: Any, keyring: WatchedKeyring
) -> None:
    stores = [connected(platform, sandbox, keyring=keyring) for _ in range(4)]
    sandbox.store.advance(A_DAY)

    with ThreadPoolExecutor(max_workers=4) as threads:
        counts = list(threads.map(lambda store: len(pulled(store)), stores))

    assert counts == [ORDERS] * 4
    assert len(keyring.stored) == 1


def test_a_renewal_that_came_too_late_is_void_and_the_keys_are_read_again(
    platform: Platform, sandbox: Any, keyring: WatchedKeyring
) -> None:
    keyring.losing = 1
    sandbox.store.advance(A_DAY)

    assert len(pulled(connected(platform, sandbox, keyring=keyring))) == ORDERS

    assert len(keyring.stored) == 2


def test_keys_that_nobody_renews_any_more_stop_the_site(
    platform: Platform, sandbox: Any, keyring: WatchedKeyring
) -> None:
    sandbox.store.advance(10 * 365 * A_DAY)

    with pytest.raises(SiteRefused) as caught:
        pulled(connected(platform, sandbox, keyring=keyring))

    assert caught.value.fix
    assert caught.value.retry_after is None
    assert keyring.stored == []


# --- consent ------------------------------------------------------------------------------------


@pytest.fixture
def consent(platform: Platform) -> Consent:
    if platform.consent is None:
        pytest.skip("keys are typed in only")
    return platform.consent


@pytest.fixture
def ring(platform: Platform, sandbox: Any) -> WatchedKeyring:
    """Only what a person typed in: nobody has consented yet."""
    renewed = renewed_keys(platform)
    typed = {name: value for name, value in keys_of(sandbox).items() if name not in renewed}
    return watched(typed, sandbox)


def links(consent: Consent, sandbox: Any, ring: WatchedKeyring) -> tuple[ConsentLink, ...]:
    reached = access(sandbox, keys=ring.read(), keyring=ring)
    return consent.links(reached, redirect=REDIRECT, state=STATE, now=datetime.now(UTC))


def followed(link: ConsentLink) -> dict[str, str]:
    """The owner agrees: what the store sends back to us."""
    answer = requests.get(link.url, allow_redirects=False, timeout=10)
    assert answer.is_redirect, answer.text
    back = urlsplit(answer.headers["Location"])
    assert back._replace(query="").geturl() == urlsplit(REDIRECT)._replace(query="").geturl()
    return dict(parse_qsl(back.query))


def accept(
    consent: Consent, sandbox: Any, ring: WatchedKeyring, answer: Mapping[str, str]
) -> Mapping[str, str]:
    return consent.accept(access(sandbox, keys=ring.read(), keyring=ring), answer)


def test_each_link_brings_our_state_back_and_no_secret_is_in_it(
    platform: Platform, sandbox: Any, consent: Consent, ring: WatchedKeyring
) -> None:
    offered = links(consent, sandbox, ring)

    assert offered
    secrets = [value for name, value in keys_of(sandbox).items() if name in secrets_of(platform)]
    for link in offered:
        assert link.label
        assert [secret for secret in secrets if secret in link.url] == []
        answer = followed(link)
        assert (answer["state"], answer["next"]) == (STATE, "1")


def test_before_the_consent_the_site_is_refused_and_after_it_orders_come(
    platform: Platform, sandbox: Any, consent: Consent, ring: WatchedKeyring
) -> None:
    with pytest.raises(SiteRefused) as caught:
        pulled(connected(platform, sandbox, keys=ring.read(), keyring=ring))
    assert caught.value.fix

    for link in links(consent, sandbox, ring):
        keys = accept(consent, sandbox, ring, followed(link))

        assert set(keys) & renewed_keys(platform)
        assert keys.items() <= ring.read().items()
        store = connected(platform, sandbox, keys=ring.read(), keyring=ring)
        assert len(pulled(store)) == ORDERS


def test_an_answer_is_taken_once(sandbox: Any, consent: Consent, ring: WatchedKeyring) -> None:
    answer = followed(links(consent, sandbox, ring)[0])
    keys = dict(accept(consent, sandbox, ring, answer))

    with pytest.raises(Refused):
        accept(consent, sandbox, ring, answer)

    assert keys.items() <= ring.read().items()


def test_an_answer_of_another_shop_is_refused(
    platform: Platform, sandbox: Any, consent: Consent, ring: WatchedKeyring
) -> None:
    """Whichever of the public keys is not the one that the owner consented for."""
    public = sorted(set(ring.read()) - secrets_of(platform))
    answer = followed(links(consent, sandbox, ring)[0])
    for name in public:
        other = watched({**ring.read(), name: "987654"}, sandbox)

        with pytest.raises((Refused, SiteRefused)):
            accept(consent, sandbox, other, answer)

        assert not set(other.read()) & renewed_keys(platform), name
    assert public


@pytest.mark.parametrize("answer", [{}, {"code": ""}, {"code": "made-up"}, {"error": "denied"}])
def test_an_answer_that_is_none_is_refused(
    platform: Platform, sandbox: Any, consent: Consent, ring: WatchedKeyring, answer: dict[str, str]
) -> None:
    with pytest.raises(PlatformError) as caught:
        accept(consent, sandbox, ring, answer)

    assert caught.value.sentence.endswith(".")
    assert not set(ring.read()) & renewed_keys(platform)
