"""Run proofs by name, print their figures, write them to docs/reliability.md: `python -m tests.prove [PART…] [--quick]`.

A part is a module of this package with `figures(quick) -> Iterator[Figure]`. --quick: a short sample, not written down.
Exit codes: 0 everything holds; 1 something does not; 2 no such part.
"""

from __future__ import annotations

import sys
import time
from importlib import import_module

from tests.prove.figures import Figure, write

PARTS = ("crash", "sources", "web", "load", "supply", "privacy")


def prove(part: str, quick: bool) -> bool:
    """Run one part; whether all of it holds."""
    print(f"{part}:", flush=True)
    started, found = time.monotonic(), list[Figure]()
    for figure in import_module(f"tests.prove.{part}").figures(quick):
        found.append(figure)
        print(f"  {'ok ' if figure.holds else 'NOT'} {figure.what}: {figure.found}", flush=True)
    print(f"  {time.monotonic() - started:.0f} s", flush=True)
    if not quick:
        write(part, found)
    return all(figure.holds for figure in found)


def main(arguments: list[str]) -> int:
    quick = "--quick" in arguments
    asked = [argument for argument in arguments if argument != "--quick"] or list(PARTS)
    if unknown := [part for part in asked if part not in PARTS]:
        print(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    held = [prove(part, quick) for part in asked]  # all of them, whatever the first one says
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
