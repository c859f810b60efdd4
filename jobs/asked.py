"""What people asked the workers for is done, the longest waiting first, under the site's lease."""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import DBAPIError, OperationalError

from jobs.catalogue import catalogue_under
from jobs.pace import GaveWay, OutOfTime
from jobs.pull import pull_under
from jobs.push import PushHeld, push_under
from jobs.push_preview import preview_under
from jobs.retry import retry_under
from jobs.runtime import Runtime, SiteLease, leased
from jobs.ship import tell_waiting
from platforms.errors import BadResponse, PlatformError, SiteRefused, TryAgain
from webapp.backoffice.errors import Code
from webapp.backoffice.sites import asked
from webapp.backoffice.sites.asked import Asked, AskedKind
from webapp.backoffice.sites.runs import SENTENCES
from webapp.database import writing

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What became of one try. With a `code` it came to nothing; `is_final`: it always would.

    `is_stopped`: the store refuses us as a whole. `is_given_back`: it gave way to others.
    """

    code: str | None = None
    message: str = ""
    retry_after: int | None = None
    is_final: bool = False
    is_stopped: bool = False
    is_given_back: bool = False


DONE = Attempt()
GIVEN_BACK = Attempt(is_given_back=True)
BUSY = Attempt(code=Code.DATABASE_BUSY, message=SENTENCES[Code.DATABASE_BUSY])
BROKEN = Attempt(code=Code.INTERNAL_ERROR, message=SENTENCES[Code.INTERNAL_ERROR])
CUT_SHORT = Attempt(
    code=Code.INTERNAL_ERROR,
    message="It took longer than work may take; what it stored until then stands.",
)


def do_asked(runtime: Runtime, site_id: int) -> None:
    """Do what was asked of a site, one after another, until the site has had its turn.

    A request is done once: it is begun and closed under the lease. A passing fault of the store
    is raised, and its request tried again later; what will not pass closes its request with the
    sentence. LeaseTaken: another process works on the site; its requests go on waiting.
    """
    with leased(runtime, site_id) as lease:
        while True:
            with lease.writing() as session:
                each = asked.begin_next(session, site_id, runtime.now())
            if each is None:
                return
            _do(runtime, lease, each)
            if runtime.had_its_turn():
                return


def _do(runtime: Runtime, lease: SiteLease, each: Asked) -> None:
    attempt = BROKEN
    try:
        attempt = DONE if _DOES[each.kind](runtime, lease, each) else GIVEN_BACK
    except GaveWay:
        attempt = GIVEN_BACK
        raise
    except OutOfTime:
        attempt = CUT_SHORT
        raise
    except OperationalError:
        attempt = BUSY
        raise
    except PushHeld as held:
        attempt = Attempt(code=held.code, message=f"{held} {held.next_step}", is_final=True)
    except PlatformError as fault:
        attempt = _of_fault(fault)
        if isinstance(fault, TryAgain | SiteRefused):
            raise
    finally:
        # Where the database is away the row stands as it was begun, and is begun again.
        with suppress(DBAPIError):
            _note(runtime, each, attempt)


def _of_fault(fault: PlatformError) -> Attempt:
    may_pass = isinstance(fault, TryAgain | SiteRefused | BadResponse)
    return Attempt(
        code=fault.code,
        message=fault.sentence,
        retry_after=fault.retry_after if isinstance(fault, TryAgain | SiteRefused) else None,
        is_final=not may_pass,
        is_stopped=isinstance(fault, SiteRefused),
    )


def _note(runtime: Runtime, each: Asked, attempt: Attempt) -> None:
    now = runtime.now()
    with writing(runtime.engine) as session:
        if attempt.is_given_back:
            asked.give_back(session, each.id)
        elif attempt.code is None:
            asked.close(session, each.id, now)
        elif attempt.is_final:
            asked.close(session, each.id, now, code=attempt.code, message=attempt.message)
            log.warning("%s of site %d: %s", each.kind, each.site_id, attempt.message)
        elif not asked.put_off(
            session,
            each,
            now,
            code=attempt.code,
            message=attempt.message,
            retry_after=attempt.retry_after,
            is_stopped=attempt.is_stopped,
        ):
            log.warning("%s of site %d was given up: %s", each.kind, each.site_id, attempt.message)


# --- each of them; False: it gave way before its end ----------------------------------------------


def _pull(runtime: Runtime, lease: SiteLease, each: Asked) -> bool:
    report = pull_under(
        runtime,
        lease,
        order=_text(each.options, "order"),
        since=_instant(each.options, "since"),
        until=_instant(each.options, "until"),
        actor=each.actor,
    )
    return not report.is_unfinished


def _push(runtime: Runtime, lease: SiteLease, each: Asked) -> bool:
    sends_all = bool(each.options.get("sends_all"))
    return not push_under(runtime, lease, all_=sends_all, actor=each.actor).is_unfinished


def _dry_run(runtime: Runtime, lease: SiteLease, each: Asked) -> bool:
    return not preview_under(runtime, lease, actor=each.actor).is_unfinished


def _catalogue(runtime: Runtime, lease: SiteLease, each: Asked) -> bool:
    catalogue_under(runtime, lease, actor=each.actor)
    return True


def _retry(runtime: Runtime, lease: SiteLease, each: Asked) -> bool:
    """What is left when the turn is over is pending, and is processed as such."""
    retry_under(
        runtime,
        lease,
        number=_text(each.options, "order"),
        code=_text(each.options, "code"),
        state=_text(each.options, "state"),
        actor=each.actor,
    )
    return True


def _tell(runtime: Runtime, lease: SiteLease, each: Asked) -> bool:
    tell_waiting(runtime, lease)
    return True


_DOES: Mapping[AskedKind, Callable[[Runtime, SiteLease, Asked], bool]] = {
    AskedKind.PULL: _pull,
    AskedKind.PUSH: _push,
    AskedKind.DRY_RUN: _dry_run,
    AskedKind.CATALOGUE: _catalogue,
    AskedKind.RETRY: _retry,
    AskedKind.TELL: _tell,
}


def _text(options: Mapping[str, asked.Option], name: str) -> str | None:
    given = options.get(name)
    return given if isinstance(given, str) else None


def _instant(options: Mapping[str, asked.Option], name: str) -> datetime | None:
    given = _text(options, name)
    return None if given is None else datetime.fromisoformat(given)
