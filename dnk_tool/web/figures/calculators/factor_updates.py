"""Offers newer editions of factors with the difference; they are taken only if chosen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from dnk_tool.catalogue.calculators.model import Calculator
from dnk_tool.catalogue.factors.model import Factors
from dnk_tool.domain.figures.calculators import newer_factors
from dnk_tool.language import format_number
from dnk_tool.services.figures.calculator_lines import StoredLine
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.text.quantities import QuantityFormatter


@dataclass(frozen=True)
class FactorUpdateRow:
    """A newer factor for one slot of a line: old and new factor, and the change in per cent."""

    value: str
    line: str
    before: str
    after: str
    change: str
    source: str


def factor_update_rows(
    calculator: Calculator,
    lines: Sequence[StoredLine],
    factors: Factors,
    shown: QuantityFormatter,
    *,
    year: int,
    gwp_set: str = "",
) -> tuple[FactorUpdateRow, ...]:
    """The newer factors for the lines of one calculator; with a `gwp_set`, those of that report too."""
    rows = []
    for stored in lines:
        activity = calculator.activity(stored.line.activity)
        for offer in newer_factors(stored.line, factors, year, gwp_set, activity=activity):
            title = activity.label.to(shown.language) if activity else ""
            slot = activity.slot(offer.slot) if activity and offer.stored is None else None
            named = slot.label.to(shown.language) if slot else ""
            edition = offer.new.edition
            rows.append(
                FactorUpdateRow(
                    value=f"{stored.line.id}:{offer.slot}",
                    line=": ".join(text for text in (title, stored.line.label, named) if text),
                    before=shown.factor(offer.stored) if offer.stored else _("noch kein Faktor"),
                    after=shown.factor(offer.new),
                    change=_signed(offer.difference_percent, shown),
                    source=" ".join(text for text in (edition.title, edition.edition) if text),
                )
            )
    return tuple(rows)


def _signed(change: Decimal | None, shown: QuantityFormatter) -> str:
    if change is None:
        return "–"
    text = format_number(change.quantize(Decimal("0.1")), shown.language)
    return f"+{text} %" if change > 0 else f"{text} %"


def read_factor_updates(sent: Iterable[str], known: Mapping[int, set[str]]) -> dict[int, list[str]]:
    """Read the chosen slots by line; ignores values that were not offered."""
    chosen: dict[int, list[str]] = {}
    for choice in sent:
        digits, _colon, slot = choice.partition(":")
        line = whole_number(digits)
        if line is not None and slot in known.get(line, ()):
            chosen.setdefault(line, []).append(slot)
    return chosen
