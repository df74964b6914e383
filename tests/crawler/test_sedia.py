"""The EU portal's wire format, piece by piece: the traps that its documentation names."""

from __future__ import annotations

import json
from datetime import date

import pytest

from crawler.sedia import drafts, hits, parts

TODAY = date(2026, 11, 20)


def hit(**metadata):
    fields = {name: value if isinstance(value, list) else [value] for name, value in metadata.items()}
    return hits.read_hit({"reference": metadata.pop("reference", "1TOPICSen"), "title": None, "summary": "Sum", "metadata": fields})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-09-15T00:00:00.000+0000", (date(2026, 9, 15), None)),
        ("2026-09-15T17:00:00.000+0000", (date(2026, 9, 15), "17:00")),
        ("2024-09-27+02:00 Europe/Brussels", (date(2024, 9, 27), None)),
        ("2026-09-15", (date(2026, 9, 15), None)),
    ],
)
def test_parse_stamp(text, expected):
    assert parts.parse_stamp(text) == expected


def test_a_date_of_another_form_is_refused():
    with pytest.raises(hits.FormatError):
        parts.parse_stamp("15 September 2026")


def overview(**topics):
    """budgetTopicActionMap from {key: [(identifier, {year: amount})]}."""
    more = {"expectedGrants": 2, "minContribution": 1, "maxContribution": 3}
    return {"budgetTopicActionMap": {k: [{"action": f"{i} - HORIZON-RIA", "budgetYearMap": y, **more} for i, y in v] for k, v in topics.items()}}


def test_only_the_topics_own_share_counts():
    found = parts.topic_budget(overview(a=[("X-01", {"2026": "10", "2027": "5"})], b=[("X-01-02", {"2026": "99"})]), "X-01")
    assert (found["total"], found["scope"], found["expected_grants"]) == (15, "topic", 2)
    assert (found["per_project_min"], found["per_project_max"]) == (1, 3)


def test_a_pot_shared_by_several_topics_is_said_to_be_shared():
    found = parts.topic_budget(overview(a=[("X-01", {"2026": "21"}), ("X-02", {"2026": "21"})]), "X-01")
    assert (found["total"], found["scope"]) == (21, "shared-pot")


def test_one_figure_on_several_lines_of_a_topic_is_one_pot():
    assert parts.topic_budget(overview(a=[("X-01", {"2026": "21"}), ("X-01", {"2026": "21"})]), "X-01")["total"] == 21


def test_zero_means_not_stated():
    empty = {"budgetTopicActionMap": {"a": [{"action": "X-01 - RIA", "budgetYearMap": {"2026": "0"}, "minContribution": 0, "maxContribution": 0}]}}
    assert parts.topic_budget(empty, "X-01") is None
    assert parts.topic_budget(None, "X-01") is None


def test_an_impossible_year_is_read_from_the_actions():
    actions = json.dumps([{"deadlineDates": ["2026-12-01"]}])
    found, mended = parts.deadlines(hit(type="1", ccm2Id="1", deadlineDate="2121-12-01T00:00:00.000+0000", actions=actions), TODAY)
    assert mended
    assert [d["date"] for d in found] == ["2026-12-01"]
    found, mended = parts.deadlines(hit(type="8", deadlineDate="2121-12-01T17:00:00.000+0000"), TODAY)
    assert not mended
    assert found[0]["date"] == "2121-12-01", "left for the pipeline to refuse"


def test_two_stages_and_cut_offs():
    stamps = ["2026-12-01T00:00:00.000+0000", "2027-05-01T00:00:00.000+0000"]
    two, _ = parts.deadlines(hit(type="1", ccm2Id="1", deadlineDate=stamps, deadlineModel="two-stage"), TODAY)
    assert [d["kind"] for d in two] == ["stage-1", "stage-2"]
    many, _ = parts.deadlines(hit(type="1", ccm2Id="1", deadlineDate=stamps, deadlineModel="multiple cut-off"), TODAY)
    assert [d["kind"] for d in many] == ["cut-off", "cut-off"]
    assert parts.deadline_kind("multiple cut-off", 2) == "cut-offs"
    assert parts.deadline_kind("two-stage", 2) == "fixed"
    assert parts.deadline_kind("", 0) == "not-stated"


def test_sections_of_a_description():
    markup = (
        '<p>Before.</p><span class="topicdescriptionkind">Expected Outcome:</span><ul><li>One</li></ul>'
        '<p class="topicdescriptionkind">Scope:</p><p>Two</p><p class="topicdescriptionkind">Odd:</p><p>3</p>'
    )
    assert parts.description(markup) == {"description": "Before.\n\nOdd: 3", "expected_outcomes": "• One", "scope": "Two"}


def test_conditions_by_their_numbers_through_broken_markup():
    markup = (
        '<div class="eui-u-mt-l>"><h4>General conditions</h4><div><h4>2. Eligible Countries</h4><p>Union</p></div>'
        "<h4>5a. Evaluation and award: Award criteria, scoring and thresholds</h4><p>Quality</p>"
        "<h4>5b. Evaluation and award: Submission and evaluation processes</h4><p>Online</p>"
        "<h4>6. Legal and financial set-up</h4><p>Lump sum</p></div>"
    )
    found = parts.conditions(markup)
    assert found["eligibility"] == "2. Eligible Countries\nUnion"
    assert (found["award_criteria"], found["application_procedure"]) == ("Quality", "Online")
    assert found["conditions"] == [{"heading": "6. Legal and financial set-up", "text": "Lump sum"}]


def test_markup_without_end_tags_comes_through():
    assert parts.conditions("<h4>" * 100_000)["conditions"] == []
    assert "expected_outcomes" not in parts.description('<span class="topicdescriptionkind">' * 20_000)


def test_a_hit_without_metadata_has_its_fields_at_the_top():
    found = hits.read_hit({"reference": "5COMPETITIVE_CALLen", "type": ["8"], "callTitle": ["Real title"]})
    assert (found.type, found.first("callTitle")) == ("8", "Real title")


def test_a_reference_of_another_record_is_mended():
    found = hits.read_hit({"reference": "1TOPICSen", "metadata": {"REFERENCE": ["2TOPICSen"], "type": ["1"], "ccm2Id": ["2"]}})
    assert (found.reference, found.mended) == ("2TOPICSen", True)
    legacy = hits.read_hit({"reference": "1TOPICSen", "metadata": {"type": ["1"], "ccm2Id": ["2"], "language": ["en"]}})
    assert legacy.reference == "2TOPICSen"
    old = hits.read_hit({"reference": "45HORIZONRIA169", "metadata": {"type": ["1"], "ccm2Id": ["45"]}})
    assert (old.reference, old.mended) == ("45HORIZONRIA169", False)


def test_merging_does_not_depend_on_the_order():
    new = hit(type="1", ccm2Id="1", esDA_IngestDate="2026-09-01", title="New", keywords=[])
    old = hit(type="1", ccm2Id="1", esDA_IngestDate="2024-01-01", title="Old", keywords="k", cftId="0")
    one, two = hits.merge([new, old]), hits.merge([old, new])
    assert one.fields == two.fields
    assert (one.first("title"), one.first("keywords"), one.first("cftId")) == ("New", "k", "0")


def test_a_cascade_call_has_its_own_title_not_its_parents():
    raw = hit(
        type="8", title="Parent topic", callTitle="Real title", identifier="P-01", frameworkProgramme="43152860", reference="5COMPETITIVE_CALLen"
    )
    made, _ = drafts.draft(raw, {}, TODAY)
    assert (made.fields["title"], made.fields["call_title"], made.fields["programme"]) == ("Real title", "Parent topic", "Digital Europe")


def test_broken_json_in_a_string_is_named():
    with pytest.raises(hits.FormatError, match="budgetOverview is no JSON"):
        drafts.draft(hit(type="1", ccm2Id="1", identifier="X", title="x", budgetOverview="{broken"), {}, TODAY)


def test_details_of_another_shape_are_refused():
    with pytest.raises(hits.FormatError):
        drafts.add_details({"title": "x"}, {"topicDetails": {}})
