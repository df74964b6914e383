"""Areas of the simulator's synthetic calls, in every language it has, against the simulator's own account."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest

from crawler.classify import classify
from search.records import Call
from tests.conftest import SHARED

LEAST = 0.95
AREAS = {"up": ["upskilling"], "re": ["reskilling"], "both": ["reskilling", "upskilling"], "other": []}
LANGUAGES = {"cz": "cs", "dk": "da", "ee": "et", "si": "sl", "ie": "en"}  # where the country's code is no language


@pytest.mark.shared
@pytest.mark.parametrize("snapshot", ["oracle_national.json", "oracle_national_2026-10-22.json"])
def test_areas_of_synthetic_calls(snapshot: str) -> None:
    portals = json.loads((SHARED / "portal_sim" / snapshot).read_text("utf-8"))["portals"]
    right: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for portal, told in portals.items():
        language = LANGUAGES.get(portal[:2], portal[:2])
        for number, truth in told.get("synthetic_truth", {}).items():
            entry = classify(
                Call(id=f"test:{number}", source="test", native_id=number, url="https://example.org", level="national",
                     title=truth["title"], lang=language)
            )  # fmt: skip
            right[language, truth["kind"]].append(entry.areas == AREAS[truth["kind"]])
    assert len({language for language, _ in right}) >= 19
    assert {key: sum(got) / len(got) for key, got in right.items() if sum(got) / len(got) < LEAST} == {}
