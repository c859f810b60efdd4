"""`python -m webapp.cli`, which bin/tillbridge calls."""

import sys

from webapp.cli.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
