"""The demo's scenes with all stores: one shelf behind them, their money, the books."""

from collections.abc import Mapping
from typing import Any

from platforms.sandbox.goods import StockRow
from platforms.sandbox.story import SHARED, Story
from webapp.backoffice.errors import Code
from webapp.backoffice.files.sheets import write_sheet_file
from webapp.backoffice.goods import stock_sheet
from webapp.cli.demo_stage import Stage
from webapp.cli.demo_store import show_entries, take_steps

DRY_RUN_LINES = 12


def open_stores(stage: Stage) -> None:
    """The stores say where they are, and a home gets its tables, keys and chart of accounts."""
    stage.chapter("The stores, and a home for their books")
    for story in stage.stories:
        stage.say(f"A {story.label} store is open on {story.store.url}.")
    stage.say(
        "Each has the orders of some months, speaks the real protocol over a real connection, and forgets "
        "everything at the end."
    )
    stage.do("init")


def count_the_shelf(stage: Stage) -> None:
    """One count for all stores, taken before their first order."""
    stage.chapter("The goods are counted, once for all stores")
    stage.say("The stores sell the same pieces from the same shelf: one stock item each.")
    path = stage.files / "stock.csv"
    write_sheet_file(path, stock_sheet.COLUMNS[:3], _shelf(stage.stories))
    stage.do("stock", "import", str(path))


def _shelf(stories: tuple[Story, ...]) -> list[StockRow]:
    """What is on the shelf by SKU: the stores agree, or the fuller count holds."""
    shelf: dict[str, StockRow] = {}
    for story in stories:
        for row in story.store.stock_rows():
            known = shelf.get(row[0])
            if known is None or known[2] < row[2]:
                shelf[row[0]] = row
    return list(shelf.values())


def push_stock(stage: Stage) -> int:
    """Each store's stock is set from ours; how many listings the stores confirmed."""
    stage.chapter("Stock goes out to the stores")
    confirmed = 0
    for story in stage.stories:
        refused = story.refuse_stock()
        if refused:
            stage.say(refused)
        stage.do("push", story.site, "--dry-run", lines=DRY_RUN_LINES)
        pushed = stage.do("push", story.site).data
        confirmed += pushed["confirmed"]
        if refused:
            _say_refusals(stage, pushed)
            stage.say(story.allow_stock())
            confirmed += _push(stage, story)
    return confirmed


def _say_refusals(stage: Stage, pushed: Mapping[str, Any]) -> None:
    for failure in pushed["failures"]:
        if failure["code"] == Code.STORE_REFUSED:
            stage.say(f"{failure['sku']}, in the store's own words: {failure['message']}")


def share_the_shelf(stage: Stage, odd: list[str]) -> int:
    """A sale and an unpaid order in one store, seen by the others; listings confirmed.

    Stores that then show different numbers are added to `odd`.
    """
    if len(stage.stories) < 2:
        return 0
    first, last = stage.stories[0], stage.stories[-1]
    stage.chapter("One shelf: what one store sells, the others no longer offer")
    _say_shown(stage, "Before")
    number = first.sell(SHARED, 3)
    stage.say(f"{first.label} sells three of {SHARED}: order {number}.")
    stage.do("pull", first.site)
    confirmed = _push_others(stage, first)
    odd += _say_shown(stage, "After the push")
    number, says = last.reserve(SHARED, 2)
    stage.say(f"{last.label} takes an order for two more, {number}, that is not paid. {says}")
    stage.do("pull", last.site)
    stage.do("stock", "show", SHARED)
    stage.say("Nothing is posted and nothing has left the shelf, but the two are kept:")
    confirmed += _push_others(stage, last)
    stage.say(f"And a push to {last.label} itself does not give them back:")
    confirmed += _push(stage, last)
    odd += _say_shown(stage, "While it waits")
    stage.say(last.let_go(number))
    stage.do("pull", last.site)
    confirmed += _push_others(stage, last)
    odd += _say_shown(stage, "Afterwards")
    return confirmed


def pay_out(stage: Stage, odd: list[str]) -> None:
    """Stores that hold the buyers' money pay it out; what is then still owed.

    Orders that were paid out and still stand in the clearing ledger are added to `odd`.
    """
    for story in stage.stories:
        acts = 0
        paid: set[str] = set()
        for acts, act in enumerate(story.pay_out(), 1):
            if acts == 1:
                stage.chapter(f"{story.label}: the money is paid out")
            stage.say(act.says)
            take_steps(stage, story, act.steps)
            show_entries(stage, story, act.shown_as, act.shows)
            paid |= set(act.shows)
        if acts:
            stage.say(
                "An order that was paid out stands at zero in the clearing ledger. What is left there is what "
                f"{story.label} still owes:"
            )
            left = stage.do("books", "clearing", story.site).data["orders"]
            odd += [f"{row['number']} is not cleared" for row in left if row["number"] in paid]


def close_the_day(stage: Stage) -> dict[str, Any]:
    """The books, and the proof that they hold; what `books verify` answered."""
    stage.chapter("The books")
    stage.do("books", "trial-balance")
    verified = dict(stage.do("books", "verify").data)
    for story in stage.stories:
        stage.do("orders", story.site, "--limit", "8")
    return verified


def _push_others(stage: Stage, seller: Story) -> int:
    return sum(_push(stage, story) for story in stage.stories if story is not seller)


def _push(stage: Stage, story: Story) -> int:
    """Two lines say how many were sent; the others, what was not pushed and why."""
    confirmed: int = stage.do("push", story.site, lines=2).data["confirmed"]
    return confirmed


def _say_shown(stage: Stage, when: str) -> list[str]:
    """What the stores show of the shared good; a complaint when they differ."""
    numbers = {story.label: story.shown(SHARED) for story in stage.stories}
    shown = ", ".join(f"{label} {number:,}" for label, number in numbers.items())
    stage.say(f"{when}, the stores show of {SHARED}: {shown}.")
    return [f"of {SHARED} the stores show {shown}"] if len(set(numbers.values())) > 1 else []
