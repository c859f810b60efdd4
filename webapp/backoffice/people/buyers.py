"""Buyers: the one row per order that holds everything personal, and how it is found and ends."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    func,
    insert,
    literal_column,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.orm import Session

from platforms.base import RemoteAddress, RemoteBuyer
from webapp.models.audit import AuditEntry
from webapp.models.orders import ChannelOrder, OrderBuyer, RetailOrder
from webapp.models.sites import Site

KEY_LENGTH = 80
NAME_WORDS = 4
FOUND_AT_MOST = 500
# Of people with one of several words, so many are looked at for the others.
LOOKED_AT = 1_000
ADDRESS_FIELDS = tuple(RemoteAddress.__dataclass_fields__)
WORD_KEYS = (OrderBuyer.word_1, OrderBuyer.word_2, OrderBuyer.word_3, OrderBuyer.word_4)

# A column's value in a row that holds nobody.
EMPTY_ROW: Mapping[str, Any] = {
    "name": "",
    "email": "",
    "phone": "",
    "country": "",
    "billing": None,
    "shipping": None,
    "note": "",
    "rest": None,
    "word_1": "",
    "word_2": "",
    "word_3": "",
    "word_4": "",
    "email_key": "",
    "phone_key": "",
}

_NOT_DIGITS = re.compile(r"[^0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundOrder:
    """An order whose buyer fits a search."""

    order_id: int
    site: str
    number: str


# --- what a store's buyer becomes here ----------------------------------------------------------


def buyer_row(buyer: RemoteBuyer) -> dict[str, Any]:
    """The columns of `OrderBuyer` for what a store says of its buyer.

    `billing`, `shipping` and `rest` are dicts, or None when empty: encode them as JSON before
    a bulk insert. `country` is where the goods go, else the billing country. The search keys
    are casefolded words of the billing name, then of the shipping name, without repeats.
    """
    billing, shipping = buyer.billing, buyer.shipping
    name = f"{billing.first_name} {billing.last_name}".strip()
    ship_name = f"{shipping.first_name} {shipping.last_name}".strip()
    words = list(dict.fromkeys(folded(f"{name} {ship_name}").split()))[:NAME_WORDS]
    words += [""] * (NAME_WORDS - len(words))
    phone = billing.phone or shipping.phone
    return {
        "name": _storable(name or ship_name),
        "email": _storable(buyer.email),
        "phone": _storable(phone),
        "country": (shipping.country or billing.country)[:KEY_LENGTH],
        "billing": _filled(billing),
        "shipping": _filled(shipping),
        "note": _storable(buyer.note),
        "rest": _rest(buyer),
        "word_1": words[0][:KEY_LENGTH],
        "word_2": words[1][:KEY_LENGTH],
        "word_3": words[2][:KEY_LENGTH],
        "word_4": words[3][:KEY_LENGTH],
        "email_key": folded(buyer.email.strip())[:KEY_LENGTH],
        "phone_key": phone_digits(phone),
        "is_masked": buyer.is_masked,
    }


def folded(text: str) -> str:
    """Text as it is searched: composed, without case, without what PostgreSQL cannot hold."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return _storable(text).casefold()


def phone_digits(phone: str) -> str:
    return _NOT_DIGITS.sub("", phone)[:KEY_LENGTH]


def _storable(text: str) -> str:
    return text.replace("\0", "") if "\0" in text else text


def _filled(address: RemoteAddress) -> dict[str, str] | None:
    filled = {}
    for name in ADDRESS_FIELDS:
        value = getattr(address, name)
        if value:
            filled[name] = value
    return filled or None


def _rest(buyer: RemoteBuyer) -> dict[str, Any] | None:
    rest: dict[str, Any] = dict(buyer.free_text)
    if buyer.ip_address:
        rest["ip_address"] = buyer.ip_address
    if buyer.user_agent:
        rest["user_agent"] = buyer.user_agent
    return rest or None


# --- finding and handing out --------------------------------------------------------------------


def find_buyers(session: Session, text: str, *, limit: int = FOUND_AT_MOST) -> list[FoundOrder]:
    """Orders whose buyer's name (a word of it), e-mail or phone begins with `text`, newest first.

    Several words must each begin a word of the name. A blank text finds nothing.
    """
    called = buyers_called(text)
    if not called:
        return []
    fits = ChannelOrder.id.in_(union(*called))
    rows = session.execute(
        select(ChannelOrder.id, Site.name, ChannelOrder.number)
        .join(Site, Site.id == ChannelOrder.site_id)
        .where(fits)
        .order_by(ChannelOrder.ordered_at.desc(), ChannelOrder.id.desc())
        .limit(limit)
    )
    return [FoundOrder(order_id=id_, site=site, number=number) for id_, site, number in rows]


def buyers_called(text: str) -> list[Select[Any]]:
    """Queries of the ids of orders whose buyer `find_buyers` would find; [] for a blank text.

    One look into each index, to be put together by a union: an OR over columns may read every
    buyer.
    """
    wanted = folded(text).strip()
    if not wanted:
        return []
    if "@" in wanted:
        return [_whose(OrderBuyer.email_key, wanted)]
    digits = phone_digits(wanted)
    if digits and not any(letter.isalpha() for letter in wanted):
        return [_whose(OrderBuyer.phone_key, digits)]
    first, *others = wanted.split()[:NAME_WORDS]
    if not others:
        return [_whose(key, first) for key in (*WORD_KEYS, OrderBuyer.email_key)]
    if len(words := (first, *others)) == 2:
        return [_named(*words), _named(*reversed(words)), *_among_many(words)]
    return _among_many(words)


def _named(first: str, second: str) -> Select[Any]:
    """Those whose name begins with these two words: one index holds both."""
    return _whose(OrderBuyer.word_1, first).where(_begins(OrderBuyer.word_2, second))


def _among_many(words: Sequence[str]) -> list[Select[Any]]:
    """Those with all the words wherever they stand, among the first so many with the longest."""
    rarest, *others = sorted(words, key=len, reverse=True)
    found = []
    for key in WORD_KEYS:
        some = (
            select(OrderBuyer.channel_order_id, *WORD_KEYS)
            .where(_begins(key, rarest))
            .limit(LOOKED_AT)
            .subquery()
        )
        columns = [some.c[each.key] for each in WORD_KEYS]
        has_all = [or_(*(_begins(column, word) for column in columns)) for word in others]
        found.append(select(some.c.channel_order_id).where(*has_all))
    return found


def _whose(key: Any, beginning: str) -> Select[Any]:
    return select(OrderBuyer.channel_order_id).where(_begins(key, beginning))


def _begins(column: Any, beginning: str) -> ColumnElement[bool]:
    # A range, not LIKE: both databases answer it from the index. That index leaves out empty
    # keys, and SQLite takes it only when the question says so literally.
    beginning = beginning[:KEY_LENGTH]
    is_kept = column != literal_column("''")
    return and_(is_kept, column >= beginning, column < beginning + "\U0010ffff")


def buyer_names(session: Session, order_ids: Collection[int]) -> dict[int, str]:
    """The buyers' names of these orders; an order without a row is not in it."""
    query = select(OrderBuyer.channel_order_id, OrderBuyer.name).where(
        OrderBuyer.channel_order_id.in_(order_ids)
    )
    return {order_id: name for order_id, name in session.execute(query)}


def export_buyer(session: Session, order_id: int) -> dict[str, Any] | None:
    """Everything personal that is kept of one order, for the person who asks. None: no row."""
    row = session.get(OrderBuyer, order_id)
    if row is None:
        return None
    return {
        "name": row.name,
        "email": row.email,
        "phone": row.phone,
        "country": row.country,
        "billing": row.billing or {},
        "shipping": row.shipping or {},
        "note": row.note,
        "other": row.rest or {},
        "emptied_at": row.emptied_at,
        "emptied_why": row.emptied_why,
    }


# --- the end of buyer data ----------------------------------------------------------------------


def erase_buyer(
    session: Session, order_ids: list[int], *, why: str, actor: str | None, now: datetime
) -> int:
    """Empty the buyer rows of these orders, for good; how many were not empty yet.

    `why` is a short word ("request", "expired", "store", "consent withdrawn"). Nothing fills an emptied row again.
    An order without a row gets an empty one, so that a later version brings nobody back.
    """
    known = {
        order_id: emptied_at
        for order_id, emptied_at in session.execute(
            select(OrderBuyer.channel_order_id, OrderBuyer.emptied_at)
            .where(OrderBuyer.channel_order_id.in_(order_ids))
            .order_by(OrderBuyer.channel_order_id)
            .with_for_update()
        )
    }
    emptied = {**EMPTY_ROW, "is_masked": False, "emptied_at": now, "emptied_why": why}
    missing = [order_id for order_id in order_ids if order_id not in known]
    if missing:
        session.execute(
            insert(OrderBuyer), [{"channel_order_id": key, **emptied} for key in missing]
        )
    full = [order_id for order_id, emptied_at in known.items() if emptied_at is None]
    if full:
        session.execute(
            update(OrderBuyer).where(OrderBuyer.channel_order_id.in_(full)).values(**emptied)
        )
    _audit(session, full + missing, why=why, actor=actor, now=now)
    return len(full) + len(missing)


def empty_old(session: Session, now: datetime, *, at_most: int = 1000) -> int:
    """Empty buyer rows whose days are over: the site's `buyer_days` after the order ended.

    An order has ended when its retail order is complete or cancelled; one that never became a
    retail order ended when it was placed. Counted from the newest date that the order knows
    (placed, changed in the store, shipped). Returns how many; `at_most` in one transaction.
    """
    emptied = 0
    for site_id, days in session.execute(select(Site.id, Site.buyer_days)).all():
        until = now - timedelta(days=days)
        due = session.scalars(
            select(ChannelOrder.id)
            .join(OrderBuyer, OrderBuyer.channel_order_id == ChannelOrder.id)
            .outerjoin(RetailOrder, RetailOrder.channel_order_id == ChannelOrder.id)
            .where(
                ChannelOrder.site_id == site_id,
                OrderBuyer.emptied_at.is_(None),
                ChannelOrder.ordered_at < until,
                ChannelOrder.remote_modified_at < until,
                or_(
                    RetailOrder.channel_order_id.is_(None),
                    and_(
                        RetailOrder.status.in_(("complete", "cancelled")),
                        func.coalesce(RetailOrder.shipped_at, ChannelOrder.ordered_at) < until,
                    ),
                ),
            )
            .order_by(ChannelOrder.id)
            .limit(at_most - emptied)
        ).all()
        emptied += erase_buyer(session, list(due), why="expired", actor=None, now=now)
        if emptied >= at_most:
            break
    return emptied


def empty_of_site(
    session: Session, site_id: int, now: datetime, *, why: str, at_most: int = 1000
) -> int:
    """Empty the buyers of all orders of a site, `at_most` in one transaction; 0: none is left."""
    ids = session.scalars(
        select(ChannelOrder.id)
        .outerjoin(OrderBuyer, OrderBuyer.channel_order_id == ChannelOrder.id)
        .where(
            ChannelOrder.site_id == site_id,
            or_(OrderBuyer.channel_order_id.is_(None), OrderBuyer.emptied_at.is_(None)),
        )
        .order_by(ChannelOrder.id)
        .limit(at_most)
    ).all()
    return erase_buyer(session, list(ids), why=why, actor=None, now=now)


def _audit(
    session: Session, order_ids: list[int], *, why: str, actor: str | None, now: datetime
) -> None:
    if order_ids:
        session.execute(
            insert(AuditEntry),
            [
                {
                    "at": now,
                    "actor": actor,
                    "action": "erase_buyer",
                    "subject": "channel_order",
                    "subject_id": order_id,
                    "label": "",
                    "before": None,
                    "after": {"why": why},
                }
                for order_id in order_ids
            ],
        )
