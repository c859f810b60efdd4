"""Tokens that live for seconds, and several processes that share one keyring in one database."""

import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from jobs.pull import pull_site
from jobs.runtime import Runtime
from platforms.errors import SiteRefused
from platforms.keys import RENEWAL_SECONDS
from platforms.sandbox.shopee import Sandbox, open_sandbox
from tests.stores import states
from tests.trials.markets import Market, connected
from tests.trials.working import Worker
from webapp.backoffice.sites.keyring import SiteKeyring
from webapp.database import utc_now

LIFE = 2
PROCESSES = 4
SECONDS = 7.0


def stale_runs(sandbox: Sandbox) -> list[list[str]]:
    """The tokens of calls that were refused for a stale one, with no call let in between them.

    Each process may come with the old token once, when it ends under way. A call that is refused
    twice comes with the next token the second time, or with the same one too often.
    """
    runs: list[list[str]] = [[]]
    for event in sandbox.store.tokens.events:
        if event.kind == "stale_call":
            runs[-1].append(event.token)
        elif event.kind == "call":
            runs.append([])
    return [run for run in runs if run]


def declared_by_code(engine: Engine, sandbox: Sandbox) -> Market:
    """The shop's owner has consented: a code, which nobody has exchanged yet."""
    declared = sandbox.declaration("market", by_code=True)
    return connected(engine, sandbox, credentials=declared["credentials"])


def works(
    market: Market, keys: tuple[str, ...], *roles: str, seconds: float
) -> list[dict[str, int]]:
    workers = [Worker(role, market.engine, market.site_id, keys, seconds=seconds) for role in roles]
    for worker in workers:
        worker.go()
    return [worker.done() for worker in workers]


@pytest.mark.slow
def test_four_processes_share_the_keys_and_none_is_spent_twice(
    engine: Engine, encryption_keys: tuple[str, ...]
) -> None:
    with open_sandbox(orders=500, token_seconds=LIFE) as sandbox:
        market = declared_by_code(engine, sandbox)

        done = works(market, encryption_keys, "run", "read", "read", "read", seconds=SECONDS)

        tokens = sandbox.store.tokens
        counts = tokens.counts()
        assert done[0]["pulls"] >= 1, done
        assert all(each["orders"] >= 50 for each in done[1:]), done
        assert counts["exchanged"] == 1
        assert counts["refreshed"] >= 1
        assert counts["dead_refresh"] == 0
        assert counts["replayed"] == 0
        assert max(tokens.refreshes_by_token().values()) == 1
        for run in stale_runs(sandbox):
            assert len(set(run)) == 1
            assert len(run) <= PROCESSES
        ring = SiteKeyring(engine=engine, site_id=market.site_id, now=utc_now)
        assert set(ring.read()) >= {"access_token", "refresh_token"}
        market.pull()
        found = Counter(state for state, _ in states(engine).elements())
        assert found["synced"] > 400
        assert found["failed"] == found["retrying"] == 0
        assert market.is_clean()


def after_the_right_has_ended(market: Market) -> Runtime:
    """A runtime of the time when the dead process's right to renew is over."""
    later = timedelta(seconds=RENEWAL_SECONDS + 1)
    return Runtime(engine=market.engine, allow_private_stores=True, now=lambda: utc_now() + later)


def test_a_process_killed_between_the_renewal_and_its_storing_loses_nothing(
    engine: Engine, encryption_keys: tuple[str, ...]
) -> None:
    """The same refresh token, sent again, brings the pair that was lost."""
    with open_sandbox(orders=40, token_seconds=LIFE) as sandbox:
        market = connected(engine, sandbox)
        before = dict(SiteKeyring(engine=engine, site_id=market.site_id, now=utc_now).read())
        sandbox.store.advance(LIFE + 1)
        worker = Worker("die", engine, market.site_id, encryption_keys, seconds=10)
        worker.go()
        worker.ended()
        keys = dict(SiteKeyring(engine=engine, site_id=market.site_id, now=utc_now).read())

        began = time.monotonic()
        report = pull_site(after_the_right_has_ended(market), market.site_id)

        counts = sandbox.store.tokens.counts()
        assert worker.process.returncode == -9
        assert keys == before
        assert (counts["refreshed"], counts["replayed"], counts["dead_refresh"]) == (1, 1, 0)
        assert report.new > 30
        assert time.monotonic() - began < RENEWAL_SECONDS / 2
        assert market.site().stopped_at is None


def test_while_the_dead_ones_right_lasts_nobody_else_renews(
    sqlite_engine: Engine, encryption_keys: tuple[str, ...]
) -> None:
    with open_sandbox(token_seconds=LIFE) as sandbox:
        market = connected(sqlite_engine, sandbox)
        sandbox.store.advance(LIFE + 1)
        worker = Worker("die", sqlite_engine, market.site_id, encryption_keys, seconds=10)
        worker.go()
        worker.ended()

        site = market.site()

        assert site.key_lease_until is not None
        left = (site.key_lease_until - utc_now()).total_seconds()
        assert 0 < left <= RENEWAL_SECONDS


def test_a_pair_that_was_lost_for_too_long_asks_for_a_new_consent(
    sqlite_engine: Engine, encryption_keys: tuple[str, ...]
) -> None:
    with open_sandbox(token_seconds=LIFE) as sandbox:
        market = connected(sqlite_engine, sandbox)
        sandbox.store.advance(LIFE + 1)
        worker = Worker("die", sqlite_engine, market.site_id, encryption_keys, seconds=10)
        worker.go()
        worker.ended()
        sandbox.store.advance(sandbox.store.settings.replay_seconds + 60)

        with pytest.raises(SiteRefused):
            pull_site(after_the_right_has_ended(market), market.site_id)

        site = market.site()
        assert site.stopped_code == "store_refused_credentials"
        assert "authorise" in (site.stopped_message or "").lower()
        code = sandbox.new_code()
        declared = sandbox.declaration("market")["credentials"]
        market.declares(
            credentials={
                name: value for name, value in declared.items() if not name.endswith("_token")
            }
            | {"code": code}
        )
        market.pull()
        assert market.site().stopped_at is None
