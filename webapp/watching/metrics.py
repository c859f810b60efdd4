"""The facts in Prometheus' text format."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from webapp import VERSION
from webapp.backoffice.reports.health import Found, Health
from webapp.backoffice.reports.health_facts import COUNTED_UP_TO, Numbers
from webapp.watching.queue_facts import QueueFacts

CAPPED = f"counted up to {COUNTED_UP_TO}"


def metrics_text(
    health: Health,
    numbers: Numbers,
    queue: QueueFacts,
    found: Iterable[Found],
    webhooks: Mapping[str, int],
) -> bytes:
    """One reading. Ages are in seconds; a site that never pulled has no age of its pull."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(
        _Reading([*_whole(health, numbers, queue, found, webhooks), *_sites(health, numbers)])
    )
    return generate_latest(registry)


class _Reading(Collector):
    """What was read already, handed over once."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _gauge(name: str, says: str, labels: tuple[str, ...] = ()) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"tillbridge_{name}", says, labels=labels)


def _one(name: str, says: str, value: float) -> GaugeMetricFamily:
    family = _gauge(name, says)
    family.add_metric([], value)
    return family


def _total(name: str, says: str, value: float) -> CounterMetricFamily:
    return CounterMetricFamily(f"tillbridge_{name}", says, value=value)


def _whole(
    health: Health,
    numbers: Numbers,
    queue: QueueFacts,
    found: Iterable[Found],
    webhooks: Mapping[str, int],
) -> list[Metric]:
    troubles = _gauge("trouble", "What makes /healthz answer 503", ("code",))
    for code in sorted({each.finding.value for each in found}):
        troubles.add_metric([code], 1)
    version = _gauge("info", "The version that runs", ("version",))
    version.add_metric([VERSION], 1)
    lanes = _gauge("queue_jobs", "Jobs that wait in the queue", ("lane",))
    for lane, waiting in queue.waiting.items():
        lanes.add_metric([lane], waiting)
    heard = CounterMetricFamily(
        "tillbridge_webhooks", "Webhooks since this process began", labels=("outcome",)
    )
    for outcome, count in sorted(webhooks.items()):
        heard.add_metric([outcome], count)
    families: list[Metric] = [
        version,
        troubles,
        _one("workers", "Workers seen lately", health.workers),
        _one("queue_up", "1: the queue's server answers", int(queue.is_there)),
        lanes,
        _one("work_waiting", f"Orders that wait to be processed, {CAPPED}", numbers.waiting),
        _one(
            "work_oldest_seconds",
            "How long the oldest of them has waited; 0: none waits",
            _age(health, health.waiting_since) or 0,
        ),
        _total("runs", "Pulls, pushes and other runs ever begun", numbers.runs),
        _total("oversells", f"Oversells ever recorded, {CAPPED}", numbers.oversells),
        heard,
    ]
    beat = _age(health, health.beat_at)
    if beat is not None:
        families.append(_one("heartbeat_age_seconds", "Since the schedule was last read", beat))
    return families


def _sites(health: Health, numbers: Numbers) -> list[Metric]:
    orders = _gauge("orders", f"Orders by state, {CAPPED}", ("site", "state"))
    enabled = _gauge("site_enabled", "0: paused by a person", ("site", "platform"))
    stopped = _gauge("site_stopped", "1: stands still until a person mends it", ("site",))
    pulled = _gauge("last_pull_age_seconds", "Since the last whole pull", ("site",))
    pushed = _gauge("last_push_age_seconds", "Since the last whole push", ("site",))
    overdue = _gauge(
        "pull_overdue_seconds", "How long a pull has been due; 0: it is not", ("site",)
    )
    for site in health.sites:
        enabled.add_metric([site.name, site.platform], int(site.enabled))
        stopped.add_metric([site.name], int(site.stopped_at is not None))
        for state, count in numbers.orders[site.id].items():
            orders.add_metric([site.name, state], count)
        for family, at in ((pulled, site.last_pull_at), (pushed, site.last_push_at)):
            age = _age(health, at)
            if age is not None:
                family.add_metric([site.name], age)
        overdue.add_metric([site.name], max(_age(health, site.next_pull_at) or 0, 0))
    return [orders, enabled, stopped, pulled, pushed, overdue, *_runs(health, numbers)]


def _runs(health: Health, numbers: Numbers) -> list[Metric]:
    labels = ("site", "kind")
    seconds = _gauge("last_run_seconds", "How long the newest run took", labels)
    requests = _gauge("last_run_requests", "Requests that it sent to the store", labels)
    failed = _gauge("last_run_failed", "1: it did not come to its end", labels)
    for site in health.sites:
        for run in numbers.last_runs[site.id]:
            place = [site.name, run.kind]
            failed.add_metric(place, int(run.has_failed))
            if run.seconds is not None:
                seconds.add_metric(place, run.seconds)
                requests.add_metric(place, run.requests)
    return [seconds, requests, failed]


def _age(health: Health, at: datetime | None) -> float | None:
    return None if at is None else (health.now - at).total_seconds()
