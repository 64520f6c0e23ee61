"""Sentences that name a company's figures, and what they still name when a figure has changed since."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dnk_tool.catalogue.drafts.sentences import (
    CHANGE,
    FROM_LINES,
    NUMBER,
    YEAR,
    YEAR_BEFORE,
    ChangeWords,
    FigureSentences,
    datapoint_of,
)
from dnk_tool.catalogue.drafts.templates import filled, places
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.catalogue.values import Text
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin, Sheet, computed_figure
from dnk_tool.domain.answers.draft import Draft, DraftKind, named_in
from dnk_tool.domain.figures.year_change import year_change
from dnk_tool.language import Language, format_number, known_language

# The significant digits with which texts of earlier programs give a computed value.
_ROUNDED_TO = range(2, 5)


@dataclass(frozen=True)
class TwoYears:
    """A company's figures of the reporting year and of the year before by datapoint, as readers see them."""

    year: int
    points: Mapping[str, Datapoint]
    now: Mapping[str, Figure]
    before: Mapping[str, Figure]


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
    templates = [text.to(language) for text in sentences.by_aspect.get(aspect, ())]
    values = _values(sentences.change, templates, figures, language)
    said = [(template, sentence) for template in templates if (sentence := filled(template, values))]
    if not said:
        return None
    text = " ".join(sentence for _template, sentence in said)
    named = [name for template, _sentence in said for name in places(template) if datapoint_of(name)]
    return Draft(
        DraftKind.FIGURES, text, language, {name: values[name] for name in named if values.get(name)}
    )


def outdated_values(
    sentences: FigureSentences, draft: Draft, text: str, figures: TwoYears
) -> Iterator[OutdatedValue]:
    """Yield each value that the text still names as the draft did, though the figure is another today.

    A value that the text rounds otherwise than today is no other figure.
    """
    if draft.kind is not DraftKind.FIGURES:
        return
    language = known_language(draft.language)
    for name, said in draft.values.items():
        today = _value(sentences.change, name.removesuffix(FROM_LINES), figures, language)
        point = figures.points.get(datapoint_of(name))
        if point and today != said and named_in(text, said) and not _rounds(said, point, figures, language):
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


def _values(
    words: ChangeWords, templates: Sequence[str], figures: TwoYears, language: Language
) -> dict[str, str]:
    """What each place of the templates stands for; a place without a value is left out."""
    values = {YEAR: str(figures.year), YEAR_BEFORE: str(figures.year - 1)}
    for name in {name for template in templates for name in places(template)} - values.keys():
        if text := _value(words, name, figures, language):
            values[name] = text
    return values


def _value(words: ChangeWords, name: str, figures: TwoYears, language: Language) -> str:
    point = figures.points.get(datapoint_of(name))
    now = _figure(point, figures.now) if point else NO_FIGURE
    if point is None or not now.value or now.readable is None:
        return ""
    if name.endswith(CHANGE):
        return _change(words, point, now, figures, language)
    if name.endswith(FROM_LINES) and now.origin is not Origin.LINES:
        return ""
    number, symbol = format_number(now.readable.value, language), now.readable.unit
    if name.endswith(NUMBER):
        return number if symbol == point.default_unit else ""
    unit = point.family.units.get(symbol)
    return number if symbol == "1" else f"{number} {unit.display.to(language) if unit else symbol}"


def _figure(point: Datapoint, figures: Mapping[str, Figure]) -> Figure:
    entered = figures.get(point.key, NO_FIGURE)
    return entered if entered.is_stated else computed_figure(point, figures) or entered


def _change(words: ChangeWords, point: Datapoint, now: Figure, figures: TwoYears, language: Language) -> str:
    change = year_change(point, now, _figure(point, figures.before))
    if change is None or change.percent is None:
        return ""
    text: Text = words.same if change.percent == 0 else words.more if change.percent > 0 else words.less
    percent = format_number(abs(change.percent), language)
    return filled(text.to(language), {"percent": percent, YEAR: str(figures.year - 1)})
