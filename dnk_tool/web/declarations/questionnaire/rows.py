"""The rows of the preview of a questionnaire that came back: what was, and what would be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from dnk_tool.domain.answers.answer import Answer, Figure, Origin
from dnk_tool.domain.declarations.comparison import DiffRun, word_diff
from dnk_tool.domain.declarations.questionnaire.comparison import EntryChange, EntryStatus
from dnk_tool.domain.declarations.questionnaire.fields import Content, Entry, entry_fields, entry_texts
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.amounts import amount_text
from dnk_tool.web.text.answers import answer_text, requirement_title
from dnk_tool.web.text.labels import label_of


@dataclass(frozen=True, slots=True)
class TextChange:
    """One text of an entry that differs; `label` is "" where it is the only one."""

    label: str
    before: str
    after: str

    @property
    def runs(self) -> tuple[DiffRun, ...]:
        """The words that differ."""
        return word_diff(self.before, self.after)


@dataclass(frozen=True, slots=True)
class ComparedEntry:
    """An entry that differs. `by`: who changed it here since the file was made."""

    ref: str
    section: str
    title: str
    status: EntryStatus
    changes: tuple[TextChange, ...]
    hint: str = ""
    by: str = ""

    @property
    def is_conflict(self) -> bool:
        """Whether the person has to choose between two contents."""
        return self.status is EntryStatus.CHANGED_HERE

    @property
    def is_new(self) -> bool:
        """Whether nothing is stored yet."""
        return self.status is EntryStatus.NEW


def compared_entry(change: EntryChange, names: Mapping[int, str]) -> ComparedEntry:
    """The row of a change; `names` are those of people by account."""
    entry = change.returned.entry
    return ComparedEntry(
        entry.ref,
        entry.section.ref,
        entry_title(entry),
        change.status,
        tuple(_changes(entry, change.before, change.after)),
        _hint(change.before, change.after),
        names.get(change.by or 0, ""),
    )


def entry_title(entry: Entry) -> str:
    """The title of its point, and what of it the entry is."""
    language = current_language()
    title, label = requirement_title(entry.requirement, language), entry.label.to(language)
    return title if entry.requirement.title.to(language) == label else f"{title} – {label}"


def _changes(entry: Entry, before: Content, after: Content) -> Iterator[TextChange]:
    language = current_language()
    if isinstance(before, Figure) and isinstance(after, Figure):
        yield from _figure_changes(entry, before, after)
    elif isinstance(before, Answer) and isinstance(after, Answer):
        if entry.item and (entry.columns or len(entry_fields(entry, after)) > 1):
            yield TextChange("", *(answer_text(entry.item, one, language) for one in (before, after)))
            return
        old, new = (entry_texts(entry, one, language) for one in (before, after))
        fields = {
            field.part: field.label.to(language)
            for one in (before, after)
            for field in entry_fields(entry, one)
        }
        for part, label in fields.items():
            if old.get(part, "") != new.get(part, ""):
                yield TextChange(label if len(fields) > 1 else "", old.get(part, ""), new.get(part, ""))


def _figure_changes(entry: Entry, before: Figure, after: Figure) -> Iterator[TextChange]:
    language, point = current_language(), entry.datapoint
    if point and before.quantity != after.quantity:
        amounts = (amount_text(point, figure.quantity, language) for figure in (before, after))
        yield TextChange(_("Wert"), *amounts)
    if before.quality != after.quality:
        qualities = (label_of(figure.quality) if figure.quality else "" for figure in (before, after))
        yield TextChange(_("Qualität"), *qualities)
    if before.note != after.note:
        yield TextChange(_("Anmerkung"), before.note, after.note)


def _hint(before: Content, after: Content) -> str:
    """What the reader should know of a figure that is not entered by hand so far."""
    if not isinstance(before, Figure) or not isinstance(after, Figure) or after.origin is not Origin.ENTERED:
        return ""
    if before.origin is Origin.SITES:
        return str(_("Der Wert ist bisher die Summe der Standorte. Künftig gilt der aus der Datei."))
    if before.origin is Origin.LINES:
        return str(_("Der Wert kommt bisher aus den Rechnern. Künftig gilt der aus der Datei."))
    return ""
