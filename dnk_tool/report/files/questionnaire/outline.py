"""The content of a questionnaire's file in its language: chapters, points, fields with their marks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dnk_tool.catalogue.standard.item_model import ItemKind
from dnk_tool.catalogue.standard.model import Criterion, Indicator, Requirement, Section
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.answers.answer import NO_ANSWER, Figure
from dnk_tool.domain.declarations.questionnaire.fields import (
    Content,
    Entry,
    Field,
    FieldKind,
    entry_fields,
    entry_texts,
)
from dnk_tool.domain.declarations.questionnaire.marks import FieldMark
from dnk_tool.labels import N_
from dnk_tool.language import Language, translations

FREE_ROWS = 3  # empty rows behind the stored ones of a table

_FILL_IN = N_(
    "Schreiben Sie in die umrandeten Felder, und laden Sie die Datei danach auf der Seite „Fragebogen "
    "offline ausfüllen“ wieder hoch. Sie sehen zuerst, was sich ändern würde."
)
INSTRUCTIONS = (
    _FILL_IN,
    N_("Ein leeres Feld ändert nichts. Ein einzelner Strich (-) leert eine Angabe."),
    N_("Zahlen schreiben Sie mit Komma, zum Beispiel 1234,5. Wählen Sie die Einheit daneben."),
    N_(
        "Ändern oder verschieben Sie die Fragen nicht. Was außerhalb der Felder steht, wird nicht übernommen."
    ),
)
# Above the columns of a workbook.
HEADINGS = (
    Text("Punkt", "Point"),
    Text("Frage", "Question"),
    Text("Antwort", "Answer"),
    Text("Hinweis", "Hint"),
)
# What stands in an empty field for text, and in one to choose from.
WRITE_HERE, CHOOSE = Text("Hier schreiben", "Write here"), Text("Bitte wählen", "Please choose")


@dataclass(frozen=True, slots=True)
class FilledField:
    """A field with its mark, its label, its text ("" where empty), and the labels to choose from."""

    field: Field
    mark: str
    label: str
    text: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryOutline:
    """The fields of an answer or figure; `rows` are those of a table's rows."""

    entry: Entry
    label: str
    fields: tuple[FilledField, ...]

    @property
    def is_table(self) -> bool:
        """Whether the company adds rows itself."""
        return self.entry.item is not None and self.entry.item.kind is ItemKind.TABLE

    @property
    def rows(self) -> list[list[FilledField]]:
        """The fields of each row of a table."""
        by_row: dict[str, list[FilledField]] = {}
        for field in self.fields:
            by_row.setdefault(field.field.part.partition(".")[0], []).append(field)
        return list(by_row.values())

    def question(self, field: FilledField) -> str:
        """What a field asks where it stands alone: in a table with the number of its row."""
        if self.is_table:
            return f"{self.label} {field.field.part.partition('.')[0]}: {field.label}"
        if self.entry.datapoint or field.field.kind is FieldKind.TICK_BOX:
            return f"{self.label}: {field.label}"
        return field.label


@dataclass(frozen=True, slots=True)
class PointOutline:
    """A requirement with its entries."""

    title: str
    hint: str
    entries: tuple[EntryOutline, ...]


@dataclass(frozen=True, slots=True)
class ChapterOutline:
    """A section with its points."""

    title: str
    points: tuple[PointOutline, ...]


@dataclass(frozen=True, slots=True)
class QuestionnaireOutline:
    """Everything that stands in a file. `made_on` is the day on which it was made."""

    language: Language
    title: str
    company: str
    instructions: tuple[str, ...]
    chapters: tuple[ChapterOutline, ...]
    made_on: date

    def printed_texts(self) -> Iterator[str]:
        """Every text of the file that is ours, and no field's."""
        yield from (self.title, self.company, f"{self.title}, {self.company}", *self.instructions)
        yield from (heading.to(self.language) for heading in HEADINGS)
        for chapter in self.chapters:
            yield chapter.title
            for point in chapter.points:
                yield from (point.title, point.hint)
                for entry in point.entries:
                    yield entry.label
                    for field in entry.fields:
                        yield from (field.label, entry.question(field))


@dataclass(frozen=True)
class QuestionnaireContents:
    """What the file says of a declaration: its code, the contents and versions by key of an entry.

    `is_empty`: the fields are empty although there are contents; rows of a table come behind the stored ones.
    """

    code: str
    contents: Mapping[str, Content]
    versions: Mapping[str, int]
    is_empty: bool = False


def outline(
    sections: Sequence[tuple[Section, Sequence[Entry]]],
    contents: QuestionnaireContents,
    *,
    company: str,
    year: int,
    language: Language,
    made_on: date,
) -> QuestionnaireOutline:
    """The outline of a file about these sections, each with its entries."""
    _ = translations(language).gettext
    return QuestionnaireOutline(
        language=language,
        title=_("Fragebogen für %(year)s") % {"year": year},
        company=company,
        instructions=tuple(map(_, INSTRUCTIONS)),
        chapters=tuple(
            ChapterOutline(section_title(section, language), tuple(_points(entries, contents, language)))
            for section, entries in sections
        ),
        made_on=made_on,
    )


def _points(
    entries: Sequence[Entry], contents: QuestionnaireContents, language: Language
) -> Iterator[PointOutline]:
    by_requirement: dict[str, list[Entry]] = {}
    for entry in entries:
        by_requirement.setdefault(entry.requirement.ref, []).append(entry)
    for own in by_requirement.values():
        requirement = own[0].requirement
        yield PointOutline(
            point_title(requirement, language),
            requirement.hint.to(language),
            tuple(_entry(entry, contents, language) for entry in own),
        )


def _entry(entry: Entry, contents: QuestionnaireContents, language: Language) -> EntryOutline:
    content = contents.contents[entry.key]
    version = contents.versions.get(entry.key, 0)
    shown: Content = content
    if contents.is_empty:  # a figure keeps the unit in which it is asked for
        shown = Figure(unit=content.unit) if isinstance(content, Figure) else NO_ANSWER
    texts = entry_texts(entry, shown, language)
    fields = tuple(
        FilledField(
            field,
            str(FieldMark(contents.code, language, entry.ref, field.part, version)),
            field.label.to(language),
            texts.get(field.part, ""),
            tuple(label.to(language) for _key, label in field.options),
        )
        for field in entry_fields(entry, content, free_rows=FREE_ROWS, only_free=contents.is_empty)
    )
    return EntryOutline(entry, entry.label.to(language), fields)


def section_title(section: Section, language: Language) -> str:
    """The title of a section, a criterion's with its number."""
    title = section.title.to(language)
    return f"{section.number}. {title}" if isinstance(section, Criterion) else title


def point_title(requirement: Requirement, language: Language) -> str:
    """The title of a point: an aspect's with its number, an indicator's with its code."""
    title = requirement.title.to(language)
    if isinstance(requirement, Indicator):
        return f"{requirement.code}: {title}"
    return f"{requirement.ref} {title}" if requirement.is_explainable else title
