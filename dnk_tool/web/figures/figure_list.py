"""The list of all figures of a declaration.

Rows of the list of figures, by topic, with the values of the two years before.

Labels for the state of a figure and for topics.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Sheet, computed_figure
from dnk_tool.domain.answers.completeness import CompletionStatus
from dnk_tool.domain.declarations.states import EDITABLE_STATES
from dnk_tool.domain.figures.states import UNFINISHED_STATES, FigureState, figure_state
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.quantities import change_in_percent
from dnk_tool.labels import TOPIC
from dnk_tool.language import Language, format_number
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.evidence import queries as evidence
from dnk_tool.store.figures import sites
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.figures.routes import blueprint
from dnk_tool.web.http.access import current_account, current_declaration, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.amounts import comparable_amounts, default_unit_text
from dnk_tool.web.text.labels import label_of

EARLIER_YEARS = 2

FiguresByYear = Mapping[tuple[int, str], Figure]


_UNFINISHED: Mapping[FigureState, CompletionStatus] = {
    FigureState.OPEN: CompletionStatus.OPEN,
    FigureState.BEGUN: CompletionStatus.IN_PROGRESS,
}
_TAG_KINDS: Mapping[CompletionStatus, str] = {
    CompletionStatus.OPEN: "open",
    CompletionStatus.IN_PROGRESS: "progress",
    CompletionStatus.DONE: "done",
}
# States that the tag describes fully.
_WITHOUT_DETAIL = frozenset({FigureState.OPEN, FigureState.BEGUN, FigureState.ENTERED})


def state_tag(state: FigureState) -> tuple[str, str]:
    """Text and kind of the state's tag."""
    status = _UNFINISHED.get(state, CompletionStatus.DONE)
    return label_of(status), _TAG_KINDS[status]


def state_detail(state: FigureState) -> str:
    """What the tag leaves out, such as where the value comes from; "" if nothing."""
    return "" if state in _WITHOUT_DETAIL else label_of(state)


def topic_title(topic: str) -> str:
    """The topic's title; its key if it has none."""
    return str(gettext(TOPIC.get(topic, topic)))


@dataclass(frozen=True, slots=True)
class FigureListRow:
    """One figure in the list. `earlier`: values of the years before in this year's unit, latest first.

    `entered`: as many texts, of what was entered in another unit.
    """

    point: Datapoint
    state: FigureState
    figure: Figure
    amount: str
    converted: str
    change: str
    earlier: tuple[str, ...]
    entered: tuple[str, ...]
    files: int = 0

    @property
    def is_open(self) -> bool:
        """Whether the figure is unfinished."""
        return self.state in UNFINISHED_STATES

    @property
    def is_blank(self) -> bool:
        """Whether nothing is known of the figure, neither this year nor before."""
        known = (self.amount, *self.earlier, self.figure.source, self.figure.responsible, self.files)
        return self.state is FigureState.OPEN and not any(known)


@dataclass(frozen=True, slots=True)
class FigureTopic:
    """The listed figures of one topic; `total` and `finished` count without the filter."""

    key: str
    title: str
    lines: tuple[FigureListRow, ...]
    total: int
    finished: int

    @property
    def known(self) -> tuple[FigureListRow, ...]:
        """Those of which something is known."""
        return tuple(line for line in self.lines if not line.is_blank)

    @property
    def blank(self) -> tuple[FigureListRow, ...]:
        """Those of which nothing is known."""
        return tuple(line for line in self.lines if line.is_blank)


@dataclass(frozen=True, slots=True)
class FigureList:
    """Figures that the declaration asks for, by topic, and `others` that have a value.

    `sheet`: the declaration's answers.
    """

    sheet: Sheet
    topics: tuple[FigureTopic, ...]
    others: tuple[FigureListRow, ...]
    all_topics: tuple[tuple[str, str], ...]

    @property
    def shown(self) -> int:
        """Number of listed figures, with the filter."""
        return sum(len(topic.lines) for topic in self.topics) + len(self.others)

    @property
    def earlier_years(self) -> int:
        """How many earlier years have any value, counted back to the earliest one."""
        lines = (*(line for topic in self.topics for line in topic.lines), *self.others)
        known = (back for line in lines for back, amount in enumerate(line.earlier, start=1) if amount)
        return max(known, default=0)

    @property
    def total(self) -> int:
        """Number of figures that the declaration asks for, without the filter."""
        return sum(topic.total for topic in self.topics)

    @property
    def finished(self) -> int:
        """Number of finished figures among `total`."""
        return sum(topic.finished for topic in self.topics)


@dataclass(frozen=True, slots=True)
class FigureFilter:
    """Filter of the list: topic, only unfinished, only those for which the person is responsible."""

    topic: str = ""
    only_open: bool = False
    mine: bool = False
    names: frozenset[str] = frozenset()

    @property
    def is_narrowed(self) -> bool:
        return bool(self.topic or self.only_open or self.mine)

    def matches(self, line: FigureListRow) -> bool:
        """Whether the row passes all filters that are set."""
        return (
            (not self.topic or line.point.topic == self.topic)
            and (not self.only_open or line.is_open)
            and (not self.mine or line.figure.responsible.casefold() in self.names)
        )


def figure_list(
    session: Session, declaration: Declaration, wanted: FigureFilter, language: Language
) -> FigureList:
    """Read the whole list; a fixed number of queries."""
    content, year = declarations.read_content(session, declaration), declaration.reporting_year
    selection = content.sheet.selection
    known = {
        (of, key): figure
        for (of, key), figure in (*content.figures.items(), *content.further.items())
        if of >= year - EARLIER_YEARS
    }
    files = evidence.count_files_by_figure(session, declaration)
    points = selection.catalogue.datapoints
    others = [
        key
        for (of, key), figure in known.items()
        if of == year and key in points and key not in selection.datapoints and not figure.is_empty
    ]
    sheet = replace(content.sheet, figures={key: figure for (of, key), figure in known.items() if of == year})

    def lines(keys: Iterable[str]) -> Iterator[FigureListRow]:
        for point in points.values():
            if point.key in keys:
                line = figure_list_row(sheet, point, known, year=year, language=language)
                yield replace(line, files=files.get(point.key, 0))

    asked = list(lines(selection.datapoints))
    topics = {line.point.topic: topic_title(line.point.topic) for line in asked}
    return FigureList(
        content.sheet,
        tuple(_topics(asked, topics, wanted)),
        tuple(line for line in lines(set(others)) if wanted.matches(line)),
        tuple(topics.items()),
    )


def _topics(
    lines: Iterable[FigureListRow], titles: Mapping[str, str], wanted: FigureFilter
) -> Iterator[FigureTopic]:
    by_topic: dict[str, list[FigureListRow]] = {}
    for line in lines:
        by_topic.setdefault(line.point.topic, []).append(line)
    for key, topic_lines in by_topic.items():
        shown = tuple(line for line in topic_lines if wanted.matches(line))
        yield FigureTopic(
            key, titles[key], shown, len(topic_lines), sum(not line.is_open for line in topic_lines)
        )


def figure_list_row(
    sheet: Sheet, point: Datapoint, known: FiguresByYear, *, year: int, language: Language
) -> FigureListRow:
    """One figure with the years before; the computed value where the datapoint follows from others."""
    entered = sheet.figures.get(point.key, NO_FIGURE)
    state = figure_state(sheet, point)
    figure = (computed_figure(point, sheet.figures) or entered) if state is FigureState.FOLLOWS else entered
    earlier = [known.get((year - back, point.key), NO_FIGURE) for back in range(1, EARLIER_YEARS + 1)]
    (amount, _same), *amounts = comparable_amounts(point, [figure, *earlier], language)
    return FigureListRow(
        point,
        state,
        replace(figure, responsible=entered.responsible, source=figure.source or entered.source),
        amount,
        default_unit_text(point, figure.quantity, language),
        percent_change_text(point, figure, earlier[0], language),
        tuple(text for text, _entered in amounts),
        tuple(entered for _text, entered in amounts),
    )


def percent_change_text(point: Datapoint, now: Figure, before: Figure, language: Language) -> str:
    """Change against the year before, such as "+12,5 %"; "" if it cannot be calculated."""
    if now.quantity is None or before.quantity is None:
        return ""
    if not {now.unit, before.unit} <= point.family.units.keys():
        return ""
    change = change_in_percent(now.quantity, before.quantity, point.family)
    if change is None:
        return ""
    return f"{'+' if change > 0 else ''}{format_number(change, language).replace('-', '−')}\u00a0%"


@blueprint.get("")
@permit(Permission.DECLARATION_VIEW)
def index(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    year, wanted = declaration.reporting_year, _requested_filter()
    listed_figures = figure_list(db(), declaration, wanted, current_language())
    return render_template(
        "figures/list.html",
        declaration=declaration,
        sheet=listed_figures.sheet,
        found=listed_figures,
        wanted=wanted,
        years=[year - back for back in range(1, listed_figures.earlier_years + 1)],
        states={figure_state: state_tag(figure_state) for figure_state in FigureState},
        details={
            figure_state: detail for figure_state in FigureState if (detail := state_detail(figure_state))
        },
        scope=sites.read_scope(db(), declaration.organisation, year),
        is_editable=declaration.state in EDITABLE_STATES,
    )


def _requested_filter() -> FigureFilter:
    account = current_account()
    names = frozenset(name.casefold() for name in (account.name, account.email) if name)
    return FigureFilter(
        request.args.get("thema", ""),
        request.args.get("offen") == "1",
        request.args.get("meine") == "1",
        names,
    )
