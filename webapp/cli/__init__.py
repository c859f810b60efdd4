"""The command line. `webapp.cli.main` runs one command; `commands` is the table of them."""
