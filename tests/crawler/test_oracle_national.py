"""The national portals against the simulator's own account of them: nothing missing, twice or invented, and no value that is wrong.

A portal shows a part of the truth only. AGREE says of how many of its made-up calls it shows a value; a value that we hold and the
truth does not is an error wherever it occurs.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest

from search import generations
from tests.crawler.portals import NATIONAL, NOVEMBER, OCTOBER, Months, oracle
from tests.search import identifiers

pytestmark = pytest.mark.shared

# Keys that we keep in another form than the oracle writes them.
OURS = {
    "dk_tilskudspuljer": lambda row: row["title"],  # made of authority, title and the instant a row was made
    "ee_rtk": lambda row: row["url"],  # an address and the day its round opens
}
THEIRS = {"dk_tilskudspuljer": lambda key: key[1], "ee_rtk": lambda key: key[1]}


def keys(source: str, day: str) -> list[str]:
    read = THEIRS.get(source, lambda key: key[0] if isinstance(key, list) else key)
    return sorted(str(read(key)) for key in oracle(day)[source]["ids"])


def ours(source: str, rows) -> list[str]:
    read = OURS.get(source, lambda row: row["native_id"])
    return sorted(read(row) for row in rows)


@pytest.mark.parametrize("source", NATIONAL)
def test_each_month_lists_exactly_what_the_portal_lists(months: Months, source):
    assert ours(source, months.listed_before(source)) == keys(source, OCTOBER)
    assert ours(source, months.listed(source)) == keys(source, NOVEMBER)
    assert months.november[source]["counts"]["quarantined"] == 0


def marker(row) -> str | None:
    found = re.search(r"\[SYN-(\w+)\]", row["title"])
    return found[1] if found else None


@pytest.mark.parametrize("source", NATIONAL)
def test_what_came_what_went_and_what_changed(months: Months, source):
    rows = {row["id"]: row for row in months.rows[source]}
    happened = {entry_id: dict(months.events[entry_id]) for entry_id in rows if entry_id in months.events}
    before, now = ({row["id"] for row in listed} for listed in (months.listed_before(source), months.listed(source)))
    assert {e for e, events in happened.items() if "new" in events} == now - before
    assert len(now - before) == 2
    (lost,) = before - now
    last = max((d["date"] for d in rows[lost]["deadlines"]), default=NOVEMBER)
    assert marker(rows[lost]) == "OLD"
    assert happened[lost].keys() == ({"closed"} if last < NOVEMBER else {"gone"})
    assert {e for e, row in rows.items() if row["no_longer_listed_since"]} == ({lost} if last >= NOVEMBER else set())
    moved = {}
    for entry_id, events in happened.items():
        for field, (old, new) in events.get("changed", {}).items():
            if field == "source_status" or (source == "sk_itms" and marker(rows[entry_id]) != "002"):
                continue  # the portal's own words follow the day, and so do the rounds that sk_itms adds to lasting calls
            moved.setdefault(marker(rows[entry_id]), {})[field] = (old, new)
    if source in ("de_foerderdatenbank", "ie_enterprise_hub"):
        assert moved == {}, "they state no dates"
        return
    assert moved.keys() == {"002"}, "one deadline was put off"
    old, new = moved["002"]["deadlines"]
    assert old[-1]["date"] == oracle(OCTOBER)[source]["synthetic_truth"]["002"]["closes"]
    assert new[-1]["date"] == oracle(NOVEMBER)[source]["synthetic_truth"]["002"]["closes"]
    # Where the dates stand in the text, the text changed with them.
    assert moved["002"].keys() <= {"deadlines", "notices", "conditions", "description", "summary"}


# What a portal calls applicants -> who that is.
SMALL, FIRM, TRAINER, BODY, OTHER = ["sme"], ["large-company", "sme"], ["education-training-provider"], ["public-authority"], ["other"]
WHO = {
    "PYME Y PERSONAS FÍSICAS QUE DESARROLLAN ACTIVIDAD ECONÓMICA": SMALL, "GRAN EMPRESA": ["large-company"],
    "PERSONAS JURÍDICAS QUE NO DESARROLLAN ACTIVIDAD ECONÓMICA": OTHER, "Impresa": FIRM, "Enti di formazione accreditati": TRAINER,
    "Enti del Terzo settore": OTHER, "Empresas": FIRM, "Entidades formadoras certificadas": TRAINER, "Entidades da economia social": OTHER,
    "Podnikatelia": FIRM, "Vzdelávacie inštitúcie": TRAINER, "Mimovládne organizácie": OTHER, "Unternehmen": FIRM,
    "Bildungseinrichtung": TRAINER, "Verband/Vereinigung": OTHER, "malé a střední podniky": SMALL, "školy a školská zařízení": TRAINER,
    "nestátní neziskové organizace": OTHER, "Privatus juridinis asmuo": FIRM, "Viešasis juridinis asmuo": BODY, "Nevyriausybinė organizacija": OTHER,
    "IMM-uri": SMALL, "Furnizori de formare profesională": TRAINER, "ONG-uri": OTHER, "mikro, mali i srednji poduzetnici": SMALL,
    "ustanove za obrazovanje odraslih": TRAINER, "organizacije civilnog društva": OTHER, "przedsiębiorcy, MŚP": FIRM,
    "instytucje szkoleniowe": TRAINER, "organizacje pozarządowe": OTHER, "ettevõtjad": FIRM, "kutsehariduskeskused": TRAINER,
    "mittetulundusühingud": OTHER, "Mkb": SMALL, "Kennisinstelling": TRAINER, "Non-profit organisatie": OTHER,
    "mikro, mala in srednja podjetja": SMALL, "izobraževalne ustanove": TRAINER, "nevladne organizacije": OTHER,
    "Επιχειρήσεις, ΜΜΕ": FIRM, "Φορείς κατάρτισης": TRAINER, "Δήμοι και δημόσιοι φορείς": BODY,
    "small and medium businesses": SMALL, "training providers": TRAINER, "social enterprises": OTHER,
    "Entreprises privées": FIRM, "Établissements publics": BODY, "Associations": OTHER,
}  # fmt: skip
# Regions that are other units of NUTS today than the portal's name says: a whole voivodship, what belongs to a programme's area now.
PLACES = {
    "FR10": ["FR1"],
    "PL91": ["PL91", "PL92"],
    "LISBOA 2030": ["PT1A", "PT1B"],
    "CENTRO 2030": ["PT19", "PT1D1", "PT1D2"],
    "ALENTEJO 2030": ["PT1C", "PT1D3"],
}


# source -> {field: of how many of its made-up calls the portal shows it}. What is missing here it does not show, or shows otherwise:
# bg_isun, cz_dotaceeu and pl_dane go through their programmes in turn, pt_prr has one programme and its own lists of applicants, the
# others name programmes of their regions or of the recovery fund as if they were ERDF; cz_dotaceeu goes through its three feeds in turn,
# dk_tilskudspuljer, ee_rtk, fi_haeavustuksia and hr_eufondovi list grants only; it_incentivi and it_lazio say "PMI" of every call; where
# dates stand in prose or as quarters of a year, a part of them is a date.
AGREE = {
    "bg_isun": {"opens": 36},
    "cz_dotaceeu": {"applicants": 33, "opens": 46, "closes": 46, "budget": 46},
    "de_foerderdatenbank": {"form": 47, "region": 25, "applicants": 50},
    "dk_tilskudspuljer": {"closes": 47},
    "ee_rtk": {"applicants": 28, "opens": 28, "closes": 28, "budget": 28},
    "el_espa": {"region": 37, "applicants": 37, "opens": 37, "closes": 37, "budget": 37},
    "es_bdns": {"fund": 68, "form": 228, "region": 228, "applicants": 228, "opens": 190, "closes": 194, "budget": 228},
    "fi_eura": {"opens": 54, "closes": 54, "budget": 54},
    "fi_haeavustuksia": {"opens": 58, "closes": 58, "budget": 49},
    "fr_aides_territoires": {"fund": 154, "form": 205, "region": 205, "applicants": 205, "opens": 205, "closes": 205},
    "hr_eufondovi": {"fund": 57, "region": 57, "applicants": 57, "opens": 57, "closes": 57, "budget": 57},
    "ie_enterprise_hub": {"form": 48, "region": 48, "applicants": 48, "budget": 48},
    "it_emilia_romagna": {"region": 62, "applicants": 62, "opens": 62, "closes": 62, "budget": 62},
    "it_incentivi": {"form": 437, "opens": 437, "closes": 437, "budget": 437},
    "it_lazio": {"form": 200, "region": 200, "opens": 84, "closes": 200, "budget": 200},
    "lt_esinvesticijos": {"fund": 62, "form": 62, "region": 62, "applicants": 62, "opens": 62, "closes": 62, "budget": 62},
    "nl_rvo": {"form": 133, "applicants": 133, "opens": 133, "closes": 133, "budget": 133},
    "pl_dane": {"region": 45, "applicants": 45, "opens": 27, "closes": 28, "budget": 45},
    "pt_2030": {"region": 61, "applicants": 61, "opens": 61, "closes": 61, "budget": 61},
    "pt_prr": {"opens": 19, "closes": 21, "budget": 21},
    "ro_oportunitati": {"region": 212, "applicants": 212, "opens": 212, "closes": 212, "budget": 212},
    "si_evropskasredstva": {"fund": 44, "region": 44, "applicants": 44, "opens": 44, "closes": 44, "budget": 44},
    "sk_itms": {"fund": 63, "region": 63, "applicants": 63, "opens": 63, "budget": 63},
}


def truth(real: dict) -> dict:
    """What the record of a made-up call says where the portal shows it."""
    country = real["region_code"] in ("PL", "PT", "EL", "FR")
    return {
        "fund": real["fund"],
        "form": real["form"],
        "region": [] if country else PLACES.get(real["region"]) or PLACES.get(real["region_code"]) or [real["region_code"]],
        "applicants": sorted({one for label in real["who"] for one in WHO.get(label, [label])}),
        "opens": real["opens"],
        "closes": real["closes"],
        "budget": real["budget"],
    }


def held(row: dict) -> dict:
    """The same of our record."""
    fixed = row["deadlines"] and row["deadline_kind"] != "rolling"
    return {
        "fund": row["programme"],
        "form": row["funding_type"],
        "region": row["regions"],
        "applicants": row["beneficiaries"],
        "opens": row["opening_date"],
        "closes": row["deadlines"][-1]["date"] if fixed else None,
        "budget": (row["budget"] or {}).get("total"),
    }


@pytest.mark.parametrize("source", NATIONAL)
def test_no_value_of_a_made_up_call_is_wrong(months: Months, source):
    known, shown, agree = oracle(NOVEMBER)[source]["synthetic_truth"], AGREE[source], Counter()
    rows = [row for row in months.listed(source) if marker(row)]
    assert len({marker(row) for row in rows}) == len(known)
    for row in rows:
        real, ours = truth(known[marker(row)]), held(row)
        assert row["title"].startswith(known[marker(row)]["title"])
        for field in shown:
            twin = source == "dk_tilskudspuljer" and ours[field] == "2027-02-01"  # a second round of the first call, under its title
            assert ours[field] in (real[field], None, []) or twin, (row["id"], field)
            agree[field] += ours[field] == real[field]
    assert agree == shown


def test_each_identifier_is_first_among_the_calls_of_all_portals(months: Months):
    generation = generations.open_current(months.data / "index")
    asked = identifiers.identifiers(generation)
    assert len(asked) > 100
    typed = (identifiers.typed(identifier)[number % 4] for number, identifier in enumerate(asked))  # the forms in turn
    assert identifiers.not_first(generation, typed) == []
    generation.close()
