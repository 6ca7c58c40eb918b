# The commands of this project; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup run test lint format demo-telegram train chat clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## set up both Python environments (quick when nothing changed)
	@./tools/setup.sh

run: setup  ## set up what is missing, then start everything; Ctrl-C ends it
	@exec .venv/bin/anlaufstelle run

test: setup lint  ## set up what is missing, then run every check and test
	@.venv/bin/pytest -q

lint: setup  ## types, style and formatting
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

format: setup  ## put the code into the house's format
	@.venv/bin/ruff check --fix-only --quiet .
	@.venv/bin/ruff format .

train: setup  ## train the model even when nothing changed
	@.venv/bin/anlaufstelle train --force

chat: setup  ## talk to the bot in the terminal
	@.venv/bin/anlaufstelle chat

demo-telegram: setup  ## a local stand-in for Telegram with a page to write as several users
	@exec .venv/bin/python -m tests.fakes.demo

clean:  ## remove both environments (data in var/ stays)
	rm -rf .venv .tools nlu/.venv .mypy_cache .ruff_cache .pytest_cache
