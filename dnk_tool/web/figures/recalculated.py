"""The page of all figures that this program calculates otherwise, where each is taken over or stays.

Words the figures that are calculated otherwise today: both values, the difference and the reasons.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue import Requirement, Section, Selection
from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.calculators.rule_changes import load_rule_changes
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.domain.figures.recalculation import ChangedFactor, Recalculation
from dnk_tool.domain.permissions import NotPermitted, Permission, can, require
from dnk_tool.services.editing.editable_content import EditableContent, editable_content
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.figures.calculator_lines import StoredLine, lines_of
from dnk_tool.services.figures.decisions import (
    MAX_NOTE_LENGTH,
    FigureChoice,
    decide_figures,
    decision_notes,
    recalculated_figures,
)
from dnk_tool.services.figures.save import require_figure_editable
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.figures.calculators.routes import known_factors
from dnk_tool.web.figures.figure_list import percent_change_text
from dnk_tool.web.http.access import current_actor, current_declaration, current_subject, current_work, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import FieldError, messages_by_field
from dnk_tool.web.text.quantities import QuantityFormatter

blueprint = Blueprint("recalculated", __name__, url_prefix="/erklaerungen/<int:declaration_id>/neu-gerechnet")


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
    """Both values as readers see them, with all digits where they would look the same; "" for none."""
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


@dataclass(frozen=True)
class SentChoice:
    """What was sent for a figure: the values seen, the choice ("take", "keep" or none yet), and the note."""

    seen: str
    choice: str = ""
    note: str = ""

    @property
    def taken(self) -> "SentChoice":
        """With the new value chosen, unless something else was chosen or noted."""
        return self if self.choice or self.note.strip() else replace(self, choice="take")


@blueprint.get("")
@permit(Permission.DECLARATION_ENTER)
def show(declaration_id: int) -> ResponseReturnValue:
    return _page()


@blueprint.post("")
@permit(Permission.DECLARATION_ENTER)
def save(declaration_id: int) -> ResponseReturnValue:
    """Carry out the choices, for `all` with every new value about which nothing was chosen.

    Returns 409 with the present values if one of them changed meanwhile.
    """
    declaration, sent = current_declaration(), _sent()
    _require_some_section(declaration)
    if request.form.get("action") == "all":
        current = editable_content(db(), declaration)
        new = {row.key for row in _rows(declaration) if row.has_new_value and _may_decide(current, row.key)}
        sent = {key: each.taken if key in new else each for key, each in sent.items()}
    choices = {
        key: FigureChoice(each.seen, each.choice == "take", each.note)
        for key, each in sent.items()
        if each.choice
    }
    if errors := _errors(sent):
        return _page(sent, errors=errors), 422
    try:
        outdated = decide_figures(current_work(), declaration, known_factors(), choices)
    except LookupError:
        abort(404)
    if outdated:
        db().rollback()
        return _page(sent, outdated=outdated), 409
    taken = sum(choice.is_taken for choice in choices.values())
    flash(_saved_text(taken, len(choices) - taken), "success")
    return redirect(url_for(".show", declaration_id=declaration_id), 303)


def _require_some_section(declaration: Declaration) -> None:
    """Raise NotPermitted unless the person may edit some section. Each figure is checked again on writing."""
    actor, subject = current_actor(), current_subject()
    sections = declarations.selection_of(declaration).sections
    if not any(can(Permission.SECTION_EDIT, actor, replace(subject, section=each.ref)) for each in sections):
        require(Permission.DECLARATION_EDIT, actor, subject)


def undecided_count(
    declaration: Declaration, content: DeclarationContent, lines: Sequence[StoredLine]
) -> int:
    """How many figures that the person sees wait for a decision."""
    listed = recalculated_figures(db(), declaration, known_factors(), content, lines=lines)
    return sum(not each.follows and not each.is_kept for each in _visible(listed, content))


def _saved_text(taken: int, kept: int) -> str:
    """What became of the choices, in one or two sentences."""
    texts = []
    if taken:
        texts.append(
            ngettext(
                "Der neue Wert gilt jetzt. Der alte bleibt im Verlauf der Kennzahl.",
                "%(num)d neue Werte gelten jetzt. Die alten bleiben im Verlauf der Kennzahlen.",
                taken,
            )
        )
    if kept:
        texts.append(ngettext("Der alte Wert bleibt.", "%(num)d alte Werte bleiben.", kept))
    return " ".join(texts)


def _sent() -> dict[str, SentChoice]:
    """The choices of the page, by datapoint."""
    form = request.form
    return {
        name.removeprefix("seen-"): SentChoice(
            seen,
            form.get(f"choice-{name.removeprefix('seen-')}", ""),
            form.get(f"note-{name.removeprefix('seen-')}", ""),
        )
        for name, seen in form.items()
        if name.startswith("seen-")
    }


def _errors(sent: Mapping[str, SentChoice]) -> list[FieldError]:
    errors = []
    for key, each in sent.items():
        name = key.replace(".", "-")
        if len(each.note) > MAX_NOTE_LENGTH:
            text = _("Kürzen Sie die Notiz auf höchstens %(most)s Zeichen.", most=MAX_NOTE_LENGTH)
            errors.append(FieldError(f"note-{name}", text))
        elif each.note.strip() and not each.choice:
            errors.append(FieldError(f"choice-{name}", _("Wählen Sie, welcher Wert gelten soll.")))
    if not errors and not any(each.choice for each in sent.values()):
        first = next(iter(sent), "")
        errors.append(
            FieldError(
                f"choice-{first.replace('.', '-')}", _("Wählen Sie bei einer Zahl, welcher Wert gelten soll.")
            )
        )
    return errors


def _visible(listed: Sequence[Recalculation], content: DeclarationContent) -> list[Recalculation]:
    """Those that the person may see: all, or of a contributor's sections."""
    if can(Permission.DECLARATION_VIEW, current_actor(), current_subject()):
        return list(listed)
    selection = content.sheet.selection
    return [
        each
        for each in listed
        if any(
            can(
                Permission.SECTION_VIEW,
                current_actor(),
                replace(current_subject(), section=selection.section_of[requirement.ref].ref),
            )
            for requirement in selection.asked_by.get(each.datapoint, ())
        )
    ]


def _rows(declaration: Declaration) -> list[RecalculationRow]:
    content, lines = declarations.read_content(db(), declaration), lines_of(db(), declaration)
    listed = recalculated_figures(db(), declaration, known_factors(), content, lines=lines)
    shown = QuantityFormatter(content.sheet.selection.catalogue, current_language())
    by_id = {stored.line.id: stored.line for stored in lines}
    return [
        recalculation_row(each, declaration, content.sheet.selection, by_id, shown)
        for each in _visible(listed, content)
    ]


def _may_decide(current: EditableContent, key: str) -> bool:
    try:
        require_figure_editable(current, key, current_actor())
    except (NotPermitted, Locked):
        return False
    return True


def _page(
    sent: Mapping[str, SentChoice] | None = None,
    *,
    errors: Sequence[FieldError] = (),
    outdated: Collection[str] = (),
) -> str:
    """Render the page; `sent` are choices that are not saved, of `outdated` figures only the note."""
    declaration = current_declaration()
    rows, current = _rows(declaration), editable_content(db(), declaration)
    notes = decision_notes(db(), declaration) if any(row.recalculation.is_kept for row in rows) else {}
    stored = {
        row.key: SentChoice(row.recalculation.mark, "keep", notes.get(row.key, ""))
        if row.recalculation.is_kept
        else SentChoice(row.recalculation.mark)
        for row in rows
    }
    typed = {key: replace(each, choice="") if key in outdated else each for key, each in (sent or {}).items()}
    points = declarations.selection_of(declaration).catalogue.datapoints
    return render_template(
        "figures/recalculated.html",
        declaration=declaration,
        to_decide=[row for row in rows if row.is_open],
        following=[row for row in rows if row.recalculation.follows],
        kept=[row for row in rows if row.recalculation.is_kept],
        choices={**stored, **typed},
        editable={row.key for row in rows if _may_decide(current, row.key)},
        errors=errors,
        messages=messages_by_field(errors),
        changed=[points[key].label.to(current_language()) for key in sorted(outdated) if key in points],
        # What was typed to a figure that is not on the page any more.
        lost=[typed[key].note for key in sorted(typed.keys() - {row.key for row in rows}) if typed[key].note],
        sees_all=can(Permission.DECLARATION_VIEW, current_actor(), current_subject()),
    )
