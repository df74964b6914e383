"""The shapes of the answers of the API, as pydantic models: the OpenAPI document is made from them, and tests hold answers to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from search import output, records
from search.sources import SourceFacts, SourceState
from search.vocabulary import Kind, Status

INSTANT = "an instant, ISO 8601 in UTC"


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Region(Shape):
    """A region of the NUTS classification."""

    code: str
    name_en: str
    name: str = Field(description="its own name")


class OtherListing(Shape):
    """The same call as another source lists it."""

    id: str
    source: str
    url: str
    rule: str = Field(description="why it is taken for the same")


def _fields(model: type[BaseModel], names: Iterable[str]) -> dict[str, Any]:
    """Fields of a record's model, as they are: one home for what they mean."""
    return {name: (model.model_fields[name].rebuild_annotation(), model.model_fields[name]) for name in names}


def _details() -> type[Shape]:
    own = {name: field for kind, model in KINDS.items() for name, field in _fields(model, output.DETAILS[kind]).items()}
    optional: dict[str, Any] = {name: (kind | None, Field(None, description=field.description)) for name, (kind, field) in own.items()}
    return create_model("Details", __base__=Shape, __doc__="The fields only some kinds have; absent where the kind has no such field.", **optional)


class _Dated(Shape):
    """One entry. An empty list or null means that the source does not state it."""

    kind: Kind
    gist: str = Field(description="one line put together from the fields")
    regions: list[Region]
    status: Status = Field(description="computed from the dates at the instant of the question")
    tier: str | None = Field(description="how the entry answers the filters; null outside of a search")
    copies: list[OtherListing]
    first_seen: str = Field(description=INSTANT)
    last_seen: str = Field(description=INSTANT)
    last_changed: str = Field(description=INSTANT)
    no_longer_listed_since: str | None = Field(description=INSTANT)
    licence: str | None
    attribution: str | None
    score: float | None


KINDS: dict[str, type[records.Entry]] = {"call": records.Call, "fund": records.Fund, "product": records.Product}
Details = _details()
Record = create_model("Record", __base__=_Dated, __doc__=_Dated.__doc__, **_fields(records.Entry, [n for n in output.PLAIN if n != "kind"]))


class Entry(Record):  # type: ignore[misc, valid-type]
    """One entry with all of its texts, as far as the licence of its source lets us show them."""

    details: Details  # type: ignore[valid-type]
    note: str | None = Field(None, description="what every reader should know, such as that these are samples")


class Warned(Shape):
    """A parameter that could not be used."""

    parameter: str
    value: str
    message: str


class Count(Shape):
    """A value of a facet, counted as if the facet's own filter were absent."""

    value: str
    label: str
    count: int
    selected: bool


class Answer(Shape):
    """A search and its results, page by page."""

    query: dict[str, Any] = Field(description="the search as it was understood, defaults included")
    warnings: list[Warned]
    total: int
    took_ms: float
    generation: str
    loosened: bool = Field(description="some of the entries found have only most of the words, or hold for a larger area")
    without: dict[str, int] = Field(description="for an empty answer: parameter -> how many there would be without it")
    tiers: dict[str, int]
    facets: dict[str, list[Count]]
    results: list[Record]  # type: ignore[valid-type]
    note: str | None = None


class FacetValue(Shape):
    """A value of a facet. count: entries of every status, relevant to skills or not, that carry it."""

    value: str
    label: str
    count: int


class FacetRow(Shape):
    """A facet: a parameter of a search. default: the values it has when it is absent, empty = no filter."""

    name: str
    label: str
    default: list[str]
    values: list[FacetValue]


class Facets(Shape):
    """Every facet with its values."""

    generation: str
    facets: list[FacetRow]
    note: str | None = None


SourceRow = create_model(
    "SourceRow",
    __base__=Shape,
    __doc__="A source: what it is, when it was last read, how it is. calls: how many entries are kept from it.",
    **_fields(SourceFacts, SourceFacts.model_fields),
    **_fields(SourceState, [name for name in SourceState.model_fields if name != "facts"]),
)


class Sources(Shape):
    """Every source."""

    sources: list[SourceRow]  # type: ignore[valid-type]
    note: str | None = None


class Suggestion(Shape):
    """What a search could be. kind: concept, place or word; code: the NUTS code of a place, else empty."""

    text: str
    kind: str
    code: str


class Suggestions(Shape):
    """What a search that begins like this could be, best first."""

    q: str
    suggestions: list[Suggestion]


class ChangedField(Shape):
    """A field that changed; held_back: the licence of the source does not let us repeat its text."""

    field: str
    told: bool
    old: Any = None
    new: Any = None
    held_back: bool = False


class ChangeRow(Shape):
    """Something that happened to an entry."""

    id: str
    event: str
    at: str = Field(description=INSTANT)
    source: str
    title: str
    lang: str
    gist: str
    url: str
    fields: list[ChangedField]
    words: list[str]
    licence: str | None
    attribution: str | None


class Changes(Shape):
    """What happened between two days, newest first."""

    query: dict[str, Any]
    warnings: list[Warned]
    total: int
    tally: dict[str, int]
    generation: str
    results: list[ChangeRow]
    note: str | None = None


class Problem(Shape):
    """Why a question was not answered."""

    status: int
    message: str


class Failure(Shape):
    """An error."""

    error: Problem
    warnings: list[Warned] = []
