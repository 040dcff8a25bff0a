# Two commands do everything on a machine with Python >= 3.11 and make:  make run   make test
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
STAMP := $(VENV)/.synced

.PHONY: run test check lint types data bench bench-pipeline bench-loads bench-supply bench-assets bench-dashboard docs site clean

run: $(STAMP)
	$(BIN)/gridroom run

test: $(STAMP)
	@sh tools/browser.sh
	$(MAKE) --no-print-directory lint
	$(BIN)/pytest -n auto --dist loadfile

check: test

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy

data: $(STAMP)
	$(BIN)/python tools/derive.py

bench: $(STAMP)
	$(BIN)/python benchmarks/speed.py --peers

bench-pipeline: $(STAMP)
	$(BIN)/python benchmarks/pipeline.py --peers --large

bench-loads: $(STAMP)
	$(BIN)/python benchmarks/loads.py

bench-supply: $(STAMP)
	$(BIN)/python benchmarks/supply.py --peers --long

bench-assets: $(STAMP)
	$(BIN)/python benchmarks/assets.py

bench-dashboard: $(STAMP)
	$(BIN)/python benchmarks/dashboard.py

docs: $(STAMP)
	$(BIN)/python tools/compute_cases.py
	$(BIN)/python tools/validity.py
	$(BIN)/python tools/rooms.py
	$(BIN)/python tools/claims.py

site: $(STAMP)
	$(BIN)/zensical build --clean

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache

# uv comes from PyPI into the project's own environment; everything else from uv.lock. Compiled once, so that no start compiles again.
$(STAMP): pyproject.toml uv.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "gridroom needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	test -x $(UV) || $(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.8"
	UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=$(VENV) $(UV) sync --frozen --quiet --compile-bytecode --python $(BIN)/python
	$(BIN)/python -m compileall -q src
	touch $@
