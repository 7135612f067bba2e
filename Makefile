# Two commands are the whole set-up: `make demo` and `make test`. Needed: git, make, Python 3.11, the package registries.
SHELL := /bin/bash
UV_VERSION := 0.13.9
SCHEMATHESIS_VERSION := 4.32.5
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
PY := .venv/bin/python
READY := .venv/.ready
FUZZER := .tools/schemathesis/.ready
QUIET := PYTHONWARNINGS=ignore TF_CPP_MIN_LOG_LEVEL=3 SQLALCHEMY_SILENCE_UBER_WARNING=1 RASA_TELEMETRY_ENABLED=false

export BALIE_PORT := $(or $(PORT),$(BALIE_PORT))

.PHONY: help demo test check evaluate benchmark lock clean
help:            ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(READY)   ## install, train if needed, start everything on this machine (PORT=8080)
	@.venv/bin/balie demo

test: $(READY) $(FUZZER) ## all tests, with a real browser and a real Redis
	@$(PY) -m tests.browser
	@$(if $(ARGS),.venv/bin/balie train && $(PY) -m pytest -q $(ARGS),$(PY) -m tests.side_by_side)

check: $(READY)  ## ruff, mypy, import-linter, rasa data validate
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-cache
	@$(QUIET) $(PY) -m rasa data validate --fail-on-warnings > results/validate.log 2>&1 || { tail -40 results/validate.log; exit 1; }
	@echo "rasa data validate: no problems found"

evaluate: $(READY) ## how well questions are understood, beside stock Rasa (STOCK_EPOCHS=5; 100 is stock, 0 none)
	@$(QUIET) $(PY) -m benchmarks.understanding $(if $(STOCK_EPOCHS),--stock-epochs $(STOCK_EPOCHS))

benchmark: $(READY) ## turns per second and their cost, beside stock Rasa, in one run
	@$(QUIET) $(PY) -m benchmarks.serving

lock: .tools/bin/uv ## resolve the dependencies anew
	@$(UV) lock --upgrade -q && $(UV) export -q --no-emit-project --all-groups --no-header --no-annotate --format requirements-txt -o requirements.lock
	@echo schemathesis==$(SCHEMATHESIS_VERSION) | $(UV) pip compile -q --upgrade --generate-hashes --python-version 3.11 \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links -o requirements-schemathesis.lock -

clean:           ## remove everything that was made here, conversations of the demonstration included
	rm -rf .venv .tools .rasa models var results .mypy_cache .ruff_cache .pytest_cache

$(READY): requirements.lock pyproject.toml
	@command -v python3.11 >/dev/null || { echo "Python 3.11 is needed and python3.11 is not on the PATH."; exit 1; }
	@[ -x "$(UV)" ] || command -v $(UV) >/dev/null || $(MAKE) --no-print-directory .tools/bin/uv
	@echo "Installing the dependencies…"
	@[ -x $(PY) ] || $(UV) venv -q --python 3.11 .venv
	@$(UV) pip sync -q --python $(PY) --require-hashes requirements.lock \
	  && $(UV) pip install -q --python $(PY) --no-deps -e . \
	  || { echo "The dependencies could not be installed. Is a package registry within reach, and is there 3 GB of disk?"; exit 1; }
	@mkdir -p results && touch $@

# Tests the API from its document. What it needs doesn't fit beside Rasa, so it has an environment of its own.
$(FUZZER): requirements-schemathesis.lock | $(READY)
	@$(UV) venv -q --clear --python 3.11 $(@D)
	@$(UV) pip sync -q --python $(@D)/bin/python --require-hashes $< \
	  || { echo "Schemathesis, which tests the API, could not be installed. Is a package registry within reach?"; exit 1; }
	@touch $@

.tools/bin/uv:
	@echo "Bringing uv…"
	@python3.11 -m venv .tools && .tools/bin/pip install -q uv==$(UV_VERSION) \
	  || { echo "uv could not be installed: is a package registry within reach, and does Python 3.11 have its venv module?"; exit 1; }
