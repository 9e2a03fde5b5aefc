# `make` lists the targets. Their environment is .venv, made by requirements/install whenever it is not up to date.
# PYTHON=python3.12 chooses the Python; ARGS='…' goes on to what is run.

BIN := .venv/bin
SOURCES := $(wildcard bff bff_command.py tests examples benchmarks ops)
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock" pyproject.toml

.PHONY: help run test test-long soak soak-cache fuzz watch mutants check fmt schema lock install clean
export PYTHON

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

run: install ## install, then serve the landing page on http://127.0.0.1:8000/ with all it needs
	@$(BIN)/bff dev $(ARGS)

test: install ## install, then run every test (ARGS='-k word' for some)
	@$(BIN)/pytest --no-header -m 'serial and not long' $(ARGS); alone=$$?; \
	$(BIN)/pytest --no-header -m 'not serial and not long' -n auto --maxprocesses 4 --dist loadfile $(ARGS); together=$$?; \
	case $$alone-$$together in \
	  0-0 | 0-5 | 5-0) ;; \
	  *-0) echo "The tests that run alone failed, further up."; exit 1 ;; \
	  *) exit 1 ;; \
	esac

test-long: install ## the tests that take minutes: what promises a ratio under load
	@$(BIN)/pytest --no-header -m long -s $(ARGS)

soak: install ## 200,000 pages while every upstream breaks and mends at random: nothing may grow
	@$(BIN)/python -m tests.soak upstreams $(ARGS)

soak-cache: install ## the same while the cache server breaks and mends
	@$(BIN)/python -m tests.soak cache $(ARGS)

fuzz: install ## ten minutes of requests that nobody means well (ARGS='--minutes 1' for less)
	@$(BIN)/python -m tests.fuzz $(ARGS)

watch: install ## a real Prometheus over an incident, its rules sixty times as fast: which alert fires when (needs prometheus)
	@$(BIN)/python -m ops.watch $(ARGS)

mutants: .venv-mutants/installed ## small faults put into guards and cache, ten minutes: tests must notice 90 % of them
	@.venv-mutants/bin/python -m tests.mutants

.venv-mutants/installed: requirements/mutants.lock | install
	@rm -rf .venv-mutants && $(BIN)/python -m venv .venv-mutants
	@.venv-mutants/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $< \
	  2>.venv-mutants/install.log || { cat .venv-mutants/install.log; exit 1; }
	@touch $@

check: install ## check formatting, lint and types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy $(SOURCES)

fmt: install ## format, and mend what lint can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

schema: install ## write schema.graphql from the code
	@$(BIN)/bff schema > .venv/schema.graphql && mv .venv/schema.graphql schema.graphql

lock: install ## write requirements/*.lock from pyproject.toml (ARGS=--upgrade for newer versions)
	@$(LOCK) --extra test --output-file requirements/dev.lock $(ARGS)
	@$(LOCK) --extra traces --constraint requirements/dev.lock --output-file requirements/serve.lock $(ARGS)
	@$(LOCK) --extra test --group mutants --constraint requirements/dev.lock --output-file requirements/mutants.lock $(ARGS)

install: ## make .venv, or bring it up to date
	@requirements/install

clean: ## remove .venv and every cache
	@rm -rf .venv .venv-mutants mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis
