"""What each fund can pay for on skills, in our words, after the regulation that governs it; and until when.

Of a fund, never of a programme: what one programme pays for is only what a page of it says. Each paragraph says whether its
facts were seen in the law or in an official summary of it (and where), or are recalled and not checked; pages show it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from search import i18n, records
from search.i18n import N_
from search.i18n import gettext as _
from search.vocabulary import Basis, Country, Fund

INTERREG = "Interreg"
# Last day on which a beneficiary's spending counts: Regulation (EU) 2021/1060, Article 63(2).
LAST_SPENDING = date(2029, 12, 31)
# Recovery plans: last day for milestones and targets, and for the Union's payments to Member States.
LAST_MILESTONE, LAST_PAYMENT = date(2026, 8, 31), date(2026, 12, 31)


def _law(number: str) -> str:
    """The lasting address of a regulation in the Official Journal."""
    return f"https://eur-lex.europa.eu/eli/reg/{number}/oj"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph in our words. seen_in: where its facts were seen; empty = recalled from the regulation, not checked."""

    text: str
    seen_in: str = ""

    @property
    def basis(self) -> Basis:
        """Whether the facts were seen or are recalled."""
        return Basis.SEEN if self.seen_in else Basis.RECALLED


@dataclass(frozen=True)
class Limit:
    """A last day. ahead: what to say of it through that day; past: what to say afterwards."""

    until: date
    ahead: str
    past: str


@dataclass(frozen=True)
class FundText:
    """What one fund can pay for.

    name: the fund in full; paragraphs: what it can pay for; articles: (what they are, address) of the articles the text
    rests on; ends_on: last day for what a beneficiary does to count; limits: the last days, in time order.
    """

    name: str
    paragraphs: tuple[Paragraph, ...]
    articles: tuple[tuple[str, str], ...]
    ends_on: date
    limits: tuple[Limit, ...]

    @property
    def text(self) -> tuple[str, ...]:
        """The words alone."""
        return tuple(paragraph.text for paragraph in self.paragraphs)

    def standing(self, today: date) -> list[str]:
        """What can be said today of the fund's last days."""
        return [limit.ahead if today <= limit.until else limit.past for limit in self.limits]


_SPENDING = (
    Limit(
        LAST_SPENDING,
        N_("What a beneficiary spends and pays until 31 December 2029 counts (Article 63(2) of Regulation (EU) 2021/1060)."),
        N_("What a beneficiary spent and paid until 31 December 2029 counted (Article 63(2) of Regulation (EU) 2021/1060)."),
    ),
)
_COMMON = (N_("Regulation (EU) 2021/1060, Article 63(2): until when spending counts"), _law("2021/1060"))
_MILESTONES = (
    Limit(
        LAST_MILESTONE,
        N_("Milestones and targets of the plans have to be met by 31 August 2026; what comes later does not count."),
        N_("Milestones and targets of the plans were due by 31 August 2026; what came later does not count."),
    ),
    Limit(
        LAST_PAYMENT,
        N_("The Union pays the Member States until 31 December 2026. What a country still pays out of its plan, it decides itself."),
        N_("The Union’s payments to the Member States ended on 31 December 2026. What a country still pays out of its plan, it decides itself."),
    ),
)
_ESF_SITE = N_("the objectives on the Commission’s ESF+ site, stored copy; the letters are recalled")
_ERDF_LAW = N_("Article 3 in the consolidated text of December 2024, stored copy")
_JTF_SUMMARY = N_("the official summary of the regulation on EUR-Lex, stored copy")
_RRF_ANSWERS = N_("the Commission’s questions and answers of 4 June 2025 on the end of the Facility, stored copy")

FUND_TEXTS: dict[str, FundText] = {
    Fund.ESF_PLUS: FundText(
        name=N_("European Social Fund Plus (ESF+)"),
        paragraphs=(
            Paragraph(
                N_(
                    "The Union’s main fund for people’s skills. It pays for training and learning themselves: courses, "
                    "apprenticeships, guidance, and the validation of what people have learnt outside school."
                )
            ),
            Paragraph(
                N_(
                    "Its objectives on skills: help workers, companies and entrepreneurs adapt to change (d); better education and training "
                    "systems, closer to what the labour market needs (e); equal access to good education and training (f); "
                    "lifelong learning, with upskilling and reskilling for all (g). Access to work (a) and active inclusion (h) can include "
                    "training too."
                ),
                _ESF_SITE,
            ),
            Paragraph(N_("Each programme chooses among these objectives and decides who may apply.")),
        ),
        articles=((N_("Regulation (EU) 2021/1057, Article 4(1): specific objectives (a), (d) to (h)"), _law("2021/1057")), _COMMON),
        ends_on=LAST_SPENDING,
        limits=_SPENDING,
    ),
    Fund.ERDF: FundText(
        name=N_("European Regional Development Fund (ERDF)"),
        paragraphs=(
            Paragraph(N_("Pays mostly for investment: research, digital services, companies, infrastructure. On skills it can pay for two things.")),
            Paragraph(
                N_("Skills for smart specialisation, industrial transition and entrepreneurship, as part of a smarter Europe (policy objective 1)."),
                _ERDF_LAW,
            ),
            Paragraph(
                N_(
                    "Equal access to good services in education, training and lifelong learning through accessible "
                    "infrastructure, distance and online learning included, as part of a more social Europe (policy objective 4): "
                    "buildings and equipment rather than courses."
                )
            ),
        ),
        articles=(
            (N_("Regulation (EU) 2021/1058, Article 3(1): specific objectives of the ERDF"), _law("2021/1058")),
            (N_("Regulation (EU) 2021/1058, Article 5: what the ERDF can support"), _law("2021/1058")),
            _COMMON,
        ),
        ends_on=LAST_SPENDING,
        limits=_SPENDING,
    ),
    Fund.JTF: FundText(
        name=N_("Just Transition Fund (JTF)"),
        paragraphs=(
            Paragraph(
                N_(
                    "For territories that the way to a climate-neutral economy hits hard: it helps regions and people to bear what the "
                    "change means for society, work, the economy and the environment."
                ),
                _JTF_SUMMARY,
            ),
            Paragraph(N_("Only in territories that a territorial just transition plan names, and only for what the plan says.")),
            Paragraph(
                N_(
                    "On skills it can pay for the retraining of workers and jobseekers, and for education and social inclusion, training "
                    "centres included; beside investment in companies."
                ),
                _JTF_SUMMARY,
            ),
        ),
        articles=(
            (N_("Regulation (EU) 2021/1056, Article 8: what the JTF can support"), _law("2021/1056")),
            (N_("Regulation (EU) 2021/1056, Article 11: territorial just transition plans"), _law("2021/1056")),
            _COMMON,
        ),
        ends_on=LAST_SPENDING,
        limits=_SPENDING,
    ),
    Fund.RRF: FundText(
        name=N_("Recovery and Resilience Facility (RRF)"),
        paragraphs=(
            Paragraph(
                N_(
                    "Pays Member States, not companies or training providers, for reforms and investments of their national recovery and "
                    "resilience plan, against milestones and targets met by 31 August 2026; the Union’s payments end on 31 December 2026."
                ),
                _RRF_ANSWERS,
            ),
            Paragraph(
                N_(
                    "Education and skills are named under the pillar for the next generation; training for the green and the "
                    "digital transition can be part of those pillars. What one plan holds stands in the plan."
                )
            ),
        ),
        articles=(
            (N_("Regulation (EU) 2021/241, Article 3: the six pillars"), _law("2021/241")),
            (N_("Regulation (EU) 2021/241, Articles 18(4), 20(5) and 24: plans, milestones, payments and their last days"), _law("2021/241")),
        ),
        ends_on=LAST_MILESTONE,
        limits=_MILESTONES,
    ),
    Fund.CF: FundText(
        name=N_("Cohesion Fund (CF)"),
        paragraphs=(
            Paragraph(
                N_(
                    "Pays for environment and for trans-European transport networks. Training is not among its tasks: look at the ESF+ of the "
                    "same country for skills."
                ),
                N_("Article 2(3) in the consolidated text of June 2021, stored copy"),
            ),
        ),
        articles=(
            (N_("Regulation (EU) 2021/1058, Article 3(1) and (2): objectives of the Cohesion Fund"), _law("2021/1058")),
            (N_("Regulation (EU) 2021/1058, Article 6: what the Cohesion Fund can support"), _law("2021/1058")),
            _COMMON,
        ),
        ends_on=LAST_SPENDING,
        limits=_SPENDING,
    ),
    INTERREG: FundText(
        name=N_("Interreg (European territorial cooperation, paid by the ERDF)"),
        paragraphs=(
            Paragraph(
                N_(
                    "Pays for cooperation between partners from several countries: across a border, in a larger area, or across "
                    "the Union. A project needs partners from at least two of the countries."
                )
            ),
            Paragraph(
                N_(
                    "On skills it can pay for better access to, and quality of, education, training and lifelong learning across "
                    "borders, so that skills are also recognised there, and for labour markets across borders. Each programme "
                    "chooses its objectives."
                )
            ),
        ),
        articles=(
            (N_("Regulation (EU) 2021/1059, Article 14: Interreg-specific objectives"), _law("2021/1059")),
            (N_("Regulation (EU) 2021/1059, Article 23: partners of a project"), _law("2021/1059")),
            _COMMON,
        ),
        ends_on=LAST_SPENDING,
        limits=_SPENDING,
    ),
}


def is_interreg(entry: records.Fund) -> bool:
    """Whether a fund entry is an Interreg programme: its code says so (TC), or it is ERDF money over several countries."""
    several = len(entry.countries) > 1 or Country.EU_WIDE in entry.countries
    return (entry.cci or "")[4:6] == "TC" or (entry.fund is Fund.ERDF and several)


def text_for(entry: records.Fund) -> FundText:
    """What the fund behind an entry can pay for, in the language spoken now."""
    return _spoken(i18n.language(), INTERREG if is_interreg(entry) else entry.fund)


@cache
def _spoken(code: str, name: str) -> FundText:
    known = FUND_TEXTS[name]
    with i18n.speaking(code):
        return replace(
            known,
            name=_(known.name),
            paragraphs=tuple(Paragraph(_(p.text), _(p.seen_in) if p.seen_in else "") for p in known.paragraphs),
            articles=tuple((_(words), address) for words, address in known.articles),
            limits=tuple(Limit(limit.until, _(limit.ahead), _(limit.past)) for limit in known.limits),
        )
