"""The door for what stores send by themselves: checked, kept, answered. One for all platforms.

POST /webhooks/PLATFORM is an app's one address for all its shops, POST /webhooks/PLATFORM/SITE
that of a shop of its own. It stands in front of the application: no session, no cookie, no form
and no token is read here. The signature is compared over the raw bytes before anything is
parsed, and a notice is a row in the database before the store has its answer; the answers have
no body. Whoever sends something unsigned learns nothing, not even which sites there are.

Some stores sign the address that they send to. It is the one that they were told, made from
TILLBRIDGE_PUBLIC_URL: what a proxy in front makes of scheme, host or leading path does not count.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from secrets import token_hex
from threading import Lock
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wrappers import Request

from jobs.noticed import keep_tracking, pass_on
from jobs.runtime import Runtime
from platforms import registry
from platforms.base import NoticeKind, NoticeReader, Platform, StoreNotice
from platforms.errors import BadResponse, Refused
from webapp.backoffice.sites import notices
from webapp.backoffice.sites.listeners import Listener, listeners
from webapp.config import Config
from webapp.database import reading, utc_now, writing

DOOR = "tillbridge_webhooks"
PREFIX = "/webhooks/"
LARGEST_BODY = 1024 * 1024
LONGEST_SITE_ID = 18
# Some stores want their answer within three seconds, and send again without it.
LONGEST_TURN = 2.0

Start = Callable[..., Any]
Application = Callable[[dict[str, Any], Start], Iterable[bytes]]

log = logging.getLogger(__name__)


class WebhookTally:
    """How many came in since the process began, by what became of them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts = dict.fromkeys(("kept", "ignored", "forged", "malformed", "too_large"), 0)

    def add(self, what: str) -> None:
        with self._lock:
            self._counts[what] += 1

    def counts(self) -> Mapping[str, int]:
        with self._lock:
            return dict(self._counts)


class WebhookDoor:
    """WSGI in front of the application: takes what is under /webhooks/, and passes on the rest.

    `backing` gives the configuration and the database of the moment. Nobody is woken: the
    heartbeat looks for notices every second.
    """

    def __init__(self, behind: Application, backing: Callable[[], tuple[Config, Engine]]) -> None:
        self._behind = behind
        self._backing = backing
        self._turn = Lock()
        self.tally = WebhookTally()

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        if not str(environ.get("PATH_INFO", "")).startswith(PREFIX):
            return self._behind(environ, start_response)
        status = self._answer(Request(environ))
        headers = [("Content-Length", "0"), ("Cache-Control", "no-store")]
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            headers.append(("Allow", "POST"))
        if status is HTTPStatus.SERVICE_UNAVAILABLE:
            headers.append(("Retry-After", "60"))
        start_response(f"{status.value} {status.phrase}", headers)
        return [b""]

    def _answer(self, request: Request) -> HTTPStatus:
        named = _named(request.path)
        if named is None:
            return HTTPStatus.NOT_FOUND
        if request.method != "POST":
            return HTTPStatus.METHOD_NOT_ALLOWED
        try:
            body = _body(request)
        except RequestEntityTooLarge:
            self.tally.add("too_large")
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        except ClientDisconnected:
            return HTTPStatus.BAD_REQUEST
        platform, reader, site_id = named
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            return self._hear(platform, reader, site_id, request.path, headers, body)
        except _TurnMissed:
            return HTTPStatus.SERVICE_UNAVAILABLE
        except DBAPIError:
            log.exception("a webhook could not be kept")
            return HTTPStatus.SERVICE_UNAVAILABLE

    def _hear(
        self,
        platform: Platform,
        reader: NoticeReader,
        site_id: int | None,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
    ) -> HTTPStatus:
        config, engine = self._backing()
        with reading(engine) as session:
            known = listeners(session, platform, site_id)
        try:
            notice, of = _checked(
                reader, known, url=f"{config.public_url}{path}", headers=headers, body=body
            )
        except Refused:
            self.tally.add("forged")
            return HTTPStatus.UNAUTHORIZED
        except BadResponse:
            # Signed, so it is theirs, and sending it again would change nothing.
            self.tally.add("malformed")
            return HTTPStatus.OK
        if notice is None or not of:
            self.tally.add("ignored")
            return HTTPStatus.OK
        self._keep(config, engine, platform, notice, of)
        self.tally.add("kept")
        return HTTPStatus.OK

    def _keep(
        self,
        config: Config,
        engine: Engine,
        platform: Platform,
        notice: StoreNotice,
        of: Sequence[Listener],
    ) -> None:
        """A row for each site; what a withdrawn consent means is done before the answer."""
        now = utc_now()
        site_ids = [each.site_id for each in of]
        if notice.kind in (NoticeKind.ORDER, NoticeKind.CONSENT_ENDS):
            silent = [each.site_id for each in of if each.is_silent(now)]
            with self._in_turn(engine), writing(engine) as session:
                for site_id in site_ids:
                    notices.hear(
                        session.connection(), site_id, notice.kind, notice.order_remote_id, now
                    )
                    keep_tracking(session, site_id, notice, now)
                if silent:
                    notices.note_heard(session, silent, now)
            return
        runtime = Runtime(engine=engine, allow_private_stores=config.allow_private_stores)
        pass_on(runtime, platform, notice, only=site_ids)

    @contextmanager
    def _in_turn(self, engine: Engine) -> Iterator[None]:
        """Write after those who came before; on SQLite, which has one writer at a time.

        SQLite itself lets them try again and again, and the unlucky wait long. _TurnMissed: the
        database is held for longer than a store waits for its answer.
        """
        if engine.dialect.name != "sqlite":
            yield
            return
        if not self._turn.acquire(timeout=LONGEST_TURN):
            raise _TurnMissed
        try:
            yield
        finally:
            self._turn.release()


class _TurnMissed(Exception):
    """Others were writing for too long."""


def _named(path: str) -> tuple[Platform, NoticeReader, int | None] | None:
    """What an address is of: a platform that sends notices, and perhaps a site, there or not."""
    name, slash, site = path.removeprefix(PREFIX).partition("/")
    if name not in registry.names():
        return None
    platform = registry.get(name)
    if platform.notices is None:
        return None
    if not slash:
        return platform, platform.notices, None
    if not (site.isascii() and site.isdigit() and len(site) <= LONGEST_SITE_ID):
        return None
    return platform, platform.notices, int(site)


def _body(request: Request) -> bytes:
    """The raw bytes. RequestEntityTooLarge, ClientDisconnected: there are too many, or too few."""
    request.max_content_length = LARGEST_BODY
    return request.get_data(cache=False, parse_form_data=False)


def _checked(
    reader: NoticeReader,
    known: Sequence[Listener],
    *,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
) -> tuple[StoreNotice | None, list[Listener]]:
    """The notice, and the sites of its shop among those whose keys it is signed with.

    Each set of keys is tried, also when one has fitted; where there is no site, keys of nobody
    are, so that an address without a site answers as one with a site. Refused: none fits.
    """
    nobody = {reader.own_secret: token_hex(16)} if reader.own_secret else {}
    found: StoreNotice | None = None
    of: list[Listener] = []
    is_signed = False
    for each in known or (None,):
        keys = nobody if each is None else each.keys
        try:
            said = reader.read(url=url, headers=headers, body=body, credentials=keys)
        except Refused:
            continue
        is_signed = True
        if said is not None and each is not None and reader.is_of(said, keys):
            found = said
            of.append(each)
    if not is_signed:
        raise Refused("The notice is signed with none of our keys.")
    return found, of
