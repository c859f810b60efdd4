"""Used wrongly: exit status 2, the usage, and never a traceback."""

import pytest

from tests.cli.conftest import Run
from webapp import VERSION
from webapp.cli.commands import COMMANDS


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("nonsense",),
        ("orders",),
        ("orders", "main", "--limit", "0"),
        ("orders", "main", "--limit", "many"),
        ("orders", "main", "--state", "lost"),
        ("orders", "main", "--lim", "3"),
        ("orders", "main", "--limit", "9" * 30),
        ("orders", "main", "--limit", "１"),
        ("order", "main"),
        ("sweep", "main", "--days", "999999999"),
        ("retry", "main", "--code", "nonsense"),
        ("retry", "main", "--code", "nonsense", "--queue"),
        ("ship", "main"),
        ("pull", "main", "--since", "yesterday"),
        ("pull", "main", "--since", "0001-01-01T00:00:00+14:00"),
        ("pull", "main", "--until", "9999-12-31T23:59:59-12:00"),
        ("pull", "main", "--since", "2026-02-01", "--until", "2026-01-01"),
        ("pull", "main", "--order", "1", "--since", "2026-01-01"),
        ("books",),
        ("books", "trial-balance", "--at", "2026-13-01"),
        ("books", "trial-balance", "--at", "0001-01-01"),
        ("books", "export", "--format", "pdf", "x"),
        ("user", "add", "a@b.example"),
        ("user", "add", "a@b.example", "--role", "king"),
        ("mapping", "import", "main"),
        ("sandbox", "etsy"),
        ("web", "--port", "99999"),
    ],
)
def test_wrong_usage_gives_status_2_and_the_usage(ready: Run, words: tuple[str, ...]) -> None:
    said = ready(*words)

    assert said.status == 2
    assert said.out == ""
    assert "usage: tillbridge" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("word", ["payout"])
def test_a_command_that_is_not_there_yet_is_unknown(run: Run, word: str) -> None:
    said = run(word, "main")

    assert said.status == 2
    assert f"there is no command '{word}'" in said.err


@pytest.mark.parametrize(
    "words",
    [
        *(("books", act) for act in ("clearing", "close", "reopen", "repost")),
        *(("settlement", act) for act in ("pull", "assign", "undo")),
    ],
)
def test_an_act_that_is_not_there_yet_is_unknown(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words).status == 2


def test_wrong_usage_is_json_too_when_json_is_asked_for(run: Run) -> None:
    said = run("orders", "--json")

    assert said.status == 2
    assert said.json["error"]["code"] == "usage"
    assert said.err == ""


@pytest.mark.parametrize(
    "words", [("--help",), *((command.word, "--help") for command in COMMANDS)]
)
def test_help_is_there_for_every_command(run: Run, words: tuple[str, ...]) -> None:
    said = run(*words)

    assert said.status == 0
    assert said.out.startswith("usage: tillbridge")


def test_the_version_is_said(run: Run) -> None:
    assert run("--version").out == f"Tillbridge {VERSION}\n"


def test_a_cause_that_does_not_exist_is_answered_with_those_that_do(run: Run) -> None:
    said = run("retry", "main", "--code", "nonsense")

    assert said.status == 2
    assert "'nonsense'" in said.err
    assert "unmapped_listing" in said.err
