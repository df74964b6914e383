# The two commands a newcomer needs: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000

.PHONY: help install run test axe-all test-scale prove-scale lint types check bench bench-search bench-web bench-crawl bench-labels bench-backup audit prove quality sweep screenshots messages lock browser clean

help:  ## What there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

# One stamp per lock: an unchanged lock installs nothing.
$(VENV)/run.stamp: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name it with make PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

install: $(VENV)/run.stamp  ## Make .venv with the funding command

run: install  ## Crawl the bundled sample records offline, publish, serve on http://127.0.0.1:8000
	$(BIN)/funding --data var/demo demo --port $(PORT)

browser:  ## Chromium for the browser tests (Debian, as root)
	@tools/install-browser

WORKERS ?= 2

test: $(VENV)/dev.stamp browser  ## All tests, files side by side in WORKERS processes
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

axe-all: $(VENV)/dev.stamp browser  ## Accessibility of every page type in all 24 languages, phone and desk, light and dark
	$(BIN)/python -m pytest -q -n $(WORKERS) -m axe_all

test-scale: $(VENV)/dev.stamp  ## The store's tests on PostgreSQL and the search's on OpenSearch; both are installed, started and stopped
	@tools/install-postgresql
	@tools/install-opensearch
	$(BIN)/python -m pytest -m scale

prove-scale: $(VENV)/dev.stamp  ## Three OpenSearch nodes against the embedded engine over SIZE generated entries of WORDS words, and killed under load, printed
	@tools/install-opensearch
	$(BIN)/python -m tests.scale.prove $(or $(SIZE),1000000) $(WORDS)

lint: $(VENV)/dev.stamp  ## Linter and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp  ## Type checker
	$(BIN)/mypy

check: lint types test  ## What CI runs, but for test-scale

bench-crawl: $(VENV)/dev.stamp  ## 26 sources against the simulator beside the project: calls a second, memory, printed
	$(BIN)/python -m tests.bench_crawl

bench-search: $(VENV)/dev.stamp  ## The search against Tantivy, SQLite FTS5 and plain Whoosh over SIZE generated entries, printed (BENCH: more arguments)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --group bench
	$(BIN)/python -m tests.bench_search $(or $(SIZE),10000) $(BENCH)

bench-web: $(VENV)/dev.stamp  ## The search page of one worker over SIZE generated entries, beside the same pages without any search, printed (FOLDER: of bench-search)
	$(BIN)/python -m tests.bench_web $(or $(SIZE),10000) --folder $(or $(FOLDER),var/bench)

bench: $(VENV)/dev.stamp  ## Timings of start and search page, printed
	$(BIN)/python -m tests.bench

bench-backup: $(VENV)/dev.stamp  ## SIZE generated calls saved and restored, every row compared, printed
	$(BIN)/python -m tests.bench_backup $(or $(SIZE),50000)

bench-labels: $(VENV)/dev.stamp  ## Timings of the labels, printed
	$(BIN)/python -m tests.bench_labels

audit: $(VENV)/dev.stamp  ## Known vulnerabilities of what is locked (asks the package index)
	$(BIN)/uv tool run --quiet --from 'pip-audit>=2.9' pip-audit -r requirements.lock --require-hashes --disable-pip --strict

prove: $(VENV)/dev.stamp browser  ## Proofs of reliability and security, figures in docs/reliability.md (PART=crash, sources, web, load, supply, privacy)
	$(BIN)/python -m tests.prove $(PART)

quality: $(VENV)/dev.stamp  ## Scores of labels and searches on the judged documents beside the project, in docs/quality.md (ACCEPT=1: take them as the new baseline)
	$(BIN)/funding quality --docs ../shared/gold/docs.jsonl --labels ../shared/gold/labels_dev.jsonl \
		--queries ../shared/gold/queries_dev.jsonl --out var/quality --scorer ../shared/gold/score.py \
		--page docs/quality.md --baseline tests/quality_baseline.json $(if $(ACCEPT),--accept)

sweep: $(VENV)/dev.stamp  ## The numbers of the ranking changed one by one on the judged documents, in docs/search.md
	$(BIN)/python -m cli.search_sweep ../shared/gold/docs.jsonl ../shared/gold/queries_dev.jsonl ../shared/gold/score.py docs/search.md

screenshots: $(VENV)/dev.stamp browser  ## Pictures of the pages at phone and desk width, in var/screenshots
	$(BIN)/python -m tests.screenshots var/screenshots

messages: $(VENV)/dev.stamp  ## Texts of the interface gathered for translators, the catalogues brought up to date
	$(BIN)/python tools/messages.py

LOCK := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --no-header --upgrade --group build

lock: $(VENV)/dev.stamp  ## Lock the newest fitting versions with hashes
	$(BIN)/$(LOCK) --output-file requirements.lock
	$(BIN)/$(LOCK) --group dev --constraints requirements.lock --output-file requirements-dev.lock
	$(MAKE) $(VENV)/dev.stamp
	$(BIN)/python -m tests.prove.licences > docs/licences.md

clean:  ## Remove the environment and the data folder
	rm -rf $(VENV) var
