"""The search against other engines on one corpus, printed, never tested: `python -m tests.bench_search` (make bench-search)."""
