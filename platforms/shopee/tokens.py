"""The shop's token pair: used while it lives, renewed by one process at a time.

An access token lives four hours, a refresh token thirty days and is good for one renewal; for
some hours the same one brings the same new pair, so a pair that was lost between the store's
answer and its storing is asked for again. The new pair is stored before it is used.
Source: POST /auth/token/get, POST /auth/access_token/get and the guide *Authorization*.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard

from platforms.base import Keyring
from platforms.errors import BadResponse, OutcomeUnknown, RenewalLost, SiteRefused
from platforms.keys import RENEWAL_SECONDS
from platforms.shopee.answers import CodeRefused
from platforms.shopee.gateway import Call, Gateway, Owner, Patience
from platforms.shopee.refusals import AUTHORISE

# Two tries fit into the time that another process grants us.
RENEWING = Patience(read_seconds=RENEWAL_SECONDS / 4, deadline=RENEWAL_SECONDS / 3, retries=0)
# A token is left in good time before its end: a tenth of its life, at most two minutes.
LONGEST_MARGIN = timedelta(minutes=2)
USUAL_LIFE = 14_400
LONGEST_TOKEN = 4096
LONGEST_LIFE = 40 * 86_400

Keys = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What the store gave: keys as they are kept, and the shops that they are for."""

    keys: Keys
    shops: tuple[str, ...]


class Tokens:
    """The tokens of one shop, over its keyring. Reads no key before it is asked."""

    def __init__(self, gateway: Gateway, keyring: Keyring) -> None:
        self._gateway = gateway
        self._keyring = keyring
        self._keys: Keys = {}

    def owner(self) -> Owner:
        """In whose name to call now. SiteRefused: the shop has not let us in, or no longer."""
        if not self._keys or not _is_usable(self._keys):
            self._keys = self._keyring.read()
        if not owner_of(self._keys).shop_id:
            raise SiteRefused("It is not known yet which shop this is.", fix=AUTHORISE)
        if not _is_usable(self._keys):
            self._renew(refused=None)
        return owner_of(self._keys)

    def owner_at_hand(self) -> Owner | None:
        """In whose name to call, where that can be told without a look into the keyring."""
        keys = self._keys
        return owner_of(keys) if owner_of(keys).shop_id and _is_usable(keys) else None

    def app(self) -> Owner:
        """In whose name to call without a shop."""
        return owner_of(self._keys or self._keyring.read())

    def after_refusal(self, refused: Owner) -> tuple[Owner, bool]:
        """In whose name to call after the store refused a token, and whether it is brand-new.

        Another process may have renewed it by now: then its pair is used, and none is spent.
        """
        is_new = self._renew(refused=refused.access_token)
        return owner_of(self._keys), is_new

    def _renew(self, *, refused: str | None) -> bool:
        """Whether the keys at hand are brand-new; else another process renewed them."""
        try:
            return self._renewed(refused=refused)
        except RenewalLost:
            # Whoever holds the right now has asked with the same refresh token: one more look.
            return self._renewed(refused=refused)

    def _renewed(self, *, refused: str | None) -> bool:
        with self._keyring.renewing() as renewal:
            keys = dict(renewal.keys)
            is_new = False
            if has_new_code(keys):
                found = self._first_keys(keys)
                is_new = "access_token" in found
                renewal.store(found)
                keys |= found
            if not is_new and not (_is_usable(keys) and keys["access_token"] != refused):
                found = self._next_keys(keys)
                is_new = True
                renewal.store(found)
                keys |= found
            self._keys = keys
            return is_new

    def _first_keys(self, keys: Keys) -> Keys:
        """Keys for the code that was never exchanged; only its mark where tokens stand beside it.

        A declaration may hold yesterday's code beside the tokens that it brought.
        """
        try:
            pair = exchanged(self._gateway, keys, keys["code"])
            if pair.shops and owner_of(keys).shop_id not in pair.shops:
                raise _other_shop()
            return pair.keys
        except CodeRefused as refused:
            sentence, said = refused.sentence, refused.said
        if keys.get("access_token") and keys.get("refresh_token"):
            return {"code_used": keys["code"]}
        raise SiteRefused(sentence, said=said, fix=AUTHORISE)

    def _next_keys(self, keys: Keys) -> Keys:
        """Asked again when the answer is lost: the same refresh token brings the same pair."""
        if not keys.get("refresh_token"):
            raise SiteRefused("The shop has not been authorised yet.", fix=AUTHORISE)
        owner = owner_of(keys)
        body = {
            "refresh_token": keys["refresh_token"],
            "partner_id": _number(owner.partner_id),
            "shop_id": _number(owner.shop_id),
        }
        call = Call(
            method="POST",
            path="auth/access_token/get",
            body=body,
            is_reading=False,
            patience=RENEWING,
        )
        try:
            reply = self._gateway.ask(call, owner)
        except OutcomeUnknown:
            reply = self._gateway.ask(call, owner)
        answer = reply.whole()
        if answer.get("shop_id") and str(answer["shop_id"]) != owner.shop_id:
            raise _other_shop()
        return _kept(answer)


def exchanged(gateway: Gateway, keys: Keys, code: str) -> Pair:
    """The first pair of an authorisation, for its code.

    CodeRefused: used before, too old, or for another shop.
    Source: POST /auth/token/get.
    """
    owner = owner_of(keys)
    body: dict[str, Any] = {"code": code, "partner_id": _number(owner.partner_id)}
    if owner.shop_id:
        body["shop_id"] = _number(owner.shop_id)
    call = Call(
        method="POST", path="auth/token/get", body=body, is_reading=False, patience=RENEWING
    )
    reply = gateway.ask(call, owner).whole()
    shops = reply.get("shop_id_list")
    return Pair(
        # A declared code that was never exchanged is of no use after a later authorisation.
        keys={**_kept(reply), "code_used": keys.get("code") or code},
        shops=tuple(str(each) for each in shops) if isinstance(shops, list) else (),
    )


def owner_of(keys: Keys) -> Owner:
    """In whose name these keys call."""
    return Owner(
        partner_id=str(keys.get("partner_id", "")).strip(),
        partner_key=str(keys.get("partner_key", "")).strip(),
        shop_id=str(keys.get("shop_id", "")).strip(),
        access_token=str(keys.get("access_token", "")).strip(),
    )


def has_new_code(keys: Keys) -> bool:
    """Whether there is a code that was never exchanged: a new authorisation."""
    return bool(keys.get("code")) and keys.get("code") != keys.get("code_used")


def _is_usable(keys: Keys) -> bool:
    """Whether the access token may be used. Of one that a person gave the end is not known."""
    if has_new_code(keys) or not keys.get("access_token"):
        return False
    until = keys.get("access_until", "")
    if not until:
        return True
    try:
        return datetime.now(UTC) < datetime.fromisoformat(until)
    except (ValueError, TypeError):
        return True


def _kept(reply: Mapping[str, Any]) -> dict[str, str]:
    """What is kept of a pair. `access_until`: from then on it is renewed."""
    access, refresh = reply.get("access_token"), reply.get("refresh_token")
    if not (_is_token(access) and _is_token(refresh)):
        raise BadResponse("The store answered without the tokens that it was asked for.")
    life = reply.get("expire_in")
    if type(life) is not int or not 0 < life < LONGEST_LIFE:
        life = USUAL_LIFE
    whole = timedelta(seconds=life)
    until = datetime.now(UTC) + whole - min(LONGEST_MARGIN, whole / 10)
    return {"access_token": access, "refresh_token": refresh, "access_until": until.isoformat()}


def _is_token(value: object) -> TypeGuard[str]:
    """It goes into the query of each call: one of a hundred kilobytes could not be used."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= LONGEST_TOKEN
        and value.isascii()
        and value.isprintable()
    )


def _other_shop() -> SiteRefused:
    return SiteRefused("The store gave the tokens of another shop.", fix=AUTHORISE)


def _number(text: str) -> int | str:
    """An id as the API wants it: a JSON number. What is none is sent as it is, and refused."""
    return int(text) if text.isascii() and text.isdigit() else text
