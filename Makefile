# Each target sets up what it needs: on a fresh clone `make demo` and `make test` are all there is to type.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
REPO ?= .

.PHONY: demo test proof knowledge guide bench ladder clean

demo: $(VENV)/installed  ## lint the demo system; succeeds only when everything planted in it is found
	$(BIN)/python -m tools.check_demo

test: $(VENV)/installed-for-tests  ## style, types, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

proof: test knowledge guide  ## everything that proves the product, also what takes long

knowledge: $(VENV)/installed  ## hold the knowledge files against the newest real packages
	$(BIN)/python -m tools.prove_knowledge

guide: $(VENV)/installed  ## follow the guide of CONTRIBUTING.md in a clone
	$(BIN)/python -m tools.follow_guide

bench: $(VENV)/installed  ## make bench REPO=dir: time and memory, and where they go
	$(BIN)/python -m tools.bench $(REPO)

ladder: $(VENV)/installed  ## make ladder REPO="dir dir": model calls found and resolved, against a census by name
	$(BIN)/python -m tools.ladder $(REPO)

clean:
	rm -rf $(VENV) build dist *.egg-info src/*.egg-info .mypy_cache .ruff_cache .pytest_cache

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/installed-for-tests: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group test
	@touch $@
