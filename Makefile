# Names for the scripts in bin/. `make` alone prints them.

.DEFAULT_GOAL := help
.PHONY: help demo web test test-fast test-browser lint format types migrate docs bench lock clean

help: ## print this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -e 's/:.*##/\t/' | expand -t 16

demo: ## sandbox stores, their orders, stock and books, from nothing
	bin/tillbridge demo --once

web: ## the admin on http://127.0.0.1:8000
	bin/tillbridge web

test: ## everything that CI checks
	bin/test

test-fast: ## the tests without database or network, in seconds
	bin/test tests/unit tests/properties

test-browser: ## the journeys in a real Chromium
	bin/test tests/browser

lint: ## style and types
	bin/lint

format: ## put the code into its form
	bin/format

types: lint ## types are part of lint

migrate: ## bring the home's database to the newest tables
	bin/tillbridge init

docs: ## check that the documentation tells the truth
	bin/test tests/test_docs.py

bench: ## the main job beside its floors
	bin/bench

lock: ## resolve the requirements anew
	bin/lock

clean: ## remove what can be made again; never the home
	rm -rf .venv .venv-lock .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
