"""`/metrics`: what Prometheus reads, who may, and that it costs the same in a large shop."""

from datetime import timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, event

from platforms.sandbox.woocommerce import open_sandbox
from tests import factories as make
from tests.pull.shops import connected
from tests.watching.conftest import Ask
from webapp.backoffice.sites.pulse import note_beat, note_worker
from webapp.database import utc_now, writing

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float | None:
    return found.get((f"tillbridge_{name}", tuple(sorted(labels.items()))))


def test_a_shop_at_work_shows_its_orders_runs_and_ages(ask: Ask, stepped: Engine) -> None:
    with open_sandbox(orders=12) as sandbox:
        shop = connected(stepped, sandbox)
        shop.pull()
    with writing(stepped) as session:
        note_worker(session, "worker-1", utc_now())
        note_beat(session, worker="worker-1", enqueued=0, now=utc_now() - timedelta(seconds=3))

    answer = ask().get("/metrics")

    found = samples(answer.text)
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    by_state = [
        value(found, "orders", site="main", state=state)
        for state in ("synced", "blocked", "failed", "skipped", "retrying", "pending")
    ]
    assert sum(count or 0 for count in by_state) == 12
    assert 0 <= (value(found, "last_pull_age_seconds", site="main") or -1) < 60
    assert value(found, "last_push_age_seconds", site="main") is None
    assert value(found, "last_run_failed", site="main", kind="pull") == 0
    assert (value(found, "last_run_requests", site="main", kind="pull") or 0) > 0
    assert value(found, "runs_total") == 1
    assert value(found, "workers") == 1
    assert 3 <= (value(found, "heartbeat_age_seconds") or 0) < 30
    assert value(found, "queue_up") == 1
    assert value(found, "queue_jobs", lane="quick") == 0
    assert value(found, "work_waiting") == 0
    assert value(found, "oversells_total") is not None


def test_webhooks_are_counted_by_what_became_of_them(ask: Ask) -> None:
    monitor = ask()
    before = value(samples(monitor.get("/metrics").text), "webhooks_total", outcome="forged")

    answers = [monitor.post("/webhooks/shopee", data=b"{}").status_code for _ in range(2)]

    found = samples(monitor.get("/metrics").text)
    assert answers == [401, 401]
    assert value(found, "webhooks_total", outcome="forged") == (before or 0) + 2


def test_a_sites_name_cannot_break_the_format(ask: Ask, stepped: Engine) -> None:
    name = 'a "quoted" \\ name\nwith a line'
    with writing(stepped) as session:
        make.site(session, name=name)

    found = samples(ask().get("/metrics").text)

    assert value(found, "site_stopped", site=name) == 0


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "Bearer s3cret token"}, 200),
        ({"Authorization": "Basic s3cret token"}, 401),
    ],
)
def test_with_a_token_only_who_has_it_may_read(ask: Ask, sent: dict[str, str], status: int) -> None:
    monitor = ask(metrics_token="s3cret token")

    assert monitor.get("/metrics", headers=sent).status_code == status
    assert monitor.get("/healthz").status_code == 200


def test_no_secret_and_no_buyer_stands_in_what_monitors_read(ask: Ask, stepped: Engine) -> None:
    with writing(stepped) as session:
        site = make.site(session, credentials={"consumer_key": "ck_9f", "consumer_secret": "cs_9f"})
        make.buyer(session, make.order(session, site), name="Siti Aminah")

    said = ask().get("/metrics").text + ask().get("/healthz").text

    for secret in ("ck_9f", "cs_9f", "Siti"):
        assert secret not in said


def test_a_large_shop_is_asked_no_more_questions_than_a_small_one(
    ask: Ask, stepped: Engine
) -> None:
    with writing(stepped) as session:
        site = make.site(session)
        make.order(session, site)
    few = questions(ask, stepped)
    with writing(stepped) as session:
        for _ in range(60):
            make.order(session, site, state="pending")

    assert questions(ask, stepped) == few


def questions(ask: Ask, engine: Engine) -> int:
    asked: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert ask().get("/metrics").status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(asked)
