"""What a person typed to ship an order: carrier, tracking, and how many of each line leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from webapp.backoffice.orders.parcels import Goods

PIECES = "pieces-"


@dataclass(slots=True)
class Typed:
    """`pieces` None: all that is left. `quantities` are as typed, by the store's line."""

    carrier: str = ""
    tracking: str = ""
    quantities: dict[str, str] = field(default_factory=dict)
    pieces: dict[str, int] | None = None
    errors: dict[str, str] = field(default_factory=dict)
    error: str = ""


def read_typed(form: Mapping[str, str], goods: Sequence[Goods]) -> Typed:
    """The form as sent, with a sentence for each quantity that cannot leave."""
    typed = Typed(
        carrier=form.get("carrier", "").strip()[:80],
        tracking=form.get("tracking", "").strip()[:120],
    )
    if not any(key.startswith(PIECES) for key in form):
        return typed
    typed.pieces = {}
    for each in goods:
        line = each.remote_line_id
        text = form.get(PIECES + line, "").strip()
        typed.quantities[line] = text
        if text and not (text.isascii() and text.isdecimal() and int(text[:9]) <= each.left):
            typed.errors[line] = f"A whole number up to {each.left} is needed."
        elif text:
            typed.pieces[line] = int(text)
    if typed.errors:
        typed.error = "Nothing was shipped: see the quantities."
    elif not any(typed.pieces.values()):
        typed.error = "Nothing was shipped: no piece was chosen."
    return typed
