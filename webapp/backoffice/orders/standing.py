"""What an order is here already, before it is planned (again)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from webapp.backoffice.books.effects import NOTHING_POSTED, Posted
from webapp.backoffice.books.settlement import SettledLine
from webapp.backoffice.goods.meanings import KeptLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What an order is here already, before it is planned (again).

    `moved`: stock item id to (sum of its moves, last number). `reserved`: pieces held now.
    `shipped_here_at`: when the last of it left here; `shipped_parts`: pieces by the store's line
    that left before, `left_here_at` the newest of those parcels.
    `settled`: its posted settlement lines; `arriving`: the next one, to be tried now.
    """

    has_retail: bool = False
    is_released: bool = False
    hold_reason: str | None = None
    shipped_here_at: datetime | None = None
    shipped_parts: Mapping[str, int] = field(default_factory=dict)
    left_here_at: datetime | None = None
    is_asked_for: bool = False
    is_gone: bool = False
    deletion_choice: str | None = None
    books_elsewhere: bool = False
    applied_modified_at: datetime | None = None
    posted: Posted = NOTHING_POSTED
    moved: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    reserved: Mapping[int, int] = field(default_factory=dict)
    kept: Mapping[str, KeptLine] = field(default_factory=dict)
    settled: tuple[SettledLine, ...] = ()
    arriving: SettledLine | None = None

    @property
    def has_begun(self) -> bool:
        return self.has_retail or bool(self.posted.parts)


UNKNOWN_ORDER = Standing()
