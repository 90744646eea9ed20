# What a newcomer needs: `make run`. What an engineer needs: `make check`, `make test`, `make bench`.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
unexport PYTHONDONTWRITEBYTECODE # compiled at the first start, read at every later one: it saves them five seconds

.PHONY: run setup setup-dev setup-spark check test bench lock messages clean

run: setup
	@$(BIN)/guanxi serve --demo

setup: $(VENV)/.installed
	@$(BIN)/python tools/build_front.py
	@$(BIN)/python tools/messages.py compile

$(VENV)/.uv: requirements/uv.txt
	@command -v $(PYTHON) >/dev/null || { echo "Guanxi needs Python 3.11 with venv and pip (Debian: apt install python3 python3-venv)."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/.installed: $(VENV)/.uv requirements/base.txt pyproject.toml
	@echo "Installing locked packages into $(VENV) …"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/base.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.installed-spark: $(VENV)/.installed-dev requirements/spark.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/spark.txt
	@touch $@

setup-dev: setup $(VENV)/.installed-dev

setup-spark: setup-dev $(VENV)/.installed-spark

check: setup-dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy src/guanxi
	@$(BIN)/guanxi makemigrations --check --dry-run
	@$(BIN)/python tools/openapi.py --check
	@$(BIN)/python tools/messages.py check
	@$(BIN)/python tools/settings_page.py --check

test: setup-dev
	@$(BIN)/python -m pytest $(if $(DATABASE_URL),,-n auto --maxprocesses 4 --dist loadfile)

bench: setup-dev
	@$(BIN)/python -m bench $(if $(BIG),--big)

# After changing requirements/*.in.
lock: $(VENV)/.uv
	@for name in base dev spark node uv; do \
	  $(BIN)/uv pip compile --quiet --python-version 3.11 --universal --generate-hashes --no-header \
	    --no-emit-index-url --no-emit-find-links requirements/$$name.in -o requirements/$$name.txt; done

# After changing words people see: take them up into src/guanxi/locale.
messages: setup-dev
	@$(BIN)/python tools/messages.py extract

clean:
	rm -rf $(VENV) node_modules src/guanxi/static/vendor .mypy_cache .ruff_cache .pytest_cache
