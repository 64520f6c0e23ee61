"""Sentences that name a company's figures, and what they still name when a figure has changed since."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from dnk_tool.catalogue.calculators.model import SCOPE_3_CATEGORIES
from dnk_tool.catalogue.drafts.sentences import (
    AMOUNT_PLACE,
    CARRIERS,
    CATEGORIES,
    CHANGE,
    EXTENT,
    NUMBER,
    NUMBER_PLACE,
    REST,
    WORDS,
    YEAR,
    FigureSentence,
    FigureSentences,
    datapoint_of,
)
from dnk_tool.catalogue.drafts.templates import filled, places
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.catalogue.values import NO_TEXT
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin, Sheet, computed_figure
from dnk_tool.domain.answers.draft import Draft, DraftKind, named_in
from dnk_tool.domain.figures.scope3 import CATEGORIES as ALL_CATEGORIES
from dnk_tool.domain.figures.scope3 import RECKONED, CategoryState, choice_key
from dnk_tool.domain.figures.year_change import year_change
from dnk_tool.domain.quantities import in_base
from dnk_tool.language import Language, format_number, format_series, known_language

# The significant digits with which texts of earlier programs give a computed value.
_ROUNDED_TO = range(2, 5)
_FROM_LINES = "|lines"  # behind a datapoint's key in drafts of earlier programs
_SUMS_OF_SCOPE_3 = ("ghg.total", "ghg.scope3.gross")
_CATEGORY_FIGURES = {choice_key(name): key for name, key in SCOPE_3_CATEGORIES.items()}


@dataclass(frozen=True)
class TwoYears:
    """A company's figures of the reporting year and of the year before by datapoint, as readers see them.

    `scope3`: the state of each category of Scope 3 in the reporting year.
    """

    year: int
    points: Mapping[str, Datapoint]
    now: Mapping[str, Figure]
    before: Mapping[str, Figure]
    scope3: Mapping[str, CategoryState] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutdatedValue:
    """What a text says of a datapoint, and what it is today; "" if there is no value any more."""

    datapoint: Datapoint
    said: str
    today: str


def without_explained(figures: Mapping[str, Figure], sheet: Sheet) -> dict[str, Figure]:
    """The figures without those that the declaration explains instead of reporting them."""
    reported: set[str] = set()
    explained: set[str] = set()
    for requirement in sheet.selection.requirements.values():
        keys = {item.datapoint.key for item in requirement.items if item.datapoint}
        is_explained = requirement.is_explainable and sheet.is_explained(requirement)
        (explained if is_explained else reported).update(keys)
    return {key: figure for key, figure in figures.items() if key in reported or key not in explained}


def figures_draft(
    sentences: FigureSentences, aspect: str, figures: TwoYears, language: Language
) -> Draft | None:
    """The sentences about the aspect for which the company has the figures; None if there are none."""
    templates = [
        sentence.text.to(language)
        for sentence in sentences.by_aspect.get(aspect, ())
        if _is_in_place(sentence, figures)
    ]
    values = _Speaker(sentences, figures, language).values(templates)
    said = [(template, sentence) for template in templates if (sentence := filled(template, values))]
    if not said:
        return None
    text = " ".join(sentence for _template, sentence in said)
    named = [name for template, _sentence in said for name in places(template)]
    named += _CATEGORY_FIGURES.values() if CATEGORIES in named else ()
    of_figures = {name: values[name] for name in named if datapoint_of(name) and name in values}
    return Draft(DraftKind.FIGURES, text, language, of_figures)


def outdated_values(
    sentences: FigureSentences, draft: Draft, text: str, figures: TwoYears
) -> Iterator[OutdatedValue]:
    """Yield each value that the text still names as the draft did, though the figure is another today.

    A value that the text rounds otherwise than today is no other figure.
    """
    if draft.kind is not DraftKind.FIGURES:
        return
    language = known_language(draft.language)
    speaker = _Speaker(sentences, figures, language)
    for name, said in draft.values.items():
        point = figures.points.get(datapoint_of(name))
        if point is None or not named_in(text, said) or _rounds(said, point, figures, language):
            continue
        today = speaker.value(name.removesuffix(_FROM_LINES))
        if not today and not name.endswith(CHANGE):
            today = speaker.amount(point, _figure(point, figures.now))
        if today != said:
            yield OutdatedValue(point, said, today)


def _rounds(said: str, point: Datapoint, figures: TwoYears, language: Language) -> bool:
    """Whether the number in a text is today's computed value with fewer or more decimals or digits."""
    today = _figure(point, figures.now)
    if today.value is None or today.is_typed:
        return False
    try:
        number = numbers.parse(said.split(" ", maxsplit=1)[0], language)
    except numbers.NotANumber:
        return False
    by_digits = {numbers.with_digits(today.value, digits) for digits in _ROUNDED_TO}
    return number in by_digits or number == numbers.to_decimals(today.value, numbers.decimals(number))


def _figure(point: Datapoint, figures: Mapping[str, Figure]) -> Figure:
    entered = figures.get(point.key, NO_FIGURE)
    return entered if entered.is_stated else computed_figure(point, figures) or entered


def _is_in_place(sentence: FigureSentence, figures: TwoYears) -> bool:
    """Whether the conditions of a sentence hold."""
    calculated = figures.now.get(sentence.from_lines, NO_FIGURE)
    if sentence.from_lines and not (calculated.origin is Origin.LINES and _is_above_zero(calculated)):
        return False
    return figures.now.get(sentence.unless_zero, NO_FIGURE).value != 0


def _is_above_zero(figure: Figure) -> bool:
    return figure.value is not None and figure.value > 0


@dataclass(frozen=True)
class _Speaker:
    """Puts figures into words of one language."""

    sentences: FigureSentences
    figures: TwoYears
    language: Language

    def values(self, templates: Sequence[str]) -> dict[str, str]:
        """What each place of the templates stands for; a place without a value is left out."""
        said = {YEAR: str(self.figures.year), CARRIERS: self._carriers(), **self._scope3()}
        for name in (name for template in templates for name in places(template)):
            said[name] = said.get(name) or self.value(name)
        return {name: text for name, text in said.items() if text}

    def value(self, name: str) -> str:
        """What a figure is called at the place; "" without words for it, as for most at zero and below."""
        point = self.figures.points.get(datapoint_of(name))
        now = _figure(point, self.figures.now) if point else NO_FIGURE
        if point is None or now.value is None:
            return ""
        if name.endswith(WORDS):
            return self._in_words(point, now)
        if now.value <= 0:
            return ""
        if name.endswith(CHANGE):
            return self._change(point, now)
        return self._number(point, now) if name.endswith(NUMBER) else self.amount(point, now)

    def amount(self, point: Datapoint, figure: Figure) -> str:
        """The number with its unit; "" without a value."""
        if figure.readable is None:
            return ""
        number, symbol = format_number(figure.readable.value, self.language), figure.readable.unit
        unit = point.family.units.get(symbol)
        return number if symbol == "1" else f"{number} {unit.display.to(self.language) if unit else symbol}"

    def _number(self, point: Datapoint, figure: Figure) -> str:
        """The number alone, if its unit is the datapoint's own."""
        if figure.readable is None or figure.readable.unit != point.default_unit:
            return ""
        return format_number(figure.readable.value, self.language)

    def _in_words(self, point: Datapoint, figure: Figure) -> str:
        words, value = self.sentences.words[point.key], figure.value or Decimal(0)
        text = words.below if value < 0 else words.more if value else words.zero
        if value == 1 and figure.unit == point.default_unit and words.one != NO_TEXT:
            text = words.one
        unsigned = replace(figure, value=-value, shown=None) if value < 0 else figure
        said = {AMOUNT_PLACE: self.amount(point, unsigned), NUMBER_PLACE: self._number(point, unsigned)}
        return filled(text.to(self.language), said)

    def _change(self, point: Datapoint, now: Figure) -> str:
        """The change since the year before; none of a sum for which other categories were reckoned then."""
        before, words = _figure(point, self.figures.before), self.sentences.change
        change = year_change(point, now, before)
        if change is None or change.percent is None:
            return ""
        reckoned = {_categories(figures) for figures in (self.figures.now, self.figures.before)}
        if point.key in _SUMS_OF_SCOPE_3 and len(reckoned) > 1:
            return ""
        text = words.less if change.percent < 0 else words.more if change.percent else words.same
        if _is_equal(point, now, before):
            text = words.equal
        percent = format_number(abs(change.percent), self.language)
        return filled(text.to(self.language), {"percent": percent, YEAR: str(self.figures.year - 1)})

    def _carriers(self) -> str:
        words = self.sentences.carriers
        bought = [
            text.to(self.language)
            for key, text in words.by_figure.items()
            if _is_above_zero(self.figures.now.get(key, NO_FIGURE))
        ]
        return format_series(bought or [words.none.to(self.language)], self.language)

    def _scope3(self) -> dict[str, str]:
        """How much of Scope 3 is reckoned, the names of its categories, and the amounts beside the names."""
        words, states, now = self.sentences.scope3, self.figures.scope3, self.figures.now
        figures = {key: now.get(_CATEGORY_FIGURES.get(key, ""), NO_FIGURE) for key in ALL_CATEGORIES}
        reckoned = [
            key
            for key, figure in figures.items()
            if states.get(key) in RECKONED and (figure.value is None or figure.value > 0)
        ]
        is_whole = bool(states) and CategoryState.MISSING not in states.values()
        names = {key: words.categories[key].to(self.language) for key in reckoned}
        if not reckoned:
            return {} if is_whole else {EXTENT: words.unnamed.to(self.language)}
        named = format_series(list(names.values()), self.language)
        said = {CATEGORIES: named}
        if len(reckoned) > 1:
            amounts = {
                key: self.amount(self.figures.points[_CATEGORY_FIGURES[key]], figures[key])
                for key in reckoned
                if figures[key].value is not None
            }
            listed = [f"{name} ({amounts[key]})" if key in amounts else name for key, name in names.items()]
            said = {_CATEGORY_FIGURES[key]: amount for key, amount in amounts.items()}
            said[CATEGORIES] = format_series(listed, self.language)
        if not is_whole:
            said[EXTENT] = filled(words.extent.to(self.language), {CATEGORIES: named})
            said[REST] = words.rest.to(self.language)
        return said


def _is_equal(point: Datapoint, *figures: Figure) -> bool:
    return len({in_base(one.quantity, point.family.units) for one in figures if one.quantity}) == 1


def _categories(figures: Mapping[str, Figure]) -> frozenset[str]:
    """The categories of Scope 3 with a figure above zero."""
    known = (key for key in _CATEGORY_FIGURES.values() if _is_above_zero(figures.get(key, NO_FIGURE)))
    return frozenset(known)
