"""What single values of a source mean, where a hasty reading says more, or something else, than the source does."""

from __future__ import annotations

import pytest

from crawler.platforms import plone_bandi
from crawler.spiders import hr_eufondovi, it_incentivi, it_lazio


@pytest.mark.parametrize(
    ("stamp", "date", "time"),
    [
        ("2026-06-24T15:00:00+00:00", "2026-06-24", "17:00"),
        ("2026-06-23T22:00:00+00:00", "2026-06-24", None),  # midnight there
        ("2026-06-24T00:00:00+00:00", "2026-06-24", None),  # midnight where it was written, not two in the morning
    ],
)
def test_midnight_states_no_hour(stamp, date, time):
    """A call that ends on a day is open all day."""
    end = {"date": date} | ({"time": time} if time else {})
    assert plone_bandi.closing(stamp) == end | {"zone": "Europe/Rome"}
    assert hr_eufondovi.moment(stamp.replace("+00:00", "Z")) == end


SIZES = ["Microimpresa", "Piccola Impresa", "Media Impresa", "Grande Impresa"]


@pytest.mark.parametrize(
    ("subjects", "sizes", "who"),
    [
        (["Impresa"], SIZES[:3], ["sme"]),
        (["Impresa", "Professionista"], SIZES[:1], ["sme"]),
        (["Impresa", "Cooperative/Associazioni Non Profit"], SIZES, ["large-company", "other", "sme"]),
        (["Università/Ente di Ricerca"], SIZES, ["education-training-provider"]),
        ([], SIZES[:2], ["sme"]),
    ],
)
def test_sizes_of_firms_count_where_firms_may_apply(subjects, sizes, who):
    document = {
        "zs_nid": "1", "zs_title": "Incentivo", "zs_url": "/it/catalogo/incentivo", "zm_field_subject_type_value": subjects,
        "zm_field_dimensions_value": sizes,
    }  # fmt: skip
    assert sorted(it_incentivi.fields_of(document)["beneficiaries"]) == who


def test_professionals_are_small_firms_as_everywhere():
    assert it_lazio.APPLICANTS["destinatari-liberi-professionisti"] == ["sme"]
