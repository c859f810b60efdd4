"""Codes, access tokens and refresh tokens of the shop's authorisation, and what became of them.

Source: "Authorization" of the developer guide; POST /api/v2/auth/token/get,
POST /api/v2/auth/access_token/get.
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from secrets import token_hex
from typing import TYPE_CHECKING

from platforms.sandbox.shopee.errors import ShopeeError, invalid_access_token, not_linked

if TYPE_CHECKING:
    from platforms.sandbox.shopee.state import StoreState


class TokenEventKind(StrEnum):
    EXCHANGED = "exchanged"
    """A code became a pair."""
    REFRESHED = "refreshed"
    """A refresh token was used for the first time."""
    REPLAYED = "replayed"
    """A used refresh token gave the same pair again."""
    DEAD_REFRESH = "dead_refresh"
    """A refresh token that gives nothing (any more)."""
    STALE_CALL = "stale_call"
    """A call with an access token that is not valid (any more)."""
    CALL = "call"
    """A call whose token was good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenEvent:
    """One thing that happened, in order; `token` is the one that was sent."""

    kind: TokenEventKind
    token: str
    at: float
    path: str = ""


@dataclass(slots=True, kw_only=True)
class Pair:
    access_token: str
    refresh_token: str
    access_until: float
    refresh_until: float
    used_at: float | None = None
    """When the refresh token was used first."""
    successor: "Pair | None" = None


@dataclass(slots=True)
class Tokens:
    """The authorisation of the one shop. Times are the store's clock."""

    store: "StoreState"
    is_linked: bool = True
    authorised_at: float = 0.0
    consent_until: float = 0.0
    events: list[TokenEvent] = field(default_factory=list)
    _codes: dict[str, float] = field(default_factory=dict)
    _access: dict[str, Pair] = field(default_factory=dict)
    _refresh: dict[str, Pair] = field(default_factory=dict)

    # -- what tests look at ---------------------------------------------------------------

    def counts(self) -> Counter[str]:
        """How often each kind of thing happened."""
        with self.store.lock:
            return Counter(event.kind.value for event in self.events)

    def refreshes_by_token(self) -> Counter[str]:
        """How often each refresh token was sent, whatever came of it."""
        sent = (TokenEventKind.REFRESHED, TokenEventKind.REPLAYED, TokenEventKind.DEAD_REFRESH)
        with self.store.lock:
            return Counter(event.token for event in self.events if event.kind in sent)

    def longest_stale_run(self) -> int:
        """The most calls in a row that were refused for a stale token, with none let in."""
        longest = run = 0
        with self.store.lock:
            for event in self.events:
                if event.kind is TokenEventKind.STALE_CALL:
                    run += 1
                    longest = max(longest, run)
                elif event.kind is TokenEventKind.CALL:
                    run = 0
        return longest

    # -- consent --------------------------------------------------------------------------

    def link(self) -> None:
        """The seller consents (anew)."""
        now = self.store.clock()
        self.is_linked = True
        self.authorised_at = now
        self.consent_until = now + self.store.settings.consent_seconds

    def unlink(self) -> None:
        """The seller withdraws: every token and code is worth nothing."""
        self.is_linked = False
        self._codes.clear()
        self._access.clear()
        self._refresh.clear()

    @property
    def is_consent_over(self) -> bool:
        return self.store.clock() >= self.consent_until

    def new_code(self) -> str:
        """A fresh code, as the seller's consent brings it to the redirect address."""
        code = token_hex(16)
        self._codes[code] = self.store.clock() + self.store.settings.code_seconds
        return code

    # -- the calls ------------------------------------------------------------------------

    def exchange(self, code: str) -> Pair:
        """Spend a code; the tokens before it are worth nothing from now on."""
        until = self._codes.pop(code, None)
        if until is None or until <= self.store.clock():
            raise ShopeeError("invalid_code", "Invalid code, please have a check.", 403)
        self._access.clear()
        self._refresh.clear()
        pair = self.issue()
        self._note(TokenEventKind.EXCHANGED, code)
        return pair

    def refresh(self, refresh_token: str) -> Pair:
        """The pair that a refresh token gives: a new one once, the same again for a while."""
        pair = self._refresh.get(refresh_token)
        now = self.store.clock()
        if pair is None:
            raise self._dead(refresh_token)
        if pair.successor is not None:
            used_at = pair.used_at or 0.0
            if now > used_at + self.store.settings.replay_seconds:
                raise self._dead(refresh_token)
            self._note(TokenEventKind.REPLAYED, refresh_token)
            return pair.successor
        if now >= pair.refresh_until:
            self._note(TokenEventKind.DEAD_REFRESH, refresh_token)
            raise ShopeeError("refresh_token_expired", "The refresh_token has expired.", 403)
        pair.used_at = now
        pair.successor = self.issue()
        pair.access_until = min(pair.access_until, now + self.store.settings.grace_seconds)
        self._note(TokenEventKind.REFRESHED, refresh_token)
        return pair.successor

    def demand(self, access_token: str, path: str) -> None:
        """ShopeeError unless this token lets a call in now."""
        if not self.is_linked or self.is_consent_over:
            raise not_linked()
        pair = self._access.get(access_token)
        if pair is None or self.store.clock() >= pair.access_until:
            self._note(TokenEventKind.STALE_CALL, access_token, path)
            if self.store.settings.stale_answer == "error_auth":
                raise ShopeeError("error_auth", "Invalid access_token.", 403)
            raise invalid_access_token()
        self._note(TokenEventKind.CALL, access_token, path)

    def issue(self) -> Pair:
        """A new pair, its life as the settings have it."""
        now, settings = self.store.clock(), self.store.settings
        pair = Pair(
            access_token=token_hex(16),
            refresh_token=token_hex(16),
            access_until=now + settings.token_seconds,
            refresh_until=now + settings.refresh_token_seconds,
        )
        self._access[pair.access_token] = pair
        self._refresh[pair.refresh_token] = pair
        return pair

    def seconds_left(self, pair: Pair) -> int:
        return max(0, round(pair.access_until - self.store.clock()))

    def _dead(self, refresh_token: str) -> ShopeeError:
        self._note(TokenEventKind.DEAD_REFRESH, refresh_token)
        return ShopeeError("error_auth", "Invalid refresh_token.", 403)

    def _note(self, kind: TokenEventKind, token: str, path: str = "") -> None:
        event = TokenEvent(kind=kind, token=token, at=self.store.clock(), path=path)
        self.events.append(event)
