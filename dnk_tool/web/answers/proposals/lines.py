"""Proposes from lines what an indicator asks about its figure: gases, base year, sources, method."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dnk_tool.catalogue import Requirement, Section
from dnk_tool.catalogue.standard.item_model import Item, ItemKind
from dnk_tool.domain.answers.answer import Origin
from dnk_tool.domain.figures.calculators import Basis, CalculationStep, FactorSnapshot
from dnk_tool.labels import N_
from dnk_tool.language import Language, format_number, known_language, translations
from dnk_tool.services.figures import calculator_lines
from dnk_tool.services.figures.calculator_lines import StoredLine
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.languages import current_language

_EMISSIONS = "ghg.scope1.gross"
_ENERGY_METHOD = N_(
    "Mengen aus dem Rechner (Zeilen: %(count)s), nach Heizwert in kWh umgerechnet. Eigener eingespeister "
    "Strom zählt nicht als Verbrauch, verkaufte Energie ist abgezogen."
)
_GHG_METHOD = N_("Nach dem GHG Protocol: Menge mal Emissionsfaktor, mit dem Rechner (Zeilen: %(count)s).")
_ESTIMATED = N_("Davon geschätzt: %(count)s.")
_POTENTIALS = N_("Treibhauspotenziale nach IPCC %(sets)s.")
_IN_ANNEX = N_("Jede Zeile steht im Anhang.")
_SUPPLIER = N_("Wert des Lieferanten laut Rechnung")


@dataclass(frozen=True, slots=True)
class _Questions:
    """What an indicator asks about the figures `about`: keys of its fields, "" where it does not ask."""

    about: tuple[str, ...]
    sources: str
    method: str
    method_text: str = _GHG_METHOD
    gases: str = ""
    base_year: str = ""
    base_amount: str = ""


_QUESTIONS: Mapping[str, _Questions] = {
    "GRI-SRS-302-1": _Questions(("energy.total",), "g", "f", _ENERGY_METHOD),
    "GRI-SRS-305-1": _Questions((_EMISSIONS,), "e", "g", gases="b", base_year="d", base_amount="d-ii"),
    "GRI-SRS-305-2": _Questions(("ghg.scope2.location", "ghg.scope2.market"), "e", "g", gases="c"),
    "GRI-SRS-305-3": _Questions(("ghg.scope3.gross",), "f", "g", gases="b"),
}
_FUEL_GASES = ("co2", "ch4", "n2o")
_GASES_OF_POTENTIALS: Mapping[str, tuple[str, ...]] = {
    "refrigerant.r744": ("co2",),
    "refrigerant.sf6": ("sf6",),
    "refrigerant.r290": (),
    "refrigerant.r600a": (),
    "refrigerant.r717": (),
    "gas.nitrous-oxide": ("n2o",),
}


@dataclass(frozen=True, slots=True)
class LineProposal:
    """An answer that the lines give: how it is read, as data of its field `part`, and as a form sends it."""

    text: str
    part: str
    data: Any
    values: tuple[str, ...]


def line_proposals(
    declaration: Declaration, section: Section, content: DeclarationContent, lines: Sequence[StoredLine]
) -> dict[str, LineProposal]:
    """The proposals for empty fields by ref, where the figure of their indicator comes from lines."""
    figures = content.sheet.figures
    asked = [
        (requirement, questions)
        for requirement in section.all_requirements
        if (questions := _QUESTIONS.get(requirement.ref))
        and (figure := figures.get(questions.about[0]))
        and figure.origin is Origin.LINES
    ]
    if not asked:
        return {}
    maker = _ProposalMaker(declaration, content, lines)
    return {
        ref: proposal
        for requirement, questions in asked
        for ref, proposal in maker.proposals(requirement, questions)
    }


class _ProposalMaker:
    """Words the proposals in the declaration's language, as they become part of it."""

    def __init__(
        self, declaration: Declaration, content: DeclarationContent, lines: Sequence[StoredLine]
    ) -> None:
        self.language: Language = known_language(declaration.language)
        self.year, self.content = declaration.reporting_year, content
        self.estimates = {line.line.id for line in lines if line.line.basis is Basis.ESTIMATE}
        figures = content.of_year(declaration.reporting_year)
        self.results = calculator_lines.calculation_of(declaration, lines, figures).results

    def proposals(
        self, requirement: Requirement, questions: _Questions
    ) -> Iterator[tuple[str, LineProposal]]:
        results = [self.results[key] for key in questions.about if key in self.results]
        ids = sorted({line for result in results for line in result.lines})
        steps = [step for result in self.results.values() for step in result.steps if step.line in ids]
        if questions.method_text is _GHG_METHOD:
            steps = [step for result in results for step in result.steps]
        factors = [step.factor for step in steps if step.factor]
        if questions.method_text is _ENERGY_METHOD:
            factors = [factor for factor in factors if not factor.gases and not factor.stated_gwp_set]
        answers = {
            questions.gases: _gases(factors),
            questions.sources: self._sources(factors),
            questions.method: self._method(questions.method_text, steps, factors),
            **self._base_year(questions),
        }
        for item in requirement.items:
            values = answers.get(item.ref.removeprefix(f"{requirement.ref}."), ())
            if values and self._is_empty(item):
                yield item.ref, self._proposal(item, values)

    def _is_empty(self, item: Item) -> bool:
        if item.datapoint:
            figure = self.content.sheet.figures.get(item.datapoint.key)
            return figure is None or not figure.is_stated
        answer = self.content.sheet.answer(item.ref)
        return not answer.text and not answer.value

    def _proposal(self, item: Item, values: tuple[Any, ...]) -> LineProposal:
        language = current_language()
        if item.datapoint:
            typed = format_number(values[0], language)
            unit = item.datapoint.family.units[item.datapoint.default_unit].display.to(language)
            return LineProposal(f"{typed} {unit}", "value", values[0], (typed,))
        labels = {choice.key: choice.label.to(language) for choice in item.choices}
        text = ", ".join(labels.get(value, value) for value in values)
        part = "text" if item.kind is ItemKind.TEXT else "value"
        data = list(values) if item.kind is ItemKind.CHOICES else values[0]
        return LineProposal(text, part, data, values)

    def _sources(self, factors: Sequence[FactorSnapshot]) -> tuple[str, ...]:
        names: dict[str, None] = {}
        for factor in factors:
            published = " ".join(part for part in (factor.source.title, factor.source.edition) if part)
            names[published or factor.reason or self._word(_SUPPLIER)] = None
        return ("; ".join(names),) if names else ()

    def _method(
        self, text: str, steps: Sequence[CalculationStep], factors: Sequence[FactorSnapshot]
    ) -> tuple[str, ...]:
        ids = {step.line for step in steps}
        sets = sorted({factor.stated_gwp_set for factor in factors} - {""})
        said = [self._word(text) % {"count": len(ids)}]
        if estimated := len(ids & self.estimates):
            said.append(self._word(_ESTIMATED) % {"count": estimated})
        if sets:
            said.append(self._word(_POTENTIALS) % {"sets": ", ".join(sets)})
        return (" ".join((*said, self._word(_IN_ANNEX))),) if ids else ()

    def _base_year(self, questions: _Questions) -> dict[str, tuple[Any, ...]]:
        """The first year with emissions; their amount only if it is an earlier one."""
        known = {
            year: figure
            for (year, key), figure in self.content.figures.items()
            if key == _EMISSIONS and year <= self.year and figure.quantity
        }
        if not questions.base_year or not known:
            return {}
        first = min(known)
        answers: dict[str, tuple[Any, ...]] = {questions.base_year: (str(first),)}
        amount = known[first].value
        if first < self.year and known[first].unit == "t-co2e" and amount is not None:
            answers[questions.base_amount] = (amount,)
        return answers

    def _word(self, text: str) -> str:
        return translations(self.language).gettext(text)


def _gases(factors: Sequence[FactorSnapshot]) -> tuple[str, ...]:
    """The gases that the factors count, in the order of the Kyoto basket."""
    known: set[str] = set()
    for factor in factors:
        if factor.gases == "CO2":
            known.add("co2")
        elif factor.stated_gwp_set:
            known.update(_GASES_OF_POTENTIALS.get(factor.key, () if factor.is_own else ("hfc",)))
        elif factor.gases and factor.value:
            known.update(_FUEL_GASES)
    return tuple(gas for gas in ("co2", "ch4", "n2o", "hfc", "sf6") if gas in known)
