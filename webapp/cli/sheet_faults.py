"""Wrong rows of a sheet, as the command line tells them."""

from collections.abc import Iterable
from typing import Any

from webapp.backoffice.files.sheets import SheetProblem
from webapp.cli.faults import CommandFault
from webapp.cli.tables import count


def problem_rows(problems: Iterable[SheetProblem]) -> list[dict[str, Any]]:
    """`row` counts from the heading, which is row 1; `column` is "" for the row as a whole."""
    return [
        {"row": problem.row, "column": problem.column, "message": problem.message}
        for problem in problems
    ]


def wrong_rows(file: str, problems: Iterable[SheetProblem]) -> CommandFault:
    """Nothing of a file was applied, and these rows are why."""
    errors = problem_rows(problems)
    rows = len({error["row"] for error in errors})
    return CommandFault(
        "wrong_rows",
        f"Nothing of {file} was applied: {count(rows, 'row is', 'rows are')} wrong.",
        "Mend these rows and import the file again.",
        errors,
    )


def unreadable(file: str, problems: Iterable[SheetProblem]) -> CommandFault:
    """The sheet cannot be read at all, or lacks its columns."""
    return CommandFault(
        "unreadable_sheet",
        f"{file} cannot be read as a sheet.",
        "Save it as CSV (UTF-8) or XLSX with the column names in the first row.",
        problem_rows(problems),
    )
