"""Proofs of reliability and security: long runs whose figures go to docs/reliability.md. `make prove`, or `make prove PART=crash`."""
