"""A new step, drafted from how the models differ: `python -m webapp.migrations SLUG`.

Read the draft and mend it: what the comparison cannot see (data, triggers) is yours to write.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command

from webapp.database import make_engine
from webapp.migrations import HEAD, running


def draft(slug: str) -> Path:
    """Write the step after the newest one; the file that was made."""
    number = f"{int(HEAD) + 1:04}"
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/newest.sqlite3")
        running.upgrade(engine)
        with engine.begin() as connection:
            step = command.revision(
                running.alembic_config(connection),
                message=slug.replace("_", " "),
                rev_id=number,
                autogenerate=True,
            )
        engine.dispose()
    if step is None or isinstance(step, list):
        raise RuntimeError("no step was drafted")
    return Path(step.path)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m webapp.migrations what_it_does")
    made = draft(sys.argv[1])
    sys.stdout.write(f"{made}\nMend it, then set HEAD in webapp/migrations/__init__.py.\n")
