# Everything is set up by these targets: a virtual environment from the lock files, nothing global.
# Bytecode is made at first use: compiling all of it at once takes 200 MB and half a minute.
# `make demo` and `make test` work on a machine with Python 3.11 or newer, make and pip.

# Where a machine forbids it, each of the processes that the tests start would compile every library.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO_DATA := demo-data
# Many tests wait for servers and processes: three workers keep two cores busy.
WORKERS ?= 3
MODEL ?= smollm2-135m
DEMO_QUESTIONS := "How long is the treaty supposed to last?" \
	"What was trade between Russia and Iran worth in 2024?" \
	"Who called it a marriage of convenience?"

.PHONY: help demo install test test-model soak check lint types layers format docs lock bench clean

help:  ## Show what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

demo: $(VENV)/installed  ## Ingest the sample dossier and answer three questions from it
	@echo '$$ dossier ingest eval/sample/documents'
	@$(BIN)/dossier ingest --data $(DEMO_DATA) eval/sample/documents
	@for question in $(DEMO_QUESTIONS); do \
		printf '\n$$ dossier ask "%s"\n' "$$question"; \
		$(BIN)/dossier ask --data $(DEMO_DATA) "$$question" || exit 1; \
	done
	@printf '\nWhere to go next (the sample is in ./$(DEMO_DATA); leave --data away for your own):\n'
	@printf '  %s\n' \
		'$(BIN)/dossier ask --data $(DEMO_DATA) "Your question"' \
		'$(BIN)/dossier chat --data $(DEMO_DATA)' \
		'$(BIN)/dossier serve --data $(DEMO_DATA)      # then POST /v1/answers, see docs/http.md' \
		'$(BIN)/dossier ingest PATH                    # your own documents'

install: $(VENV)/installed  ## Set up the environment that runs Dossier

test: $(VENV)/installed-dev  ## Run the tests; COVERAGE=yes measures them, as `make check` and CI do
	$(BIN)/python -m pytest -n $(WORKERS) $(if $(COVERAGE),--cov --cov-report=term:skip-covered)

test-model: $(VENV)/installed-dev  ## Ask a small real model (MODEL=gemma3-270m, qwen2.5-coder-1.5b); fetches it
	REAL_MODEL=$(MODEL) $(BIN)/python -m pytest -m real_model tests/test_real_model.py

soak: $(VENV)/installed-dev  ## What takes long: kills, damaged files, hours of load in minutes
	$(BIN)/python -m pytest -m soak --timeout 3600
	$(BIN)/python -m pytest -m hypothesis --hypothesis-profile thorough --timeout 3600

check: COVERAGE := yes
check: lint types layers test  ## Run everything that must be green before a change lands

lint: $(VENV)/installed-dev  ## Style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed-dev  ## Strict type checking
	$(BIN)/mypy

layers: $(VENV)/installed-dev  ## Imports point downwards only
	$(BIN)/lint-imports --no-cache

format: $(VENV)/installed-dev  ## Put the code into its usual form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/installed-dev  ## Write the generated parts of docs/ anew
	$(BIN)/python -m qa.settings > .env.example
	$(BIN)/python -m api.cli.reference > docs/cli.md
	$(BIN)/dossier eval cases schema > eval/case.schema.json

bench: $(VENV)/installed-dev  ## Measure ingest and answers against a stock pipeline
	$(BIN)/python -m benchmarks.pipeline --shared ../shared

lock:  ## Resolve the dependencies anew (needs uv)
	uv pip compile -q pyproject.toml --group build --universal --python-version 3.11 \
		--generate-hashes --no-annotate --custom-compile-command "make lock" -o requirements.lock
	uv pip compile -q pyproject.toml --group build --group dev --universal --python-version 3.11 \
		--generate-hashes --no-annotate --custom-compile-command "make lock" \
		-c requirements.lock -o requirements-dev.lock

clean:  ## Remove what the other targets made
	rm -rf $(VENV) $(DEMO_DATA) .coverage* .mypy_cache .ruff_cache .hypothesis build dist

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements-dev.lock
	@touch $@
