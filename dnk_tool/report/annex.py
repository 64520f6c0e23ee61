"""The annex of a printed declaration: calculations line by line, further figures, explanations, evidence."""

from collections.abc import Iterator
from dataclasses import dataclass

from dnk_tool.catalogue.factors import Boundary
from dnk_tool.catalogue.model import Datapoint
from dnk_tool.domain import numbers
from dnk_tool.domain.annex import (
    CalculatedLine,
    CalculatedStep,
    FurtherFigure,
    ReviewedGoal,
    UsedFactor,
)
from dnk_tool.domain.answers import Origin, Quality
from dnk_tool.domain.quantities import Quantity
from dnk_tool.report.figures import quality_label
from dnk_tool.report.pieces import Entry, Prose, TableCell, TableView
from dnk_tool.report.requirements import Source
from dnk_tool.report.tables import laid_out
from dnk_tool.report.typography import NO_BREAK
from dnk_tool.report.words import Words

TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True, slots=True)
class CalculationView:
    """How one figure came about: its lines as a table, what they add up to, and why that is right."""

    table: TableView
    total: str
    explained: tuple[Prose, ...] = ()


@dataclass(frozen=True, slots=True)
class GoalView:
    """What became of a goal of an earlier year."""

    title: str
    goal: Prose
    outcome: str
    said: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class AnnexView:
    """What stands behind the declaration, ready for the page. `sources` are numbered from 1."""

    scope: tuple[Entry, ...] = ()
    goals: tuple[GoalView, ...] = ()
    further: tuple[TableView, ...] = ()
    calculations: tuple[CalculationView, ...] = ()
    entries: tuple[TableView, ...] = ()
    sources: tuple[str, ...] = ()
    explanations: tuple[Entry, ...] = ()
    evidence: tuple[TableView, ...] = ()

    def __bool__(self) -> bool:
        said = (self.scope, self.goals, self.further, self.explanations, self.evidence)
        return any((*said, self.calculations, self.entries))


def annex_view(source: Source) -> AnnexView:
    """The annex of the document, of which only parts that say something are printed."""
    sources = _Sources(source.words)
    calculations = tuple(_calculations(source, sources))
    return AnnexView(
        scope=tuple(_scope(source)),
        goals=tuple(_goal(one, source) for one in source.document.annex.goals),
        further=tuple(_further(source)),
        calculations=calculations,
        entries=tuple(_entries(source)),
        sources=tuple(sources.texts),
        explanations=tuple(_explanations(source)),
        evidence=tuple(_evidence(source)),
    )


class _Sources:
    """The sources of factors in the order of their first use."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.texts: list[str] = []

    def number(self, factor: UsedFactor) -> str:
        text = _source_text(factor, self.words)
        if text not in self.texts:
            self.texts.append(text)
        return f"[{self.texts.index(text) + 1}]"


def _source_text(factor: UsedFactor, words: Words) -> str:
    _ = words.gettext
    if not factor.edition:
        return _("Eigener Faktor: %(reason)s") % {"reason": words.said(factor.reason)}
    year = _("Datenjahr %(year)s") % {"year": factor.data_year} if factor.data_year else ""
    boundary = boundary_label(factor.boundary, words)
    said = (factor.name, factor.source, year, factor.gases, boundary, factor.address)
    return ", ".join(words.said(one) for one in said if one)


def boundary_label(boundary: str, words: Words) -> str:
    """What a factor counts, in a few words."""
    _ = words.gettext
    labels: dict[str, str] = {
        Boundary.DIRECT: _("ohne Vorkette"),
        Boundary.UPSTREAM: _("nur Vorkette"),
        Boundary.BOTH: _("mit Vorkette"),
    }
    return labels.get(boundary, "")


def _calculations(source: Source, sources: _Sources) -> Iterator[CalculationView]:
    by_point: dict[str, list[tuple[CalculatedLine, CalculatedStep]]] = {}
    for line in source.document.annex.calculations:
        for step in line.steps:
            by_point.setdefault(step.datapoint, []).append((line, step))
    points = source.document.selection.catalogue.datapoints
    for key in points:
        if key in by_point:
            yield _calculation(points[key], by_point[key], source, sources)


def _calculation(
    point: Datapoint,
    steps: list[tuple[CalculatedLine, CalculatedStep]],
    source: Source,
    sources: _Sources,
) -> CalculationView:
    words = source.words
    _ = words.gettext
    heads = (
        TableCell(_("Zeile"), False),
        TableCell(_("Menge"), True),
        TableCell(f"{TIMES} {_('Faktor')}", True),
        TableCell(f"= {_('Ergebnis')}", True),
        TableCell(_("Quelle"), False),
    )
    rows = tuple(_step_row(line, step, source, sources) for line, step in steps)
    title = words.of(point.label)
    explained = (one for one in source.document.annex.explanations if one.datapoint == point.key)
    return CalculationView(
        laid_out(title, heads, rows),
        _total(point, source),
        tuple(words.prose(one.sentence) for one in explained),
    )


def _entries(source: Source) -> Iterator[TableView]:
    """The lines that only enter formulas: what was entered, without a factor."""
    words = source.words
    _ = words.gettext
    rows = []
    for line in source.document.annex.calculations:
        if line.entered and not line.steps:
            name = words.said(": ".join(one for one in (line.title, line.label) if one))
            said = (f"{words.said(one.label)}: {_quantity(one.quantity, source)}" for one in line.entered)
            rows.append((TableCell(name, False), TableCell("; ".join(said), False)))
    if rows:
        heads = (TableCell(_("Zeile"), False), TableCell(_("Eingegeben"), False))
        yield laid_out(_("Zahlen, aus denen Anteile und Quoten berechnet sind"), heads, tuple(rows))


def _step_row(
    line: CalculatedLine, step: CalculatedStep, source: Source, sources: _Sources
) -> tuple[TableCell, ...]:
    words, factor = source.words, step.factor
    name = words.said(": ".join(one for one in (line.title, line.label) if one))
    if step.category:
        name += f" ({words.gettext('Scope')}{NO_BREAK}{step.category})"
    times = ""
    if factor:
        times = f"{words.number(factor.value)}{NO_BREAK}{_per(factor, source)}"
    return (
        TableCell(name, False),
        TableCell(_quantity(step.quantity, source), True),
        TableCell(times or "–", True),
        TableCell(_quantity(step.result, source), True),
        TableCell(sources.number(factor) if factor else "", False),
    )


def _per(factor: UsedFactor, source: Source) -> str:
    return f"{_unit(factor.result_unit, source)}/{_unit(factor.unit, source)}"


def _unit(symbol: str, source: Source) -> str:
    families = source.document.selection.catalogue.families.values()
    unit = next((one.units[symbol] for one in families if symbol in one.units), None)
    return source.words.unit(symbol, unit)


def _quantity(quantity: Quantity, source: Source) -> str:
    return f"{source.words.number(quantity.value)}{NO_BREAK}{_unit(quantity.unit, source)}"


def _total(point: Datapoint, source: Source) -> str:
    """The figure that the lines gave, as it stands in the declaration; nothing if somebody replaced it."""
    figure = source.sheet.figures.get(point.key)
    if figure and figure.origin is Origin.LINES and figure.readable:
        return _quantity(figure.readable, source)
    further = source.document.annex.figures
    return next((_further_amount(one, source) for one in further if one.datapoint == point.key), "")


def _further_amount(one: FurtherFigure, source: Source) -> str:
    """What is calculated is rounded for reading, as in the indicators."""
    is_result = one.quality == Quality.CALCULATED
    value = numbers.readable(one.quantity.value) if is_result else one.quantity.value
    return _quantity(Quantity(value, one.quantity.unit), source)


def _further(source: Source) -> Iterator[TableView]:
    words, points = source.words, source.document.selection.catalogue.datapoints
    rows = []
    for one in source.document.annex.figures:
        label = words.of(points[one.datapoint].label) if one.datapoint in points else one.datapoint
        known = {quality.value for quality in Quality}
        quality = quality_label(Quality(one.quality), words) if one.quality in known else ""
        cells = (label, _further_amount(one, source), quality, words.said(one.note))
        rows.append(tuple(TableCell(text, place == 1) for place, text in enumerate(cells)))
    if rows:
        heads = (
            words.gettext("Kennzahl"),
            words.gettext("Wert"),
            words.gettext("Herkunft"),
            words.gettext("Anmerkung"),
        )
        marked = tuple(TableCell(text, place == 1) for place, text in enumerate(heads))
        kept = marked if any(row[3].text for row in rows) else marked[:3]
        cut = tuple(row[: len(kept)] for row in rows)
        year = source.document.reporting_year
        yield laid_out(words.gettext("Kennzahlen %(year)s") % {"year": year}, kept, cut)


def _scope(source: Source) -> Iterator[Entry]:
    words, scope = source.words, source.document.annex.scope
    for label, sites in (
        (words.gettext("Standorte in den Zahlen"), scope.sites),
        (words.gettext("Nicht in den Zahlen"), scope.left_out),
        (words.gettext("Neu gegenüber dem Vorjahr"), scope.added),
        (words.gettext("Nicht mehr dabei"), scope.dropped),
    ):
        if sites:
            yield Entry(label, words.line(", ".join(words.said(one) for one in sites)))
    if scope.note:
        yield Entry(words.gettext("Änderung gegenüber dem Vorjahr"), words.prose(scope.note))


def _goal(goal: ReviewedGoal, source: Source) -> GoalView:
    words = source.words
    _ = words.gettext
    outcomes = {
        "yes": _("erreicht"),
        "partly": _("teilweise erreicht"),
        "no": _("nicht erreicht"),
        "ongoing": _("läuft noch"),
    }
    requirement = source.document.selection.requirements.get(goal.ref)
    title = f"{goal.ref} {words.of(requirement.title)}" if requirement else goal.ref
    said = ((_("Warum"), goal.reason), (_("Wie es weitergeht"), goal.outlook))
    return GoalView(
        title=f"{title} ({goal.year})",
        goal=words.prose(goal.goal),
        outcome=outcomes.get(goal.outcome, goal.outcome),
        said=tuple(Entry(label, words.prose(text)) for label, text in said if text),
    )


def _explanations(source: Source) -> Iterator[Entry]:
    """The sentences about figures that no calculation stands for; the others stand below theirs."""
    words, points = source.words, source.document.selection.catalogue.datapoints
    lines = source.document.annex.calculations
    calculated = {step.datapoint for line in lines for step in line.steps} & points.keys()
    for one in source.document.annex.explanations:
        if one.datapoint in calculated:
            continue
        point = points.get(one.datapoint)
        yield Entry(words.of(point.label) if point else one.datapoint, words.prose(one.sentence))


def _evidence(source: Source) -> Iterator[TableView]:
    words = source.words
    _ = words.gettext
    listed = [one for one in source.document.annex.evidence if one.is_listed]
    if not listed:
        return
    heads = (TableCell(_("Beleg"), False), TableCell(_("Gehört zu"), False))
    rows = tuple(
        (
            TableCell(words.said(one.title or one.name), False),
            TableCell("; ".join(_belonging(key, source) for key in one.belongs_to), False),
        )
        for one in listed
    )
    yield laid_out(_("Liste der Belege"), heads, rows)


def _belonging(key: str, source: Source) -> str:
    selection, words = source.document.selection, source.words
    if key in selection.catalogue.datapoints:
        return words.of(selection.catalogue.datapoints[key].label)
    if key in selection.requirements:
        return f"{key} {words.of(selection.requirements[key].title)}"
    return words.said(key)
