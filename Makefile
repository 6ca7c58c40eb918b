# The commands of this project; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup run test lint format evaluate demo-telegram train chat clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## set up both Python environments, for tests too (quick when nothing changed)
	@./tools/setup.sh --dev

run:  ## set up what is missing, then start everything; Ctrl-C ends it
	@./tools/setup.sh
	@exec .venv/bin/anlaufstelle run

test: setup lint  ## set up what is missing, then run every check and test
	@.venv/bin/anlaufstelle train
	@.venv/bin/pytest -q -n 2 --dist loadfile

lint: setup  ## types, style and formatting
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

format: setup  ## put the code into the house's format
	@.venv/bin/ruff check --fix-only --quiet .
	@.venv/bin/ruff format .

train:  ## train the model even when nothing changed
	@./tools/setup.sh
	@.venv/bin/anlaufstelle train --force

evaluate: setup  ## how well unseen messages are understood; writes docs/evaluation
	@.venv/bin/python tools/evaluate.py

chat:  ## talk to the bot in the terminal
	@./tools/setup.sh
	@.venv/bin/anlaufstelle chat

demo-telegram:  ## a local stand-in for Telegram with a page to write as several users
	@./tools/setup.sh
	@exec .venv/bin/python -m tests.fakes.demo

clean:  ## remove both environments (data in var/ stays)
	rm -rf .venv .tools nlu/.venv .mypy_cache .ruff_cache .pytest_cache
