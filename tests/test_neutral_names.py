"""Outside its own folder, no platform has a name: a third one must be a folder and no more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
PLATFORMS = sorted(
    {
        folder.name
        for parent in ("platforms", "platforms/sandbox")
        for folder in (CHECKOUT / parent).iterdir()
        if folder.is_dir() and folder.name not in ("__pycache__", "sandbox")
    }
)
NEUTRAL = ("webapp", "jobs", "templates", "static")


def _neutral_files() -> Iterator[Path]:
    yield from (CHECKOUT / "platforms").glob("*.py")
    yield from (CHECKOUT / "platforms" / "sandbox").glob("*.py")
    for folder in NEUTRAL:
        for path in sorted((CHECKOUT / folder).rglob("*")):
            is_history = path.is_relative_to(CHECKOUT / "webapp" / "migrations")
            if path.is_file() and not is_history and path.suffix != ".pyc":
                yield path


@pytest.mark.parametrize("name", PLATFORMS)
def test_no_neutral_file_names_a_platform(name: str) -> None:
    naming = [
        f"{path.relative_to(CHECKOUT)}:{number}"
        for path in _neutral_files()
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if name in line.casefold()
    ]

    assert naming == []


def test_the_search_covers_every_folder_and_every_platform() -> None:
    searched = {path.relative_to(CHECKOUT).parts[0] for path in _neutral_files()}

    assert searched == {*NEUTRAL, "platforms"}
    assert "woocommerce" in PLATFORMS
