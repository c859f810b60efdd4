"""The documentation tells the truth: pages for codes, commands that exist, links that lead somewhere."""

import re
from pathlib import Path

import pytest

from webapp.backoffice.errors import Code
from webapp.cli.commands import COMMANDS
from webapp.cli.main import parser_of

CHECKOUT = Path(__file__).parent.parent
ERRORS = CHECKOUT / "docs" / "reference" / "errors"
PAGES = [*sorted((CHECKOUT / "docs").rglob("*.md")), CHECKOUT / "README.md"]
COMMAND = re.compile(r"bin/tillbridge ([^`\n\"]*)")
LINK = re.compile(r"\[[^\]]+\]\(([^)#\s]+)")


def _name(page: Path) -> str:
    return str(page.relative_to(CHECKOUT))


def test_every_error_code_has_a_page_and_every_page_a_code() -> None:
    assert {page.stem for page in ERRORS.glob("*.md")} == {code.value for code in Code}


@pytest.mark.parametrize("page", sorted(ERRORS.glob("*.md")), ids=lambda page: page.stem)
def test_an_error_page_says_what_it_means_who_can_mend_it_and_how(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings == [
        f"# {page.stem}",
        "## What it means",
        "## Who can mend it",
        "## How",
    ]


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_to_files_that_exist(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).resolve().exists(), f"{_name(page)} links {target}"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_commands_that_are_shown_exist(page: Path) -> None:
    for shown in COMMAND.findall(page.read_text(encoding="utf-8")):
        words = _without_remarks(shown)
        if not words or words[0] in ("COMMAND", "--help"):
            continue
        parser = parser_of(words[0])
        assert parser is not None, f"{_name(page)}: {shown}"
        parser.parse_args(words[1:])


def _without_remarks(shown: str) -> list[str]:
    """The words of a shown command: what follows two blanks is a remark, a bracket an option."""
    command = re.split(r"\s{2,}|\[|\)|, | \(", shown.strip())[0]
    return command.rstrip(".:;,").split()


def test_the_readme_leads_through_eight_files_that_exist() -> None:
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")

    listed = re.findall(r"^\d\. \[([^\]]+)\]\(([^)]+)\)", text, re.MULTILINE)
    assert len(listed) == 8
    for shown, target in listed:
        assert shown == target
        assert (CHECKOUT / target).is_file()


def test_the_reference_names_every_command() -> None:
    text = (CHECKOUT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert f"| `{command.word}" in text, command.word


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [
        int(page.name[:4]) for page in sorted((CHECKOUT / "docs" / "decisions").glob("*.md"))
    ]

    assert numbers == list(range(1, len(numbers) + 1))
