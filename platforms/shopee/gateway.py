"""One call to the Open Platform: signed anew for each try, its answer deciphered.

It knows no tokens' life: see `client` for calls as they are made, `tokens` for renewal.
Source: the developer guide *API calls*: business parameters go into a GET's query and into a
POST's JSON body, the common ones always into the query.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec

from platforms.base import StoreAccess
from platforms.errors import BadResponse, TryAgain
from platforms.money import decode_json, encode_json
from platforms.outgoing import Signature, Signer
from platforms.shopee import loose_json
from platforms.shopee.answers import (
    ClockRefused,
    Senseless,
    bare,
    clean,
    error_in,
    error_of,
    fields_in,
    garbled,
)
from platforms.shopee.signing import PREFIX, signed_query
from platforms.transport import (
    DEADLINE_SECONDS,
    MOST_RETRIES,
    READ_SECONDS,
    Answer,
    Transport,
)

Value = str | int | Sequence[str] | Sequence[int] | None
Query = Mapping[str, Value]

FURTHEST_CLOCK = 3 * 365 * 86_400

_fields_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
_list_decoder = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long one question may take, and how often reading is tried again."""

    read_seconds: float = READ_SECONDS
    deadline: float = DEADLINE_SECONDS
    retries: int = MOST_RETRIES


USUAL = Patience()


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """In whose name a call is made. Public calls need neither token nor shop."""

    partner_id: str
    partner_key: str = field(repr=False)
    shop_id: str = ""
    access_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: `path` is as "order/get_order_list".

    `query`: lists are joined by commas, None is left out. `repeated`: parameters whose name
    the store wants once for each value. `is_reading`: sending it twice is harmless, though the
    store may want it as a POST. `despite`: codes of refusals whose answer is wanted all the same.
    """

    method: str
    path: str
    query: Query = field(default_factory=dict, repr=False)
    repeated: Mapping[str, Sequence[str]] = field(default_factory=dict)
    body: object = field(default=None, repr=False)
    is_reading: bool = True
    despite: frozenset[str] = frozenset()
    patience: Patience = USUAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A good answer. `error` and `said`: a refusal that the caller asked to see (`despite`)."""

    body: bytes = field(repr=False)
    fields: Mapping[str, msgspec.Raw] = field(repr=False)
    store_time: datetime | None
    is_reading: bool
    error: str = ""
    said: str = ""

    def clock(self) -> datetime:
        """The store's clock when it answered; ours where it did not tell."""
        return self.store_time or datetime.now(UTC)

    def whole(self) -> dict[str, Any]:
        """The decoded answer of a call that wraps nothing in `response`."""
        return {name: self._decoded(raw) for name, raw in self.fields.items()}

    def value(self) -> Any:
        """The decoded `response`, fractions as exact Decimals; None where there is none."""
        raw = self.fields.get("response")
        return None if raw is None else self._decoded(raw)

    def object(self) -> dict[str, Any]:
        """The decoded `response`, which must be an object; {} where there is none."""
        found = self.value()
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise Senseless("The store answered with something else than was asked for.")
        return found

    def rows(self, name: str | None = None) -> list[bytes]:
        """The elements of a list in `response`, each as the store's own bytes.

        `name` None: `response` is the list itself. Absent or null is [].
        BadResponse: it is there, and no list.
        """
        raw = bytes(self.fields.get("response", b"null"))
        if name is not None:
            raw = bytes(_members(raw).get(name, b"null"))
        if raw.strip() == b"null":
            return []
        return elements(raw, name or "rows")

    @property
    def warning(self) -> str:
        """The store's warning as one line, whatever its shape; "" where there is none."""
        raw = self.fields.get("warning")
        if raw is None:
            return ""
        found = self._decoded(raw)
        if not found or found == "-":
            return ""
        return clean(found if isinstance(found, str) else bytes(raw).decode(errors="replace"))

    def _decoded(self, raw: msgspec.Raw) -> Any:
        """The value; where it breaks the rules of JSON, what can be read of it."""
        try:
            return decode_json(raw)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ArithmeticError):
            pass
        try:
            return loose_json.value(bytes(raw))
        except (ValueError, RecursionError) as fault:
            raise garbled(is_reading=self.is_reading) from fault


class Gateway:
    """Speaks to one host. `requests` counts what was sent."""

    def __init__(self, access: StoreAccess) -> None:
        self.root = root_of(access.url)
        self.transport = Transport(
            allow_private=access.allow_private,
            ca_file=access.ca_file,
            at_once=access.requests_at_once,
        )
        # Seconds that our clock is behind the store's, learnt when it refused our time.
        self._behind = 0

    @property
    def requests(self) -> int:
        return self.transport.requests

    def now(self) -> int:
        """The second that signatures are made with."""
        return int(time.time()) + self._behind

    def ask(self, call: Call, owner: Owner) -> Reply:
        """The answer to one call; the errors are those of `platforms.errors`.

        A refusal of our time is answered with the store's own, once.
        """
        for is_last in (False, True):
            answer = self._sent(call, owner)
            fields = fields_in(answer.body)
            code, message = ("", "") if fields is None else error_in(fields)
            fault = error_of(answer, fields, path=call.path, is_reading=call.is_reading)
            if isinstance(fault, ClockRefused) and not is_last and self._take_time(fault):
                continue
            if isinstance(fault, TryAgain):  # a refusal of our pace may come with a 200
                self.transport.lines.narrow()
            if fault is not None and bare(code) not in call.despite:
                raise fault
            return Reply(
                body=answer.body,
                fields=fields or {},
                store_time=self._believable(answer.store_time),
                is_reading=call.is_reading,
                error=bare(code),
                said=clean(f"{code}: {message}") if code else "",
            )
        raise BadResponse("The store refuses its own time.")

    def _believable(self, told: datetime | None) -> datetime | None:
        """The store's clock as an answer tells it; None where it cannot be.

        A store takes no time that is minutes off, and it has just taken ours. Of a date years
        away, a proxy's or a cache's, lists would be read from 1970, or up to the year 9999.
        """
        if told is None or abs(told.timestamp() - self.now()) > FURTHEST_CLOCK:
            return None
        return told

    def _take_time(self, refused: ClockRefused) -> bool:
        if refused.store_time is None:
            return False
        self._behind = round(refused.store_time.timestamp() - time.time())
        return True

    def _sent(self, call: Call, owner: Owner) -> Answer:
        is_post = call.method == "POST"
        try:
            return self.transport.send(
                call.method,
                f"{self.root}{PREFIX}{call.path}",
                query={
                    name: _joined(value) for name, value in call.query.items() if value is not None
                },
                repeated=[
                    (name, each) for name, values in call.repeated.items() for each in values
                ],
                headers={"Content-Type": "application/json"} if is_post else {},
                body=encode_json({} if call.body is None else call.body) if is_post else None,
                sign=self._signer(call.path, owner),
                only_reads=call.is_reading,
                read_seconds=call.patience.read_seconds,
                deadline=call.patience.deadline,
                retries=call.patience.retries,
            )
        except BadResponse as fault:  # too large to be taken in
            raise Senseless(fault.sentence, said=fault.said) from fault

    def _signer(self, path: str, owner: Owner) -> Signer:
        def sign(method: str, url: str, query: Mapping[str, str]) -> Signature:
            return Signature(
                query=signed_query(
                    owner.partner_key,
                    partner_id=owner.partner_id,
                    path=path,
                    timestamp=self.now(),
                    access_token=owner.access_token,
                    shop_id=owner.shop_id,
                )
            )

        return sign


def elements(raw: msgspec.Raw | bytes, name: str) -> list[bytes]:
    """The elements of a list, each as the store's own bytes. BadResponse: it is no list."""
    try:
        return [bytes(element) for element in _list_decoder.decode(raw)]
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as fault:
        found = loose_json.elements(bytes(raw))
        if found is not None:
            return found
        raise BadResponse(
            f"The store did not answer with a list of {name}.", said=str(fault)
        ) from fault


def _members(raw: bytes) -> Mapping[str, msgspec.Raw | bytes]:
    try:
        return _fields_decoder.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as fault:
        found = loose_json.members(raw)
        if found is None:
            raise BadResponse(
                "The store answered with something else than was asked for.", said=str(fault)
            ) from fault
        return found


def root_of(url: str) -> str:
    """Scheme and host, with what stands before `/api/v2` in front of a proxy's store."""
    typed = url.strip()
    if "://" not in typed:
        typed = f"https://{typed}"
    parts = urlsplit(typed)
    before = parts.path.partition("/api/v2")[0].rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], before, "", ""))


def _joined(value: Value) -> str:
    if isinstance(value, str | int):
        return str(value)
    return ",".join(str(each) for each in value or ())
