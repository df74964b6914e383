"""The records: what an entry is. One model per kind over a common base; every field with meaning and unit.

Texts are plain text unless a field says otherwise. Dates are calendar days in the source's zone; no hour
is ever invented. An empty list or None means the source does not state it.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, field_validator, model_validator

from search.vocabulary import (
    Area,
    Basis,
    Beneficiary,
    BudgetScope,
    Country,
    DeadlineKind,
    DeadlineRole,
    Ecosystem,
    FundingType,
    Kind,
    Level,
    Origin,
    Skills,
)
from search.vocabulary import Fund as FundName


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


def _http(url: str) -> str:
    """Only addresses that a browser opens as a page become links."""
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"{url[:80]!r} is not an http(s) address")
    return url


WebAddress = Annotated[str, AfterValidator(_http)]


class Deadline(Model):
    """One date until which one may apply."""

    date: date
    time: str | None = Field(None, pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="HH:MM, only where the source states it")
    zone: str = Field("Europe/Brussels", description="IANA zone the date and time are in")
    kind: DeadlineRole = DeadlineRole.FIXED
    text: str | None = Field(None, description="the source's own words")


class Budget(Model):
    """Money set aside. Amounts in `currency`, not in thousands."""

    total: float | None = Field(None, ge=0, description="what is set aside in all; None = not stated")
    currency: str = Field("EUR", pattern=r"^[A-Z]{3}$")
    scope: BudgetScope = Field(BudgetScope.TOPIC, description="what the total covers; a shared pot is shared with other topics")
    per_project_min: float | None = Field(None, ge=0)
    per_project_max: float | None = Field(None, ge=0)
    expected_grants: int | None = Field(None, ge=0, description="how many grants the source expects to give")
    text: str | None = Field(None, description="the source's own words")


class Authority(Model):
    """Who gives the money."""

    name: str
    url: WebAddress | None = None
    url_basis: Basis | None = Field(None, description="how the address is known; recalled = nobody has seen it working")


class Link(Model):
    """A link for people."""

    url: WebAddress
    label: str
    basis: Basis = Field(description="recalled = nobody has seen it working: shown as unverified")
    basis_text: str | None = Field(None, description="where and when it was seen")


class Quote(Model):
    """Why an entry carries a facet value."""

    value: str
    origin: Origin
    quote: str | None = Field(None, description="the source's words or code")
    field: str | None = Field(None, description="the field of this record the words stand in")
    start: int | None = Field(None, ge=0, description="offset of the words in that field, in characters")
    end: int | None = Field(None, ge=0)
    rule: str = Field(description="the rule that decided")


class PlannedAmount(Model):
    """What a programme means to spend of one fund, as a dataset states it."""

    amount: float = Field(ge=0, description="EUR, the whole period")
    category: str | None = Field(None, description="category of region, in the dataset's words; None = the fund knows none")
    url: WebAddress = Field(description="the row's dataset, asked for this programme")


class PlannedField(Model):
    """What a programme means to spend of one fund on one field of intervention that is about skills, as a dataset states it."""

    code: str | None = Field(None, description="code of the field, of Regulation (EU) 2021/1060, Annex I")
    name: str = Field(description="the field, in the dataset's words")
    amount: float = Field(ge=0, description="EUR, Union and national share, the whole period")
    url: WebAddress = Field(description="the dataset, asked for this programme")


class Section(Model):
    """A part of a long text."""

    heading: str
    text: str


class Entry(Model):
    """What every kind of entry has."""

    id: str = Field(pattern=r"^[a-z0-9_]+:[^\s:/?#\\]+(:[^\s:/?#\\]+)*$", description="source, colon, own key; never changes")
    source: str
    native_id: str = Field(min_length=1, description="the source's own key")
    title: str = Field(min_length=1, max_length=1000, description="in the source's language")
    title_en: str | None = Field(None, description="only where the source gives an English title")
    lang: str = Field(pattern=r"^[a-z]{2}$", description="language of title and texts, ISO 639-1")
    summary: str | None = Field(None, max_length=3000)
    url: WebAddress = Field(description="the page to read at the source")
    level: Level
    programme: str | None = Field(None, description="the programme or fund that pays")
    funding_type: FundingType | None = None
    ecosystems: list[Ecosystem] = []
    countries: list[Country] = Field([], description="where applicants may come from; eu-wide = all Member States")
    regions: list[str] = Field([], description="NUTS codes the money is limited to; empty = whole country or Union")
    areas: list[Area] = []
    beneficiaries: list[Beneficiary] = []
    skills: Skills = Skills.NONE
    opening_date: date | None = None
    deadlines: list[Deadline] = Field([], description="in time order")
    deadline_kind: DeadlineKind = DeadlineKind.NOT_STATED
    budget: Budget | None = None
    authority: Authority | None = None
    source_status: str | None = Field(None, description="the status the source gives, in its words; ours is computed")
    also_at: list[WebAddress] = Field([], description="other addresses of the same entry")
    evidence: dict[str, list[Quote]] = {}

    @field_validator("ecosystems", "countries", "regions", "areas", "beneficiaries")
    @classmethod
    def _sorted_once(cls, values: list[str]) -> list[str]:
        return sorted(set(values))

    @model_validator(mode="after")
    def _dates_in_order(self) -> Entry:
        self.deadlines.sort(key=lambda d: (d.date, d.time or "24"))
        if self.opening_date and self.deadlines and self.opening_date > self.deadlines[-1].date:
            raise ValueError(f"opens on {self.opening_date}, after its last deadline {self.deadlines[-1].date}")
        return self

    def digest(self) -> str:
        """A hash of the content; two records with the same digest say the same."""
        return digest(dump(self))

    def texts(self) -> list[str]:
        """Every text of the entry beyond title and summary, for searching."""
        return []


class Call(Entry):
    """One call for proposals, tender or loan offer."""

    kind: Literal[Kind.CALL] = Kind.CALL
    identifier: str | None = Field(None, description="the public code of the topic or call")
    call_title: str | None = Field(None, description="title of the call the topic belongs to")
    deadline_model: str | None = Field(None, description="the source's words: single-stage, two-stage, multiple cut-off")
    objectives: str | None = None
    expected_outcomes: str | None = None
    scope: str | None = None
    description: str | None = Field(None, description="text that stands under no heading")
    types_of_action: list[str] = []
    eligibility: str | None = None
    smallest_consortium: str | None = Field(None, description="the source's words on the least number of partners")
    award_criteria: str | None = None
    application_procedure: str | None = None
    conditions: list[Section] = Field([], description="further conditions by heading")
    apply_url: WebAddress | None = Field(None, description="where one applies; None = not stated")
    documents: list[Link] = []
    notices: list[str] = Field([], description="the source's notes on changes")

    def texts(self) -> list[str]:
        parts = [self.identifier, self.call_title, self.programme, self.objectives, self.expected_outcomes, self.scope,
                 self.description, *self.types_of_action, self.eligibility, self.award_criteria, self.application_procedure]  # fmt: skip
        return [p for p in parts if p]


class Fund(Entry):
    """What one managing authority runs with one fund in one area."""

    kind: Literal[Kind.FUND] = Kind.FUND
    cci: str | None = Field(None, pattern=r"^2021[A-Z0-9]{11}$", description="the programme's common code; None = not known")
    fund: FundName
    area_en: str = Field(description="name of the area in English")
    area_original: str = Field(description="name of the area in its own language")
    programme_title: str = Field(description="in English, as the Commission lists it")
    programme_title_original: str | None = None
    programme_title_original_basis: str | None = Field(None, description="seen, pattern or recalled")
    programme_says: list[Section] = Field([], description="what a crawled page of this programme states; empty = not stated here")
    programme_says_url: WebAddress | None = None
    planned: list[PlannedAmount] = Field([], description="planned amounts of this fund in this programme; empty = not stated")
    planned_fields: list[PlannedField] = Field([], description="planned amounts for skills by field of intervention; empty = not stated")
    links: list[Link] = []
    known_from: list[Literal["ec-page", "open-data", "programme-page", "seed"]] = Field(
        description="where the entry is known from; without ec-page it stands on no Commission page we read"
    )
    known_from_text: str | None = Field(None, description="the seed's own words on where its facts come from")
    ends_on: date | None = Field(None, description="last day the fund can pay for; from the regulation")

    def texts(self) -> list[str]:
        parts = [self.cci, self.fund, self.area_en, self.area_original, self.programme_title, self.programme_title_original,
                 self.authority.name if self.authority else None, *(s.text for s in self.programme_says)]  # fmt: skip
        return [p for p in parts if p]


class Product(Entry):
    """A loan or guarantee product."""

    kind: Literal[Kind.PRODUCT] = Kind.PRODUCT
    provider: str | None = None
    final_recipients: str | None = None
    conditions_text: str | None = None
    links: list[Link] = []
    basis: Basis | None = Field(None, description="how the facts are known; recalled = from memory: shown as unverified")
    basis_text: str | None = Field(None, description="where the facts are from and when somebody last looked at them")
    checked: date | None = Field(None, description="the day somebody last looked at the facts")

    def texts(self) -> list[str]:
        return [p for p in (self.provider, self.final_recipients, self.conditions_text) if p]


AnyEntry = Annotated[Call | Fund | Product, Field(discriminator="kind")]
_adapter: TypeAdapter[Call | Fund | Product] = TypeAdapter(AnyEntry)


def digest(record: dict[str, Any]) -> str:
    """A hash of a record as plain JSON values."""
    return hashlib.sha256(json.dumps(record, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def dump(entry: Entry) -> dict[str, Any]:
    """The entry as plain JSON values."""
    return entry.model_dump(mode="json")


def load(data: dict[str, Any]) -> Call | Fund | Product:
    """The entry from plain JSON values. Raises pydantic.ValidationError with the field and the reason."""
    return _adapter.validate_python(data)


def read(text: str | bytes) -> Call | Fund | Product:
    """The same from JSON."""
    return _adapter.validate_json(text)
