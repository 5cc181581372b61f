# `make run` starts Flightplan, `make test` checks everything. Paths are relative: the folder's own path may hold spaces.

VENV := .venv
PYTHON := $(VENV)/bin/python
PYTHONS := python3.11 python3.12 python3.13 python3
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

.PHONY: run setup test bench stop clean

run: setup
	@exec $(PYTHON) app.py

setup: $(VENV)/requirements.stamp

test: $(VENV)/requirements-dev.stamp
	@$(PYTHON) -m tests.chromium
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(VENV)/bin/lint-imports
	$(PYTHON) -m pytest -n 3 --dist worksteal  # one more than two cores: browsers and killed servers wait a third of the time

bench: $(VENV)/requirements-dev.stamp
	@$(PYTHON) -m tests.bench

stop:
	@test ! -x $(PYTHON) || $(PYTHON) app.py stop

$(PYTHON):
	@found=; for python in $(PYTHONS); do \
	  if command -v $$python >/dev/null 2>&1 && $$python -c '$(NEW_ENOUGH)'; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo "Flightplan needs Python 3.11 or newer; none was found."; exit 1; fi; \
	echo "Making $(VENV) with $$found"; \
	$$found -m venv $(VENV) >/dev/null 2>&1 && exit 0; \
	rm -rf $(VENV); \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  echo "Installing python3-venv, which Debian keeps apart"; \
	  (apt-get update -qq && apt-get install -y -qq python3-venv) >/dev/null 2>&1 || true; \
	fi; \
	$$found -m venv $(VENV) || { rm -rf $(VENV); echo "Making $(VENV) failed; on Debian and Ubuntu: apt install python3-venv"; exit 1; }

$(VENV)/requirements.stamp: requirements.txt constraints.txt | $(PYTHON)
	@echo "Installing what requirements.txt names; this takes a few minutes the first time"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore -r requirements.txt -c constraints.txt
	@$(PYTHON) -m agents.builtin
	@touch $@

$(VENV)/requirements-dev.stamp: requirements-dev.txt $(VENV)/requirements.stamp
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore -r requirements-dev.txt -c constraints.txt
	@touch $@

clean: stop
	rm -rf $(VENV) artifacts .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
