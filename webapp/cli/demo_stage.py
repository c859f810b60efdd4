"""Where the demo plays: stores, a home of its own, and the very commands that people type."""

import fcntl
import json
import os
import shlex
import shutil
import sys
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from platforms import registry
from platforms.sandbox.story import Story
from webapp import home as local_home
from webapp.cli.context import Context
from webapp.cli.faults import CommandFault
from webapp.cli.main import parser_of
from webapp.cli.output import Answer
from webapp.cli.sandbox import sandbox_names

WIDTH = 96
FILES = "files"


@dataclass(slots=True, kw_only=True)
class Stage:
    """Stores that serve and a home that was just made. `told` is where the story goes."""

    home: Path
    stories: tuple[Story, ...]
    context: Context
    told: Any
    chapters: int = field(default=0, init=False)
    environment: Mapping[str, str] = field(default_factory=dict)
    shown: set[int] = field(default_factory=set, init=False)
    """Journal entries that were shown already."""
    hurries: int | None = field(default=None, init=False)
    """Seconds between the pulls and pushes of a site; None: as ever."""

    @property
    def files(self) -> Path:
        return self.home / FILES

    def chapter(self, title: str) -> None:
        self.chapters += 1
        self.told.write(f"\n{self.chapters}. {title}\n")

    def say(self, text: str) -> None:
        for line in textwrap.wrap(text, WIDTH):
            self.tell(line)

    def tell(self, line: str) -> None:
        self.told.write(f"   {line}\n")
        self.told.flush()

    def do(self, *words: str, quietly: bool = False, lines: int | None = None) -> Answer:
        """Run a command as if it had been typed, and show it with what it said.

        `lines`: no more than the first of them.
        """
        answer = run_words(self.context, *words)
        if not quietly:
            self.tell(f"$ bin/tillbridge {shlex.join(self._short(word) for word in words)}")
            text = answer.text() if callable(answer.text) else answer.text
            said = text.rstrip("\n").splitlines()
            for line in said[:lines]:
                self.told.write(f"     {line}".rstrip() + "\n")
            if lines and lines > 2 and len(said) > lines:
                self.told.write("     …\n")
            self.told.flush()
        return answer

    def write_declaration(self, site: str, declaration: dict[str, Any]) -> str:
        """The declaration as a file of that site's, for `site apply`."""
        path = self.files / f"{site}.json"
        if self.hurries:
            cadences = {"pull_every": self.hurries, "push_every": self.hurries}
            declaration = {
                **declaration,
                "integration": {**declaration.get("integration", {}), **cadences},
            }
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


def open_stories() -> list[Story]:
    """A store, not serving yet, of every platform that this installation can talk to."""
    known = set(registry.names())
    return [
        import_module(f"platforms.sandbox.{name}.story").open_story()
        for name in reversed(sandbox_names())
        if name in known
    ]


@contextmanager
def staged(kind: str, *, wants_json: bool, admin: dict[str, str] | None = None) -> Iterator[Stage]:
    """Stores that serve and an empty home inside the home, all there until this ends.

    `kind` names the home ("once", "web"). CommandFault: another demo of that kind runs in it.
    """
    home = local_home.home_path(os.environ) / "demo" / kind
    with _alone(home), ExitStack() as stores:
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True, mode=0o700)
        (home / FILES).mkdir()
        environment = {
            "TILLBRIDGE_HOME": str(home),
            "TILLBRIDGE_ALLOW_PRIVATE_STORES": "1",
            **(admin or {}),
        }
        context = Context(environment=environment)
        stores.callback(context.close)
        stories = tuple(open_stories())
        for story in stories:
            stores.enter_context(story.store)
        told = sys.stderr if wants_json else sys.stdout
        yield Stage(home=home, stories=stories, context=context, told=told, environment=environment)


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
