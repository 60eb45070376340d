# Two commands are all a newcomer needs: `make demo` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEMO ?= runs/demo
PORT ?= 8080

.PHONY: demo test check fix bench docs encoder browser postgresql clean

$(BIN)/dragoman: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --editable .

$(VENV)/.dev: pyproject.toml $(BIN)/dragoman
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@

demo: $(BIN)/dragoman  ## install, load the demo shop, serve its page
	$(BIN)/dragoman --config data/sample/dragoman.toml --shop $(DEMO) ingest data/sample/products.jsonl.gz data/sample/sellers.jsonl
	$(BIN)/dragoman --config data/sample/dragoman.toml --shop $(DEMO) events data/sample/events.jsonl.gz
	$(BIN)/dragoman --config data/sample/dragoman.toml --shop $(DEMO) serve --port $(PORT)

test: $(VENV)/.dev browser postgresql  ## install and pass the tests
	$(BIN)/pytest -q -n 4 --dist worksteal

check: $(VENV)/.dev  ## format, lint, types, layers, docs fresh
	$(BIN)/ruff format --check src tests bench examples recipes
	$(BIN)/ruff check src tests bench examples recipes
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/generate.py --check

fix: $(VENV)/.dev  ## format and mend what can be mended
	$(BIN)/ruff format src tests bench examples recipes
	$(BIN)/ruff check --fix src tests bench examples recipes
	$(BIN)/python docs/generate.py

docs: $(VENV)/.dev  ## write the generated parts of the docs
	$(BIN)/python docs/generate.py

encoder: $(VENV)/.dev  ## train the shipped adapter again: about fifty minutes on two cores, resumable
	$(BIN)/dragoman train recipes/teacher.toml
	$(BIN)/dragoman train recipes/encoder.toml
	$(BIN)/python recipes/ship.py runs/encoder/learned src/dragoman/backends/encoders/adapters/shopping \
	  --weigh 16:0.5 32:0.7

bench: $(VENV)/.dev  ## print the figures of docs/benchmarks.md
	bash bench/all.sh

browser:  ## a headless browser and fonts for the page's tests, where the machine lacks them
	bash tests/install_browser.sh

postgresql:  ## a PostgreSQL server that the journal's tests start for themselves, where the machine lacks it
	bash tests/install_postgresql.sh

clean:
	rm -rf $(VENV) runs
