# The hotline's commands. Each makes .venv when it is missing and installs what changed; each may be run again without harm.
# Settings are given behind the command, for example `make start WEB_PORT=9000` (docs/operations.md lists them).
.DEFAULT_GOAL := help
.PHONY: help demo start stop status logs reset test lint bench venv venv-dev
MAKEFLAGS += --no-print-directory

PY := .venv/bin/python
embedded = $(PY) -m hotline.embedded

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | awk -F '\t' '{ printf "make %-8s %s\n", $$1, $$2 }'

demo: venv ## start everything, play the demo scenario, follow the logs; Ctrl-C stops everything
	@$(embedded) demo

start: venv ## start everything in the background; returns when it is ready
	@$(embedded) start

stop: ## stop what `make start` started
	@if [ -x $(PY) ]; then $(embedded) stop; else echo "was not running"; fi

status: venv ## one line for each process and each part
	@$(embedded) status

logs: venv ## follow the logs
	@$(embedded) logs

reset: venv ## stop and delete all data, after asking (FORCE=1 does not ask)
	@$(embedded) reset

test: venv-dev ## the whole test suite, with services of its own (T=path for a part)
	@$(PY) -m tests.chromium
	@$(PY) -m pytest -n auto --dist loadgroup $(T)

lint: venv-dev ## formatting, lint, types, import direction, migrations
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-cache
	@$(embedded) throwaway -- $(PY) manage.py makemigrations --check --dry-run

bench: venv-dev ## every measurement, short (BENCH=name for one, QUICK= for the long run)
	@$(PY) -m bench $(if $(filter undefined,$(origin QUICK)),--quick,$(QUICK)) $(BENCH)

venv:
	@sh hotline/embedded/install.sh requirements.txt

venv-dev: venv
	@sh hotline/embedded/install.sh requirements-dev.txt
