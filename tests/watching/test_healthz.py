"""`/healthz`: 200 while all runs, 503 with the reason when it does not, whoever asks."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from tests import factories as make
from tests.watching.conftest import Ask
from webapp.backoffice.sites.pulse import note_beat, note_worker
from webapp.database import make_engine, utc_now, writing


def beats(engine: Engine, age: timedelta = timedelta(0)) -> None:
    """The schedule was read so long ago."""
    with writing(engine) as session:
        note_worker(session, "worker-1", utc_now() - age)
        note_beat(session, worker="worker-1", enqueued=0, now=utc_now() - age)


def a_site(engine: Engine, **given: object) -> None:
    soon = utc_now() + timedelta(minutes=5)
    values = {"next_pull_at": soon, "next_push_at": soon, "last_pull_at": utc_now(), **given}
    with writing(engine) as session:
        make.site(session, name="main", **values)


def reasons(answer: object) -> list[str]:
    return [each["code"] for each in answer.json["reasons"]]  # type: ignore[attr-defined]


def test_a_new_installation_without_a_site_is_well(ask: Ask) -> None:
    answer = ask().get("/healthz")

    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "reasons": [], "warnings": []}


def test_a_shop_whose_schedule_is_read_is_well(ask: Ask, stepped: Engine) -> None:
    a_site(stepped)
    beats(stepped)

    answer = ask().get("/healthz")

    assert (answer.status_code, answer.json["warnings"]) == (200, [])


@pytest.mark.parametrize("age", [timedelta(minutes=5), None])
def test_a_schedule_that_nobody_reads_is_the_reason(
    ask: Ask, stepped: Engine, age: timedelta | None
) -> None:
    a_site(stepped)
    if age is not None:
        beats(stepped, age)

    answer = ask().get("/healthz")

    assert (answer.status_code, reasons(answer)) == (503, ["heartbeat_late"])
    assert "bin/tillbridge run" in answer.json["reasons"][0]["message"]


def test_a_site_that_never_runs_by_itself_expects_no_heartbeat(
    ask: Ask, stepped: Engine, tmp_path: Path
) -> None:
    a_site(stepped, pull_every=None, push_every=None)

    assert ask(home=tmp_path).get("/healthz").status_code == 200


def test_a_site_that_is_long_due_is_the_reason(ask: Ask, stepped: Engine) -> None:
    a_site(stepped, next_pull_at=utc_now() - timedelta(hours=1))
    beats(stepped)

    answer = ask().get("/healthz")

    assert (answer.status_code, reasons(answer)) == (503, ["work_waits"])
    assert "main" in answer.json["reasons"][0]["message"]


@pytest.mark.parametrize(
    "waiting",
    [
        {"state": "pending", "read_at": utc_now() - timedelta(hours=2)},
        {"state": "retrying", "next_attempt_at": utc_now() - timedelta(hours=2)},
    ],
    ids=["pending", "retrying"],
)
def test_an_order_that_waits_too_long_is_the_reason(
    ask: Ask, stepped: Engine, waiting: dict[str, object]
) -> None:
    a_site(stepped)
    beats(stepped)
    with writing(stepped) as session:
        make.order(session, make.site(session, pull_every=None, push_every=None), **waiting)

    answer = ask().get("/healthz")

    assert (answer.status_code, reasons(answer)) == (503, ["work_waits"])
    assert "119 minutes" in answer.json["reasons"][0]["message"] or "2 hours" in answer.text


def test_a_stopped_site_is_a_warning(ask: Ask, stepped: Engine) -> None:
    a_site(stepped, stopped_at=utc_now(), stopped_message="The store refuses the key.")
    beats(stepped)

    answer = ask().get("/healthz")

    assert answer.status_code == 200
    assert [each["code"] for each in answer.json["warnings"]] == ["site_stopped"]
    assert "refuses the key" in answer.text


def test_a_queue_that_is_away_is_the_reason(ask: Ask, stepped: Engine, tmp_path: Path) -> None:
    beats(stepped)

    away = f"unix://{tmp_path}/nobody.sock"
    answer = ask(redis_url=away).get("/healthz")

    assert (answer.status_code, reasons(answer)) == (503, ["queue_away"])


def test_a_database_that_is_away_is_the_reason(ask: Ask, tmp_path: Path) -> None:
    nowhere = make_engine("postgresql+psycopg://shop:secret@127.0.0.1:1/shop")
    broken = tmp_path / "broken.sqlite3"
    broken.write_bytes(b"this is no database at all" * 100)

    for engine in (nowhere, make_engine(f"sqlite:///{broken}")):
        answer = ask(engine).get("/healthz")
        engine.dispose()

        assert (answer.status_code, reasons(answer)) == (503, ["database_away"])
        assert "secret" not in answer.text


def test_a_database_of_another_version_is_the_reason(ask: Ask, stepped: Engine) -> None:
    with stepped.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))

    answer = ask().get("/healthz")

    assert (answer.status_code, reasons(answer)) == (503, ["database_other_version"])


def test_who_prefers_text_gets_the_reason_as_text(ask: Ask, stepped: Engine) -> None:
    a_site(stepped)

    answer = ask().get("/healthz", headers={"Accept": "text/plain"})

    assert (answer.status_code, answer.mimetype) == (503, "text/plain")
    assert answer.text.splitlines()[0] == "unhealthy"
    assert "Nobody reads the schedule" in answer.text
