"""`demo`: see it work. `--once` plays a story through; without it, a store and the admin stay up."""

import argparse
import secrets
import time
from decimal import Decimal
from typing import Any

from platforms.money import plain
from webapp.backoffice.reports.trial_balance import CurrencyBalance, trial_balance
from webapp.backoffice.states import counts_by_state
from webapp.cli.arguments import port
from webapp.cli.context import Context, site_named
from webapp.cli.demo_scenes import (
    Planted,
    a_day,
    close_the_day,
    connect_shop,
    left_over,
    meet_troubles,
    mend_troubles,
    open_shop,
    pull_first,
    push_stock,
)
from webapp.cli.demo_stage import SITE, Stage, staged
from webapp.cli.output import Answer, complain, print_json
from webapp.cli.stopping import until_stopped

ADMIN = "demo@tillbridge.example"
ZERO = Decimal(0)


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
    """The whole story, afresh, and its verdict."""
    begun = time.monotonic()
    with staged("once", wants_json=wants_json) as stage:
        planted = open_shop(stage)
        connect_shop(stage)
        pull_first(stage, with_fault=True)
        meet_troubles(stage)
        mend_troubles(stage)
        a_day(stage)
        pushed = push_stock(stage)
        verified = close_the_day(stage)
        return _verdict(stage, planted, pushed, verified, time.monotonic() - begun)


def _verdict(
    stage: Stage, planted: Planted, pushed: int, verified: dict[str, Any], seconds: float
) -> Answer:
    with stage.context.reading() as session:
        site = site_named(session, SITE)
        states = counts_by_state(session, site.id)
        balances = trial_balance(session)
    agrees = not (verified["unbalanced"] or verified["duplicates"] or verified["drifted"])
    balance = balances.get(site.currency)
    is_balanced = agrees and all(each.debit == each.credit for each in balances.values())
    data = {
        "sites": [
            {
                "name": site.name,
                "platform": site.platform,
                "orders": sum(states.values()),
                "states": states,
            }
        ],
        "pushed": pushed,
        "books": {
            "balanced": is_balanced,
            "debit": _amount(balance.debit if balance else ZERO),
            "credit": _amount(balance.credit if balance else ZERO),
        },
        "clearing": _amount(_clearing(stage, balance)),
        "seconds": round(seconds, 1),
    }
    odd = left_over(stage, planted)
    complaint = ""
    if odd:
        complaint = "Some orders ended otherwise than meant: " + "; ".join(odd)
    elif not is_balanced or balance is None:
        complaint = "The books do not hold."
    return Answer(data=data, text=_ending(stage, data), complaint=complaint)


def _ending(stage: Stage, data: dict[str, Any]) -> str:
    home = stage.home
    return (
        f"\nDone in {data['seconds']} s. The buyers' money still with the gateway (the clearing ledger) is "
        f"{data['clearing']}.\nThis was a home of its own; look around in it:\n"
        f"  TILLBRIDGE_HOME={home} bin/tillbridge order {SITE} {stage.sandbox.cases['6']}"
    )


def _clearing(stage: Stage, balance: CurrencyBalance | None) -> Decimal:
    code = stage.sandbox.declaration(SITE)["ledgers"]["customer_payment"]
    rows = balance.rows if balance else ()
    return sum((row.debit - row.credit for row in rows if row.ledger == code), ZERO)


def _amount(amount: Decimal) -> str:
    return plain(amount, 2)


def stay_up(wanted_port: int, *, wants_json: bool) -> Answer:
    """A store with its troubles unmended, and the admin to mend them in, until it is stopped."""
    # The admin takes a second to import, and `--once` needs none of it.
    from webapp.app import create_app
    from webapp.cli.web import open_server

    password = secrets.token_urlsafe(9)
    admin = {"TILLBRIDGE_ADMIN_EMAIL": ADMIN, "TILLBRIDGE_ADMIN_PASSWORD": password}
    with staged("web", wants_json=wants_json, admin=admin) as stage, until_stopped():
        open_shop(stage)
        connect_shop(stage)
        pull_first(stage, with_fault=False)
        app = create_app(stage.context.config, engine=stage.context.engine)
        server = open_server(app, "127.0.0.1", wanted_port)
        _say_ready(stage, server.url, password, wants_json=wants_json)
        try:
            server.run()
        finally:
            server.close()
    return Answer(data={}, is_said=True)


def _say_ready(stage: Stage, url: str, password: str, *, wants_json: bool) -> None:
    data = {"url": url, "email": ADMIN, "password": password, "store": stage.sandbox.url}
    if wants_json:
        print_json(data)
        return
    environment = f"TILLBRIDGE_HOME={stage.home} TILLBRIDGE_ALLOW_PRIVATE_STORES=1"
    print(
        f"\nready {url}\n"
        f"  sign in as {ADMIN} with {password}\n\n"
        "Nothing is pulled or pushed by itself yet; the commands do it, in another terminal:\n"
        f"  {environment} bin/tillbridge pull {SITE}\n"
        f"  {environment} bin/tillbridge push {SITE}\n"
        "Sell something in the store, then pull:\n"
        f"  curl -X POST {stage.sandbox.url}/_sandbox/place_order -d "
        '\'{"lines": [{"product": "MUG-TEHTARIK", "quantity": 2}]}\'',
        flush=True,
    )
    complain("Ctrl-C stops it all.")
