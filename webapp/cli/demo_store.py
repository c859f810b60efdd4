"""The demo's scenes with one store: its goods, its orders, their troubles, a day."""

import time
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from platforms.errors import TryAgain
from platforms.sandbox.goods import MappingRow
from platforms.sandbox.story import FORGOTTEN, Deed, Planted, Step, Story
from webapp.backoffice.files.sheets import write_sheet_file
from webapp.backoffice.goods import mapping
from webapp.backoffice.reports.order_view import next_step
from webapp.cli.demo_stage import Stage
from webapp.cli.tables import count

HELD_UP = ("blocked", "failed", "retrying")
FIRST = ("sale", "fees")


def connect(stage: Stage, story: Story) -> None:
    """The store becomes a site, its listings are known and mapped, all but one."""
    stage.chapter(f"{story.label}: the store is connected, its listings are mapped")
    stage.do("site", "apply", stage.write_declaration(story.site, story.declaration()))
    stage.do("site", "test", story.site)
    stage.do("catalogue", "pull", story.site)
    rows = [row for row in story.store.mapping_rows() if row["sku"] != FORGOTTEN]
    stage.say("Somebody maps the listings to stock items, and forgets the rattan basket:")
    _map(stage, story, rows)


def pull_first(stage: Stage, story: Story, *, with_fault: bool) -> None:
    stage.chapter(f"{story.label}: the orders come in")
    if with_fault:
        story.store.faults.once("429", "1", method="GET", path=story.list_path)
        try:
            stage.do("pull", story.site)
        except TryAgain as fault:
            wait = fault.retry_after or 1
            stage.say(
                f"The store was busy and asked us to wait {count(wait, 'second')}. Nothing is lost by that: we "
                "wait as long as it asked, and go on where we were."
            )
            time.sleep(wait)
    stage.do("pull", story.site)


def meet_troubles(stage: Stage, story: Story, planted: Iterable[Planted]) -> list[str]:
    """Say what holds orders up, in a shop owner's words; what was planted and did not show."""
    stage.chapter(f"{story.label}: some orders cannot go on, and say why")
    waiting = {row["number"]: row for row in _held_up(stage, story)}
    why = {each.order: each.why for each in planted}
    for number, row in waiting.items():
        if number in why:
            stage.say(why[number])
        stage.say(f"Order {number} ({row['currency']} {row['total']}): {row['message']}")
        stage.say(f"  → {next_step(row['code'])}")
    states = {row["number"]: row["state"] for row in _orders(stage, story)}
    for number, says in story.left_alone().items():
        if states.get(number) == "skipped":
            stage.say(f"Order {number} is left alone. {says}")
    return [
        f"{each.order} was to be told with {each.code}"
        for each in planted
        if waiting.get(each.order, {}).get("code") != each.code
    ]


def mend_troubles(stage: Stage, story: Story) -> None:
    stage.chapter(f"{story.label}: what can be mended is mended, and goes through by itself")
    stage.say("The rattan basket is mapped. That frees exactly the orders that waited for it:")
    _map(stage, story, story.store.mapping_rows())
    declaration = story.declaration()
    for mending in story.mendings():
        stage.say(mending.says)
        for part, settings in mending.settings.items():
            declaration[part] = {**declaration.get(part, {}), **settings}
        stage.do("site", "apply", stage.write_declaration(story.site, declaration))
    stage.do("pull", story.site)
    stage.say(story.staying())


def a_day(stage: Stage, story: Story) -> None:
    """What happens in the store, and what the books make of it."""
    stage.chapter(f"{story.label}: a day in the shop")
    for act in story.day():
        stage.say(act.says)
        take_steps(stage, story, act.steps)
        show_entries(stage, story, act.shown_as, act.shows)


def take_steps(stage: Stage, story: Story, steps: Iterable[Step]) -> None:
    for step in steps:
        match step.deed:
            case Deed.PULL:
                stage.do("pull", story.site)
            case Deed.RETRY:
                stage.do("retry", story.site, "--order", step.order)
            case Deed.LOOK:
                stage.do("orders", story.site, "--state", "retrying")
            case Deed.SETTLE:
                stage.do("settlement", "pull", story.site)
            case Deed.SHIP:
                words = ["ship", story.site, step.order]
                if step.carrier:
                    words += ["--carrier", step.carrier]
                if step.tracking:
                    words += ["--tracking", step.tracking]
                stage.do(*words)


def show_entries(stage: Stage, story: Story, shown_as: str, numbers: Iterable[str]) -> None:
    """What was posted last for these orders, one entry a line."""
    if shown_as:
        stage.say(shown_as)
    for number in numbers:
        entries = stage.do("order", story.site, number, quietly=True).data["entries"]
        for entry in _latest(entries):
            if entry["id"] in stage.shown:
                continue
            stage.shown.add(entry["id"])
            sides = " · ".join(_side(side) for side in entry["lines"])
            stage.tell(f"  {number:>4}  {entry['chapter']:<6}  {entry['date']}  {sides}")


def _latest(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What came after the first posting of sale and fees; that itself where nothing did."""
    later = [each for each in entries if each["seq"] > 1 or each["chapter"] not in FIRST]
    return later or entries


def _side(side: dict[str, str]) -> str:
    if Decimal(side["debit"]):
        return f"Dr {side['role']} {side['debit']}"
    return f"Cr {side['role']} {side['credit']}"


def _map(stage: Stage, story: Story, rows: Iterable[MappingRow]) -> None:
    path = stage.files / f"{story.site}-mapping.csv"
    cells = [tuple(row.get(column) for column in mapping.COLUMNS) for row in rows]
    write_sheet_file(path, mapping.COLUMNS, cells)
    stage.do("mapping", "import", story.site, str(path))


def _held_up(stage: Stage, story: Story) -> list[dict[str, Any]]:
    return [row for row in _orders(stage, story) if row["state"] in HELD_UP]


def _orders(stage: Stage, story: Story) -> list[dict[str, Any]]:
    words = ("orders", story.site, "--limit", "1000")
    return list(stage.do(*words, quietly=True).data["orders"])
