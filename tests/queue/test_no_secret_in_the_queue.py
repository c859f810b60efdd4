"""What stands in the queue's server is ids and numbers: no key of a store, no buyer."""

from redis import Redis
from sqlalchemy import select

from jobs import broker
from jobs.enqueue import request_pull, request_push
from jobs.work import Lane
from platforms.sandbox.woocommerce import open_sandbox
from tests.queue.floor import Floor, until
from webapp.database import reading, utc_now
from webapp.models.orders import OrderBuyer

READERS = {
    b"string": lambda redis, key: [redis.get(key)],
    b"hash": lambda redis, key: [part for pair in redis.hgetall(key).items() for part in pair],
    b"list": lambda redis, key: redis.lrange(key, 0, -1),
    b"set": lambda redis, key: redis.smembers(key),
    b"zset": lambda redis, key: redis.zrange(key, 0, -1),
    b"stream": lambda redis, key: [repr(entry).encode() for entry in redis.xrange(key)],
}


def _everything(redis: Redis) -> bytes:
    """Every key and value, job data unpacked."""
    parts = []
    for key in redis.scan_iter():
        parts += [key, *READERS[redis.type(key)](redis, key)]  # type: ignore[index]
    for lane in Lane:
        for job in broker.lane(redis, lane).get_jobs():
            parts.append(repr((job.func_name, job.args, job.kwargs, job.meta)).encode())
    return b"\n".join(parts)


def test_neither_keys_nor_buyers_stand_in_the_queue(floor: Floor) -> None:
    with open_sandbox(orders=10) as sandbox:
        site = floor.connect(sandbox, "main", pull_every=10)
        floor.start("scheduler")
        worker = floor.start("worker")
        until(lambda: floor.orders(site) >= 10, what="the orders")
        # One that fails by an error of ours, and some that wait.
        floor.set(site, timezone="Nowhere/At_All")
        request_pull(floor.engine, floor.redis, site, now=utc_now(), order="1")
        request_push(floor.engine, floor.redis, site, now=utc_now(), sends_all=True)
        until(lambda: not floor.waiting(), what="the queue to empty")
        worker.kill()
        request_pull(floor.engine, floor.redis, site, now=utc_now(), order="2")

        held = _everything(floor.redis)

    assert b"jobs.tasks.asked" in held
    with reading(floor.engine) as session:
        buyers = session.scalars(select(OrderBuyer.name).where(OrderBuyer.name != "")).all()
    secrets = [*sandbox.credentials.values(), *buyers]
    assert len(secrets) > 4
    assert [secret for secret in secrets if secret.encode() in held] == []
