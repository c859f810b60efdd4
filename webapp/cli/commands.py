"""Every command by its first word, and the module that knows it.

A module is imported only when its word is on the command line, so that `order` does not wait
for what `web` needs. Each module offers `declare(parser)`, which adds arguments and sets `run`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    word: str
    module: str
    says: str


COMMANDS = (
    Command(
        word="init",
        module="init",
        says="make or update this Tillbridge: tables, keys, chart of accounts",
    ),
    Command(word="user", module="people", says="add a person who may sign in"),
    Command(word="ledger", module="ledgers", says="the chart of accounts: import, list"),
    Command(word="site", module="sites", says="stores: apply a declaration, export, list, test"),
    Command(word="catalogue", module="catalogue", says="read a store's listings"),
    Command(
        word="stock", module="stock", says="counted quantities: import, show, adopt a store's own"
    ),
    Command(
        word="mapping",
        module="mapping",
        says="which listing is which stock item: import, export, auto",
    ),
    Command(word="pull", module="pull", says="orders in from a store, and process what waits"),
    Command(word="push", module="push", says="stock out to a store"),
    Command(word="retry", module="retry", says="try blocked, waiting or failed orders again, now"),
    Command(word="ship", module="ship", says="an order's goods left: record it and tell the store"),
    Command(word="sweep", module="sweep", says="find what a store changed without announcing it"),
    Command(word="orders", module="orders", says="a site's orders, by state or cause"),
    Command(word="order", module="order", says="one order: lines, stock, journal, timeline"),
    Command(
        word="settlement",
        module="settlement",
        says="what was paid out: import a provider's file, pull a marketplace's list, worklist",
    ),
    Command(word="books", module="books", says="trial balance, clearing, verify, export"),
    Command(word="buyer", module="buyers", says="a buyer's data: find, export, erase"),
    Command(word="backup", module="backup", says="everything in one file, while all runs"),
    Command(
        word="restore",
        module="restore",
        says="make a database of a backup; it pushes nothing until a person has looked",
    ),
    Command(word="sandbox", module="sandbox", says="a local store to try things with"),
    Command(word="web", module="web", says="the admin, in a browser"),
    Command(word="worker", module="worker", says="do what waits in the queue, until stopped"),
    Command(word="scheduler", module="scheduler", says="find what is due, every few seconds"),
    Command(
        word="run", module="run", says="all of it: web, scheduler, workers and the queue's server"
    ),
    Command(
        word="demo", module="demo", says="see it work, with a sandbox store and books of its own"
    ),
)

BY_WORD = {command.word: command for command in COMMANDS}
