"""`--queue`: a command hands its work over, and says under which number."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from jobs.bundled import Bundled
from tests import factories as make
from tests.cli.conftest import Run
from webapp.database import reading, utc_now, writing
from webapp.models.schedule import AskedWork
from webapp.models.sites import Site


@pytest.fixture
def site(home: Path, home_engine: Engine) -> Iterator[int]:
    """A site that is not due; the home's own server, started by the command, ends with us."""
    with writing(home_engine) as session:
        site_id = make.site(session, name="shop").id
    yield site_id
    Bundled(home).stop()


def test_a_pull_waits_once_and_is_due_in_the_database(
    ready: Run, site: int, home_engine: Engine
) -> None:
    before = utc_now()

    first = ready("pull", "shop", "--queue", "--json").json
    again = ready("pull", "shop", "--queue", "--json").json

    assert first["enqueued"]
    assert again == {"job": first["job"], "enqueued": False}
    with writing(home_engine) as session:
        due_at = session.get_one(Site, site).next_pull_at
    assert due_at is not None
    assert due_at >= before


@pytest.mark.parametrize(
    "words",
    [
        ("push", "shop"),
        ("push", "shop", "--all"),
        ("retry", "shop", "--state", "failed"),
        ("catalogue", "pull", "shop"),
        ("pull", "shop", "--order", "1001"),
    ],
    ids=lambda words: " ".join(words),
)
def test_other_commands_hand_their_work_over_too(
    ready: Run, site: int, words: tuple[str, ...]
) -> None:
    said = ready(*words, "--queue", "--json")

    assert (said.status, said.json["enqueued"]) == (0, True)


def test_a_dry_run_is_not_handed_over(ready: Run, site: int) -> None:
    said = ready("push", "shop", "--dry-run", "--queue")

    assert said.status == 2
    assert "--dry-run" in said.err


def test_a_server_that_is_away_is_a_sentence(
    ready: Run, site: int, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setenv("REDIS_URL", f"unix://{home / 'nobody.sock'}")

    said = ready("pull", "shop", "--queue", "--json")

    assert (said.status, said.json["error"]["code"]) == (1, "queue_unreachable")


def test_what_was_asked_for_while_the_server_was_away_is_kept(
    ready: Run, site: int, monkeypatch: pytest.MonkeyPatch, home: Path, home_engine: Engine
) -> None:
    monkeypatch.setenv("REDIS_URL", f"unix://{home / 'nobody.sock'}")

    said = ready("pull", "shop", "--queue", "--order", "1001", "--json")

    assert "is kept" in said.json["error"]["message"]
    with reading(home_engine) as session:
        (row,) = session.scalars(select(AskedWork)).all()
    assert (row.kind, row.options, row.closed_at) == ("pull", '{"order": "1001"}', None)
