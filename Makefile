# `make` lists what can be done; everything sets up its own environment.
.POSIX:
.SUFFIXES:

BIN = .venv/bin
READY = .venv/.ready
EXAMPLE = examples/liwan-2024.xlsx
LOCALE = reportgen/cli/locale/zh_CN/LC_MESSAGES/reportgen

.PHONY: help setup demo test test-office test-wine lint format types templates docs locale wheel-test check bench clean

help:   ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 14

setup: $(READY)   ## make .venv with this package and its tools (any Python from 3.10 on)

$(READY): setup.cfg pyproject.toml scripts/venv.sh
	@PYTHON='$(PYTHON)' sh scripts/venv.sh
	@touch $@

demo: $(READY)   ## build the report of the example workbook into out/
	@mkdir -p out
	$(BIN)/reportgen build $(EXAMPLE) -o out/liwan-2024.docx --force

test: $(READY)   ## the fast tests, under two minutes
	$(BIN)/python -m pytest

test-office: $(READY)   ## the tests with LibreOffice, validators and injected faults; installs them
	@PYTHON=$(BIN)/python bash tests/office/install.sh
	$(BIN)/python -m pytest -m office

test-wine: $(READY)   ## the double-click script on a Windows played by wine (amd64); installs it
	@PYTHON=$(BIN)/python bash tests/wine/install.sh
	$(BIN)/python -m pytest -m wine

lint: $(READY)   ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY)   ## put the style right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(READY)   ## static types
	$(BIN)/mypy

templates: $(READY)   ## write the shipped Word templates anew from the form
	$(BIN)/python -m reportgen.word.design templates

docs: $(READY)   ## write the pages of docs/ that come from the form data
	$(BIN)/python scripts/docs.py

locale: $(READY)   ## compile the Chinese of the command line's own words
	$(BIN)/pybabel compile -i $(LOCALE).po -o $(LOCALE).mo

wheel-test: $(READY)   ## build the wheel, install it in an empty environment, use it
	sh scripts/wheel-test.sh

check: lint types test wheel-test   ## all of the above but the office tests

bench: $(READY)   ## time it beside other tools, into docs/benchmarks.md; needs npm (BENCH=--quick: shorter)
	$(BIN)/python benchmarks/speed.py --write docs/benchmarks.md $(BENCH)

clean:   ## remove what the targets made
	rm -rf .venv build dist out *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .office .bench
