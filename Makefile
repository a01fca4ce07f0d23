# smtplab: `make lab` to learn, `make test` to check everything, `make help` for the rest.
# A virtual environment is made in $(VENV) and renewed only when pyproject.toml or constraints.txt has changed.

VENV ?= .venv
DIR ?= smtplab-notebooks
PORT ?=
ARGS ?=

python := $(VENV)/bin/python
# The build tool is bound to the exact versions too: older pips read the first variable, newer ones the second.
install := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt \
	$(python) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# Two test processes side by side; a file stays in one of them, for what its tests share.
workers := -n 2 --dist loadfile -p no:cacheprovider

.PHONY: lab test test-ipykernel6 bench bench-click bench-server interop lint format notebooks concepts wheel help clean

# JupyterLab on notebook 01. DIR=notebooks works on the shipped notebooks themselves, for authors.
lab: $(VENV)/installed
	@exec $(python) -m smtplab lab --dir "$(DIR)" $(if $(PORT),--port $(PORT)) -- $(ARGS)

# Everything: style, types, unit, property and oracle tests, every notebook, the browser. All parts run, then it fails or not.
test: $(VENV)/installed-for-tests
	@failed=; data=$$(mktemp -d); trap 'rm -rf "$$data"' EXIT; export SMTPLAB_DATA="$$data"; \
	step() { echo; echo "== $$1"; shift; "$$@" || failed=yes; }; \
	step "style" $(MAKE) --no-print-directory lint; \
	step "unit, property and oracle tests" $(python) -m pytest $(workers) tests --ignore tests/browser; \
	step "notebooks" $(python) -m pytest --nbval -p no:cacheprovider notebooks; \
	step "browser" $(python) -m pytest $(workers) tests/browser; \
	step "widgets with ipykernel 6" $(MAKE) --no-print-directory test-ipykernel6; \
	test -z "$$failed"

# The widgets' and threads' tests once more, in an environment of their own with ipykernel 6, which has other threads.
test-ipykernel6: $(VENV)-ipykernel6/installed
	@$(VENV)-ipykernel6/bin/python -m pytest -p no:cacheprovider tests/widgets tests/browser/test_threads.py

# Every benchmark: click to paint as ratios to a bare button, then the server. About eight minutes, on a quiet machine.
bench: $(VENV)/installed-for-tests
	@$(python) -m benchmarks.click
	@$(python) -m benchmarks.server

# The server alone, against aiosmtpd and Postfix's smtp-sink: three minutes. ARGS='throughput --rounds 9 --json out.json'
bench-server: $(VENV)/installed-for-tests
	@$(python) -m benchmarks.server $(ARGS)

# Click to paint alone. ARGS='--json out.json'
bench-click: $(VENV)/installed-for-tests
	@$(python) -m benchmarks.click $(ARGS)

# Five tables: real mail programs, each sending the same letter, and fetching it (docs/clients.md); our answers beside those
# of real servers (docs/differences.md); what each fault does to real programs (docs/faults.md); and how they come through
# the gauntlet (docs/gauntlet.md). All are printed, then it fails or not.
interop: $(VENV)/installed-for-tests
	@failed=; \
	table() { echo; echo "== $$1"; shift; "$$@" || failed=yes; }; \
	table "clients" $(python) -m tests.interop.clients; \
	table "clients that fetch" $(python) -m tests.interop.readers; \
	table "recorded servers" $(python) -m tests.interop.corpus; \
	table "faults" $(python) -m tests.interop.faulted; \
	table "gauntlet" $(python) -m tests.interop.gauntlet; \
	test -z "$$failed"

# Style and types alone.
lint: $(VENV)/installed-for-tests
	@$(python) -m ruff check .
	@$(python) -m ruff format --check .
	@$(python) -m basedpyright

# Style, mended where that can be done by machine.
format: $(VENV)/installed-for-tests
	$(python) -m ruff check --fix .
	$(python) -m ruff format .

# Run every notebook and store its outputs, the same on every machine; their links first.
notebooks: $(VENV)/installed-for-tests
	$(python) -m tests.notebooks.links
	$(python) -m tests.notebooks.store $(wildcard notebooks/*.ipynb)

# What is taught where, from the tags of notebooks and exercises: docs/concepts.md. And the links.
concepts: $(VENV)/installed-for-tests
	$(python) -m tests.notebooks.links
	$(python) -m tests.notebooks.concepts

# A wheel in dist/, with the notebooks in it.
wheel: $(VENV)/installed-for-tests
	$(python) -m build --wheel

# Remove what make made, but never the learner's copy of the notebooks.
clean:
	rm -rf $(VENV) .pyodide dist build

help:
	@echo "make lab        open JupyterLab on notebook 01  (DIR=folder  PORT=number  ARGS='for jupyter lab')"
	@echo "make test       every test  (PYTHON=python3.12 VENV=.venv-3.12 for another Python)"
	@echo "make bench      figures: click to paint, and the server  (make bench-click, make bench-server for one of them)"
	@echo "make interop    tables: real mail programs that send and fetch, recorded servers, each fault, the gauntlet"
	@echo "make lint       style and types;  make format mends what can be mended"
	@echo "make notebooks  run the notebooks and store their outputs"
	@echo "make concepts   docs/concepts.md from the tags, and the links between notebooks"
	@echo "make wheel      dist/smtplab-*.whl"
	@echo "make clean      remove $(VENV), .pyodide, dist and build"

# The environment ----------------------------------------------------------------------------------------------------

$(VENV)/installed: $(python) pyproject.toml constraints.txt
	@echo "smtplab: installing what it needs into $(VENV) (once)"
	@$(install) --editable .
	@touch $@

$(VENV)/installed-for-tests: $(VENV)/installed
	@echo "smtplab: installing what its tests need into $(VENV) (once)"
	@$(install) --editable ".[test]"
	@touch $@

$(VENV)-ipykernel6/installed: $(VENV)/installed-for-tests
	@echo "smtplab: installing a second environment with ipykernel 6 into $(VENV)-ipykernel6 (once)"
	@$(python) -m venv --clear $(VENV)-ipykernel6
	@{ grep -v '^ipykernel==' constraints.txt; echo 'ipykernel==6.31.0'; } > $(VENV)-ipykernel6/constraints.txt
	@PIP_CONSTRAINT=$(VENV)-ipykernel6/constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt \
		$(VENV)-ipykernel6/bin/python -m pip install --quiet --disable-pip-version-check \
		--constraint $(VENV)-ipykernel6/constraints.txt --editable . pytest playwright hypothesis nbformat nbclient
	@touch $@

$(python):
	@for candidate in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python); do \
		if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			$$candidate -c 'import ensurepip, venv' 2>/dev/null || { \
				echo "smtplab: $$candidate has no venv module; on Debian or Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }; \
			echo "smtplab: making $(VENV) with $$($$candidate --version)"; \
			$$candidate -m venv --clear $(VENV) && exit 0; \
			rm -rf $(VENV); exit 1; \
		fi; \
	done; \
	echo "smtplab: no Python 3.11 or later found ($(or $(PYTHON),python3); name one: make lab PYTHON=/path/to/python3)" >&2; exit 1
