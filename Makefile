# The same words here and in CI. `make` alone says what there is; .ci/run calls exactly `make test`.
#
# Needs python3 (3.10+, with venv) and Node 20+. All else goes into .venv and js/node_modules.
# Each set-up step has a stamp beside what it made, so that nothing is done twice.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STEP := tools/step
PYTEST := $(PY) -m pytest
NPM := npm --prefix js --silent

# What the wheel is made of. The list itself is a file that changes when a source is added or removed.
SOURCES := $(shell find src js/src jupyter-config -type f \
	-not -path '*/static/*' -not -path '*/__pycache__/*' -not -name '*.test.ts' -not -name '*.test.tsx')
SOURCE_LIST := $(VENV)/.sources

.DEFAULT_GOAL := help
.PHONY: help setup check fix generate test demo dev bench chaos soak fuzz gallery clean FORCE

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ------------------------------------------------------------------------------------------------ set up

setup: $(VENV)/.deps js/node_modules/.package-lock.json $(VENV)/.wheel  ## everything that the other words need
	@$(STEP) -i "Install Chromium by hand, or set NBCHAT_CHROMIUM to the program." "chromium" $(PY) tools/chromium.py

$(VENV)/.made:
	@$(PYTHON) tools/preflight.py
	@$(STEP) -i "Debian and Ubuntu: apt-get install python3-venv; then run make again." "virtual environment" \
		$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.deps: pyproject.toml hatch_build.py $(VENV)/.made
	@$(STEP) -i "pip could not install the Python packages; the lines above say which." "python packages" \
		env NBCHAT_SKIP_JS=1 $(PY) -m pip install --quiet --disable-pip-version-check '.[dev]'
	@rm -f $(VENV)/.wheel
	@touch $@

js/node_modules/.package-lock.json: js/package.json js/package-lock.json
	@$(PYTHON) tools/preflight.py
	@$(STEP) -i "npm could not install the front end's packages; the lines above say which." "npm packages" \
		npm --prefix js ci --no-audit --no-fund --loglevel=error
	@touch $@

# The wheel, not an editable install: only a wheel places the server's configuration that turns the extension on.
$(VENV)/.wheel: $(VENV)/.deps js/node_modules/.package-lock.json $(SOURCE_LIST) $(SOURCES) js/build.mjs $(wildcard js/tools/*)
	@rm -rf dist
	@$(STEP) -i "The build hook is hatch_build.py, the front end's build js/build.mjs." "wheel" \
		$(PY) -m build --wheel --no-isolation --outdir dist .
	@$(STEP) "wheel installed" $(PY) -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall dist/nbchat-*.whl
	@touch $@

$(SOURCE_LIST): FORCE | $(VENV)/.made
	@echo '$(sort $(SOURCES))' | cmp -s - $@ || echo '$(sort $(SOURCES))' > $@

# ------------------------------------------------------------------------------------------------ check

# All of them run, also after one failed, so that one reading shows all that is wrong.
check: $(VENV)/.deps js/node_modules/.package-lock.json $(VENV)/.wheel  ## style, types, layers, generated files, sizes
	@ok=0; try() { $(STEP) "$$@" || ok=1; }; \
	try -i "make fix repairs what can be repaired by itself." "ruff check" $(VENV)/bin/ruff check --quiet .; \
	try -i "make fix" "ruff format" $(VENV)/bin/ruff format --check --quiet .; \
	try "mypy" $(VENV)/bin/mypy --no-error-summary; \
	try -i "docs/architecture.md says which layer may import which." "layers" env PYTHONPATH=src $(VENV)/bin/lint-imports; \
	try -i "make fix repairs what can be repaired by itself." "biome" $(NPM) run style; \
	try "tsc" $(NPM) run types; \
	try -i "make generate" "generated files" $(PY) tools/generate.py --check; \
	try -s "module length" $(PY) tools/lengths.py; \
	try -s "bundle size" $(PY) tools/bundle.py; \
	try -s "import time" $(PY) tools/import_time.py; \
	exit $$ok

fix: $(VENV)/.deps js/node_modules/.package-lock.json  ## let ruff and biome repair style
	@$(VENV)/bin/ruff check --quiet --fix . || true
	@$(VENV)/bin/ruff format --quiet .
	@$(NPM) run fix

generate: $(VENV)/.deps js/node_modules/.package-lock.json  ## schema, TypeScript types and tables from the protocol
	@$(PY) tools/generate.py

# ------------------------------------------------------------------------------------------------ run

# The tests with browsers wait much and the others little, so they run beside each other, those with browsers in two halves
# (tests/e2e/conftest.py says which test is in which). ARGS: one pytest with these.
test: setup check  ## set up, check, and every test that CI runs
	@$(STEP) -s "vitest" $(NPM) run test
	@$(STEP) -s "pytest" $(if $(ARGS),$(PYTEST) $(ARGS),$(PY) tools/beside.py "$(PYTEST) --ignore=tests/e2e" \
		"$(PYTEST) tests/e2e -m in_notebooks -o cache_dir=.pytest_cache/notebooks" \
		"$(PYTEST) tests/e2e -m 'not in_notebooks' -o cache_dir=.pytest_cache/pages")

demo: setup  ## JupyterLab with two people; CHECK=1 runs the story headless
	@$(PY) tools/demo.py $(if $(CHECK),--check)

dev: setup  ## JupyterLab on the sources, the front end built again on each change
	@$(PY) tools/dev.py

bench: setup  ## measure the page; ARGS="--write" puts the table into docs/bench.md
	@$(PY) -m bench $(ARGS)

bench-peers: setup  ## measure the hub beside its peers (20 min); ARGS="--quick" less, "--write" puts tables into the documents
	@$(PY) -m bench.hub $(ARGS)

chaos: setup  ## faults under load for MINUTES=10; ARGS="--seed 7 --chapters 1" repeats a plan
	@PYTHONPATH=src:tests $(PY) -m chaos --minutes $(or $(MINUTES),10) $(ARGS)

soak: setup  ## load for MINUTES=60: memory and file handles stay flat
	@PYTHONPATH=src:tests $(PY) -m chaos.soak --minutes $(or $(MINUTES),60) $(ARGS)

fuzz: setup  ## INPUTS=1000000 by chance for decoder, hub and link, then for the page's link; ARGS=SEED repeats
	@PYTHONPATH=src:tests $(PY) -m security.fuzz $(or $(INPUTS),1000000) $(ARGS)
	@NBCHAT_FUZZ=$(or $(INPUTS),1000000) NBCHAT_SEED=$(or $(ARGS),1) $(NPM) run test -- tests/client/fuzz.test.ts

gallery: setup  ## pictures of every state of the view, on one page: gallery/index.html
	@$(PY) tools/gallery.py gallery $(ARGS)

clean:  ## remove all that was made here
	rm -rf $(VENV) js/node_modules src/nbchat/widget/static dist .mypy_cache .ruff_cache .pytest_cache \
		.import_linter_cache .hypothesis tests/e2e/output bench/output gallery
	find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
