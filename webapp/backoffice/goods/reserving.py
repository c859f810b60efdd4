"""Order lines to stock moves and reservations. Pure.

Whole pieces; a move out is negative.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from platforms.base import RefundedKind, RemoteOrder
from webapp.backoffice.goods.meanings import LineMeaning


@dataclass(frozen=True, slots=True)
class Pieces:
    """What an order means for stock, by stock item id.

    `ordered`, `given_back`: pieces of its mapped lines, and of refunds on them. Never more is
    given back than was ordered.
    """

    ordered: Mapping[int, int]
    given_back: Mapping[int, int]


NO_PIECES = Pieces({}, {})


def pieces_of(order: RemoteOrder, lines: tuple[LineMeaning, ...]) -> Pieces:
    """Pieces of the lines that are mapped, kits taken apart; ignored and unmapped ones have none."""
    ordered: dict[int, int] = {}
    back: dict[int, int] = {}
    returned = _returned_quantities(order) if order.refunds else {}
    for each in lines:
        if each.meaning is None:
            continue
        quantity = each.line.quantity
        returns = min(returned.get(each.line.remote_line_id, 0), quantity) if returned else 0
        for item, count in each.meaning.components:
            ordered[item] = ordered.get(item, 0) + quantity * count
            if returns:
                back[item] = back.get(item, 0) + returns * count
    return Pieces(ordered, back)


def desired_moves(pieces: Pieces, *, has_left: bool, restock_on_refund: bool) -> dict[int, int]:
    """What the order's moves should add up to, per stock item (POSTING rule *Stock*)."""
    if not has_left:
        return {}
    moves = {}
    for item, quantity in pieces.ordered.items():
        back = pieces.given_back.get(item, 0) if restock_on_refund else 0
        if quantity != back:
            moves[item] = back - quantity
    return moves


def part_moves(
    pieces: Pieces, lines: tuple[LineMeaning, ...], left: Mapping[str, int]
) -> dict[int, int]:
    """What the moves should add up to while only a part has left: pieces by the store's line.

    What was given back of the order never leaves; the rest stays reserved.
    """
    moves: dict[int, int] = {}
    for each in lines:
        gone = min(left.get(each.line.remote_line_id, 0), each.line.quantity)
        if each.meaning is None or not gone:
            continue
        for item, count in each.meaning.components:
            moves[item] = moves.get(item, 0) - gone * count
    for item, moved in moves.items():
        most = pieces.ordered.get(item, 0) - pieces.given_back.get(item, 0)
        moves[item] = max(moved, -most)
    return {item: moved for item, moved in moves.items() if moved}


def desired_reservations(pieces: Pieces, moved: Mapping[int, int]) -> dict[int, int]:
    """Pieces still to be packed that no move has taken: ordered − given back − moved out."""
    held = {}
    for item, quantity in pieces.ordered.items():
        left = quantity - pieces.given_back.get(item, 0) + moved.get(item, 0)
        if left > 0:
            held[item] = left
    return held


def _returned_quantities(order: RemoteOrder) -> dict[str, int]:
    found: dict[str, int] = {}
    for refund in order.refunds:
        for line in refund.lines:
            if line.kind is RefundedKind.GOODS and line.remote_line_id and line.quantity > 0:
                found[line.remote_line_id] = found.get(line.remote_line_id, 0) + line.quantity
    return found
