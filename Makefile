# make setup | demo | test | test-all | check | format | bench | soak | lock. Each sets up what it needs first.

# any Python from 3.11 to 3.14; PYTHON=… chooses another
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null && echo $$p && break; \
	done)
# a second PostgreSQL for `make test-all`; POSTGRES_BIN=… chooses another
POSTGRES_BIN ?= $(firstword $(wildcard /usr/lib/postgresql/1[5-9]/bin))
BIN := .venv/bin
UV ?= uv

.PHONY: setup demo test test-all check format docs bench soak lock

setup: .venv/.ready src/manystores/api/console/.ready

# the console, with the machine's Node.js from 20 on, else with a wheel of it
CONSOLE := $(shell find console -type f -not -path "console/node_modules/*")
src/manystores/api/console/.ready: $(CONSOLE) | .venv/.ready
	@PATH="$$(console/tooling/node-path $(BIN)/python):$$PATH" && cd console && \
		{ cmp -s package-lock.json node_modules/.locked || { echo "installing the console's packages" && npm ci --no-audit --no-fund --loglevel=error && cp package-lock.json node_modules/.locked; }; } && \
		echo "building the console" && npm run --silent build -- --logLevel warn
	@touch $@

.venv/.ready: requirements-dev.lock tests/clients/requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "manystores needs Python 3.11 to 3.14: install one, or say make PYTHON=/path/to/python" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv || \
		{ echo "can't make a virtual environment: on Debian and Ubuntu, apt-get install python3-venv" >&2; exit 1; }
	@echo "setting up .venv (the first time takes about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --upgrade --target .venv/clients -r tests/clients/requirements.lock
	@$(BIN)/python -m compileall -q src
	@echo "compiling the kernels"
	@$(BIN)/python -c "from manystores.api.warm_up import main; main()"
	@touch $@

demo: setup
	$(BIN)/manystores demo

test: setup
	$(BIN)/pytest -m "not slow and not browser" -n 2

# the whole suite on the embedded PostgreSQL comes last, so that its closing line is the last one
test-all: setup
	@test -n "$(POSTGRES_BIN)" || { echo "a second PostgreSQL is missing: apt-get install postgresql, or say make test-all POSTGRES_BIN=/path/to/bin" >&2; exit 1; }
	$(BIN)/pytest tests/integration tests/journeys -m "not slow and not browser" -n 2 --postgres-bin $(POSTGRES_BIN)
	$(BIN)/pytest tests/browser -n 2 --dist loadfile
	$(BIN)/pytest -m "not browser" -n 2

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@PATH="$$(console/tooling/node-path $(BIN)/python):$$PATH" && cd console && npm run --silent check
	$(BIN)/python -m manystores.core.settings | diff docs/settings.md - || { echo "run: make docs" >&2; exit 1; }
	$(BIN)/python -m manystores.cli.reference | diff docs/cli.md - || { echo "run: make docs" >&2; exit 1; }

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: setup
	$(BIN)/python -m manystores.core.settings > docs/settings.md
	$(BIN)/python -m manystores.cli.reference > docs/cli.md

bench: setup
	$(BIN)/python -m benchmarks

soak: setup
	$(BIN)/python -m benchmarks soak

LOCK := pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --quiet
lock:
	$(UV) $(LOCK) -o requirements.lock
	$(UV) $(LOCK) --group dev --group build -c requirements.lock -o requirements-dev.lock
	$(UV) pip compile tests/clients/requirements.in --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --quiet -o tests/clients/requirements.lock
