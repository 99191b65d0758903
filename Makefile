# `make` lists what can be done; everything sets up its own environment.
.POSIX:
.SUFFIXES:

BIN = .venv/bin
READY = .venv/.ready
ARCH = x86_64
APPID = local.reportgen.office
MAINTAINER = reportgen <reportgen@localhost.localdomain>
EXAMPLE = examples/liwan-2024.xlsx
LOCALE = reportgen/cli/locale/zh_CN/LC_MESSAGES/reportgen

.PHONY: help setup demo demo-rollup test test-full test-office test-wine test-bundle lint format types templates docs \
	locale examples pictures detection wheel wheel-test bundle-windows bundle-linux bundle-lock check bench clean

help:   ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 16

setup: $(READY)   ## make .venv with this package and its tools (any Python from 3.10 on)

$(READY): setup.cfg pyproject.toml scripts/venv.sh
	@PYTHON='$(PYTHON)' sh scripts/venv.sh
	@touch $@

demo: $(READY)   ## build the report of the example workbook into out/
	@mkdir -p out
	$(BIN)/reportgen build $(EXAMPLE) -o out/liwan-2024.docx --force

demo-rollup: $(READY)   ## merge the example reports of eight bodies into out/, and build the draft of the district's report
	@mkdir -p out
	$(BIN)/reportgen merge examples/rollup -o out/甲市乙区汇总.xlsx --org 甲市乙区人民政府 \
		--roster examples/rollup/单位名册.csv --force || test $$? = 1   # one has errors, one is missing
	$(BIN)/reportgen build out/甲市乙区汇总.xlsx -o out/甲市乙区.docx --draft --force || test $$? = 1

test: $(READY)   ## the fast tests, on all processors
	$(BIN)/python -m pytest -n auto --dist worksteal

test-full: $(READY)   ## the slow tests, and the property tests of the fast suite with twenty times as many examples
	$(BIN)/python -m pytest -n auto --dist worksteal -m slow
	$(BIN)/python -m pytest -n auto --dist worksteal -m hypothesis --hypothesis-profile full

test-office: $(READY)   ## the tests with LibreOffice, validators and injected faults; installs them
	@PYTHON=$(BIN)/python bash tests/office/install.sh
	$(BIN)/python -m pytest -n auto --dist loadfile -m office

test-wine: $(READY)   ## the zip, double-clicked on a Windows played by wine (amd64); installs it
	@PYTHON=$(BIN)/python bash tests/wine/install.sh
	$(BIN)/python -m pytest -m wine tests/wine

test-bundle: $(READY)   ## both bundles: same bytes twice, and work in a bare system; as root; installs the tools
	@PYTHON=$(BIN)/python bash tests/bundle/install.sh
	$(BIN)/python -m pytest -m bundle tests/bundle

bundle-windows: $(READY)   ## the zip for Windows: PYTHON_EMBED=python-3.11.9-embed-amd64.zip; docs/bundle.zh.md
	$(BIN)/python scripts/bundle windows "$(PYTHON_EMBED)"

bundle-linux: $(READY)   ## tar.gz and .deb: PYTHON_STANDALONE=cpython-…-install_only.tar.gz ARCH=x86_64|aarch64
	$(BIN)/python scripts/bundle linux "$(PYTHON_STANDALONE)" --arch "$(ARCH)" --appid "$(APPID)" --maintainer "$(MAINTAINER)"

bundle-lock: $(READY)   ## pin the wheels of the bundles to the newest
	$(BIN)/python scripts/bundle lock

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

examples: $(READY)   ## write examples/ anew, after a change of the form or of the standard workbook
	$(BIN)/python examples/make.py
	$(BIN)/python examples/make_sources.py
	$(BIN)/python examples/make_rollup.py

pictures: $(READY)   ## draw the screens that the manual shows; installs LibreOffice and a browser
	@PYTHON=$(BIN)/python bash tests/office/install.sh screen
	$(BIN)/python scripts/pictures.py

detection: $(READY)   ## count how many planted errors are found, into docs/detection.md; some minutes
	$(BIN)/python benchmarks/detection.py --write docs/detection.md

wheel: $(READY)   ## build the wheel into dist/
	rm -rf build dist
	$(BIN)/python -m build --wheel

wheel-test: $(READY)   ## build the wheel, install it in an empty environment, use it
	sh scripts/wheel-test.sh

check: lint types test wheel-test   ## style, types, fast tests and the wheel: before every commit

bench: $(READY)   ## measure it beside other tools, into docs/benchmarks.md; needs npm (BENCH=--quick: only printed)
	$(BIN)/python benchmarks/speed.py --write docs/benchmarks.md $(BENCH)

clean:   ## remove what the targets made
	rm -rf .venv build dist out *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .office .bench
