"""Pieces: never more comes back than went out, and what is held and moved is what was ordered."""

from hypothesis import given
from hypothesis import strategies as st

from platforms.base import RemoteOrder, Stage
from tests.in_memory import Desk, site_rules
from tests.properties.strategies import versions
from webapp.backoffice.sites.settings import PostingSettings

KITS = st.dictionaries(
    st.sampled_from(["11", "12", "13"]),
    st.dictionaries(st.integers(1, 3), st.integers(1, 4), max_size=2),
)
DESKS = st.builds(
    lambda leaves_on, restock: Desk(
        rules=site_rules(
            posting=PostingSettings(restock_on_refund=restock),
            automation={"stock_leaves_on": leaves_on},
        )
    ),
    st.sampled_from(["paid", "shipped"]),
    st.booleans(),
)


def ordered(order: RemoteOrder, kits: dict[str, dict[int, int]]) -> dict[int, int]:
    pieces: dict[int, int] = {}
    for line in order.lines:
        key = line.listing_key or ""
        for item, count in kits.get(key, {int(key): 1}).items():
            pieces[item] = pieces.get(item, 0) + line.quantity * count
    return pieces


@given(versions(), KITS, DESKS)
def test_never_more_comes_back_than_went_out(
    history: list[RemoteOrder], kits: dict[str, dict[int, int]], desk: Desk
) -> None:
    for version in history:
        desk.arrives(version, mapped=kits)

        assert all(total <= 0 for total, _ in desk.standing.moved.values())


@given(versions(), KITS, DESKS)
def test_held_and_moved_pieces_are_those_ordered_less_those_given_back(
    history: list[RemoteOrder], kits: dict[str, dict[int, int]], desk: Desk
) -> None:
    for version in history:
        desk.arrives(version, mapped=kits)

    newest = history[-1]
    wanted = ordered(newest, kits)
    held = desk.standing.reserved
    taken = {item: held.get(item, 0) - desk.moved().get(item, 0) for item in (*held, *desk.moved())}
    assert all(pieces > 0 for pieces in held.values())
    if newest.stage is not Stage.ALIVE:
        assert taken == {}
    elif not newest.refunds and (newest.is_taken or desk.moved()):
        assert taken == wanted
    else:
        assert all(pieces <= wanted.get(item, 0) for item, pieces in taken.items())


@given(versions(), KITS, DESKS)
def test_moves_are_numbered_one_by_one(
    history: list[RemoteOrder], kits: dict[str, dict[int, int]], desk: Desk
) -> None:
    written: dict[int, int] = {}
    for version in history:
        made = desk.arrives(version, mapped=kits)
        assert made is not None
        assert all(made.moves.values())
        for item in made.moves:
            written[item] = written.get(item, 0) + 1

    assert {item: seq for item, (_, seq) in desk.standing.moved.items()} == written
