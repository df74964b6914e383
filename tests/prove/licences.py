"""The licences of everything that is installed, from its metadata: `python -m tests.prove.licences > docs/licences.md`."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from tests.prove.figures import ROOT

PAGE = ROOT / "docs" / "licences.md"
# What may come in: free licences that ask for their text and a notice. MPL-2.0 covers its own files only (certificates, tests).
ALLOWED = {
    "0BSD", "Apache Software License", "Apache-2.0", "BSD License", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "MIT", "MIT License", "MIT-0",
    "MPL-2.0", "Mozilla Public License 2.0 (MPL 2.0)", "PSF-2.0", "Python Software Foundation License", "ZPL-2.1", "Zlib",
}  # fmt: skip
# For development only, and not part of what is handed on.
ALSO_FOR_DEVELOPMENT = {"LGPL-3.0-only"}
# The metadata of these state none; whoever added a line here has read the file named.
READ = {"axe-playwright-python": "MIT"}  # its LICENSE


def locked(name: str) -> dict[str, str]:
    """The packages of a lock: name -> the versions, several where they depend on the machine."""
    found: dict[str, str] = {}
    for package, version in re.findall(r"^([a-z0-9][\w.\-]*)==([^\s;\\]+)", (ROOT / name).read_text(encoding="utf-8"), re.M):
        found[package] = f"{found[package]}, {version}" if package in found else version
    return found


def licence(found: Distribution) -> str:
    """What a package states about its licence: the expression, else its classifiers, else its own words."""
    stated = found.metadata.get("License-Expression")
    classes = [line.split(" :: ")[-1] for line in found.metadata.get_all("Classifier") or [] if line.startswith("License ::")]
    words = (found.metadata.get("License") or "").splitlines()
    return stated or " AND ".join(classes) or (words[0][:60] if words else "") or READ.get(found.metadata["Name"], "not stated")


def unexpected(stated: str, development: bool) -> bool:
    """Whether a licence may not come in: one of several that all hold, or all of those one may choose from."""
    allowed = ALLOWED | (ALSO_FOR_DEVELOPMENT if development else set())
    return not all(any({part.strip(), part.strip("() ")} & allowed for part in one.split(" OR ")) for one in stated.split(" AND "))


def rows() -> list[tuple[str, str, str, bool]]:
    """(package, version, licence, whether for development only) of all that is locked and installed here."""
    running, everything = locked("requirements.lock"), locked("requirements-dev.lock")
    found = []
    for name in sorted(everything | running):
        try:
            installed = distribution(name)
        except PackageNotFoundError:  # for another system, such as Windows
            continue
        found.append((name, (everything | running)[name], licence(installed), name not in running))
    return found


def markdown() -> str:
    """The page."""
    lines = [
        "# Licences of what is installed",
        "",
        "Written by `python -m tests.prove.licences` from what each package states; a test keeps it so, and lets no other licence in.",
        "The project itself: Apache-2.0. Its data: NOTICE.",
    ]
    for title, development in (("To run", False), ("For development", True)):
        lines += ["", f"## {title}", "", "| package | version | licence |", "|---|---|---|"]
        lines += [f"| {name} | {version} | {stated} |" for name, version, stated, only in rows() if only is development]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(markdown(), end="")
