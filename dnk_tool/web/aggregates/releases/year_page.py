"""What the page about a year's numbers shows: the release that stands, one in work, and who takes part.

The shares of the flow of material over the members, as rows of a picture; each is a released rate.
The numbers of a release by name, without values: what a preview will show, and what rules withhold.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from dnk_tool.catalogue.aggregation_rules import AggregationRules, load_aggregation_rules
from dnk_tool.domain.aggregates.entering_versions import EnteringMembers, ReleaseState
from dnk_tool.domain.aggregates.json_format import release_from_json
from dnk_tool.domain.aggregates.model import (
    ALL_MEMBERS,
    Group,
    Release,
    ReleaseContent,
    ReleasedNumber,
    Rule,
    Statistic,
)
from dnk_tool.language import Language, local_day
from dnk_tool.store.aggregates import confirmations, entering_members, releases
from dnk_tool.store.clusters import cohorts
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.aggregates import ReleaseRow
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.web.aggregates.releases import words
from dnk_tool.web.aggregates.releases.rows import (
    CoverageRow,
    NumberGrid,
    ReleasedRow,
    companies_text,
    coverage_rows,
    group_sums,
    middle_values,
    sums_and_rates,
)

FIRST_YEAR, LAST_YEAR = 2000, 2100


WIDTH = 1000  # of the picture's own units
_NOTHING = Decimal(0)


STATISTICS: Mapping[Statistic, object] = {
    Statistic.SUM: _l("Summe"),
    Statistic.RATE: _l("Anteil oder Rate"),
    Statistic.MIDDLE: _l("Mitte"),
}


@dataclass(frozen=True, slots=True)
class NumberList:
    """Under a figure or a rule: a sentence, and numbers with how many companies each comes from."""

    title: str
    text: str
    numbers: tuple[str, ...]


def preview_lists(content: ReleaseContent, language: Language) -> list[NumberList]:
    """Which numbers will be shown, by figure and without their values.

    Two previews, before and after a company joined, would otherwise give its figures away.
    """
    shown = _by_figure(number for number in content.numbers if number.is_shown)
    return [
        NumberList(words.figure_name(figure, language), "", tuple(_counted(numbers, language)))
        for figure, numbers in shown.items()
    ]


def withheld_lists(content: ReleaseContent, language: Language) -> list[NumberList]:
    """The numbers that are not shown, by the rule that withholds them; what nobody reports comes last."""
    by_rule: dict[Rule, list[ReleasedNumber]] = {}
    unreported: dict[str, None] = {}
    for number in content.numbers:
        if number.is_shown:
            continue
        if not content.is_reported(number.figure):
            unreported[words.figure_name(number.figure, language)] = None
        else:
            by_rule.setdefault(number.rule, []).append(number)
    lists = [
        NumberList(
            words.rule_title(rule, language),
            words.rule_text(rule, language),
            tuple(_named(numbers, language)),
        )
        for rule, numbers in by_rule.items()
    ]
    nobody = NumberList(_("Berichtet niemand"), "", tuple(unreported))
    return [*lists, nobody] if unreported else lists


def _named(numbers: Iterable[ReleasedNumber], language: Language) -> list[str]:
    """A line for each figure: its name, and which of its numbers are meant."""
    return [
        f"{words.figure_name(figure, language)}: {'; '.join(_counted(of_figure, language))}"
        for figure, of_figure in _by_figure(numbers).items()
    ]


def _counted(numbers: Iterable[ReleasedNumber], language: Language) -> list[str]:
    """The numbers of a figure; those from equally many companies of the same members beside each other."""
    found: dict[tuple[str, bool], list[str]] = {}
    for number in numbers:
        counted = companies_text(number) if number.companies else _("kein vergleichbares Unternehmen")
        key = (counted, number.group == ALL_MEMBERS)
        found.setdefault(key, []).append(_name(number, language))
    return [f"{', '.join(names)} ({counted})" for (counted, _is_all), names in found.items()]


def _by_figure(numbers: Iterable[ReleasedNumber]) -> dict[str, list[ReleasedNumber]]:
    found: dict[str, list[ReleasedNumber]] = {}
    for number in numbers:
        found.setdefault(number.figure, []).append(number)
    return found


def _name(number: ReleasedNumber, language: Language) -> str:
    """What a number says of its figure, such as "Mitte je Unternehmen" or "Summe, Bau"."""
    name = str(STATISTICS[number.statistic])
    if number.statistic is Statistic.MIDDLE:
        name = f"{name} {words.per_text(number.per)}"
    if number.group == ALL_MEMBERS:
        return name
    is_rest = number.group == Group(is_rest=True)
    return f"{name} {_('der anderen') if is_rest else words.group_name(number.group, language)}"


@dataclass(frozen=True, slots=True)
class _Share:
    """A rate of the picture; `follows` says whether its bar begins where the one before it ends."""

    figure: str
    name: object
    look: str
    follows: bool


_SHARES = (
    _Share("materials.recycled-share", _l("Material aus Recycling"), "source", follows=False),
    _Share("materials.bio-based-share", _l("Neu, aus Pflanzen oder Tieren"), "output", follows=True),
    _Share("waste.recycled-share", _l("Abfall, der recycelt wird"), "route", follows=False),
)


@dataclass(frozen=True, slots=True)
class MaterialShareRow:
    """A share in words; its bar begins at `start` and is `width` long, of `WIDTH`."""

    name: str
    amount: str
    source: str
    look: str
    start: str
    width: str


def material_share_rows(
    content: ReleaseContent, before: ReleaseContent | None, language: Language
) -> list[MaterialShareRow]:
    """The shares that are shown; none unless one of them is about the material that goes in."""
    shown = [(share, number) for share in _SHARES if (number := _shown(content, share.figure))]
    if not any(share.figure.startswith("materials.") for share, _number in shown):
        return []
    return list(_rows(shown, before, language))


def _rows(
    shown: list[tuple[_Share, ReleasedNumber]], before: ReleaseContent | None, language: Language
) -> Iterator[MaterialShareRow]:
    end = _NOTHING
    for share, number in shown:
        start, length = (end if share.follows else _NOTHING), number.value or _NOTHING
        end = start + length
        yield MaterialShareRow(
            name=str(share.name),
            amount=words.number_text(number, language),
            source=_source(number, before, language),
            look=share.look,
            start=_units(start),
            width=_units(length),
        )


def _source(number: ReleasedNumber, before: ReleaseContent | None, language: Language) -> str:
    """From how many companies the share comes, and what it was in the year before."""
    said = companies_text(number)
    earlier = _shown(before, number.figure) if before else None
    if earlier is None:
        return said
    return str(_("%(said)s; im Jahr davor %(share)s", said=said, share=words.number_text(earlier, language)))


def _shown(content: ReleaseContent, figure: str) -> ReleasedNumber | None:
    number = content.number(figure, Statistic.RATE)
    return number if number and number.is_shown else None


def _units(percent: Decimal) -> str:
    return format(percent * WIDTH / 100, "f")


@dataclass(frozen=True, slots=True)
class ReleaseYearPage:
    """A year of a cluster's numbers.

    `last`: the release that was made last, also a withdrawn one, `made_by` its manager's name; `sums`,
    `middles`, `groups`, `coverage` and `material` are its, if it stands. `work`: the one that is ordered,
    prepared or refused, with its `preview`: `passing` numbers, by figure. `withheld`: what rules withhold in
    the preview, or else in the release.
    `is_archived`: nothing of the year can be changed. `unconfirmed`: how many did not count when the preview
    was made; `counts_all`: the operators are in the cluster's team, so that all count; `asked_at`: when a
    mail led operators to those that do not.
    """

    year: int
    years: tuple[int, ...]
    is_archived: bool
    counts_all: bool
    asked_at: datetime | None
    participation: EnteringMembers
    last: Release | None
    reason: str
    made_by: str
    work: ReleaseRow | None
    sums: tuple[ReleasedRow, ...]
    middles: NumberGrid | None
    groups: tuple[NumberGrid, ...]
    preview: tuple[NumberList, ...]
    passing: int
    unconfirmed: int
    withheld: tuple[NumberList, ...]
    coverage: tuple[CoverageRow, ...]
    material: tuple[MaterialShareRow, ...]
    rules: AggregationRules

    @property
    def is_shown(self) -> bool:
        """Whether a release of the year stands."""
        return self.last is not None and self.last.withdrawn_at is None


def year_page(
    session: Session, cluster: Cluster, asked: int | None, language: Language, *, now: datetime
) -> ReleaseYearPage:
    """Read the page of the year that was asked for, by default of the last one with a cohort or release."""
    of_cluster = cohorts.of_cluster(session, cluster.id)
    ended = local_day(now).year - 1
    known = {*releases.years(session, cluster.id), *(each.reporting_year for each in of_cluster), ended}
    is_possible = asked is not None and FIRST_YEAR <= asked <= LAST_YEAR
    year = asked if asked is not None and is_possible else max(each for each in known if each <= ended)
    stored = releases.of_year(session, cluster.id, year)
    made = next((it for it in stored if it.row.made_at is not None), None)
    work = stored[0].row if stored and stored[0].row.made_at is None else None
    shown = made.release if made and made.is_shown else None
    before = releases.shown_release(session, cluster.id, year - 1) if shown else None
    maker = session.get(Account, made.row.made_by) if made and made.row.made_by else None
    content = shown.content if shown else None
    prepared = _prepared(work)
    newest = prepared or content
    return ReleaseYearPage(
        year=year,
        years=tuple(sorted({*known, year}, reverse=True)),
        is_archived=cluster.archived_at is not None
        or any(each.archived_at is not None for each in of_cluster if each.reporting_year == year),
        counts_all=confirmations.counts_all(session, cluster.id),
        asked_at=cluster.confirmation_asked_at,
        participation=entering_members.entering_members(session, cluster.id, year),
        last=made.release if made else None,
        reason=made.row.reason if made else "",
        made_by=maker.name if maker else "",
        work=work,
        sums=tuple(sums_and_rates(content, before.content if before else None, language)) if content else (),
        middles=middle_values(content, language) if content else None,
        groups=tuple(group_sums(content, language)) if content else (),
        preview=tuple(preview_lists(prepared, language)) if prepared else (),
        passing=sum(number.is_shown for number in prepared.numbers) if prepared else 0,
        unconfirmed=prepared.unconfirmed if prepared else 0,
        withheld=tuple(withheld_lists(newest, language)) if newest else (),
        coverage=tuple(coverage_rows(content.coverage, language)) if content else (),
        material=tuple(material_share_rows(content, before.content if before else None, language))
        if content
        else (),
        rules=load_aggregation_rules(),
    )


def _prepared(work: ReleaseRow | None) -> ReleaseContent | None:
    """The content that waits for a manager's look; None if none does."""
    if work is None or work.state is not ReleaseState.PREPARED or work.content is None:
        return None
    return release_from_json(work.content)
