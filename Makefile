# Everything a stranger needs, in two commands: `make tonight` and `make test`.
# The set-up is kept in .venv and costs no time after the first run; only the first needs a network.

BIN := .venv/bin
PYTEST := $(BIN)/pytest
AT_ONCE := -n 3 --dist loadfile --no-loadscope-reorder

# One part of the checks: its name, its command, and what to do when it fails.
define part
@echo "· $(1)"; $(2) || { echo; echo "Stopped at: $(1). $(3)"; exit 1; }
endef

.DEFAULT_GOAL := help
.PHONY: help tonight serve test prove clean ready-to-run ready-to-test statics

help: ## what you can do here (this list)
	@echo "Evenfall, the open bedtime system."
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

tonight: ready-to-run ## a whole evening, night and morning on this machine, simulated and marked so
	@$(BIN)/evenfall demo

serve: ready-to-run ## your own home's pages on this machine, until Ctrl-C; OPEN=--home opens them to the house
	@$(BIN)/evenfall serve $(OPEN)

test: statics ## every check a change must pass, stopping at the first that fails
	$(call part,tests,$(PYTEST) $(AT_ONCE) -m "not prove",Read the first failure above; to run it alone: $(PYTEST) path::name)
	@echo "All of it holds."

prove: statics ## the same, and the long proofs that `make test` leaves out
	$(call part,tests and long proofs,$(PYTEST) $(AT_ONCE) -m "prove or not prove",Read the first failure above; to run it alone: $(PYTEST) path::name)
	@echo "All of it holds, the long proofs too."

clean: ## remove what was made here: .venv and caches, never a home's own data
	@rm -rf .venv build dist .coverage
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Clean."

statics: ready-to-test
	$(call part,style (ruff check),$(BIN)/ruff check --quiet,Much of it mends itself: $(BIN)/ruff check --fix)
	$(call part,layout (ruff format),$(BIN)/ruff format --check --quiet,It mends itself: $(BIN)/ruff format)
	$(call part,types (mypy),$(BIN)/mypy --no-error-summary,The lines above say where and what type was expected.)
	$(call part,layers (lint-imports),$(BIN)/lint-imports --no-logo >.venv/layers.txt || { cat .venv/layers.txt; false; },ARCHITECTURE.md has the picture of what may import what.)

ready-to-run:
	@sh tools/prepare run

ready-to-test:
	@sh tools/prepare test
