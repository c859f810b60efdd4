"""The suite itself: it runs for whatever platform there is, and knows none by name."""

from pathlib import Path

from platforms import registry
from tests.contract.connecting import local_store, told_story

HERE = Path(__file__).parent


def test_no_test_of_the_suite_names_a_platform() -> None:
    words = {path: path.read_text().casefold() for path in HERE.glob("*.py")}

    naming = [
        (path.name, name)
        for path, text in words.items()
        for name in registry.names()
        if name in text or registry.get(name).label.casefold() in text
    ]

    assert len(words) > 10
    assert naming == []


def test_every_platform_brings_a_local_store_and_a_story(name: str) -> None:
    opened, story = local_store(name, orders=0), told_story(name)

    assert opened.declaration("main")["platform"] == name  # type: ignore[attr-defined]
    assert story.declaration()["platform"] == name
    opened.stop()
    with story.store:
        pass
