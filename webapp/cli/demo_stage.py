"""Where the demo plays: a store, a home of its own, and the very commands that people type."""

import fcntl
import json
import os
import shlex
import shutil
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platforms.sandbox.woocommerce import Sandbox, open_sandbox
from webapp import home as local_home
from webapp.cli.context import Context
from webapp.cli.faults import CommandFault
from webapp.cli.main import parser_of
from webapp.cli.output import Answer
from webapp.cli.sandbox import write_files

SITE = "shop"
ORDERS = 40
PRODUCTS = 20
SEED = 7
WIDTH = 96


@dataclass(slots=True, kw_only=True)
class Stage:
    """A store and a home that were just made. `told` is where the story goes."""

    home: Path
    sandbox: Sandbox
    context: Context
    told: Any
    chapters: int = field(default=0, init=False)

    @property
    def files(self) -> Path:
        return self.home / "files"

    def chapter(self, title: str) -> None:
        self.chapters += 1
        self.told.write(f"\n{self.chapters}. {title}\n")

    def say(self, text: str) -> None:
        for line in textwrap.wrap(text, WIDTH):
            self.tell(line)

    def tell(self, line: str) -> None:
        self.told.write(f"   {line}\n")
        self.told.flush()

    def do(self, *words: str, quietly: bool = False) -> Answer:
        """Run a command as if it had been typed, and show it with what it said."""
        answer = run_words(self.context, *words)
        if not quietly:
            self.tell(f"$ bin/tillbridge {shlex.join(self._short(word) for word in words)}")
            text = answer.text() if callable(answer.text) else answer.text
            self.told.write(textwrap.indent(text.rstrip("\n"), "     ") + "\n")
            self.told.flush()
        return answer

    def write_declaration(self, declaration: dict[str, Any]) -> str:
        path = self.files / "site.json"
        path.write_text(json.dumps(declaration, indent=2) + "\n", encoding="utf-8")
        return str(path)

    def _short(self, word: str) -> str:
        return Path(word).name if word.startswith(str(self.files)) else word


def run_words(context: Context, *words: str) -> Answer:
    """The answer of a command line on a home that is open already."""
    parser = parser_of(words[0])
    assert parser is not None  # noqa: S101 - the demo knows its commands
    arguments = parser.parse_args(words[1:])
    answer: Answer = arguments.run(arguments, context)
    return answer


@contextmanager
def staged(kind: str, *, wants_json: bool, admin: dict[str, str] | None = None) -> Iterator[Stage]:
    """A store that serves and an empty home inside the home, both there until this ends.

    `kind` names the home ("once", "web"). CommandFault: another demo of that kind runs in it.
    """
    home = local_home.home_path(os.environ) / "demo" / kind
    with _alone(home):
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True, mode=0o700)
        environment = {
            "TILLBRIDGE_HOME": str(home),
            "TILLBRIDGE_ALLOW_PRIVATE_STORES": "1",
            **(admin or {}),
        }
        context = Context(environment=environment)
        with open_sandbox(orders=ORDERS, products=PRODUCTS, seed=SEED) as sandbox:
            try:
                told = sys.stderr if wants_json else sys.stdout
                stage = Stage(home=home, sandbox=sandbox, context=context, told=told)
                write_files(stage.files, sandbox.declaration(SITE), sandbox)
                yield stage
            finally:
                context.close()


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    home.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home.parent / f"{home.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise CommandFault(
                "demo_runs",
                "Another demo runs in this home.",
                "Wait for it or stop it, or give this one a TILLBRIDGE_HOME of its own.",
            ) from fault
        yield
