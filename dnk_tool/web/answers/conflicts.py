"""Shows two versions of the same answer after an edit conflict, so that neither is lost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from flask import render_template
from sqlalchemy.orm import Session

from dnk_tool.catalogue import Requirement, Section, Selection
from dnk_tool.catalogue.standard.item_model import Item
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure
from dnk_tool.domain.answers.values import Cell, Rows
from dnk_tool.domain.editing import Conflict, Version
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import Language, format_number, format_timestamp
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.access import is_by_oneself
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.amounts import figure_text
from dnk_tool.web.text.answers import answer_text
from dnk_tool.web.text.form_fields import field_name
from dnk_tool.web.text.markup import offered_markup

AnswerOrFigureConflict = Conflict[Answer] | Conflict[Figure]


@dataclass(frozen=True)
class AnswerConflictPage:
    """One answer in both versions. `fields` hold the person's own version for saving it after all.

    `prose` is the name of the one field in `fields` that can be edited on the page; "" if there is none.
    `both` holds its two texts one after the other, if there are two. `is_own`: whether the reader wrote the
    other version, too, in another window.
    """

    name: str
    label: str
    mine: str
    theirs: str
    theirs_by: str
    theirs_at: str
    fields: tuple[tuple[str, str], ...]
    prose: str = ""
    both: str = ""
    is_own: bool = False

    @property
    def mine_text(self) -> str:
        """The person's own text, for editing."""
        return dict(self.fields).get(self.prose, "")


def conflict_pages(
    session: Session, selection: Selection, conflicts: tuple[AnswerOrFigureConflict, ...], language: Language
) -> tuple[AnswerConflictPage, ...]:
    """Describe each conflict, with the name of the other version's author."""
    names = accounts.names_of(session, {conflict.by for conflict in conflicts if conflict.by is not None})
    return tuple(_conflict_page(selection, conflict, names, language) for conflict in conflicts)


def _conflict_page(
    selection: Selection, conflict: AnswerOrFigureConflict, names: Mapping[int, str], language: Language
) -> AnswerConflictPage:
    by = names.get(conflict.by or 0, "?")
    at = format_timestamp(conflict.at, language) if conflict.at else ""
    if isinstance(conflict.mine, Figure):
        item = next(i for i in selection.items.values() if i.datapoint and i.datapoint.key == conflict.ref)
        name = field_name(item.ref)
        mine, theirs = (
            figure_text(item, figure, language, is_record=True) if isinstance(figure, Figure) else ""
            for figure in (conflict.mine, conflict.theirs)
        )
        fields = tuple(_figure_fields(name, conflict.mine, conflict.version, language))
        label = item.label.to(language)
        is_own = is_by_oneself(conflict.by)
        return AnswerConflictPage(name, label, mine, theirs, by, at, fields, is_own=is_own)
    return _answer_conflict_page(selection, conflict, by, at, language)


def _answer_conflict_page(
    selection: Selection, conflict: AnswerOrFigureConflict, by: str, at: str, language: Language
) -> AnswerConflictPage:
    item, requirement = selection.items.get(conflict.ref), selection.requirements.get(conflict.ref)
    asked: Item | Requirement | None = requirement or item
    if asked is None or isinstance(conflict.mine, Figure) or isinstance(conflict.theirs, Figure):
        raise LookupError(conflict.ref)
    label = asked.title if isinstance(asked, Requirement) else asked.label
    name = field_name(conflict.ref)
    fields = tuple(_answer_fields(name, item, conflict.mine, conflict.version, language))
    prose = both = ""
    if conflict.mine.value is None:
        explains = conflict.mine.disclosure is Disclosure.EXPLAIN
        prose = f"{name}-{'explanation' if explains else 'text'}"
        if prose not in dict(fields):
            prose = ""
        elif conflict.mine.disclosure is conflict.theirs.disclosure:
            versions = (conflict.theirs, conflict.mine)
            texts = [one.explanation if explains else one.text for one in versions]
            both = "\n\n".join(texts) if all(texts) else ""
    return AnswerConflictPage(
        name,
        label.to(language),
        answer_text(item, conflict.mine, language),
        answer_text(item, conflict.theirs, language),
        by,
        at,
        fields,
        prose,
        both,
        is_by_oneself(conflict.by),
    )


def _figure_fields(
    name: str, figure: Figure, version: Version, language: Language
) -> Iterator[tuple[str, str]]:
    yield f"{name}-version", str(version)
    yield f"{name}-value", "" if figure.value is None else format_number(figure.value, language)
    yield f"{name}-unit", figure.unit
    yield f"{name}-quality", figure.quality.value if figure.quality else ""
    yield f"{name}-note", figure.note


def _answer_fields(
    name: str, item: Item | None, answer: Answer, version: Version, language: Language
) -> Iterator[tuple[str, str]]:
    yield f"{name}-version", str(version)
    if answer.disclosure:
        yield f"{name}-disclosure", answer.disclosure.value
        yield f"{name}-reason", answer.reason
        yield f"{name}-taken", answer.reason
        yield f"{name}-explanation", answer.explanation
    if answer.value is None:
        yield f"{name}-text", answer.text
        yield f"{name}-markup", offered_markup(answer)
    elif isinstance(answer.value, Rows):
        columns = item.table.columns if item and item.table else ()
        unit_fields = {column.key: column.unit_field for column in columns}
        for index, row in enumerate(answer.value.rows):
            for key, cell in row.items():
                for field, text in cell_form_fields(key, cell, unit_fields[key], language):
                    yield f"{name}-rows-{index}-{field}", text
    elif isinstance(answer.value, tuple):
        for key in answer.value:
            yield f"{name}-value", key
    else:
        yield f"{name}-value", str(answer.value)


def cell_form_fields(key: str, cell: Cell, unit_field: str, language: Language) -> Iterator[tuple[str, str]]:
    """Yield (name, text) of each form field of a table cell."""
    if isinstance(cell, Quantity):
        yield key, format_number(cell.value, language)
        yield unit_field, cell.unit
    else:
        yield key, str(cell)


def render_conflicts(
    declaration: Declaration,
    section: Section,
    conflicts: tuple[AnswerOrFigureConflict, ...],
    *,
    here: str,
    carried: Mapping[str, tuple[str, str]],
) -> str:
    """Render the page that shows both versions of each answer.

    `here`: the section's address; `carried`: by ref, a field that the person's own version sends along.
    """
    selection = declarations.selection_of(declaration)
    pages = conflict_pages(db(), selection, conflicts, current_language())
    return render_template(
        "answers/conflict.html",
        declaration=declaration,
        section=section,
        conflicts=[
            replace(page, fields=(*page.fields, carried[one.ref])) if one.ref in carried else page
            for page, one in zip(pages, conflicts, strict=True)
        ],
        here=here,
        errors=(),
    )
