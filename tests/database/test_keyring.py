"""The keys of a site: one process renews them at a time, and none puts old ones over new ones."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from platforms.errors import RenewalLost, TryAgain
from tests import factories as make
from tests.database.renewing import TIMES
from webapp.backoffice.setup.declarations import export_declaration
from webapp.backoffice.setup.given_keys import forget_renewed
from webapp.backoffice.sites.keyring import SiteKeyring
from webapp.database import reading, utc_now, writing
from webapp.models.sites import Site

ROOT = Path(__file__).parent.parent.parent
GIVEN = {"shop_id": "7", "access_token": "first", "refresh_token": "first"}


def a_site(engine: Engine) -> int:
    with writing(engine) as session:
        return make.site(session, credentials=dict(GIVEN)).id


def keyring(engine: Engine, site_id: int, **given: float) -> SiteKeyring:
    return SiteKeyring(engine=engine, site_id=site_id, now=utc_now, **given)


def another_process(
    engine: Engine, site_id: int, does: str, keys: tuple[str, ...]
) -> subprocess.Popen[str]:
    url = engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.database.renewing", url, str(site_id), does],
        cwd=ROOT,
        env={**os.environ, "TILLBRIDGE_TEST_KEY": keys[0]},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert said(process) == "ready", process.communicate()[1]
    return process


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def test_renewed_keys_stand_over_those_that_a_person_gave(engine: Engine) -> None:
    keys = keyring(engine, a_site(engine))

    with keys.renewing() as renewal:
        renewal.store({"access_token": "second"})

    assert keys.read() == {**GIVEN, "access_token": "second"}


def test_what_is_stored_can_be_read_by_others_before_the_right_is_given_back(
    engine: Engine,
) -> None:
    keys = keyring(engine, a_site(engine))

    with keys.renewing() as renewal:
        renewal.store({"access_token": "second"})

        assert keys.read()["access_token"] == "second"


def test_only_one_renews_at_a_time_and_the_others_lose_patience(engine: Engine) -> None:
    site_id = a_site(engine)

    with (
        keyring(engine, site_id).renewing(),
        pytest.raises(TryAgain),
        keyring(engine, site_id, patience=0.2).renewing(),
    ):
        raise AssertionError("two had the right at once")


def test_an_error_while_renewing_gives_the_right_back(engine: Engine) -> None:
    keys = keyring(engine, a_site(engine), patience=0.0)
    with pytest.raises(ZeroDivisionError), keys.renewing():
        raise ZeroDivisionError

    with keys.renewing() as renewal:
        assert renewal.keys == GIVEN


def test_who_took_too_long_cannot_put_its_keys_over_those_of_another(engine: Engine) -> None:
    site_id = a_site(engine)
    late, other = keyring(engine, site_id), keyring(engine, site_id)

    with late.renewing() as slow:
        with writing(engine) as session:
            site = session.get_one(Site, site_id)
            site.key_lease_until = utc_now() - timedelta(seconds=1)
        with other.renewing() as quick:
            quick.store({"access_token": "of the quick one"})
            with pytest.raises(RenewalLost):
                slow.store({"access_token": "of the slow one"})

    assert other.read()["access_token"] == "of the quick one"


def test_the_slow_one_does_not_give_back_the_right_of_another(engine: Engine) -> None:
    site_id = a_site(engine)
    with keyring(engine, site_id).renewing():
        with writing(engine) as session:
            site = session.get_one(Site, site_id)
            site.key_lease_until = utc_now() - timedelta(seconds=1)
        of_another = keyring(engine, site_id).renewing()
        of_another.__enter__()

    with pytest.raises(TryAgain), keyring(engine, site_id, patience=0.0).renewing():
        raise AssertionError("two had the right at once")
    of_another.__exit__(None, None, None)


def test_new_keys_from_a_person_make_a_renewal_under_way_void(engine: Engine) -> None:
    site_id = a_site(engine)

    with keyring(engine, site_id).renewing() as renewal:
        with writing(engine) as session:
            forget_renewed(session.get_one(Site, site_id))
        with pytest.raises(RenewalLost):
            renewal.store({"access_token": "of the old authorisation"})

    assert keyring(engine, site_id).read() == GIVEN


def test_four_processes_at_once_lose_no_renewal(
    engine: Engine, encryption_keys: tuple[str, ...]
) -> None:
    site_id = a_site(engine)
    processes = [another_process(engine, site_id, "count", encryption_keys) for _ in range(4)]

    for process in processes:
        go(process)
    ends = [process.communicate(timeout=60) for process in processes]

    assert [process.returncode for process in processes] == [0] * 4, ends
    assert keyring(engine, site_id).read()["number"] == str(4 * TIMES)


def test_the_right_of_a_killed_process_is_free_when_its_time_is_over(
    engine: Engine, encryption_keys: tuple[str, ...]
) -> None:
    site_id = a_site(engine)
    process = another_process(engine, site_id, "hold", encryption_keys)
    go(process)
    assert said(process) == "holding"
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=10)

    with pytest.raises(TryAgain), keyring(engine, site_id, patience=0.0).renewing():
        raise AssertionError("the time of the dead process was not over")
    later = SiteKeyring(
        engine=engine, site_id=site_id, now=lambda: utc_now() + timedelta(seconds=30)
    )
    with later.renewing() as renewal:
        renewal.store({"access_token": "of the living"})

    assert later.read()["access_token"] == "of the living"


def test_keys_are_shown_by_no_repr_and_leave_with_no_declaration(engine: Engine) -> None:
    site_id = a_site(engine)
    keys = keyring(engine, site_id)
    with keys.renewing() as renewal:
        renewal.store({"access_token": "never to be shown"})

        shown = f"{keys!r} {renewal!r}"
    with reading(engine) as session:
        shown += str(export_declaration(session, session.get_one(Site, site_id)))

    assert "never to be shown" not in shown
    assert "first" not in shown


def test_renewed_keys_are_encrypted_at_rest(engine: Engine) -> None:
    site_id = a_site(engine)
    with keyring(engine, site_id).renewing() as renewal:
        renewal.store({"access_token": "never to be read"})

    with engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT renewed_keys FROM sites").scalar_one()

    assert b"never to be read" not in bytes(stored)
