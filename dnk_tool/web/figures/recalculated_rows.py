"""Words the figures that are calculated otherwise today: both values, the difference and the reasons."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue import Requirement, Section, Selection
from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.calculators.rule_changes import load_rule_changes
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.domain.figures.recalculation import ChangedFactor, Recalculation
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.figures.figure_list_rows import percent_change_text
from dnk_tool.web.text.quantities import QuantityFormatter

# A reason names at most so many lines.
MAX_NAMED_LINES = 3


@dataclass(frozen=True)
class ChangeReason:
    """Why a value is another one today, and where that stands."""

    text: str
    source: str = ""
    href: str = ""


@dataclass(frozen=True)
class RecalculationRow:
    """A figure with its stored value and that of today. `follows`: the figures that decide about it."""

    recalculation: Recalculation
    point: Datapoint
    asked_by: tuple[tuple[Requirement, Section], ...]
    before: str
    after: str
    difference: str
    reasons: tuple[ChangeReason, ...]
    follows: tuple[str, ...]
    href: str

    @property
    def key(self) -> str:
        return self.point.key

    @property
    def id(self) -> str:
        """The figure's key as part of ids and field names of the page."""
        return self.point.key.replace(".", "-")

    @property
    def is_open(self) -> bool:
        """Whether somebody has to decide: it does not follow from another figure, and is not decided yet."""
        return not self.recalculation.follows and not self.recalculation.is_kept

    @property
    def has_new_value(self) -> bool:
        """Whether it is open and has a value today; to empty a figure is a decision of its own."""
        return self.is_open and self.recalculation.after.value is not None


def recalculation_row(
    recalculation: Recalculation,
    declaration: Declaration,
    selection: Selection,
    lines: Mapping[int, CalculatorLine],
    shown: QuantityFormatter,
) -> RecalculationRow:
    """The row of one figure, in the page's language."""
    point = shown.catalogue.datapoints[recalculation.datapoint]
    before, after = _values(recalculation, shown)
    return RecalculationRow(
        recalculation=recalculation,
        point=point,
        asked_by=tuple(
            (requirement, selection.section_of[requirement.ref])
            for requirement in selection.asked_by.get(point.key, ())
        ),
        before=before or _("kein Wert"),
        after=after or _("kein Wert"),
        difference=percent_change_text(point, recalculation.after, recalculation.before, shown.language),
        reasons=tuple(_reasons(recalculation, lines, shown)),
        follows=tuple(
            shown.catalogue.datapoints[key].label.to(shown.language) for key in recalculation.follows
        ),
        href=url_for("figures.show", declaration_id=declaration.id, datapoint=point.key),
    )


def _values(recalculation: Recalculation, shown: QuantityFormatter) -> tuple[str, str]:
    """Both values with equally many digits, with all of them where they would look the same; "" for none."""
    both = recalculation.before, recalculation.after
    before, after = (shown.figure(figure) for figure in both)
    if before == after:
        before, after = (
            shown.quantity(figure.quantity, is_exact=True) if figure.quantity else "" for figure in both
        )
    return before, after


def _reasons(
    recalculation: Recalculation, lines: Mapping[int, CalculatorLine], shown: QuantityFormatter
) -> Iterator[ChangeReason]:
    if recalculation.after.value is None:
        yield ChangeReason(_("Aus Ihren Zeilen ergibt sich heute kein Wert mehr."))
    of_rules = list(_rule_reasons(recalculation, lines, shown))
    yield from of_rules
    for changed in _grouped(recalculation.factors):
        yield _factor_reason(changed, shown)
    if recalculation.is_other_rule and not of_rules and recalculation.after.value is not None:
        yield ChangeReason(
            _(
                "Ihre Zeilen geben auch ohne neuen Faktor einen anderen Wert: Die Rechenregel hat sich "
                "geändert, oder die Kennzahl war gesperrt, als jemand eine Zeile änderte."
            )
        )


def _rule_reasons(
    recalculation: Recalculation, lines: Mapping[int, CalculatorLine], shown: QuantityFormatter
) -> Iterator[ChangeReason]:
    used = [lines[line] for line in recalculation.lines if line in lines]
    activities = {f"{line.calculator}/{line.activity}" for line in used}
    new = {changed.update.new.key for changed in recalculation.factors}
    for change in load_rule_changes():
        of_rule = recalculation.is_other_rule and change.concerns(recalculation.datapoint, activities)
        if of_rule or change.factors & new:
            yield ChangeReason(
                change.why.to(shown.language), change.source.to(shown.language), change.address
            )


def _grouped(factors: Sequence[ChangedFactor]) -> Iterator[list[ChangedFactor]]:
    """The changes of lines, those from the same to the same factor together."""
    groups: dict[tuple[object, ...], list[ChangedFactor]] = {}
    for changed in factors:
        stored, new = changed.update.stored, changed.update.new
        before = (stored.key, stored.edition, stored.value, stored.data_year) if stored else ()
        groups.setdefault((*before, new.key, new.edition.key, new.data_year), []).append(changed)
    yield from groups.values()


def _factor_reason(group: list[ChangedFactor], shown: QuantityFormatter) -> ChangeReason:
    stored, new = group[0].update.stored, group[0].update.new
    edition, names = new.edition, dict.fromkeys(_line_name(changed.line, shown) for changed in group)
    listed = "; ".join([*list(names)[:MAX_NAMED_LINES], *(["…"] if len(names) > MAX_NAMED_LINES else [])])
    words = {
        "lines": listed,
        "before": shown.factor(stored) if stored else "",
        "after": shown.factor(new),
        "set": edition.gwp_set,
    }
    if stored is None:
        text = _("%(lines)s: bisher ohne Faktor, jetzt %(after)s", **words)
    elif edition.gwp_set and stored.stated_gwp_set != edition.gwp_set:
        text = _("%(lines)s: Treibhauspotenzial nach %(set)s, %(after)s statt %(before)s", **words)
    else:
        text = _("%(lines)s: %(after)s statt %(before)s", **words)
    if len(group) > len(names):
        text += " " + ngettext("(%(num)d Zeile)", "(%(num)d Zeilen)", len(group))
    return ChangeReason(
        text, " ".join(part for part in (edition.title, edition.edition) if part), edition.address
    )


def _line_name(line: CalculatorLine, shown: QuantityFormatter) -> str:
    calculator = load_calculators().get(line.calculator)
    activity = calculator.activity(line.activity) if calculator else None
    kind = activity.label.to(shown.language) if activity else line.activity
    return " – ".join(part for part in (kind, line.label) if part)
