# Everything starts here, with Python and make and nothing else.  `make help` lists the targets.
# Kept to what GNU make 3.81 and a POSIX shell know, since that is what a Mac has.

VENV  := .venv
BIN   := $(VENV)/bin
STAMP := $(VENV)/.setup-done
SITE  := .venv-site

# The Python to build .venv with: the first of these that is 3.11, 3.12, 3.13 or 3.14.
# To choose another: make setup PYTHON=/path/to/python3.12
PYTHON := python3 python3.14 python3.13 python3.12 python3.11 python

# Run a command of .venv as if it were activated: nbgrader looks for `alembic` on the PATH, and
# Jupyter for its kernels' Python.
RUN := PATH="$(CURDIR)/$(BIN):$$PATH"

# Packages that lie elsewhere would come before those of .venv.
unexport PYTHONPATH PYTHONHOME

.DEFAULT_GOAL := help
.PHONY: help setup lab demo test test-exercise test-load test-reach test-systems site bench handout lint format check-notebooks build lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

setup: $(STAMP) ## build .venv with the tested set of packages

lab: setup ## open JupyterLab on your copy of the labs (my_labs/)
	$(RUN) $(BIN)/lifkit lab

demo: setup ## grade a sample class, from release to feedback
	$(RUN) $(BIN)/python -m solutions.demo

test: lint ## format, lint and type checks, then every test
	$(RUN) $(BIN)/python -m pytest -n auto --dist loadfile

test-exercise: setup ## test one exercise: make test-exercise X=firing_rate
	@$(RUN) $(BIN)/python -m lifkit_staff.authoring.check "$(X)"
	$(RUN) $(BIN)/python -m pytest -q --tb=short -k "[$(X)]" \
	    tests/test_every_exercise.py tests/test_every_report.py

test-load: setup ## grade the attacks with 1, 2, 8 jobs and on a busy machine (an hour)
	$(RUN) $(BIN)/python -m pytest -m load tests/grading/test_load.py

test-reach: setup $(SITE)/.done ## run the labs in a browser's kernel, from a site that is built for it
	$(RUN) $(BIN)/python -m pytest -m reach tests/reach

# PYODIDE: where visitors' browsers get Pyodide, an address or a folder that is copied into the site.
site: setup $(SITE)/.done ## build the site in _site/: its pages, and the labs in a browser
	$(RUN) $(BIN)/lifkit site _site $(if $(PYODIDE),--pyodide "$(PYODIDE)")

test-systems: setup ## run the README's commands on bare Debian systems (as root, before a release)
	$(RUN) $(BIN)/python -m pytest -m systems -s tests/systems

bench: setup ## print the benchmark tables
	$(RUN) $(BIN)/python -m benchmarks

# SELF_STUDY=1: the one for who studies alone, with solutions and model answers.
handout: setup ## write what a student gets: a wheel and a zip of the labs
	$(RUN) $(BIN)/lifkit handout $(if $(filter 1,$(SELF_STUDY)),--self-study)

build: setup ## rebuild keys and student notebooks from solutions/
	$(RUN) $(BIN)/lifkit build

lint: setup ## check format, lint and types, changing nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: setup ## format the code and mend what ruff can mend
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

check-notebooks: setup ## check that notebooks are stored clean (no outputs, whole links)
	$(RUN) $(BIN)/python -m pytest -q tests/test_repository.py

# LOCK=--upgrade moves every package to its newest version; without it only what must move moves.
# One version for all Pythons (fewest), so that a class computes with one numpy.
lock: setup ## make requirements.txt anew from pyproject.toml (LOCK=--upgrade for newest)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	    --all-extras --generate-hashes --custom-compile-command "make lock" $(LOCK) \
	    --output-file requirements.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	    --group site --generate-hashes --custom-compile-command "make lock" $(LOCK) \
	    --output-file requirements-site.txt

clean: ## remove what can be made again; never my_labs/, submissions or gradebooks
	rm -rf $(VENV) $(SITE) _site dist handout demo_course .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# JupyterLite and Sphinx, in an environment without nbgrader.
$(SITE)/.done: requirements-site.txt | setup
	$(BIN)/python -m venv --clear $(SITE)
	$(SITE)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-site.txt
	@touch $@

# The stamp holds the folder it was made in.  A folder that was moved, a set-up that was broken off and
# a .venv whose Python is gone (or is another user's) are set up from scratch: the scripts in .venv name
# their interpreter by its full path.
ifneq ($(shell $(BIN)/python -I -c '' 2>/dev/null && cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
endif

$(STAMP): requirements.txt pyproject.toml
	@sh setup.sh $(PYTHON)
	@$(if $(PYTHONPATH),echo "Note: PYTHONPATH is set. make leaves it out; unset it before you run lifkit without make.")
