"""Builds the annex of a declaration: calculations line by line, further figures, explanations, evidence.

Says which set of global warming potentials the inventory uses.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dnk_tool.catalogue.factors.model import GWP_SETS
from dnk_tool.domain.answers.answer import Quality
from dnk_tool.domain.answers.goals import GoalOutcome
from dnk_tool.domain.declarations.annex import OWN_POTENTIAL, ReviewedGoal, UsedFactor
from dnk_tool.domain.figures.calculators.lines import GWP_SETS_OF_EDITIONS
from dnk_tool.labels import stored_label
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.text.prose import Prose
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.figures.calculations import (
    CalculationView,
    FactorSources,
    LineLists,
    calculation_views,
    datapoints_with_factors,
    formula_input_tables,
    further_figure_text,
    sum_tables,
)
from dnk_tool.report.view.figures.company_tables import lay_out_table
from dnk_tool.report.view.figures.status import scope3_note
from dnk_tool.report.view.parts import LabelledText, PrintedTable, TableCell


def potentials_sentence(source: RenderContext) -> str:
    """The sets of the lines and the one chosen for the inventory; "" where there is neither."""
    steps = [step for line in source.document.annex.calculations for step in line.steps]
    used = {_gwp_set(step.factor) for step in steps if step.factor} | {source.document.gwp_set}
    _ = source.words.gettext
    reports = {
        "AR4": _("Vierter Sachstandsbericht (AR4, 2007)"),
        "AR5": _("Fünfter Sachstandsbericht (AR5, 2013)"),
        "AR6": _("Sechster Sachstandsbericht (AR6, 2021)"),
    }
    named = [reports[gwp_set] for gwp_set in GWP_SETS if gwp_set in used]
    if not named:
        return ""
    return _("Treibhauspotenziale (GWP) über 100 Jahre: IPCC, %(reports)s.") % {"reports": "; ".join(named)}


def _gwp_set(factor: UsedFactor) -> str:
    """The set that the factor belongs to, or ""."""
    typed = factor.source.removeprefix(OWN_POTENTIAL) if not factor.edition else ""
    return GWP_SETS_OF_EDITIONS.get(factor.edition, typed)


@dataclass(frozen=True, slots=True)
class EarlierGoalView:
    """A goal of an earlier year with its outcome and the company's comments."""

    title: str
    goal: Prose
    outcome: str
    comments: tuple[LabelledText, ...]


@dataclass(frozen=True, slots=True)
class AnnexView:
    """The annex, ready for the page; empty fields are not printed. `sources` are numbered from 1.

    `lists` hold the single lines of groups that calculations and sums print as one row.
    """

    scope: tuple[LabelledText, ...] = ()
    goals: tuple[EarlierGoalView, ...] = ()
    further: tuple[PrintedTable, ...] = ()
    calculations: tuple[CalculationView, ...] = ()
    potentials: str = ""
    sums: tuple[PrintedTable, ...] = ()
    lists: tuple[PrintedTable, ...] = ()
    entries: tuple[PrintedTable, ...] = ()
    sources: tuple[str, ...] = ()
    explanations: tuple[LabelledText, ...] = ()
    evidence: tuple[PrintedTable, ...] = ()

    def __bool__(self) -> bool:
        said = (self.scope, self.goals, self.further, self.explanations, self.evidence)
        return any((*said, self.calculations, self.sums, self.entries))


NO_ANNEX = AnnexView()


def annex_view(source: RenderContext) -> AnnexView:
    """Build the annex of the document; parts without content are empty."""
    sources, lists = FactorSources(source.words), LineLists(source.words)
    calculations = tuple(calculation_views(source, sources, lists))
    added = tuple(sum_tables(source, lists))
    return AnnexView(
        scope=tuple(_scope(source)),
        goals=tuple(_goal(goal, source) for goal in source.document.annex.goals),
        further=tuple(_further_figures_table(source)),
        calculations=calculations,
        potentials=potentials_sentence(source),
        sums=added,
        lists=lists.views(),
        entries=tuple(formula_input_tables(source)),
        sources=tuple(sources.texts),
        explanations=tuple(_explanations(source)),
        evidence=tuple(_evidence(source)),
    )


def _further_figures_table(source: RenderContext) -> Iterator[PrintedTable]:
    words, points = source.words, source.document.selection.catalogue.datapoints
    rows = []
    for figure in source.document.annex.figures:
        label = (
            words.catalogue_text(points[figure.datapoint].printed)
            if figure.datapoint in points
            else figure.datapoint
        )
        quality = stored_label(Quality, figure.quality, words.language)
        notes = (words.printable_text(figure.note), scope3_note(figure.datapoint, source))
        cells = (label, further_figure_text(figure, source), quality, " ".join(filter(None, notes)))
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
        yield lay_out_table(words.gettext("Kennzahlen %(year)s") % {"year": year}, kept, cut)


def _scope(source: RenderContext) -> Iterator[LabelledText]:
    words, scope = source.words, source.document.annex.scope
    for label, sites in (
        (words.gettext("Standorte in den Zahlen"), scope.sites),
        (words.gettext("Nicht in den Zahlen"), scope.left_out),
        (words.gettext("Neu gegenüber dem Vorjahr"), scope.added),
        (words.gettext("Nicht mehr dabei"), scope.dropped),
    ):
        if sites:
            yield LabelledText(
                label, words.paragraph(", ".join(words.printable_text(site) for site in sites))
            )
    if scope.note:
        yield LabelledText(words.gettext("Änderung gegenüber dem Vorjahr"), words.prose(scope.note))


def _goal(goal: ReviewedGoal, source: RenderContext) -> EarlierGoalView:
    words = source.words
    _ = words.gettext
    requirement = source.document.selection.requirements.get(goal.ref)
    title = f"{goal.ref} {words.catalogue_text(requirement.title)}" if requirement else goal.ref
    said = ((_("Warum"), goal.reason), (_("Wie es weitergeht"), goal.outlook))
    return EarlierGoalView(
        title=f"{title} ({goal.year})",
        goal=words.prose(goal.goal),
        outcome=outcome_label(goal.outcome, words),
        comments=tuple(LabelledText(label, words.prose(text)) for label, text in said if text),
    )


def outcome_label(outcome: str, words: TextFormatter) -> str:
    """The label of a goal's outcome; an unknown outcome of a later program is printed as it is."""
    return stored_label(GoalOutcome, outcome, words.language) or outcome


def _explanations(source: RenderContext) -> Iterator[LabelledText]:
    """The explanations of figures without a calculation; others are printed below their calculation."""
    words, points = source.words, source.document.selection.catalogue.datapoints
    calculated = datapoints_with_factors(source)
    for explanation in source.document.annex.explanations:
        if explanation.datapoint in calculated:
            continue
        point = points.get(explanation.datapoint)
        yield LabelledText(
            words.catalogue_text(point.printed) if point else explanation.datapoint,
            words.prose(explanation.sentence),
        )


def _evidence(source: RenderContext) -> Iterator[PrintedTable]:
    words = source.words
    _ = words.gettext
    listed = [evidence for evidence in source.document.annex.evidence if evidence.is_listed]
    if not listed:
        return
    heads = (TableCell(_("Beleg"), False), TableCell(_("Gehört zu"), False))
    rows = tuple(
        (
            TableCell(words.printable_text(evidence.title or evidence.name), False),
            TableCell("; ".join(evidence_target_label(key, source) for key in evidence.belongs_to), False),
        )
        for evidence in listed
    )
    yield lay_out_table(_("Liste der Belege"), heads, rows)


def evidence_target_label(key: str, source: RenderContext) -> str:
    """The title of what evidence belongs to: a figure or requirement by `key`; else the key itself."""
    selection, words = source.document.selection, source.words
    if key in selection.catalogue.datapoints:
        return words.catalogue_text(selection.catalogue.datapoints[key].printed)
    if key in selection.requirements:
        return f"{key} {words.catalogue_text(selection.requirements[key].title)}"
    return words.printable_text(key)
