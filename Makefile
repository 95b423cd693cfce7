# Everything runs inside .venv, which make builds from hash-pinned requirements; nothing is needed but Python.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SOURCES := api benchmarks migrations products scoring templates tests

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test test-system test-slow test-thorough check format lint types serve bench bench-contracts bench-pricing bench-scoring bench-trials model lock clean

help: ## say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("kedai needs Python 3.11 or newer; run make PYTHON=/path/to/python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: $(VENV)/bin/python requirements/base.txt pyproject.toml
	$(PIP) --require-hashes -r requirements/base.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q api migrations products scoring templates
	@touch $@

$(VENV)/.dev: $(VENV)/.base requirements/dev.txt
	$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

setup: $(VENV)/.base ## build .venv with what kedai needs to run
setup-dev: $(VENV)/.dev ## the same with test and lint tools

demo: setup ## decide the example applications, draft their contracts into out/ and print the table
	$(BIN)/kedai demo

serve: setup ## serve the HTTP API on 127.0.0.1:8000
	$(BIN)/kedai serve

model: setup ## train the demonstration score anew; the artefact comes out bit for bit the same
	$(BIN)/python -m scoring.demo

test: setup-dev ## run the whole suite that needs only Python packages
	$(BIN)/python -m pytest -n 2 --dist worksteal

test-system: setup-dev ## tests that need Debian packages: libreoffice-writer-nogui, poppler-utils, fonts-noto-cjk, fonts-dejavu-core
	$(BIN)/python -m pytest -m system

test-slow: setup-dev ## soak, fault and race tests, whole installations and trainings
	$(BIN)/python -m pytest -m slow

test-thorough: setup-dev ## every property with 500 examples instead of 40
	$(BIN)/python -m pytest -n 2 --dist worksteal --hypothesis-profile=thorough

format: setup-dev ## put the code into the house's form
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

lint: setup-dev ## format, lint and import contracts
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/lint-imports --no-cache

types: setup-dev ## mypy --strict
	$(BIN)/mypy --no-error-summary

check: lint types test ## the one gate: format, lint, types, import contracts, tests

bench: setup-dev ## decisions per second, latencies and start-up times, in one run
	$(BIN)/python -m benchmarks.decisions

bench-pricing: setup-dev ## loan arithmetic against numpy-financial and QuantLib, in a virtual environment of its own
	$(PYTHON) -m venv $(VENV)-bench
	$(VENV)-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench-pricing.txt
	$(VENV)-bench/bin/python -m benchmarks.pricing

bench-scoring: setup-dev ## the score against its peers on the data sets in DATA=folder; OPTIONS="--json rows.jsonl" keeps rows
	@test -n "$(DATA)" || { echo "name the folder with the data sets: make bench-scoring DATA=folder"; exit 2; }
	$(PYTHON) -m venv $(VENV)-peers
	$(VENV)-peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	$(VENV)-peers/bin/python -m benchmarks.scoring $(DATA) $(OPTIONS)

bench-contracts: ## contract sets from decisions against docxtpl and LibreOffice, memory over a thousand sets, in an environment of its own
	$(PYTHON) -m venv $(VENV)-contracts
	$(VENV)-contracts/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench-contracts.txt
	$(VENV)-contracts/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(VENV)-contracts/bin/python -m benchmarks.contracts $(or $(SETS),1000)

bench-trials: setup-dev ## impact report and backtest over a million applications: seconds and memory
	$(BIN)/python -m benchmarks.trials

lock: setup-dev ## compile the requirement files anew
	cd requirements && for name in base dev bench bench-pricing bench-contracts; do \
	  ../$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header $$name.in -o $$name.txt; done

clean: ## remove what make and kedai have written
	rm -rf $(VENV) out var .mypy_cache .pytest_cache .ruff_cache .hypothesis
