"""Column types with one behaviour on SQLite and PostgreSQL: exact money, UTC instants, secrets."""

from datetime import UTC, datetime
from decimal import Decimal
from operator import add, floordiv, mod, mul, sub, truediv
from typing import Any, Protocol

import msgspec
from sqlalchemy import BigInteger, DateTime, Integer, LargeBinary, String, Text, type_coerce
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

SCALE = Decimal(10_000)
MONEY_LIMIT = 9 * 10**18
WITHOUT_OFFSET = len("2026-03-05T04:00:00.000000")

# SQLite numbers rows by itself only in a column of type INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


class Money(TypeDecorator[Decimal]):
    """An exact amount, stored as an integer of ten-thousandths.

    `SUM` is exact on both databases. Refuses floats and anything finer than 0.0001: round to
    the currency's minor unit first. Products are not money: multiply in Python.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        return None if value is None else scaled(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else unscaled(value)

    class comparator_factory(TypeDecorator.Comparator[Decimal]):
        # SQLAlchemy forgets a decorated type in arithmetic and would hand out ten-thousandths.
        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            return _keep_money(op, super().operate(op, *other, **kwargs))

        def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
            return _keep_money(op, super().reverse_operate(op, other, **kwargs))


def _keep_money(op: Any, result: Any) -> Any:
    if op in (mul, truediv, floordiv, mod):
        raise TypeError("multiply money in Python, not in SQL")
    return type_coerce(result, Money()) if op in (add, sub) else result


def scaled(amount: Decimal | int) -> int:
    """An amount as the integer that is stored. TypeError: a float. ValueError: too fine or big."""
    if type(amount) is not Decimal:
        if isinstance(amount, bool) or not isinstance(amount, int):
            raise TypeError(f"money must be a Decimal, not {type(amount).__name__}")
        return amount * 10_000
    shifted = amount * SCALE
    whole = int(shifted)
    if whole != shifted:
        raise ValueError(f"{amount} is finer than 0.0001: round it to the minor unit first")
    if not -MONEY_LIMIT < whole < MONEY_LIMIT:
        raise ValueError(f"{amount} is too large to store")
    return whole


def unscaled(stored: int | Decimal) -> Decimal:
    return Decimal(stored) / SCALE


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant. Text of one width on SQLite, so that it sorts; naive ones are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True
    WIDTH = len("2026-03-05T04:00:00.000000Z")

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(self.WIDTH))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return instant_text(value) if dialect.name == "sqlite" else as_utc(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return as_utc(value)


def as_utc(value: datetime) -> datetime:
    if value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {value}")
    return value.astimezone(UTC)


def instant_text(value: datetime) -> str:
    """2026-03-05T04:00:00.000000Z: sorts as it reads."""
    return as_utc(value).isoformat(timespec="microseconds")[:WITHOUT_OFFSET] + "Z"


class Json(TypeDecorator[Any]):
    """A small JSON value as text, the same on both databases. Keys sorted, so equal is equal."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else msgspec.json.decode(value)


_json_encoder = msgspec.json.Encoder(order="deterministic")


def json_text(value: Any) -> str:
    return _json_encoder.encode(value).decode()


class Sealer(Protocol):
    def seal(self, clear: bytes) -> bytes: ...

    def open(self, sealed: bytes) -> bytes: ...


class Secret(TypeDecorator[Any]):
    """A small JSON value, encrypted at rest with the keys that the home or environment gives."""

    impl = LargeBinary
    cache_ok = True
    sealer: Sealer | None = None

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else _sealer().seal(json_text(value).encode())

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else msgspec.json.decode(_sealer().open(bytes(value)))


def _sealer() -> Sealer:
    if Secret.sealer is None:
        raise RuntimeError("no encryption key was given: webapp.encryption.use_keys comes first")
    return Secret.sealer
