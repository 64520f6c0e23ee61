"""The facts to tick beside an aspect: read from a posted page, and composed to a draft."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from flask_babel import gettext as _

from dnk_tool.catalogue.drafts.facts import VALUE, Fact, FactField, FactFieldKind, load_facts
from dnk_tool.catalogue.drafts.templates import filled, without_places
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.draft import Draft, DraftKind
from dnk_tool.domain.uploads import single_line
from dnk_tool.language import Language, format_number
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.form_errors import FieldError
from dnk_tool.web.text.form_fields import number_language, read_year
from dnk_tool.web.text.options import Option, choice_options

LONGEST_VALUE = 200
_PREFIX = "fact-"


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact on the page; `value` is what stands in its field."""

    fact: Fact
    name: str
    is_ticked: bool
    value: str
    error: str = ""

    @property
    def label(self) -> str:
        """The sentence without the field's value."""
        return without_places(self.fact.text.to(current_language()))

    @property
    def options(self) -> list[Option]:
        """The choices of the field, first of all none; empty for a field that is typed."""
        choices = self.fact.field.choices if self.fact.field else ()
        return choice_options(choices, blank="–") if choices else []


@dataclass(frozen=True)
class PostedFacts:
    """The ticked facts of a posted page by aspect, each with the value of its field, and faulty fields."""

    ticked: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()


def posted_facts(sent: Mapping[str, str], aspects: frozenset[str]) -> PostedFacts:
    """Read the facts ticked at these aspects. A field without its tick says nothing."""
    ticked: dict[str, dict[str, str]] = {}
    errors = []
    for aspect in sorted(aspects & load_facts().keys()):
        for fact in load_facts()[aspect]:
            name = _PREFIX + fact.key
            if name not in sent:
                continue
            ticked.setdefault(aspect, {})[fact.key] = ""
            if fact.field is None:
                continue
            try:
                ticked[aspect][fact.key] = _read(fact.field, sent.get(f"{name}-value", ""))
            except ValueError as error:
                label = fact.field.label.to(current_language())
                errors.append(FieldError(f"{name}-value", f"{label}: {error}"))
    return PostedFacts(ticked, tuple(errors))


def facts_draft(aspect: str, ticked: Mapping[str, str], language: Language) -> Draft | None:
    """The sentences of the ticked facts, in the order of the page; None without any."""
    sentences = [
        filled(fact.text.to(language), {VALUE: _said(fact.field, ticked[fact.key], language)})
        for fact in load_facts().get(aspect, ())
        if fact.key in ticked
    ]
    return Draft(DraftKind.FACTS, " ".join(sentences), language, ticked) if sentences else None


def fact_rows(
    aspect: str, ticked: Mapping[str, str], sent: Mapping[str, str], errors: Mapping[str, str]
) -> tuple[FactRow, ...]:
    """The facts of an aspect. `sent`: the fields of a page that comes back with errors, else `ticked`."""
    rows = []
    for fact in load_facts().get(aspect, ()):
        name = _PREFIX + fact.key
        value = sent.get(f"{name}-value", "") if sent else _shown(fact.field, ticked.get(fact.key, ""))
        is_ticked = name in sent if sent else fact.key in ticked
        rows.append(FactRow(fact, name, is_ticked, value, errors.get(f"{name}-value", "")))
    return tuple(rows)


def _read(asked: FactField, typed: str) -> str:
    """The value as it is kept. Raises ValueError with the message to show."""
    text = single_line(typed)
    if asked.kind is FactFieldKind.CHOICE:
        return text if text in {choice.key for choice in asked.choices} else ""
    if not text:
        return ""
    if asked.kind is FactFieldKind.YEAR:
        return str(read_year(text))
    if asked.kind is FactFieldKind.NUMBER:
        try:
            return str(numbers.parse(text, number_language()))
        except (numbers.NumberTooLong, numbers.NotANumber):
            raise ValueError(_("Geben Sie hier nur eine Zahl ein, zum Beispiel 1.250,5")) from None
    if len(text) > LONGEST_VALUE:
        raise ValueError(
            _("Bitte kürzen Sie diese Angabe auf höchstens %(most)s Zeichen.", most=LONGEST_VALUE)
        )
    return text.rstrip(" .")  # the sentence has its own


def _said(asked: FactField | None, value: str, language: Language) -> str:
    """The value as it stands in the sentence."""
    if asked and asked.kind is FactFieldKind.CHOICE:
        return next((choice.label.to(language) for choice in asked.choices if choice.key == value), "")
    return _number(value, language) if asked and asked.kind is FactFieldKind.NUMBER else value


def _shown(asked: FactField | None, value: str) -> str:
    """The value as it stands in its field."""
    return _number(value, current_language()) if asked and asked.kind is FactFieldKind.NUMBER else value


def _number(value: str, language: Language) -> str:
    return format_number(Decimal(value), language) if value else ""
