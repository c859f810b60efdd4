"""`demo`: see it work. `--once` plays a story through; without it, stores and the admin stay up."""

import argparse
import secrets
import time

from platforms.sandbox.story import Planted
from webapp.cli import demo_shelf, demo_store
from webapp.cli.arguments import port
from webapp.cli.context import Context
from webapp.cli.demo_stage import Stage, staged
from webapp.cli.demo_verdict import verdict
from webapp.cli.output import Answer, complain, print_json
from webapp.cli.stopping import until_stopped

ADMIN = "demo@tillbridge.example"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="play it through and end")
    parser.add_argument(
        "--port", type=port, default=8000, metavar="N", help="of the admin (8000); 0: any free one"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    if arguments.once:
        return play_once(wants_json=context.wants_json)
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


def stay_up(wanted_port: int, *, wants_json: bool) -> Answer:
    """Stores with their troubles unmended, and the admin to mend them in, until it is stopped."""
    # The admin takes a second to import, and `--once` needs none of it.
    from webapp.app import create_app
    from webapp.cli.web import open_server

    password = secrets.token_urlsafe(9)
    admin = {"TILLBRIDGE_ADMIN_EMAIL": ADMIN, "TILLBRIDGE_ADMIN_PASSWORD": password}
    with staged("web", wants_json=wants_json, admin=admin) as stage, until_stopped():
        _open(stage)
        for story in stage.stories:
            demo_store.pull_first(stage, story, with_fault=False)
        app = create_app(stage.context.config, engine=stage.context.engine)
        server = open_server(app, "127.0.0.1", wanted_port)
        _say_ready(stage, server.url, password, wants_json=wants_json)
        try:
            server.run()
        finally:
            server.close()
    return Answer(data={}, is_said=True)


def _say_ready(stage: Stage, url: str, password: str, *, wants_json: bool) -> None:
    if wants_json:
        stores = [{"site": each.site, "url": each.store.url} for each in stage.stories]
        data = {"url": url, "email": ADMIN, "password": password}
        print_json({**data, "store": stores[0]["url"], "stores": stores})
        return
    environment = f"TILLBRIDGE_HOME={stage.home} TILLBRIDGE_ALLOW_PRIVATE_STORES=1"
    print(
        f"\nready {url}\n"
        f"  sign in as {ADMIN} with {password}\n\n"
        "Nothing is pulled or pushed by itself yet; the commands do it, in another terminal:"
    )
    for story in stage.stories:
        print(
            f"  {environment} bin/tillbridge pull {story.site}\n"
            f"  {environment} bin/tillbridge push {story.site}"
        )
    print("Sell something in a store, then pull:")
    for story in stage.stories:
        print(f"  curl -X POST {story.store.url}/_sandbox/place_order -d '{story.sale_example}'")
    complain("Ctrl-C stops it all.")
