"""What each fund can pay for on skills, in our words, after the regulation that governs it.

Of a fund, never of a programme: what one programme pays for is only what a page of it says. Everything here is recalled
from the regulations and has to be checked against their text; `basis` says so and pages show it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from search import records
from search.vocabulary import Basis, Country, Fund

INTERREG = "Interreg"
# Last day on which a beneficiary's spending counts: Regulation (EU) 2021/1060, Article 63(2).
LAST_SPENDING = date(2029, 12, 31)
# Last day for reaching milestones and targets of the Recovery plans: Regulation (EU) 2021/241, Articles 18(4) and 20(5).
LAST_MILESTONE = date(2026, 8, 31)


def _law(number: str) -> str:
    """The lasting address of a regulation in the Official Journal."""
    return f"https://eur-lex.europa.eu/eli/reg/{number}/oj"


@dataclass(frozen=True)
class FundText:
    """What one fund can pay for.

    name: the fund in full; text: paragraphs; articles: (what they are, address) of the articles the text rests on;
    ends_on: last day the fund can pay for; ends_because: the rule that sets it; basis: how we know all this.
    """

    name: str
    text: tuple[str, ...]
    articles: tuple[tuple[str, str], ...]
    ends_on: date
    ends_because: str
    basis: Basis = Basis.RECALLED


_SPENDING = "spending counts until then: Article 63(2) of Regulation (EU) 2021/1060"
_COMMON = ("Regulation (EU) 2021/1060, Article 63(2): until when spending counts", _law("2021/1060"))

FUND_TEXTS: dict[str, FundText] = {
    Fund.ESF_PLUS: FundText(
        name="European Social Fund Plus (ESF+)",
        text=(
            "The Union’s main fund for people’s skills. It pays for training and learning themselves: courses, "
            "apprenticeships, guidance, and the validation of what people have learnt outside school.",
            "Its objectives on skills: help workers and companies adapt to change (d); make education and training better"
            " and closer to what the labour market needs, with key and digital skills, dual training and apprenticeships "
            "(e); give everybody equal access to good education and training, from general and vocational education and "
            "training to higher education and adult learning (f); lifelong "
            "learning, with flexible upskilling and reskilling for all and a better view of the skills that will be "
            "needed (g). Access to work (a) and active inclusion (h) can include training too.",
            "Each programme chooses among these objectives and decides who may apply.",
        ),
        articles=(("Regulation (EU) 2021/1057, Article 4(1): specific objectives (a), (d) to (h)", _law("2021/1057")), _COMMON),
        ends_on=LAST_SPENDING,
        ends_because=_SPENDING,
    ),
    Fund.ERDF: FundText(
        name="European Regional Development Fund (ERDF)",
        text=(
            "Pays mostly for investment: research, digital services, companies, infrastructure. On skills it can pay for "
            "two things.",
            "Skills for smart specialisation, industrial transition and entrepreneurship, as part of a smarter Europe "
            "(policy objective 1): what companies and research need to take up new technology.",
            "Equal access to good services in education, training and lifelong learning through accessible "
            "infrastructure, distance and online learning included, as part of a more social Europe (policy objective 4):"
            " buildings and equipment rather than courses.",
        ),
        articles=(
            ("Regulation (EU) 2021/1058, Article 3(1): specific objectives of the ERDF", _law("2021/1058")),
            ("Regulation (EU) 2021/1058, Article 5: what the ERDF can support", _law("2021/1058")),
            _COMMON,
        ),
        ends_on=LAST_SPENDING,
        ends_because=_SPENDING,
    ),
    Fund.JTF: FundText(
        name="Just Transition Fund (JTF)",
        text=(
            "For the territories hit hardest by the way to a climate-neutral economy, named in a territorial just "
            "transition plan. Only there, and only for what the plan says.",
            "It can pay for the upskilling and reskilling of workers and jobseekers, for help in finding work, for the "
            "active inclusion of jobseekers, and for education and social inclusion where the plan justifies it; beside "
            "investment in companies.",
        ),
        articles=(
            ("Regulation (EU) 2021/1056, Article 8: what the JTF can support", _law("2021/1056")),
            ("Regulation (EU) 2021/1056, Article 11: territorial just transition plans", _law("2021/1056")),
            _COMMON,
        ),
        ends_on=LAST_SPENDING,
        ends_because=_SPENDING,
    ),
    Fund.RRF: FundText(
        name="Recovery and Resilience Facility (RRF)",
        text=(
            "Pays Member States for reforms and investments of their national recovery and resilience plan, against "
            "milestones and targets. A country decides itself how the money reaches companies and training providers.",
            "Education and skills are named under the pillar for the next generation; training for the green and the "
            "digital transition can be part of those pillars. What one plan holds stands in the plan.",
        ),
        articles=(
            ("Regulation (EU) 2021/241, Article 3: the six pillars", _law("2021/241")),
            ("Regulation (EU) 2021/241, Articles 18 and 20: plans, milestones and their last day", _law("2021/241")),
        ),
        ends_on=LAST_MILESTONE,
        ends_because="milestones and targets have to be reached by then: Articles 18(4) and 20(5) of Regulation (EU) 2021/241",
    ),
    Fund.CF: FundText(
        name="Cohesion Fund (CF)",
        text=(
            "Pays for environment and for trans-European transport in the Member States with a lower income per head. "
            "Training is not among its objectives: look at the ESF+ of the same country for skills.",
        ),
        articles=(
            ("Regulation (EU) 2021/1058, Article 3(1) and (2): objectives of the Cohesion Fund", _law("2021/1058")),
            ("Regulation (EU) 2021/1058, Article 6: what the Cohesion Fund can support", _law("2021/1058")),
            _COMMON,
        ),
        ends_on=LAST_SPENDING,
        ends_because=_SPENDING,
    ),
    INTERREG: FundText(
        name="Interreg (European territorial cooperation, paid by the ERDF)",
        text=(
            "Pays for cooperation between partners from several countries: across a border, in a larger area, or across "
            "the Union. A project needs partners from at least two of the countries.",
            "On skills it can pay for better access to, and quality of, education, training and lifelong learning across "
            "borders, so that skills are also recognised there, and for labour markets across borders. Each programme "
            "chooses its objectives.",
        ),
        articles=(
            ("Regulation (EU) 2021/1059, Article 14: Interreg-specific objectives", _law("2021/1059")),
            ("Regulation (EU) 2021/1059, Article 23: partners of a project", _law("2021/1059")),
            _COMMON,
        ),
        ends_on=LAST_SPENDING,
        ends_because=_SPENDING,
    ),
}  # fmt: skip


def is_interreg(entry: records.Fund) -> bool:
    """Whether a fund entry is an Interreg programme: its code says so (TC), or it is ERDF money over several countries."""
    several = len(entry.countries) > 1 or Country.EU_WIDE in entry.countries
    return (entry.cci or "")[4:6] == "TC" or (entry.fund is Fund.ERDF and several)


def text_for(entry: records.Fund) -> FundText:
    """What the fund behind an entry can pay for."""
    return FUND_TEXTS[INTERREG if is_interreg(entry) else entry.fund]
