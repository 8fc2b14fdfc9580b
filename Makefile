# Everything that a person or a machine does with this project, by name. `make help` lists it.

PYTHON ?= python3
HOST   ?= 127.0.0.1
PORT   ?= 8000

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS   += --no-print-directory
.ONESHELL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# Some machines set this to 1, and every command then compiles every module again: three seconds in place of one.
export PYTHONDONTWRITEBYTECODE :=
# Offices have proxies with certificates of their own: uv trusts what the machine trusts, as pip and browsers do.
export UV_SYSTEM_CERTS := 1

VENV   := .venv
BIN    := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
# The stamp is named after the interpreter, so another PYTHON= makes the environment anew.
BOOT   := $(VENV)/.boot$(subst /,-,-$(PYTHON))

.PHONY: help
help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---- the environment ------------------------------------------------------------------------------------------------

# Without uv, plain pip installs the same hashes; it only takes longer.
PIP      := $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r
ADD_PIP  := $(BIN)/python -m ensurepip --upgrade >/dev/null
UV       := $(BIN)/uv pip install -q --python $(BIN)/python --compile-bytecode --require-hashes -r

# The environment is made without a pip of its own, which saves three seconds: the interpreter's pip installs uv.
$(BOOT): requirements/boot.lock
	@echo "Making $(VENV) with $(PYTHON)"
	rm -rf $(VENV)
	$(PYTHON) -m venv --without-pip $(VENV)
	$(PYTHON) -m pip --python $(BIN)/python install -q --disable-pip-version-check --require-hashes -r $< \
	  || { $(ADD_PIP) && $(PIP) $<; } || echo "uv is not to be had; pip will do."
	touch $@

$(VENV)/.runtime: requirements/runtime.lock $(BOOT)
	@$(UV) $< || { $(ADD_PIP) && $(PIP) $<; }
	touch $@

# The development lock holds the runtime set too, so nothing is installed twice.
$(VENV)/.dev: requirements/dev.lock $(BOOT)
	@$(UV) $< || { $(ADD_PIP) && $(PIP) $<; }
	touch $@ $(VENV)/.runtime

# ---- to use it ------------------------------------------------------------------------------------------------------

# One process for both, because each start of Django costs a second; and one that ends soon need not collect its garbage.
PREPARE := import gc, django; gc.disable(); django.setup(); from django.core.management import call_command as do; \
  do('migrate', verbosity=0); do('demo')

.PHONY: run
run: $(VENV)/.runtime ## Start the portal with demo data: PORT=8000, DATABASE_URL=… in place of SQLite
	@export DEMO=1 DJANGO_SETTINGS_MODULE=portal.settings
	export BASE_URL=$${BASE_URL:-http://localhost:$(PORT)}
	$(BIN)/python -c "$(PREPARE)"
	$(MANAGE) run_due --loop & worker=$$!
	$(BIN)/gunicorn portal.wsgi --bind $(HOST):$(PORT) --workers 2 --threads 4 --graceful-timeout 3 --no-control-socket & web=$$!
	# Whichever ends first, or Ctrl-C, ends both.
	trap 'kill $$web $$worker 2>/dev/null || true; wait' EXIT
	trap 'exit 0' INT TERM
	wait -n

# ---- to change it ---------------------------------------------------------------------------------------------------

.PHONY: test
test: $(VENV)/.dev ## Run the whole suite on SQLite and on PostgreSQL, side by side; the browser tests run once
	# Two at a time, the longest first: a third would only take turns on two cores.
	@$(MAKE) --jobs=2 --output-sync=target --keep-going test-postgresql test-sqlite test-browser

.PHONY: test-sqlite test-postgresql test-browser
test-sqlite:
	@echo "== SQLite"
	env -u TEST_DATABASE_URL $(BIN)/python -m pytest -m "not browser" $(ARGS)

test-browser:
	@echo "== Browser"
	env -u TEST_DATABASE_URL $(BIN)/python -m pytest tests/browser $(ARGS)

test-postgresql:
	@echo "== PostgreSQL"
	$(BIN)/python -m tests.postgres $(BIN)/python -m pytest -m "not browser" $(ARGS)

# One size: SIZE=100000. Several, each compared with the one before: SIZES="10000 1000000". DATABASE=sqlite, ONLY=words of
# the names of pages, JSON=1 for one object. The databases stay under var/benchmarks for the next time.
SIZE     ?= 10000
SIZES    ?= $(SIZE)
DATABASE ?= postgresql

.PHONY: bench bench-memory
bench: $(VENV)/.dev ## Measure every page with SIZE=10000 organizations, beside a floor page; SIZES=…, DATABASE=sqlite, JSON=1
	@$(BIN)/python -m benchmarks --sizes $(SIZES) --database $(DATABASE) --only "$(ONLY)" $(if $(JSON),--json)

bench-memory: $(VENV)/.dev ## Watch the memory of the server over 20,000 requests and an export of everything
	@$(BIN)/python -m benchmarks --sizes $(SIZES) --database $(DATABASE) --memory $(if $(JSON),--json)

# In this order they are cheapest first; all of them run, whichever fails.
CHECKS := lint types layers templates django docs house

.PHONY: check $(CHECKS:%=check-%)
check: $(VENV)/.dev ## Hold the code against its rules: style, types, layers, templates, settings, generated files
	@$(MAKE) --jobs=2 --output-sync=target --keep-going $(CHECKS:%=check-%)
	echo "All checks passed."

check-lint:
	@$(BIN)/ruff check --quiet --output-format concise .
	$(BIN)/ruff format --quiet --check .

check-types:
	@$(BIN)/mypy

check-layers:
	@$(BIN)/lint-imports --no-logo

check-templates:
	@$(BIN)/djlint --quiet --lint templates

PRODUCTION_LIKE := PRODUCTION=1 DEBUG= DEMO= ALLOWED_HOSTS=portal.example.org DATABASE_URL=postgres://portal@/portal \
  SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))')

check-django:
	@$(MANAGE) check --fail-level WARNING
	$(PRODUCTION_LIKE) $(MANAGE) check --deploy --fail-level WARNING
	$(MANAGE) makemigrations --check --dry-run

check-docs:
	@$(MANAGE) lifecycle_diagram --check
	$(MANAGE) who_may_do_what --check
	diff -u docs/api-schema.yml <($(MANAGE) spectacular --validate --fail-on-warn) || { echo "docs/api-schema.yml is old: make docs"; exit 1; }

check-house:
	@$(BIN)/python -m pytest tests/test_consistency.py

.PHONY: failover
failover: $(VENV)/.dev ## Kill a web process and the replica under load, and show that nothing is lost (a minute)
	@$(BIN)/python -m benchmarks.failover

.PHONY: format
format: $(VENV)/.dev ## Put the code in the shape that `make check` asks for
	@$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

.PHONY: docs
docs: $(VENV)/.dev ## Write the generated pages of docs/ anew: diagrams, who may do what, the API's schema
	@$(MANAGE) lifecycle_diagram
	$(MANAGE) who_may_do_what
	$(MANAGE) spectacular --validate --fail-on-warn --file docs/api-schema.yml

.PHONY: messages
messages: $(VENV)/.dev ## Gather what is to be translated (needs gettext), and compile what has been
	@if command -v xgettext >/dev/null; then $(MANAGE) makemessages --locale fr --locale ar --no-location --no-wrap --ignore 'tests/*'; fi
	$(BIN)/pybabel --quiet compile --use-fuzzy --domain django --directory locale

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

.PHONY: lock
lock: $(VENV)/.dev ## Write the lock files anew from pyproject.toml
	@$(LOCK) --group boot --output-file requirements/boot.lock
	$(LOCK) pyproject.toml --output-file requirements/runtime.lock
	$(LOCK) pyproject.toml --group dev --group browser --output-file requirements/dev.lock

.PHONY: clean
clean: ## Remove what was installed and cached; var/, with the database, stays
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
