"""`demo`: see it work. `--once` plays a story through; without it, stores and the admin stay up."""

import argparse
import time

from platforms.sandbox.story import Planted
from webapp.cli import demo_shelf, demo_store
from webapp.cli.arguments import port
from webapp.cli.context import Context
from webapp.cli.demo_stage import Stage, staged
from webapp.cli.demo_verdict import verdict
from webapp.cli.output import Answer


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="play it through and end")
    parser.add_argument(
        "--port", type=port, default=8000, metavar="N", help="of the admin (8000); 0: any free one"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    if arguments.once:
        return play_once(wants_json=context.wants_json)
    # The processes that it starts are no business of `--once`.
    from webapp.cli.demo_up import stay_up

    return stay_up(arguments.port, wants_json=context.wants_json)


def play_once(*, wants_json: bool) -> Answer:
    """The whole story, afresh, and its verdict: store by store, then what joins them."""
    begun = time.monotonic()
    odd: list[str] = []
    with staged("once", wants_json=wants_json) as stage:
        planted = _open(stage)
        for position, story in enumerate(stage.stories):
            demo_store.pull_first(stage, story, with_fault=position == 0)
            odd += demo_store.meet_troubles(stage, story, planted[story.site])
            demo_store.mend_troubles(stage, story)
            demo_store.a_day(stage, story)
        pushed = demo_shelf.push_stock(stage) + demo_shelf.share_the_shelf(stage, odd)
        demo_shelf.pay_out(stage, odd)
        verified = demo_shelf.close_the_day(stage)
        return verdict(stage, planted, odd, pushed, verified, time.monotonic() - begun)


def _open(stage: Stage) -> dict[str, tuple[Planted, ...]]:
    """Stores with their troubles, connected, and the shelf counted; the troubles by site."""
    planted = {story.site: story.plant() for story in stage.stories}
    demo_shelf.open_stores(stage)
    demo_shelf.count_the_shelf(stage)
    for story in stage.stories:
        demo_store.connect(stage, story)
    return planted
