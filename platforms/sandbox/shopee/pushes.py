"""Pushes: what the platform tells an app at its one callback URL, in the background.

A push only says that something happened. It may come twice, late, out of order or never.
Source: the push mechanism page.
"""

import json
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Condition, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from platforms.sandbox.shopee import push_shapes
from platforms.sandbox.shopee.push_sending import ANSWER_SECONDS, NO_ANSWER, Answer, send
from platforms.sandbox.shopee.push_shapes import ALL_CODES, WITHOUT_SHOP, Code

if TYPE_CHECKING:
    from platforms.sandbox.shopee.state import StoreState

_FIRST_MESSAGE = 176_600


class Delivered(NamedTuple):
    """One attempt as tests look at it. `status` 0: there was no answer."""

    code: int
    status: int
    attempt: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A push that no attempt brought home. `at` is when it was given up."""

    message_id: int
    code: int
    at: int
    text: str


@dataclass(slots=True)
class _Job:
    code: int
    body: bytes
    due: float
    attempt: int = 1
    is_doomed: bool = False


class Pushes:
    """The app's subscription and its queue. The thread starts with the first push."""

    def __init__(self, store: "StoreState") -> None:
        self._store = store
        self.callback_url = ""
        self.is_on = set(ALL_CODES)
        self.blocked_shops: list[int] = []
        self.suspended_at = 0
        self.retry_after: Sequence[float] = (0.1, 0.3, 0.6)
        """Seconds after a failed attempt until the next; after the last the push is lost."""
        self.delivered: list[Delivered] = []
        self.lost: list[Lost] = []
        self._queue: deque[_Job] = deque()
        self._held: list[_Job] | None = None
        self._twice = 0
        self._never = 0
        self._waiting = Condition()
        self._is_busy = False
        self._is_stopped = False
        self._thread: Thread | None = None
        self._last_message = _FIRST_MESSAGE

    # -- what happened --------------------------------------------------------------------

    def publish(self, code: int, data: dict[str, Any], *, after: float = 0.0) -> None:
        """Send to the callback URL in `after` seconds, if there is one and the code is on."""
        if not self.callback_url or code not in self.is_on or self.suspended_at:
            return
        shop_id = self._store.settings.shop_id
        envelope: dict[str, Any] = {"data": data}
        if code not in WITHOUT_SHOP:
            if shop_id in self.blocked_shops:
                return
            envelope["shop_id"] = shop_id
        envelope |= {"code": int(code), "timestamp": self._moment()}
        body = json.dumps(envelope, separators=(",", ":"), ensure_ascii=False).encode()
        with self._waiting:
            self._put(_Job(int(code), body, monotonic() + after))

    def order_status(
        self, order_sn: str, status: str, update_time: int, completed_scenario: str = ""
    ) -> None:
        data = push_shapes.order_status(order_sn, status, update_time, completed_scenario)
        self.publish(Code.ORDER_STATUS, data)

    def tracking_number(self, order_sn: str, package_number: str, number: str) -> None:
        data = push_shapes.tracking_number(order_sn, package_number, number)
        self.publish(Code.TRACKING_NUMBER, data)

    def shipping_document(self, order_sn: str, package_number: str, status: str) -> None:
        data = push_shapes.shipping_document(order_sn, package_number, status)
        self.publish(Code.SHIPPING_DOCUMENT, data)

    def return_updated(
        self, order_sn: str, return_sn: str, changes: Iterable[tuple[str, Any, Any]]
    ) -> None:
        data = push_shapes.return_updated(order_sn, return_sn, changes, self._moment())
        self.publish(Code.RETURN_UPDATED, data)

    def authorised(self) -> None:
        settings = self._store.settings
        data = push_shapes.consent(settings.shop_id, settings.region, is_given=True)
        self.publish(Code.SHOP_AUTHORISED, data)

    def deauthorised(self) -> None:
        settings = self._store.settings
        data = push_shapes.consent(settings.shop_id, settings.region, is_given=False)
        self.publish(Code.AUTHORISATION_CANCELLED, data)

    def authorisation_expires(self, shop_ids: Sequence[int], expire_before: int) -> None:
        data = push_shapes.authorisation_expires(shop_ids, expire_before)
        self.publish(Code.AUTHORISATION_EXPIRES, data)

    # -- on demand ------------------------------------------------------------------------

    def register(self, callback_url: str) -> None:
        """Set the URL without the test push; "" ends the subscription."""
        self.callback_url = callback_url
        self.suspended_at = 0

    def test(self, callback_url: str) -> Answer:
        """The answer to a signed push with an empty body."""
        return send(self._store.settings.partner_key, callback_url, b"")

    def hold(self) -> None:
        """Keep back what happens from now on, until it is released."""
        with self._waiting:
            self._held = [] if self._held is None else self._held

    def release(self) -> None:
        self._let_go(in_reverse=False)

    def release_in_reverse(self) -> None:
        """Send what was held back, the newest first."""
        self._let_go(in_reverse=True)

    def duplicate_next(self, times: int = 1) -> None:
        """The next pushes are sent twice each."""
        with self._waiting:
            self._twice += times

    def lose_next(self, times: int = 1) -> None:
        """The next pushes get lost on the way: no attempt of theirs arrives."""
        with self._waiting:
            self._never += times

    def suspend(self) -> None:
        """As after too many failures: nothing is sent any more, nor sent later."""
        self.suspended_at = self._moment()

    def drain(self, timeout: float = 5.0) -> bool:
        """Wait until none is on its way; False when time ran out. Held ones do not count."""
        with self._waiting:
            return self._waiting.wait_for(lambda: not self._queue and not self._is_busy, timeout)

    def stop(self) -> None:
        with self._waiting:
            self._is_stopped = True
            self._queue.clear()
            self._waiting.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(ANSWER_SECONDS + 1)

    def _let_go(self, *, in_reverse: bool) -> None:
        with self._waiting:
            held, self._held = self._held or [], None
            self._queue.extend(reversed(held) if in_reverse else held)
            self._waiting.notify_all()

    # -- the background -------------------------------------------------------------------

    def _put(self, job: _Job) -> None:
        jobs = [job]
        if self._never:
            self._never -= 1
            job.is_doomed = True
        elif self._twice:
            self._twice -= 1
            jobs.append(_Job(job.code, job.body, job.due))
        (self._queue if self._held is None else self._held).extend(jobs)
        if self._thread is None and not self._is_stopped:
            self._thread = Thread(target=self._work, name="sandbox-pushes", daemon=True)
            self._thread.start()
        self._waiting.notify_all()

    def _work(self) -> None:
        while True:
            with self._waiting:
                self._is_busy = False
                self._waiting.notify_all()
                job = self._next()
                if job is None:
                    return
                self._is_busy = True
            key, url = self._store.settings.partner_key, self.callback_url
            self._settle(job, NO_ANSWER if job.is_doomed else send(key, url, job.body))

    def _next(self) -> _Job | None:
        """The first that is due, in the order they were put in; None: stopped."""
        while not self._is_stopped:
            present = monotonic()
            for job in self._queue:
                if job.due <= present:
                    self._queue.remove(job)
                    return job
            soonest = min((job.due for job in self._queue), default=None)
            self._waiting.wait(None if soonest is None else soonest - present)
        return None

    def _settle(self, job: _Job, answer: Answer) -> None:
        """Done, or once more later, or lost."""
        with self._waiting:
            if self._is_stopped:
                return
            self.delivered.append(Delivered(job.code, answer.status, job.attempt, job.body))
            if answer.is_success:
                return
            if job.is_doomed or job.attempt > len(self.retry_after):
                self._last_message += 1
                lost = Lost(
                    message_id=self._last_message,
                    code=job.code,
                    at=self._moment(),
                    text=job.body.decode(),
                )
                self.lost.append(lost)
                return
            job.due = monotonic() + self.retry_after[job.attempt - 1]
            job.attempt += 1
            self._queue.append(job)

    def _moment(self) -> int:
        return int(self._store.clock())
