"""What can go wrong with a store, told by what the caller does next.

Nobody reads a message to decide: the class decides, the attributes tell the rest.
"""

from collections.abc import Mapping


class PlatformError(Exception):
    """Anything a platform raises on purpose.

    `code` is one of the closed list that the screens and the command line know;
    `said` is what the store said, in its own words, cut short and free of secrets.
    """

    code = "store_bad_response"

    def __init__(self, sentence: str, *, said: str = "", code: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.said = said
        if code is not None:
            self.code = code


class TryAgain(PlatformError):
    """A passing fault. `retry_after` is what the store asked for, in seconds, or None."""

    code = "store_unreachable"

    def __init__(
        self,
        sentence: str,
        *,
        said: str = "",
        code: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(sentence, said=said, code=code)
        self.retry_after = retry_after


class OutcomeUnknown(TryAgain):
    """A write was sent and no answer came: it may have happened. Read before writing again."""


class RenewalLost(TryAgain):
    """Keys were renewed, but the right to renew had gone to another process: read them again."""


class SiteRefused(PlatformError):
    """The store refuses us as a whole (credentials, rights): the site stops, no order is touched.

    `fix` says where to click in the store. `retry_after`: it may pass by itself, so look again
    in that many seconds; None: a person has to do something first.
    """

    code = "store_refused_credentials"

    def __init__(
        self,
        sentence: str,
        *,
        said: str = "",
        code: str | None = None,
        fix: str = "",
        retry_after: int | None = None,
    ) -> None:
        super().__init__(sentence, said=said, code=code)
        self.fix = fix
        self.retry_after = retry_after


class ForbiddenAddress(PlatformError):
    """The store's address leads into a private network, directly, by DNS or by a redirect."""

    code = "store_address_refused"


class BadResponse(PlatformError):
    """The store answered something that its API reference does not allow."""

    code = "store_bad_response"


class OrderUnreadable(BadResponse):
    """One order's payload cannot be understood. The others go on.

    `field` is the store's field that is at fault.
    """

    def __init__(self, sentence: str, *, field: str, said: str = "") -> None:
        super().__init__(sentence, said=said)
        self.field = field


class NotFound(PlatformError):
    """The store says that this one thing does not exist (404 or 410 by id)."""

    code = "order_deleted"


class Refused(PlatformError):
    """The store refused one write for a reason of its own; trying again changes nothing."""

    code = "store_refused"

    def __init__(
        self,
        sentence: str,
        *,
        said: str = "",
        code: str | None = None,
        details: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(sentence, said=said, code=code)
        self.details = dict(details or {})
