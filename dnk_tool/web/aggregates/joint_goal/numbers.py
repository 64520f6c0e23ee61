"""The numbers of a joint sum in words: cards with their bars, and the table by kind."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from dnk_tool.catalogue.aggregation_rules import load_aggregation_rules
from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.domain.aggregates.joint_goal import (
    OTHER_KINDS,
    JointGoal,
    JointProgress,
    KindPart,
    Saving,
    SavingPart,
    SavingSum,
)
from dnk_tool.domain.aggregates.model import Rule
from dnk_tool.domain.measures.model import MeasureState
from dnk_tool.language import format_number
from dnk_tool.web.http.languages import current_language

UNITS: Mapping[Saving, Any] = {
    Saving.ENERGY: _l("MWh im Jahr"),
    Saving.GHG: _l("t CO₂e im Jahr"),
    Saving.COST: _l("€ im Jahr"),
    Saving.INVESTMENT: _l("€ Investition"),
}
TITLES: Mapping[Saving, Any] = {
    Saving.ENERGY: _l("Energie"),
    Saving.GHG: _l("Treibhausgase"),
    Saving.COST: _l("Kosten"),
    Saving.INVESTMENT: _l("Investition"),
}
_DONE, _RUNNING, _PLANNED = MeasureState.DONE, MeasureState.RUNNING, MeasureState.PLANNED
_STATES: Mapping[frozenset[MeasureState], tuple[str, Any]] = {
    frozenset({_DONE}): ("done", _l("umgesetzt")),
    frozenset({_RUNNING}): ("running", _l("läuft")),
    frozenset({_PLANNED}): ("planned", _l("geplant")),
    frozenset({_RUNNING, _PLANNED}): ("planned", _l("läuft oder geplant")),
    frozenset({_DONE, _RUNNING}): ("done", _l("umgesetzt oder läuft")),
}
_ALL_STATES = ("running", _l("beschlossen"))


@dataclass(frozen=True)
class BarPart:
    """A part of a goal: `look` names its colour and sign, `width` is its share of the bar in per mille."""

    look: str
    label: str
    text: str
    start: int
    width: int


@dataclass(frozen=True)
class SavingCard:
    """One saving in large: the sum, a sentence beside the goal, and the parts; or why it is withheld."""

    title: str
    text: str
    unit: str
    companies: int
    sentence: str = ""
    parts: tuple[BarPart, ...] = ()
    withheld: str = ""


@dataclass(frozen=True)
class KindRow:
    """One row of the table by kind; the cells are texts, one for each column shown."""

    label: str
    companies: int
    measures: int
    cells: tuple[str, ...]


def amount_text(saving: Saving, value: Decimal | None) -> str:
    """The amount in the unit of `UNITS`; a dash where there is none."""
    if value is None:
        return "–"
    shown = value / 1_000 if saving is Saving.ENERGY else value
    return format_number(shown.normalize() + 0, current_language())


def state_label(states: frozenset[MeasureState]) -> str:
    """What measures in these states are called."""
    return str(_STATES[states][1])


def rule_text(rule: Rule) -> str:
    """The rule in one sentence; for a change since an earlier sum in the words of this page."""
    if rule is Rule.CORRECTION:
        least = load_aggregation_rules().correction_companies
        text = _(
            "Seit einem früheren Stand haben sich die Zahlen von zu wenigen Unternehmen geändert: Aus dem "
            "Unterschied ließe sich auf eines schließen. Nötig sind mindestens %(least)s, von denen keines "
            "überwiegt.",
            least=least,
        )
        return str(text)
    return load_aggregation_rules().explanations[rule.value].text.to(current_language())


def saving_cards(goal: JointGoal | None, progress: JointProgress) -> list[SavingCard]:
    """A card for energy, greenhouse gases and costs. `goal`: None where it is not that of the sum."""
    return [_card(saving, goal, progress) for saving in (Saving.ENERGY, Saving.GHG, Saving.COST)]


def investment_sentence(progress: JointProgress) -> str:
    """What it costs, and after how many years it comes back where all measures state both; "" for nothing."""
    paid, saved = progress.total.sums[Saving.INVESTMENT], progress.total.sums[Saving.COST]
    if paid.value is None:
        return ""
    amount = amount_text(Saving.INVESTMENT, paid.value)
    if saved.value is None or saved.value <= 0 or saved.companies != paid.companies:
        return str(
            ngettext(
                "Dafür investiert %(num)d Unternehmen %(amount)s €.",
                "Dafür investieren %(num)d Unternehmen %(amount)s €.",
                paid.companies,
                amount=amount,
            )
        )
    years = int((paid.value / saved.value).quantize(Decimal(1), ROUND_HALF_UP))
    if not years:
        return str(
            _("Dafür werden %(amount)s € investiert, weniger als ein halbes Jahr Ersparnis.", amount=amount)
        )
    return str(
        ngettext(
            "Dafür werden %(amount)s € investiert, so viel wie etwa %(num)d Jahr Ersparnis.",
            "Dafür werden %(amount)s € investiert, so viel wie etwa %(num)d Jahre Ersparnis.",
            years,
            amount=amount,
        )
    )


def kind_columns(progress: JointProgress) -> list[Saving]:
    """Which savings the table by kind shows."""
    return [
        saving for saving in Saving if any(each.part.value(saving) is not None for each in progress.kinds)
    ]


def kind_rows(progress: JointProgress) -> list[KindRow]:
    """The rows of the table by kind."""
    columns = kind_columns(progress)
    return [_row(kind_label(each), each.part, columns) for each in progress.kinds]


def total_row(progress: JointProgress) -> KindRow:
    """The last row of the table."""
    return _row(_("Summe"), progress.total, kind_columns(progress))


def kind_label(row: KindPart) -> str:
    """What the row of a kind is called."""
    if row.kind == OTHER_KINDS:
        return str(ngettext("Andere (%(num)d Art)", "Andere (%(num)d Arten)", row.kinds))
    kind = load_measure_kinds().kinds.get(row.kind)
    return kind.label.to(current_language()) if kind else row.kind


def _row(label: str, part: SavingPart, columns: Sequence[Saving]) -> KindRow:
    cells = (_cell(saving, part.sums[saving], part.companies) for saving in columns)
    return KindRow(label, part.companies, part.measures, tuple(cells))


def _cell(saving: Saving, found: SavingSum, companies: int) -> str:
    text = amount_text(saving, found.value)
    if found.value is None or found.companies == companies:
        return text
    return str(_("%(amount)s (aus %(companies)s)", amount=text, companies=found.companies))


def _card(saving: Saving, goal: JointGoal | None, progress: JointProgress) -> SavingCard:
    found = progress.total.sums[saving]
    title, unit = str(TITLES[saving]), str(UNITS[saving])
    if found.value is None:
        return SavingCard(title, "", unit, found.companies, withheld=rule_text(found.rule))
    wanted = goal.amount(saving) if goal else None
    return SavingCard(
        title,
        amount_text(saving, found.value),
        unit,
        found.companies,
        _sentence(saving, found.value, wanted, progress),
        tuple(_parts(saving, found.value, wanted, progress)),
    )


def _sentence(saving: Saving, total: Decimal, wanted: Decimal | None, progress: JointProgress) -> str:
    if not wanted:
        return ""
    named = _percent(total, wanted)
    done = progress.in_state(saving, _DONE)
    if done is None:
        return str(_("%(named)s %% des Ziels sind beschlossen.", named=named))
    both = {"named": named, "done": _percent(done, wanted)}
    return str(_("%(named)s %% des Ziels sind beschlossen, %(done)s %% umgesetzt.", **both))


def _percent(part: Decimal, whole: Decimal) -> int:
    return int((part * 100 / whole).quantize(Decimal(1), ROUND_HALF_UP))


def _parts(
    saving: Saving, total: Decimal, wanted: Decimal | None, progress: JointProgress
) -> Iterator[BarPart]:
    """The states in their order, and what is missing up to the goal; widths by the rounded numbers."""
    shown = [(_STATES[each.states], each.part.value(saving) or Decimal(0)) for each in progress.states]
    if saving is Saving.COST or not shown:
        shown = [(_ALL_STATES, total)]
    reached = sum((max(amount, Decimal(0)) for _look, amount in shown), Decimal(0))
    missing = max(wanted - total, Decimal(0)) if wanted else Decimal(0)
    if saving is Saving.COST and not wanted:
        return
    scale, start = reached + missing or Decimal(1), 0
    for (look, label), amount in shown:
        width = int(max(amount, Decimal(0)) * 1_000 / scale)
        yield BarPart(look, str(label), amount_text(saving, amount), start, width)
        start += width
    if wanted:
        label = _("fehlt bis %(goal)s", goal=amount_text(saving, wanted))
        if not missing:
            label = _("Ziel: %(goal)s", goal=amount_text(saving, wanted))
        yield BarPart("missing", label, amount_text(saving, missing), start, 1_000 - start if missing else 0)
