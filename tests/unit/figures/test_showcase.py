"""What everybody copies: the example, the demo's companies and the samples of the tests.

They go through the product's own lines, factors, formulas and questions, so that none of them prints a
figure that the program would calculate otherwise, one that looks odd, or a factor that it has replaced.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache, cached_property

import pytest

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.catalogue.factors.model import Factor
from dnk_tool.catalogue.plausibility.loader import load_plausibility
from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.cli.demo import FINISHED_KEY, IN_PROGRESS_FILE
from dnk_tool.cli.demo.calculated import calculator_lines_of
from dnk_tool.cli.demo.content import DemoBill, bills_of, cluster_content
from dnk_tool.cli.demo.examples import finished_document, load_document
from dnk_tool.cli.demo.member_declarations import build_declaration, load_members
from dnk_tool.cli.demo.network_declarations import build_network_declaration, load_firms
from dnk_tool.cli.demo.scenarios import bakery_before
from dnk_tool.domain.answers.answer import Answer
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.figures.calculators import Calculation, CalculatorLine, FactorSnapshot, evaluate_lines
from dnk_tool.domain.figures.plausibility import plausibility_warnings, warning_text
from dnk_tool.domain.numbers import decimals
from dnk_tool.domain.quantities import in_base
from dnk_tool.services.figures.plausibility import facts_of_document, printed_datapoint
from tests.support.plausibility_cases import DATA

LATEST, BEFORE = 2025, 2024
OF_SCOPE_2 = ("ghg.scope2.location", "ghg.scope2.market")
SCOPE_3 = "ghg.scope3.gross"
EMISSIONS = ("ghg.scope1.gross", "ghg.scope1.biogenic", *OF_SCOPE_2)
# Estimates of a single measure, which no bill states.
OF_MEASURES = "GRI-SRS-305-5"
# Where kilowatt-hours are those of bills, and neither of a goal nor of a measure.
OF_BILLS = ("11.2", "13.3", "GRI-SRS-302-1.f", "GRI-SRS-305-1.g", "GRI-SRS-305-2.g", "energy.")
GASES_OF = {
    "GRI-SRS-305-1.b": ("ghg.scope1.gross",),
    "GRI-SRS-305-2.c": ("ghg.scope2.location",),
    "GRI-SRS-305-3.b": (SCOPE_3,),
}
NUMBER = r"(?<![\d.,])(\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?)"
PER_ENERGY = re.compile(NUMBER + r" g\b")
PER_LITRE_OR_KG = re.compile(NUMBER + r" (kg|kWh)(?: CO₂e?)? je (?:Liter|kg)")
TONNES = re.compile(NUMBER + r" t CO₂e")
SCOPE_TONNES = re.compile(NUMBER + r" t\b")
KILOWATT_HOURS = re.compile(NUMBER + r" kWh\b(?! je)")
NO_VALUE = re.compile(r"kein(?:en)? eigenen?r? Wert")


@dataclass(frozen=True)
class Sample:
    """A declaration with the bills that its figures follow from, by year; `is_of_demo`: everybody sees it."""

    name: str
    document: Document
    lines: Mapping[int, tuple[CalculatorLine, ...]]
    is_of_demo: bool = True

    @cached_property
    def years(self) -> set[int]:
        """The years of which it states figures or has lines."""
        return {year for year, _key in self.document.figures} | self.lines.keys()

    @cached_property
    def calculations(self) -> Mapping[int, Calculation]:
        """What follows from the lines of each year, and without lines from the figures alone."""
        return {year: self._calculation(year) for year in self.years}

    def _calculation(self, year: int) -> Calculation:
        points = self.document.selection.catalogue.datapoints
        known = {key: figure for (of, key), figure in self.document.figures.items() if of == year}
        lines = self.lines.get(year, ())
        return evaluate_lines(
            lines, load_calculators(), datapoints=points, figures=known, reporting_year=year
        )

    @cached_property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """Everything it says in words, each with its ref or datapoint."""
        answers = ((ref, text) for ref, answer in self.document.answers.items() for text in _words_of(answer))
        notes = ((key, figure.note) for (_year, key), figure in self.document.figures.items())
        return tuple((where, text) for where, text in (*answers, *notes) if text)

    @cached_property
    def factors(self) -> tuple[FactorSnapshot, ...]:
        """The factors of all its lines."""
        of_lines = (line.factors.values() for lines in self.lines.values() for line in lines)
        return tuple(factor for factors in of_lines for factor in factors if factor)


def _words_of(answer: Answer) -> Iterator[str]:
    yield from (answer.text, answer.explanation)
    if isinstance(answer.value, Rows):
        yield from (cell for row in answer.value.rows for cell in row.values() if isinstance(cell, str))


def _lines_by_year(bills: Mapping[int, tuple[DemoBill, ...]]) -> dict[int, tuple[CalculatorLine, ...]]:
    return {year: calculator_lines_of(of_year, year) for year, of_year in bills.items()}


@cache
def all_samples() -> Mapping[str, Sample]:
    """All samples by name."""
    return {sample.name: sample for sample in _samples()}


def _samples() -> Iterator[Sample]:
    begun, content = load_document(IN_PROGRESS_FILE), cluster_content()
    yield Sample(FINISHED_KEY, finished_document(), _lines_by_year(bills_of(FINISHED_KEY)))
    bills = {**bills_of("metallbau-brandt"), LATEST: content.begun.bills}
    yield Sample("metallbau-brandt", begun, _lines_by_year(bills))
    bakery = load_members()["baeckerei"]
    yield Sample("baeckerei", bakery_before(bakery, BEFORE), _lines_by_year(bakery.bills))
    for key, member in load_members().items():
        for year in (BEFORE, LATEST):
            yield Sample(f"{key}-{year}", build_declaration(member, year), _lines_by_year(member.bills))
    for key, firm in load_firms().items():
        for year in sorted(firm.amounts.keys() & {BEFORE, LATEST}):
            document = build_network_declaration(firm, year, first=BEFORE)
            yield Sample(f"{key}-{year}", document, _lines_by_year(firm.member.bills))
    for path in sorted(DATA.glob("*.json")):
        document = read_document(path.read_bytes())
        yield Sample(path.stem, document, {}, is_of_demo=False)


NAMES = tuple(all_samples())


@pytest.fixture(params=NAMES)
def sample(request: pytest.FixtureRequest) -> Sample:
    """Each of the samples."""
    name: str = request.param
    return all_samples()[name]


def test_the_sector_is_one_of_the_classification_of_today(sample: Sample) -> None:
    sectors = load_sectors()
    stored = sample.document.organisation.sector
    found = sectors.sector(stored)
    assert found, stored
    assert found.classification == sectors.current.key, stored


def test_every_figure_is_what_the_program_calculates(sample: Sample) -> None:
    wrong = [
        (year, key, str(figure.value), figure.unit, f"{float(result.exact):.3f} {result.value.unit}")
        for year, calculation in sample.calculations.items()
        for key, result in calculation.results.items()
        if key != SCOPE_3 or _has_bills_of_purchases(sample, year)
        if (figure := sample.document.figures.get((year, key))) and figure.value is not None
        if not _is_rounded(figure.value, _converted(sample, key, result.exact, figure.unit))
    ]
    assert wrong == []


def _has_bills_of_purchases(sample: Sample, year: int) -> bool:
    """Whether its lines are more of Scope 3 than what follows from energy and water."""
    return any(line.calculator == "purchases" for line in sample.lines.get(year, ()))


def test_the_base_year_of_the_example_is_what_its_bills_give() -> None:
    sample = all_samples()[FINISHED_KEY]
    stated = sample.document.figures[LATEST, "ghg.scope1.base-year"]
    base_year = sample.document.answers["GRI-SRS-305-1.d"].value
    assert _is_rounded(stated.value, sample.calculations[base_year].results["ghg.scope1.gross"].exact)


def _converted(sample: Sample, key: str, exact: Fraction, unit: str) -> Fraction:
    point = sample.document.selection.catalogue.datapoints[key]
    units = point.family.units
    return exact * Fraction(units[point.default_unit].factor) / Fraction(units[unit].factor)


def _is_rounded(stated: Decimal, exact: Fraction) -> bool:
    """Whether the stated number is the exact one with as many decimals as it has."""
    step = Decimal(1).scaleb(-decimals(stated))
    value = Decimal(exact.numerator) / Decimal(exact.denominator)
    return value.quantize(step, ROUND_HALF_UP) == stated or value.quantize(step) == stated


@pytest.mark.parametrize("name", [name for name in NAMES if all_samples()[name].is_of_demo])
def test_emissions_that_the_demo_states_have_bills(name: str) -> None:
    sample = all_samples()[name]
    without = [
        (year, key)
        for (year, key), figure in sample.document.figures.items()
        if key in EMISSIONS and figure.value
        if year == sample.document.reporting_year or sample.lines
        if key not in sample.calculations[year].results
    ]
    assert without == []


def test_no_figure_is_odd_without_a_sentence(sample: Sample) -> None:
    """The sentence answers the question; samples of the tests may have it beside the figure."""
    rules, document = load_plausibility(), sample.document
    facts = replace(facts_of_document(document), lines=sample.lines.get(document.reporting_year, ()))
    said = {(each.datapoint, each.question) for each in document.annex.explanations}
    noted = {key for key, figure in facts.figures.items() if figure.note and not sample.is_of_demo}
    asked = [
        (printed_datapoint(warning), warning_text(rules, warning, document.language).odd)
        for warning in plausibility_warnings(rules, facts)
        if warning.datapoint not in noted
    ]
    assert [question for question in asked if question not in said] == []


def test_the_example_shows_the_lines_that_the_program_makes_of_its_bills() -> None:
    """Each step with the factor that the product proposes today, of its newest edition."""
    sample = all_samples()[FINISHED_KEY]
    year = sample.document.reporting_year
    calculation, lines = sample.calculations[year], sample.lines[year]
    printed = [
        (line.activity, step.datapoint, step.result, step.factor and (step.factor.edition, step.factor.value))
        for line in sample.document.annex.calculations
        for step in line.steps
    ]
    assert printed == [
        (line.activity, key, step.result, step.factor and (step.factor.edition, step.factor.value))
        for line in lines
        for key, step in calculation.steps_of(line.id)
        if key in _asked_or_further(sample)
    ]
    assert [line.label for line in sample.document.annex.calculations] != []


def _asked_or_further(sample: Sample) -> set[str]:
    document = sample.document
    return {key for _year, key in document.figures} | {each.datapoint for each in document.annex.figures}


def test_a_factor_in_words_is_one_of_the_bills_or_of_the_newest_edition(sample: Sample) -> None:
    wrong = [
        (where, number.group())
        for where, text in sample.texts
        for number, value in _quoted_factors(sample, text)
        if not any(_is_rounded(value, known) for known in _known_factors(sample))
        and number.group(1) not in _notes_of_bills(sample)
    ]
    assert wrong == []


def _quoted_factors(sample: Sample, text: str) -> Iterator[tuple[re.Match[str], Decimal]]:
    """In samples of the tests those of electricity and heat; their suppliers may state contents of fuels."""
    for pattern in (PER_ENERGY, PER_LITRE_OR_KG) if sample.is_of_demo else (PER_ENERGY,):
        for number in pattern.finditer(text):
            yield number, _parsed(number.group(1))


def _parsed(number: str) -> Decimal:
    return Decimal(number.replace(".", "").replace(",", "."))


def _known_factors(sample: Sample) -> set[Fraction]:
    """The values of the factors, also in g and in kWh, and what bills state of their own."""
    known = set()
    for factor in (*sample.factors, *_proposed_today(sample)):
        value = Fraction(factor.value)
        known |= {value, value * 1000, value / Fraction("3.6")}
    for line in (line for lines in sample.lines.values() for line in lines):
        if stated := line.quantities.get("supplier-value"):
            known.add(in_base(stated, load_plausibility().family_by_unit[stated.unit].units) * 1000)
            known.add(Fraction(stated.value))
    return known


def _proposed_today(sample: Sample) -> list[Factor]:
    """Of a sample without bills what the product would propose for the years of its figures."""
    if sample.lines:
        return []
    factors = load_factors()
    found = (factors.newest(key, year) for key in factors.by_key for year in sample.years)
    return [factor for factor in found if factor]


def _notes_of_bills(sample: Sample) -> str:
    return " ".join(line.note for lines in sample.lines.values() for line in lines)


@pytest.mark.parametrize("name", [name for name in NAMES if all_samples()[name].is_of_demo])
def test_a_source_in_words_is_one_that_the_bills_use(name: str) -> None:
    sample = all_samples()[name]
    editions = load_factors().editions
    used = {editions[factor.edition].publisher for factor in sample.factors if factor.edition}
    wrong = [
        (where, publisher)
        for publisher in {edition.publisher for edition in editions.values()} - used
        for where, text in sample.texts
        if any(re.search(rf"\b{name}\b", text) for name in _names_of(publisher))
    ]
    assert wrong == []


def _names_of(publisher: str) -> Iterator[str]:
    """Its name and its letters, of those that have any."""
    for names in re.findall(r"([^(),]+) \(([A-Z]{2,})\)", publisher):
        yield from names


def test_nobody_says_that_a_year_has_no_factor_which_the_product_has(sample: Sample) -> None:
    newest = load_factors().newest("electricity.de.co2e", sample.document.reporting_year)
    has_value = newest is not None and newest.data_year == sample.document.reporting_year
    assert not has_value or [where for where, text in sample.texts if NO_VALUE.search(text)] == []


def test_the_gases_that_the_factors_count_are_named(sample: Sample) -> None:
    results = sample.calculations.get(sample.document.reporting_year, Calculation()).results
    lacking = []
    for ref, keys in GASES_OF.items():
        steps = [step for key in keys if key in results for step in results[key].steps]
        counted = {gas for step in steps if step.factor and step.factor.value for gas in _gases(step.factor)}
        named = sample.document.answers.get(ref)
        if named and counted - set(named.value or ()):
            lacking.append((ref, sorted(counted), named.value))
    assert lacking == []


def _gases(factor: FactorSnapshot) -> tuple[str, ...]:
    return ("co2",) if factor.gases == "CO2" else ("co2", "ch4", "n2o")


@pytest.mark.parametrize("name", [name for name in NAMES if all_samples()[name].lines])
def test_amounts_in_words_are_those_of_the_bills(name: str) -> None:
    sample = all_samples()[name]
    wrong = [
        (where, number.group())
        for where, text in sample.texts
        if not where.startswith(OF_MEASURES)
        for pattern, amounts in _amounts(sample, where)
        for number in pattern.finditer(text)
        if not any(_is_rounded(_parsed(number.group(1)), amount) for amount in amounts)
    ]
    assert wrong == []


def _amounts(sample: Sample, where: str) -> Iterator[tuple[re.Pattern[str], set[Fraction]]]:
    is_about_scopes = where.startswith(("GRI-SRS-305", "ghg.")) and where != "ghg.reduction"
    yield (SCOPE_TONNES if is_about_scopes else TONNES), _tonnes(sample)
    if where.startswith(OF_BILLS) and where != "energy.savings":
        yield KILOWATT_HOURS, _energies(sample)


def _tonnes(sample: Sample) -> set[Fraction]:
    """Emissions: of scopes, of what is added up of them, of a kind of line, and of a category."""
    found: set[Fraction] = set()
    for year, calculation in sample.calculations.items():
        emitted = {key: result.exact for key, result in calculation.results.items() if key.startswith("ghg.")}
        scope_1 = emitted.get("ghg.scope1.gross", Fraction(0))
        both = [scope_1 + emitted[key] for key in OF_SCOPE_2 if key in emitted]
        found |= {*emitted.values(), *both, *(two + emitted.get(SCOPE_3, 0) for two in both)}
        for result in calculation.results.values():
            if result.datapoint in emitted:
                found |= _sums_by_kind(sample, year, result.datapoint, Fraction(1, 1000))
    return found


def _energies(sample: Sample) -> set[Fraction]:
    """Energy: what bills state, what follows from them, and sums of a kind of line."""
    found: set[Fraction] = set()
    for year, calculation in sample.calculations.items():
        for key, result in calculation.results.items():
            if key.startswith("energy."):
                found |= {result.exact, *_sums_by_kind(sample, year, key, Fraction(1, 3_600_000))}
    return found


def _sums_by_kind(sample: Sample, year: int, key: str, per: Fraction) -> set[Fraction]:
    """What each line gives, and all lines of a kind together."""
    kinds: dict[str, Fraction] = {}
    kind_of = {line.id: line.activity for line in sample.lines.get(year, ())}
    steps = sample.calculations[year].results[key].steps
    for step in steps:
        kind = kind_of[step.line]
        kinds[kind] = kinds.get(kind, Fraction(0)) + step.exact * per
    return {*kinds.values(), *(step.exact * per for step in steps)}


@pytest.mark.parametrize("name", NAMES)
def test_a_goal_says_how_far_it_is_by_its_own_numbers(name: str) -> None:
    wrong = []
    for ref, answer in all_samples()[name].document.answers.items():
        for row in answer.value.rows if isinstance(answer.value, Rows) else ():
            said, status = re.search(r"minus (\d+) Prozent", str(row.get("status", ""))), row.get("status")
            numbers = [re.match(NUMBER, str(row.get(key, ""))) for key in ("baseline", "status")]
            if said and all(numbers):
                base, now = (_parsed(number.group(1)) for number in numbers if number)
                if round((1 - now / base) * 100) != int(said.group(1)):
                    wrong.append((ref, status))
    assert wrong == []
