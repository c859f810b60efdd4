"""The only place that speaks to a store over the network.

One `Transport` is one store's connection: kept alive, guarded (see `addresses`), bounded in
time and size, and asked by a few threads at once where that is wanted (see `lines`). It knows
no platform. What it cannot bring back as an `Answer` it raises as an
error that says what to do next.
"""

import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from time import monotonic
from urllib.parse import urljoin, urlsplit
from weakref import finalize

import requests
from requests import exceptions as broken
from urllib3 import exceptions as broken_below

from platforms.errors import BadResponse, OutcomeUnknown, PlatformError, SiteRefused, TryAgain
from platforms.lines import Line, Lines
from platforms.outgoing import Outgoing, Signer, address
from platforms.wire_faults import Fault, TooLarge, fault_of, http_date, retry_after

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
DEADLINE_SECONDS = 90.0
LARGEST_ANSWER = 16 * 1024 * 1024
MOST_REDIRECTS = 3
MOST_RETRIES = 3
FIRST_PAUSE = 0.3
RETRIED = frozenset({502, 503, 504})
TOO_MUCH = RETRIED | {429, 508}
REDIRECTS = frozenset({301, 302, 303, 307, 308})
CHUNK = 256 * 1024

logger = logging.getLogger(__name__)


def _is_above_debug(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG


# urllib3 writes each address with its query, so with keys and signatures, at DEBUG.
logging.getLogger("urllib3.connectionpool").addFilter(_is_above_debug)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a store answered, whatever its status. `store_time`: the store's own clock, if told."""

    status: int
    headers: Mapping[str, str] = field(repr=False)  # names in any case; a Link may hold keys
    body: bytes = field(repr=False)
    url_without_query: str
    store_time: datetime | None


class TookTooLong(TryAgain):
    """The store took the request and did not answer in time: a smaller question may be answered."""


class Transport:
    """A connection to one store. `requests` counts what was sent, retries and redirects too.

    At most `at_once` requests are on their way at any moment; a thread beyond them waits. Once
    the store asked to wait, or did not manage to answer, it is one at a time (`lines.at_once`).
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        ca_file: str = "",
        at_once: int = 1,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.requests = 0
        self.lines = Lines(at_once, allow_private=allow_private, ca_file=ca_file)
        self._counting = Lock()
        self._pause = pause
        # Whoever forgets to close it leaves no socket and no thread behind.
        finalize(self, self.lines.close)

    def close(self) -> None:
        """Close what is kept alive. The next request opens anew."""
        self.lines.close()

    def send(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str] | None = None,
        repeated: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        sign: Signer | None = None,
        only_reads: bool = False,
        read_seconds: float = READ_SECONDS,
        deadline: float = DEADLINE_SECONDS,
        retries: int = MOST_RETRIES,
    ) -> Answer:
        """The store's answer to one request, whatever its status.

        Reading is tried again a few times within the deadline, and follows redirects; who we
        are is not told to another host. A write is sent once and follows none.
        TryAgain: no connection, no answer, or the store asked us to wait (`retry_after`).
        OutcomeUnknown: a write was sent and no answer came. SiteRefused: a write was
        redirected, or the address is none. ForbiddenAddress: see `addresses`. BadResponse: too
        large, or redirects without end.
        """
        request = Outgoing(
            method,
            url,
            query=query or {},
            repeated=repeated,
            only_reads=only_reads,
            headers=headers or {},
            body=body,
            sign=sign,
        )
        timeout = (min(CONNECT_SECONDS, deadline), min(read_seconds, deadline))
        with self.lines.one(deadline) as line:
            answer = self._answer(line, request, timeout, retries)
            for _ in range(MOST_REDIRECTS):
                if not _is_redirect(answer):
                    return answer
                if not request.is_reading:
                    raise _redirected_write(answer)
                request = request.redirected(answer.headers["Location"])
                answer = self._answer(line, request, timeout, retries)
        if _is_redirect(answer):
            raise BadResponse(f"{address(url)} redirects again and again; nothing could be read.")
        return answer

    def _answer(
        self, line: Line, request: Outgoing, timeout: tuple[float, float], retries: int
    ) -> Answer:
        """The answer of one host, after retries."""
        for retry in range(retries if request.is_reading else 0):
            found = self._attempt(line, request, timeout)
            pause = FIRST_PAUSE * 2**retry
            if not _may_pass(found) or line.deadline.left() <= pause:
                return _accepted(found, request)
            self._pause(pause * random.uniform(0.5, 1))  # noqa: S311 - jitter, no secret
        return _accepted(self._attempt(line, request, timeout), request)

    def _attempt(
        self, line: Line, request: Outgoing, timeout: tuple[float, float]
    ) -> Answer | Fault:
        with self._counting:
            self.requests += 1
        began = monotonic()
        try:
            with line.session.send(
                request.prepared(), stream=True, timeout=timeout, allow_redirects=False
            ) as response:
                answer = Answer(
                    status=response.status_code,
                    headers=response.headers,
                    body=_body(response, line),
                    url_without_query=request.url,
                    store_time=http_date(response.headers.get("Date")),
                )
        except (broken.RequestException, broken_below.HTTPError, OSError, ValueError) as broke:
            fault = fault_of(broke, request.host, is_over=line.deadline.left() <= 0)
            if fault.is_timeout:
                self.lines.narrow()
            return fault
        if answer.status in TOO_MUCH or (answer.status >= 400 and "Retry-After" in answer.headers):
            self.lines.narrow()
        logger.debug(
            "%s %s %d %d bytes %.0f ms",
            request.method,
            urlsplit(request.url).path,
            answer.status,
            len(answer.body),
            (monotonic() - began) * 1000,
        )
        return answer


def _body(response: requests.Response, line: Line) -> bytes:
    """The decoded body, read piece by piece: a small gzip can hold any size."""
    pieces: list[bytes] = []
    size = 0
    while piece := response.raw.read1(CHUNK, decode_content=True):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_ANSWER:
            raise TooLarge
        if line.deadline.left() <= 0:
            raise TimeoutError
    return b"".join(pieces)


def _may_pass(found: Answer | Fault) -> bool:
    if isinstance(found, Fault):
        return found.is_worth_a_retry
    return found.status in RETRIED and "Retry-After" not in found.headers


def _is_redirect(answer: Answer) -> bool:
    return answer.status in REDIRECTS and "Location" in answer.headers


# Raised outside every `except`, so that no library's exception hangs on them: its message
# holds the whole address.


def _accepted(found: Answer | Fault, request: Outgoing) -> Answer:
    if isinstance(found, Fault):
        raise _no_answer(found, request)
    if found.status == 429 or (found.status >= 400 and "Retry-After" in found.headers):
        raise _asked_to_wait(found, request)
    return found


def _no_answer(fault: Fault, request: Outgoing) -> PlatformError:
    if fault.was_sent and not request.is_reading:
        return OutcomeUnknown(f"{fault.sentence} What was sent may have been done all the same.")
    if fault.is_timeout:
        return TookTooLong(fault.sentence)
    if not fault.is_final:
        return TryAgain(fault.sentence)
    if fault.was_sent:
        return BadResponse(fault.sentence)
    return SiteRefused(
        fault.sentence, code="store_bad_response", fix="Correct the address of the site."
    )


def _asked_to_wait(answer: Answer, request: Outgoing) -> TryAgain:
    wait = retry_after(answer.headers, answer.store_time)
    if answer.status >= 500:
        return TryAgain(f"{request.host} is not available just now.", retry_after=wait)
    return TryAgain(
        f"{request.host} asks us to come less often.", code="store_rate_limited", retry_after=wait
    )


def _redirected_write(answer: Answer) -> SiteRefused:
    there = address(urljoin(answer.url_without_query, answer.headers["Location"]))
    return SiteRefused(
        f"{answer.url_without_query} redirects to {there}. Nothing was written: what is sent "
        "to a redirected address arrives as something else.",
        code="store_bad_response",
        fix="Correct the address of the site to the one that it redirects to.",
    )
