# What one types to work on Saldo. Each target makes its own environment first; see scripts/setup.sh.
.PHONY: run demo-mail test check bench faults messages format lock

run: ## the demo marketplace on http://127.0.0.1:8000 (PORT changes it); Ctrl-C stops it
	@scripts/setup.sh run
	@exec .venv/bin/python scripts/run.py

demo-mail: ## good and bad mails to the mailroom of the marketplace that `make run` runs
	@scripts/setup.sh run
	@SALDO_LOCAL=1 .venv/bin/python manage.py demo_mail

test: ## all tests on both engines; ARGS="tests/orders -k intake" narrows them
	@scripts/setup.sh test
	@scripts/test.sh all $(ARGS)

check: ## format, lint, types, import contracts, missing migrations and translations
	@scripts/setup.sh test
	@scripts/check.sh

bench: ## the benchmarks, as ratios
	@scripts/setup.sh test
	@.venv/bin/python -m tests.bench $(ARGS)

faults: ## kill processes and servers, ROUNDS rounds long; SEED=7, ARGS="--kills 1000 --only killed" (see --help)
	@scripts/setup.sh test
	@.venv/bin/python -m tests.faults.harness --rounds $(or $(ROUNDS),200) --seed $(or $(SEED),1) --controls $(ARGS)

messages: ## bring the translation catalogues up to date with the source
	@scripts/setup.sh test
	@.venv/bin/python scripts/messages.py

format: ## lay out the source as `make check` wants it
	@scripts/setup.sh test
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format --quiet .

lock: ## resolve the packages anew
	@scripts/lock.sh
