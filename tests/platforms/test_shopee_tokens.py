"""Tokens: renewed once, by one, stored before they are used, and found again when a pair was lost."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import Any

import pytest

from platforms.errors import RenewalLost, SiteRefused, TryAgain
from platforms.keys import KeysInHand
from platforms.shopee.client import Client
from tests.platforms.shopee_shop import client_of, shop


def info(client: Client) -> str:
    title: str = client.get("shop/get_shop_info").whole()["shop_name"]
    return title


def test_a_good_token_is_used_as_it_is() -> None:
    with shop() as sandbox:
        client = client_of(sandbox)

        assert info(client) == sandbox.store.settings.shop_name
        assert client.requests == 1
        assert sandbox.store.tokens.counts()["refreshed"] == 0


def test_a_stale_token_is_renewed_once_and_the_call_repeated() -> None:
    with shop() as sandbox:
        client = client_of(sandbox)
        sandbox.store.advance(5 * 3600)

        info(client)
        info(client)

        counts = sandbox.store.tokens.counts()
        assert (counts["stale_call"], counts["refreshed"], counts["call"]) == (1, 1, 2)


def test_a_token_is_renewed_before_it_ends() -> None:
    with shop(token_seconds=2) as sandbox:
        keyring = KeysInHand(sandbox.credentials)
        client = client_of(sandbox, keyring=keyring)
        sandbox.store.advance(3)
        info(client)  # refused once, so that its end is known from here on
        keyring.store({"access_until": "2020-01-01T00:00:00+00:00"})

        info(client_of(sandbox, keyring=keyring))

        counts = sandbox.store.tokens.counts()
        assert (counts["stale_call"], counts["refreshed"]) == (1, 2)


class Watched(KeysInHand):
    """A keyring that tells what was stored, and whether a token was used before that."""

    def __init__(self, keys: Mapping[str, str], sandbox: Any) -> None:
        super().__init__(keys)
        self.sandbox = sandbox
        self.calls_when_stored: list[int] = []

    def store(self, keys: Mapping[str, str]) -> None:
        used = [event.token for event in self.sandbox.store.tokens.events if event.kind == "call"]
        self.calls_when_stored.append(used.count(keys.get("access_token", "")))
        super().store(keys)


def test_a_new_pair_is_stored_before_it_is_used() -> None:
    with shop() as sandbox:
        keyring = Watched(sandbox.credentials, sandbox)
        sandbox.store.advance(5 * 3600)

        info(client_of(sandbox, keyring=keyring))

        assert keyring.calls_when_stored == [0]
        assert keyring.keys["refresh_token"] != sandbox.credentials["refresh_token"]
        assert keyring.keys["access_until"]


def test_threads_that_share_a_keyring_renew_it_once() -> None:
    with shop() as sandbox:
        keyring = KeysInHand(sandbox.credentials)
        sandbox.store.advance(5 * 3600)
        failed: list[Exception] = []

        def call() -> None:
            try:
                info(client_of(sandbox, keyring=keyring))
            except (SiteRefused, TryAgain) as fault:
                failed.append(fault)

        threads = [threading.Thread(target=call) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

        assert failed == []
        assert max(sandbox.store.tokens.refreshes_by_token().values()) == 1
        assert sandbox.store.tokens.counts()["replayed"] == 0


class Dying(Exception):
    """The process ends here."""


class KilledBeforeStoring(KeysInHand):
    """A keyring whose process dies between the store's answer and the storing, once."""

    is_armed = True

    def store(self, keys: Mapping[str, str]) -> None:
        if self.is_armed:
            self.is_armed = False
            raise Dying
        super().store(keys)


def test_a_pair_that_was_lost_before_it_was_stored_is_asked_for_again() -> None:
    with shop() as sandbox:
        keyring = KilledBeforeStoring(sandbox.credentials)
        sandbox.store.advance(5 * 3600)
        with pytest.raises(Dying):
            info(client_of(sandbox, keyring=keyring))

        info(client_of(sandbox, keyring=keyring))

        counts = sandbox.store.tokens.counts()
        assert (counts["refreshed"], counts["replayed"], counts["dead_refresh"]) == (1, 1, 0)


def test_a_renewal_whose_answer_is_lost_is_asked_again_at_once() -> None:
    with shop() as sandbox:
        client = client_of(sandbox)
        sandbox.store.advance(5 * 3600)
        sandbox.faults.once("lost", path="/auth/access_token/get")

        info(client)

        counts = sandbox.store.tokens.counts()
        assert (counts["refreshed"], counts["replayed"]) == (1, 1)


class TakenOver(KeysInHand):
    """A keyring whose right went to another process while the store answered, once."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        super().__init__(keys)
        self.is_taken = True

    @contextmanager
    def renewing(self) -> Iterator["TakenOver"]:
        yield self

    def store(self, keys: Mapping[str, str]) -> None:
        if self.is_taken:
            self.is_taken = False
            super().store(keys)  # the other process asked with the same token and stored the pair
            raise RenewalLost("The right to renew has gone to another process.")
        super().store(keys)


def test_a_right_that_went_to_another_process_uses_what_that_one_stored() -> None:
    with shop() as sandbox:
        sandbox.store.advance(5 * 3600)

        info(client_of(sandbox, keyring=TakenOver(sandbox.credentials)))

        assert max(sandbox.store.tokens.refreshes_by_token().values()) == 1


def test_the_pair_of_another_process_is_used_and_none_is_spent() -> None:
    with shop() as sandbox:
        keyring = KeysInHand(sandbox.credentials)
        client = client_of(sandbox, keyring=keyring)
        info(client)
        sandbox.store.advance(5 * 3600)
        info(client_of(sandbox, keyring=keyring))

        info(client)

        counts = sandbox.store.tokens.counts()
        assert (counts["refreshed"], counts["replayed"]) == (1, 0)


def test_a_refresh_token_that_is_refused_asks_for_a_new_consent_and_tells_no_secret() -> None:
    with shop() as sandbox:
        client = client_of(sandbox, refresh_token="dead" * 8)
        sandbox.store.advance(5 * 3600)

        with pytest.raises(SiteRefused) as caught:
            info(client)

        assert "Authorise the shop again" in caught.value.fix
        assert "dead" * 8 not in f"{caught.value} {caught.value.said} {caught.value!r}"


def test_a_code_is_exchanged_once_at_first_use() -> None:
    with shop() as sandbox:
        keys = {key: value for key, value in sandbox.credentials.items() if "token" not in key}
        keyring = KeysInHand({**keys, "code": sandbox.new_code()})

        info(client_of(sandbox, keyring=keyring))
        info(client_of(sandbox, keyring=keyring))

        assert sandbox.store.tokens.counts()["exchanged"] == 1
        assert keyring.keys["access_token"]


def test_a_new_code_takes_the_place_of_the_pair_before_it() -> None:
    with shop() as sandbox:
        keyring = KeysInHand({**sandbox.credentials, "code": sandbox.new_code()})

        info(client_of(sandbox, keyring=keyring))

        assert keyring.keys["access_token"] != sandbox.credentials["access_token"]


def test_yesterdays_code_beside_a_good_pair_stops_nothing() -> None:
    with shop() as sandbox:
        keyring = KeysInHand({**sandbox.credentials, "code": "used-yesterday"})

        info(client_of(sandbox, keyring=keyring))
        info(client_of(sandbox, keyring=keyring))

        assert sandbox.log.counts()["POST /auth/token/get"] == 1


def test_a_code_that_is_too_old_asks_for_a_new_consent() -> None:
    with shop() as sandbox:
        keys = {key: value for key, value in sandbox.credentials.items() if "token" not in key}
        code = sandbox.new_code()
        sandbox.store.advance(700)

        with pytest.raises(SiteRefused) as caught:
            info(client_of(sandbox, keyring=KeysInHand({**keys, "code": code})))

        assert "Authorise the shop again" in caught.value.fix
        assert code not in f"{caught.value} {caught.value.said}"


def test_a_shop_without_tokens_has_not_been_authorised_yet() -> None:
    with shop() as sandbox:
        keys = {key: value for key, value in sandbox.credentials.items() if "token" not in key}
        client = client_of(sandbox, keyring=KeysInHand(keys))

        with pytest.raises(SiteRefused, match="has not been authorised yet"):
            info(client)

        assert client.requests == 0


def test_a_token_that_is_refused_again_and_again_ends_the_asking() -> None:
    with shop() as sandbox:
        client = client_of(sandbox)
        sandbox.store.refuse(
            "/shop/*", "invalid_acceess_token", "Invalid access_token.", times=9, status=403
        )

        with pytest.raises(SiteRefused, match="the access token that it gave"):
            info(client)

        assert sandbox.store.tokens.counts()["refreshed"] == 1
        assert client.requests == 3


def test_a_site_that_does_not_know_its_shop_asks_for_consent() -> None:
    with shop() as sandbox:
        client = client_of(sandbox, shop_id="")

        with pytest.raises(SiteRefused, match="which shop"):
            info(client)

        assert client.requests == 0


def test_tokens_of_two_seconds_serve_many_threads_without_a_refusal() -> None:
    with shop(token_seconds=2) as sandbox:
        keys = {key: value for key, value in sandbox.credentials.items() if "token" not in key}
        keyring = KeysInHand({**keys, "code": sandbox.new_code()})
        ends_at = monotonic() + 5
        failed: list[Exception] = []

        def call() -> None:
            client = client_of(sandbox, keyring=keyring)
            try:
                while monotonic() < ends_at:
                    info(client)
            except (SiteRefused, TryAgain) as fault:
                failed.append(fault)

        threads = [threading.Thread(target=call) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

        tokens = sandbox.store.tokens
        assert failed == []
        assert tokens.counts()["refreshed"] >= 2
        assert tokens.longest_stale_run() <= 1
        assert max(tokens.refreshes_by_token().values()) == 1
        assert (tokens.counts()["replayed"], tokens.counts()["dead_refresh"]) == (0, 0)
