"""A cluster's report to test with: a year with numbers, and one without."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from dnk_tool.catalogue import editions, load_catalogue
from dnk_tool.catalogue.aggregation_rules import load_aggregation_rules
from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.aggregates.joint_goal import (
    JointGoal,
    JointProgress,
    JointSum,
    KindPart,
    Saving,
    SavingPart,
    SavingSum,
    StatePart,
)
from dnk_tool.domain.aggregates.model import (
    ALL_MEMBERS,
    Difference,
    FigureCoverage,
    Group,
    PerUnit,
    Release,
    ReleaseContent,
    ReleasedNumber,
    Rule,
    Statistic,
)
from dnk_tool.domain.aggregates.participation import TakingPart, count_participation
from dnk_tool.domain.clusters.cockpit import MemberStage
from dnk_tool.domain.measures.model import MeasureState
from dnk_tool.domain.organisation import CompanySize
from dnk_tool.report.view.cluster.content import ClusterReportContent

DAY = date(2026, 11, 24)


def number(
    figure: str,
    value: str | None,
    unit: str,
    companies: int = 12,
    *,
    statistic: Statistic = Statistic.SUM,
    group: Group = ALL_MEMBERS,
    per: PerUnit = PerUnit.COMPANY,
    rule: Rule = Rule.PASSED,
    left_out: int = 0,
) -> ReleasedNumber:
    """A released number; withheld by `rule` without a value."""
    amount = None if value is None else Decimal(value)
    return ReleasedNumber(figure, statistic, group, companies, amount, unit, rule, per, left_out)


NUMBERS = (
    number("energy.total", "9400000", "kWh"),
    number("energy.electricity.consumption", "3100000", "kWh"),
    number("ghg.scope1.gross", "1300", "t-co2e"),
    number("ghg.scope2.location", "820", "t-co2e"),
    number("ghg.scope2.market", "430", "t-co2e", 9),
    number("water.withdrawal.total", "21000", "m3", 11, left_out=2),
    number("waste.total", "640000", "kg", 10),
    number("waste.hazardous", None, "kg", 4, rule=Rule.TOO_FEW),
    number("materials.non-renewable.mass", None, "kg", 7, rule=Rule.LARGEST),
    number("workforce.headcount", "740", "persons"),
    number("energy.renewable-share", "32", "percent", statistic=Statistic.RATE),
    number("waste.recycled-share", "61", "percent", 8, statistic=Statistic.RATE),
    number("ghg.scope3.gross", "410", "t-co2e", 9, statistic=Statistic.MIDDLE),
    number("energy.total", "510000", "kWh", 9, statistic=Statistic.MIDDLE),
    number("energy.total", "11000", "kWh", 9, statistic=Statistic.MIDDLE, per=PerUnit.EMPLOYEE),
    number("energy.total", "5600000", "kWh", 6, group=Group("C")),
    number("energy.total", "3800000", "kWh", 6, group=Group(is_rest=True)),
    number("ghg.scope1.gross", None, "t-co2e", 6, group=Group("C"), rule=Rule.LARGEST),
)
COVERAGE = (
    FigureCoverage("energy.total", 14, 12, 1, 9, {Difference.BOUNDARY: 1, Difference.ESTIMATED: 2}),
    FigureCoverage("ghg.scope1.gross", 14, 12, 1, 10, {Difference.GASES: 2}),
    FigureCoverage("ghg.scope3.gross", 14, 9, 3, 9),
    FigureCoverage("water.withdrawal.total", 14, 11, 2, 11),
)
MATCHED = {
    "energy.total": (
        number("energy.total", "9100000", "kWh", 10),
        number("energy.total", "8600000", "kWh", 10),
    ),
    "ghg.scope1.gross": (
        number("ghg.scope1.gross", "1300", "t-co2e", 10),
        number("ghg.scope1.gross", "1200", "t-co2e", 10),
    ),
}
RELEASE = Release(
    7,
    1,
    1,
    datetime(2026, 11, 15, 9, tzinfo=UTC),
    ReleaseContent(2025, "2026", 14, NUMBERS, COVERAGE, MATCHED),
    left=1,
)
GOAL = JointGoal(2024, 2028, Decimal(1_500_000), Decimal(400))


def part(companies: int, measures: int, kwh: str | None, t_co2e: str | None) -> SavingPart:
    """What some measures save; None is withheld."""
    sums = {Saving.ENERGY: kwh, Saving.GHG: t_co2e}
    return SavingPart(
        companies,
        measures,
        {
            saving: SavingSum(companies, Decimal(value), Rule.PASSED)
            if value
            else SavingSum(companies, None, Rule.LARGEST)
            for saving, value in sums.items()
        },
    )


SAVED = JointSum(
    3,
    1,
    1,
    datetime(2026, 11, 20, 9, tzinfo=UTC),
    JointProgress(
        2024,
        2028,
        "2026",
        19,
        part(11, 30, "1100000", "290"),
        (
            StatePart(frozenset({MeasureState.PLANNED}), part(7, 9, "340000", "90")),
            StatePart(frozenset({MeasureState.DONE, MeasureState.RUNNING}), part(9, 21, "760000", None)),
        ),
        kinds=(KindPart("heat", part(6, 9, "610000", "180")), KindPart("", part(8, 21, "490000", "110"), 4)),
    ),
)


def report_members(count: int = 19) -> Sequence[TakingPart]:
    """So many members in all stages, of three sectors and sizes."""
    refs = [str(number) for number in range(1, 21)]
    stages = [*MemberStage]
    words = ("answered", "answered", "answered", "explained", "in-progress", "open")
    return [
        TakingPart(
            stage=stages[at % len(stages)],
            is_submitted=stages[at % len(stages)] in (MemberStage.SUBMITTED, MemberStage.APPROVED),
            section="C" if at % 3 == 0 else "F" if at % 3 == 1 else "",
            size=CompanySize.SMALL if at % 2 else CompanySize.MEDIUM if at % 4 else CompanySize.LARGE,
            progress={ref: words[(at + place) % len(words)] for place, ref in enumerate(refs)},
        )
        for at in range(count)
    ]


def report_content(count: int = 19) -> ClusterReportContent:
    """The report of a year with a release and a joint goal."""
    areas = load_catalogue(editions()[-1]).areas
    criteria = {area.key: [str(number) for number in area.criteria] for area in areas}
    return ClusterReportContent(
        cluster="Klimanetzwerk <Weser> & Lippe",
        reporting_year=2025,
        made_on=DAY,
        participation=count_participation(report_members(count), criteria),
        release=RELEASE,
        rules=load_aggregation_rules(),
        sections={section.key: section.label for section in load_sectors().current.sections},
        factors=(("Umweltbundesamt, Strommix", "16/2026"), ("DESNZ", "2026, 1.2")),
        kinds={"heat": Text("Wärme im Betrieb", "Heat at work")},
        goal=GOAL,
        saved=SAVED,
    )


def draft_content() -> ClusterReportContent:
    """The report of a year without a release and without a goal."""
    return replace(report_content(), release=None, goal=None, saved=None)
