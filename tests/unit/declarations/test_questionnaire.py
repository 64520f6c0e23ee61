"""Questions offline: every field comes back as it left, and says what was filled in."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.catalogue import Selection, selection_for
from dnk_tool.catalogue.standard.item_model import ItemKind
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Origin, Quality
from dnk_tool.domain.answers.values import MAX_ROWS, Rows
from dnk_tool.domain.declarations.questionnaire.cells import FieldFault, GivenText, Misread
from dnk_tool.domain.declarations.questionnaire.comparison import (
    EntryChange,
    EntryStatus,
    ReturnedEntry,
    StoredContents,
    compare,
    contradictory_goals,
)
from dnk_tool.domain.declarations.questionnaire.fields import (
    QUALITIES,
    Content,
    Entry,
    entry_fields,
    section_entries,
)
from dnk_tool.domain.declarations.questionnaire.marks import LONGEST_MARK, FieldMark, parse_mark
from dnk_tool.domain.declarations.questionnaire.returned import (
    collect_fields,
    outside_fields,
    read_entry,
    understand,
)
from dnk_tool.domain.editing import Stored
from dnk_tool.domain.evidence import EvidenceFileType
from dnk_tool.domain.quantities import Quantity
from dnk_tool.domain.text import normalised
from dnk_tool.labels import label
from dnk_tool.language import LANGUAGES, Language
from dnk_tool.report.files.questionnaire.document import to_docx
from dnk_tool.report.files.questionnaire.outline import QuestionnaireContents, QuestionnaireOutline, outline
from dnk_tool.report.files.questionnaire.workbook import to_xlsx
from dnk_tool.services.uploads.questionnaires.worker import fields_of

CODE, VERSION = "0123abcd", 3
EDITION, GOALS, WASTE = "dnk-2017", "3.1.goals", "EFFAS-E04-01.weight"
WRITERS = {EvidenceFileType.DOCX: to_docx, EvidenceFileType.XLSX: to_xlsx}
# What a text may hold that a program could change on its way.
PIECES = (
    *("Wir sparen Strom", "- Punkt", "• Punkt", "1. Punkt", "„Zitat“", '"quote"', "'", "=1+1", "-5 °C", "@"),
    *("<b>&amp;", "\N{WRENCH}", "\N{REGIONAL INDICATOR SYMBOL LETTER D}", "\u05e9\u05dc\u05d5\u05dd\u200f"),
    *(
        "\u0645\u0631\u062d\u0628\u0627",
        "\N{RIGHT-TO-LEFT OVERRIDE}um",
        "A\N{SOFT HYPHEN}B",
        "x\ty",
        "_x0041_",
    ),
    *(
        "Hier schreiben",
        "-",
        "–",
        "1.234",
        "é",
        "a\N{NO-BREAK SPACE}b",
        "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}",
    ),
)
TEXTS = (
    st.lists(st.sampled_from(PIECES) | st.text(max_size=12), min_size=1, max_size=5)
    .flatmap(lambda pieces: st.sampled_from(["\n", "\n\n", " "]).map(lambda sign: sign.join(pieces)))
    .map(normalised)
    .filter(bool)
)
LINES = TEXTS.map(lambda text: " ".join(text.split())).filter(bool)
NUMBERS = st.decimals(-(10**9), 10**9, places=2) | st.decimals(0, 10**14, places=0) | st.just(Decimal("0.10"))


@cache
def selection(indicator_set: str = "gri") -> Selection:
    return selection_for(EDITION, indicator_set)


def entries_of(indicator_set: str, ref: str) -> list[Entry]:
    known = selection(indicator_set)
    reasons = [(reason.key, reason.label) for reason in known.catalogue.reasons]
    return list(section_entries(known.section_by_ref[ref], reasons))


def every_entry(indicator_set: str) -> Iterator[Entry]:
    for section in selection(indicator_set).sections:
        yield from entries_of(indicator_set, section.ref)


@cache
def entry(ref: str) -> Entry:
    return next(one for name in ("effas", "gri") for one in every_entry(name) if one.ref == ref)


def blank(one: Entry) -> Content:
    return Figure() if one.datapoint else Answer()


def contents_of(one: Entry) -> st.SearchStrategy[Any]:
    """Any full content of an entry."""
    item = one.item
    if item is None:
        has_text = any(item.ref == one.ref for item in one.requirement.items)
        return st.builds(
            Answer,
            disclosure=st.sampled_from(Disclosure),
            text=TEXTS if has_text else st.just(""),
            explanation=TEXTS,
            reason=st.sampled_from([key for key, _label in one.reasons]),
        )
    if item.datapoint:
        units = st.sampled_from(list(item.datapoint.family.units))
        qualities = st.sampled_from([known for known in Quality if known is not Quality.NOT_AVAILABLE])
        return st.builds(Figure, NUMBERS, units, qualities, LINES)
    if item.kind is ItemKind.TABLE:
        return st.lists(st.fixed_dictionaries({}, optional=cells_of_entry(one)), min_size=1, max_size=3).map(
            lambda rows: Answer(value=Rows(tuple(with_one_unit(one, row) for row in rows if row)) or None)
        )
    keys = [choice.key for choice in item.choices]
    values: Mapping[ItemKind, st.SearchStrategy[Any]] = {
        ItemKind.CHOICE: st.sampled_from(keys) if keys else st.nothing(),
        ItemKind.CHOICES: st.sets(st.sampled_from(keys), min_size=1).map(
            lambda chosen: tuple(key for key in keys if key in chosen)
        )
        if keys
        else st.nothing(),
        ItemKind.YEAR: st.integers(1900, 2100),
    }
    value = values.get(item.kind)
    return st.builds(Answer, text=TEXTS) if value is None else st.builds(Answer, value=value)


def cells_of_entry(one: Entry) -> dict[str, st.SearchStrategy[Any]]:
    kinds: dict[str, st.SearchStrategy[Any]] = {}
    for column in one.columns:
        if column.kind is ItemKind.QUANTITY:
            kinds[column.key] = st.builds(Quantity, NUMBERS, st.sampled_from(list(column.units)))
        elif column.kind is ItemKind.CHOICE:
            kinds[column.key] = st.sampled_from([choice.key for choice in column.choices])
        else:
            kinds[column.key] = st.integers(1900, 2100) if column.kind is ItemKind.YEAR else TEXTS
    return kinds


def with_one_unit(one: Entry, row: Mapping[str, Any]) -> dict[str, Any]:
    """Columns that share a unit have the same."""
    units: dict[str, str] = {}
    for column in one.columns:
        if isinstance(cell := row.get(column.key), Quantity):
            units.setdefault(column.unit_field, cell.unit)
    fields = {column.key: column.unit_field for column in one.columns}
    return {
        key: Quantity(cell.value, units[fields[key]]) if isinstance(cell, Quantity) else cell
        for key, cell in row.items()
    }


def outline_of(
    entries: list[Entry], contents: Mapping[str, Content], language: Language, *, is_empty: bool = False
) -> QuestionnaireOutline:
    section = entries[0].section
    held = QuestionnaireContents(CODE, contents, {one.key: VERSION for one in entries}, is_empty)
    return outline(
        [(section, entries)],
        held,
        company="Muster GmbH",
        year=2025,
        language=language,
        made_on=date(2026, 1, 2),
    )


def come_back(
    made: QuestionnaireOutline, kind: EvidenceFileType, entries: list[Entry], before: Mapping[str, Content]
) -> dict[str, Content]:
    """What a file changes in what was stored before; it must have nothing that cannot be understood."""
    found: Any = fields_of(WRITERS[kind](made), kind)
    returned = collect_fields(found["fields"], found["outside"], CODE)
    stored = StoredContents(
        {key: Stored(one, VERSION) for key, one in before.items() if isinstance(one, Answer)},
        {key: Stored(one, VERSION) for key, one in before.items() if isinstance(one, Figure)},
    )
    changed, _same, rejected = understand(returned, {one.ref: one for one in entries}, stored)
    assert rejected == []
    assert outside_fields(returned, set(made.printed_texts())) == []
    assert {change.made_at for change in changed} <= {VERSION}
    return {change.entry.key: change.content for change in changed}


SECTIONS = [("gri", "general"), ("gri", "3"), ("gri", "12"), ("gri", "13"), ("gri", "19"), ("effas", "15")]


@settings(max_examples=6, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("kind", WRITERS)
def test_any_answers_come_back_as_they_left_and_any_others_as_they_were_filled_in(
    kind: EvidenceFileType, data: st.DataObject
) -> None:
    entries = entries_of(*data.draw(st.sampled_from(SECTIONS)))[:7]
    language: Language = data.draw(st.sampled_from(LANGUAGES))
    contents = {one.key: data.draw(contents_of(one) | st.just(blank(one))) for one in entries}
    assert come_back(outline_of(entries, contents, language), kind, entries, contents) == {}
    assert come_back(outline_of(entries, contents, language, is_empty=True), kind, entries, contents) == {}
    empty = {one.key: blank(one) for one in entries}
    filled = {key: content for key, content in contents.items() if content != empty[key]}
    assert come_back(outline_of(entries, contents, language), kind, entries, empty) == filled


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("rows", [2, MAX_ROWS])
def test_an_empty_questionnaire_adds_to_the_rows_of_a_table(kind: EvidenceFileType, rows: int) -> None:
    one, goals = entry(GOALS), (GOAL,) * rows
    stored = Answer(value=Rows(goals))
    found: Any = fields_of(WRITERS[kind](outline_of([one], {one.key: stored}, "de", is_empty=True)), kind)
    filled = {mark: "Gehen" if f"/{rows + 1}.goal:" in mark else text for mark, text, _ in found["fields"]}
    returned = collect_fields([(mark, text, False) for mark, text in filled.items()], (), CODE)
    held = StoredContents({one.key: Stored(stored, VERSION)})
    changed, _same, rejected = understand(returned, {one.ref: one}, held)
    assert rejected == []
    after = [] if rows == MAX_ROWS else [Answer(value=Rows((*goals, {"goal": "Gehen"})))]
    assert [change.content for change in changed] == after


@pytest.mark.parametrize("kind", WRITERS)
def test_a_whole_declaration_comes_back(kind: EvidenceFileType) -> None:
    """Every kind of item, and a text too long for a cell."""
    entries = list(every_entry("gri"))
    contents: dict[str, Content] = {one.key: blank(one) for one in entries}
    contents["1.1"] = Answer(Disclosure.COMPLY, text="Wort 😀 " * 12_000 + "Ende")
    assert come_back(outline_of(entries, contents, "de"), kind, entries, contents) == {}


def test_a_mark_fits_into_a_tag_of_word_and_is_read_again() -> None:
    for name in (known.key for known in selection().catalogue.indicator_sets):
        for one in every_entry(name):
            for field in entry_fields(one, blank(one), free_rows=99):
                mark = FieldMark(CODE, "de", one.ref, field.part, 99_999)
                assert len(str(mark)) <= LONGEST_MARK, str(mark)
                assert parse_mark(str(mark)) == mark
    continued = FieldMark(CODE, "en", "1.1", "text", 7, 2)
    assert parse_mark(str(continued)) == continued
    for text in ("", "dnk:", f"dnk:{CODE}:d1.1/text", f"dnk:{CODE}:d1.1/text:x", f"xnk:{CODE}:d1.1/text:1"):
        assert parse_mark(text) is None


def test_labels_to_choose_from_differ() -> None:
    """A choice comes back by its label, so that two of the same would be mixed up."""
    for one in every_entry("gri"):
        for field in entry_fields(one, blank(one), free_rows=1):
            for language in LANGUAGES:
                names = [name.to(language).casefold() for _key, name in field.options]
                assert len(set(names)) == len(names), (one.ref, field.part, names)
    assert [[name.to(language) for _key, name in QUALITIES] for language in LANGUAGES] == [
        [label(quality, language) for quality in Quality] for language in LANGUAGES
    ]


def reread(
    ref: str, texts: Mapping[str, str], before: Content | None = None, language: Language = "de"
) -> Any:
    one = entry(ref)
    said = {part: GivenText(text) for part, text in texts.items()}
    return read_entry(one, said, blank(one) if before is None else before, language)


KILOS = Figure(Decimal(5), "kg", Quality.MEASURED, "Waage", origin=Origin.LINES)
GOAL = {"goal": "Strom sparen", "due": 2030}
SCOPES = Answer(value=("scope-1", "scope-2"))


@pytest.mark.parametrize(
    ("ref", "texts", "before", "language", "after"),
    [
        ("1.1", {"text": " Neu \r\n"}, None, "de", Answer(text="Neu")),
        ("1.1", {"text": ""}, Answer(text="Alt"), "de", None),
        ("1.1", {"text": "-"}, Answer(text="Alt"), "de", Answer()),
        (
            "1.1",
            {"text": "- **Neu**"},
            Answer(text="- Alt", is_marked_up=True),
            "de",
            Answer(text="- **Neu**", is_marked_up=True),
        ),
        ("1.1", {"why": "Noch nicht"}, None, "de", Answer(Disclosure.EXPLAIN, explanation="Noch nicht")),
        ("1.1", {"why": "Weil", "text": "Wir"}, None, "de", Answer(text="Wir", explanation="Weil")),
        (
            "1.1",
            {"kind": "we EXPLAIN", "reason": "geplant"},
            None,
            "de",
            Answer(Disclosure.EXPLAIN, reason="planned"),
        ),
        (WASTE, {"value": "1.234,5", "unit": "t"}, None, "de", Figure(Decimal("1234.5"), "t")),
        (WASTE, {"value": "1,234.5", "unit": "t"}, None, "en", Figure(Decimal("1234.5"), "t")),
        (WASTE, {"value": "5,0", "unit": "kg"}, KILOS, "de", None),
        (
            WASTE,
            {"value": "6", "unit": "kg"},
            KILOS,
            "de",
            replace(KILOS, value=Decimal(6), origin=Origin.ENTERED),
        ),
        (WASTE, {"value": "-", "unit": "kg"}, KILOS, "de", Figure(note="Waage")),
        (
            WASTE,
            {"quality": "estimated"},
            KILOS,
            "de",
            replace(KILOS, quality=Quality.ESTIMATED, origin=Origin.ENTERED),
        ),
        ("general.listed", {"value": "yes"}, Answer(value="no"), "de", Answer(value="yes")),
        ("general.listed", {"value": "–"}, Answer(value="no"), "de", Answer()),
        (
            "GRI-SRS-305-5.d",
            {"=scope-2": "x", "=scope-1": "x"},
            None,
            "de",
            Answer(value=("scope-1", "scope-2")),
        ),
        ("GRI-SRS-305-5.d", {"=scope-1": "-", "=scope-2": "Ja"}, SCOPES, "de", Answer(value=("scope-2",))),
        ("GRI-SRS-305-5.d", {"=scope-1": "☐", "=scope-2": "-"}, SCOPES, "de", Answer()),
        ("GRI-SRS-305-5.d", {"=scope-1": "-"}, None, "de", None),
        (
            GOALS,
            {"2.goal": "Strom sparen", "2.due": "2030", "1.unit": "t"},
            None,
            "de",
            Answer(value=Rows((GOAL,))),
        ),
        (GOALS, {"1.goal": "-"}, Answer(value=Rows((GOAL,))), "de", Answer()),
        (
            GOALS,
            {"2.goal": "Rad fahren", "3.goal": ""},
            Answer(value=Rows((GOAL, {"goal": "Gehen"}, {"goal": "Fliegen"}))),
            "de",
            Answer(value=Rows((GOAL, {"goal": "Rad fahren"}))),
        ),
        (
            "19.3.political-payments",
            {"1.amount": "1.000,50"},
            None,
            "de",
            Answer(value=Rows(({"amount": Quantity(Decimal("1000.50"), "EUR")},))),
        ),
    ],
)
def test_what_somebody_fills_in(
    ref: str, texts: dict[str, str], before: Content | None, language: Language, after: Content | None
) -> None:
    assert reread(ref, texts, before, language) == after


@pytest.mark.parametrize(
    ("ref", "texts", "fault", "row", "part"),
    [
        ("1.1", {"kind": "Vielleicht"}, FieldFault.UNKNOWN_CHOICE, 0, "kind"),
        ("1.1", {"text": "x" * 100_001}, FieldFault.LONG_WORDS, 0, "text"),
        ("general.lead", {"text": "x" * 131}, FieldFault.LONG_WORDS, 0, ""),
        ("GRI-SRS-305-5.d", {"=scope-1": "vielleicht"}, FieldFault.UNKNOWN_CHOICE, 0, ""),
        (WASTE, {"value": "zwölf", "unit": "kg"}, FieldFault.NOT_A_NUMBER, 0, ""),
        (WASTE, {"value": "2025-02-01", "unit": "kg"}, FieldFault.IS_A_DAY, 0, ""),
        (WASTE, {"value": "1" * 30, "unit": "kg"}, FieldFault.LONG_NUMBER, 0, ""),
        (WASTE, {"value": "5", "unit": "Pferde"}, FieldFault.UNKNOWN_UNIT, 0, ""),
        (WASTE, {"value": "5"}, FieldFault.NO_UNIT, 0, ""),
        (WASTE, {"quality": "geraten"}, FieldFault.UNKNOWN_QUALITY, 0, ""),
        (
            WASTE,
            {"value": "5", "unit": "kg", "quality": "liegt nicht vor"},
            FieldFault.VALUE_NOT_AVAILABLE,
            0,
            "",
        ),
        (GOALS, {"4.goal": "Ziel", "4.due": "bald"}, FieldFault.NOT_A_YEAR, 4, ""),
        (GOALS, {"1.goal": "Ziel", "1.start": "viel"}, FieldFault.NOT_A_NUMBER, 1, ""),
        (GOALS, {f"{row}.goal": "Ziel" for row in range(1, 202)}, FieldFault.TOO_MANY_ROWS, 0, ""),
    ],
)
def test_what_cannot_be_understood_is_named(
    ref: str, texts: dict[str, str], fault: FieldFault, row: int, part: str
) -> None:
    with pytest.raises(Misread) as misread:
        reread(ref, texts)
    assert (misread.value.fault, misread.value.row, misread.value.part) == (fault, row, part)


@pytest.mark.parametrize(
    ("ref", "part", "field"),
    [("1.1", "text", "text"), ("1.1", "why", "explanation"), ("general.notes", "text", "text")],
)
def test_a_field_that_is_cleared_loses_its_mark(ref: str, part: str, field: str) -> None:
    marked = replace(blank(entry(ref)), **{field: "**Wir** sparen."}, is_marked_up=True)
    cleared = reread(ref, {part: "-"}, marked)
    assert (getattr(cleared, field), cleared.is_marked_up) == ("", False)
    assert reread(ref, {part: "**Sie** sparen."}, marked).is_marked_up, "new words are read like the old ones"


def test_a_unit_alone_is_no_new_amount() -> None:
    with pytest.raises(Misread, match="unit-alone"):
        reread(WASTE, {"value": "5", "unit": "t"}, KILOS)


def test_numbers_of_a_spreadsheet_are_exact() -> None:
    one = entry(WASTE)
    said = {"value": GivenText("1.234", True), "unit": GivenText("kg")}
    for language in LANGUAGES:
        assert read_entry(one, said, Figure(), language) == Figure(Decimal("1.234"), "kg")


def test_one_field_that_is_not_understood_leaves_the_others() -> None:
    one, marks = entry("1.1"), [f"dnk:{CODE}:d1.1/{part}:0" for part in ("kind", "text")]
    returned = collect_fields(zip(marks, ("Vielleicht", "Neu"), (False, False), strict=True), (), CODE)
    changed, same, rejected = understand(returned, {"1.1": one}, StoredContents())
    assert [(change.content, change.made_at) for change in changed] == [(Answer(text="Neu"), 0)]
    assert (same, [rejection.fault for rejection in rejected]) == (0, [FieldFault.UNKNOWN_CHOICE])


PARTS = st.sampled_from(
    ["text", "value", "unit", "kind", "=co2", "1.goal", "x.goal", "0.", "9999.due", "a.b"]
)


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from(["1.1", GOALS, WASTE, "general.listed", "GRI-SRS-305-5.d"]), PARTS, TEXTS)
    ),
    st.booleans(),
)
def test_a_file_that_somebody_forged_ends_in_messages(
    said: list[tuple[str, str, str]], is_number: bool
) -> None:
    marked = [(str(FieldMark(CODE, "de", ref, part, 0)), text, is_number) for ref, part, text in said]
    entries = {ref: entry(ref) for ref, _part, _text in said}
    changed, same, rejected = understand(collect_fields(marked, (), CODE), entries, StoredContents())
    assert len(changed) + same + len({one.entry.ref for one in rejected if one.entry}) >= len(entries)


def test_marks_that_are_missing_doubled_or_of_another_declaration() -> None:
    one = entry("1.1")
    mark, other = f"dnk:{CODE}:d1.1/text:0", "dnk:ffffffff:d1.1/text:0"
    same = collect_fields([(mark, "A", False), (mark, "A", False)], (), CODE)
    assert understand(same, {"1.1": one}, StoredContents())[0][0].content == Answer(text="A")
    twice = collect_fields([(mark, "A", False), (mark, "B", False)], (), CODE)
    changed, _same, rejected = understand(twice, {"1.1": one}, StoredContents())
    assert (changed, [rejection.fault for rejection in rejected]) == ([], [FieldFault.TWICE])
    foreign = collect_fields([(other, "A", False), ("dnk:broken", "Mein Text", False)], (), CODE)
    assert (foreign.fields, foreign.foreign) == ({}, 1)
    assert [rejection.shown for rejection in outside_fields(foreign, ())] == ["Mein Text"]


A, B, C = (Answer(text=text) for text in "ABC")


@pytest.mark.parametrize(
    ("base", "now", "said", "version", "status"),
    [
        (Answer(), Answer(), A, 0, EntryStatus.NEW),
        (A, A, B, 3, EntryStatus.CHANGED),
        (A, A, A, 3, None),
        (A, B, B, 4, None),  # both wrote the same
        (A, B, A, 4, None),  # only somebody here changed it
        (A, B, C, 4, EntryStatus.CHANGED_HERE),
    ],
)
def test_how_a_file_stands_to_what_is_stored(
    base: Answer, now: Answer, said: Answer, version: int, status: EntryStatus | None
) -> None:
    stored = StoredContents({"1.1": Stored(now, version, by=9)} if version else {}, {}, {("1.1", 3): base})
    preview = compare([ReturnedEntry(entry("1.1"), said, min(version, 3))], stored)
    assert [change.status for change in preview.changes] == ([status] if status else [])
    assert preview.same == (status is None)


def test_a_goal_of_several_tables_must_say_the_same() -> None:
    def change(ref: str, due: int) -> EntryChange:
        before, after = (Answer(value=Rows(({**GOAL, "due": year},))) for year in (2030, due))
        return EntryChange(ReturnedEntry(entry(ref), after, 1), EntryStatus.CHANGED, before, after, 1)

    first, same, other = change(GOALS, 2031), change("12.1.goals", 2031), change("12.1.goals", 2032)
    assert contradictory_goals([first, same]) == frozenset()
    assert contradictory_goals([first, other]) == {"12.1.goals"}


def test_a_file_newer_than_what_is_stored_asks() -> None:
    """After a backup was put back: the version of the file is not known here."""
    stored = StoredContents({"1.1": Stored(A, 2)})
    (change,) = compare([ReturnedEntry(entry("1.1"), B, 5)], stored).changes
    assert change.status is EntryStatus.CHANGED_HERE


def test_figures_that_changed_here_only_in_hidden_fields_are_no_conflict() -> None:
    one = entry(WASTE)
    said = replace(KILOS, value=Decimal(6), origin=Origin.ENTERED)
    for now, status in (
        (replace(KILOS, source="Rechnung"), EntryStatus.CHANGED),
        (replace(KILOS, value=Decimal(7)), EntryStatus.CHANGED_HERE),
    ):
        stored = StoredContents({}, {one.key: Stored(now, 2)}, {(one.key, 1): KILOS})
        (change,) = compare([ReturnedEntry(one, said, 1)], stored).changes
        assert change.status is status
        assert isinstance(change.after, Figure)
        assert change.after.source == now.source


def test_the_same_outline_gives_the_same_bytes() -> None:
    entries = entries_of("effas", "1")
    made = outline_of(entries, {one.key: blank(one) for one in entries}, "de")
    for write in WRITERS.values():
        assert len({write(made) for _time in range(2)}) == 1
    assert all(first != second for first, second in pairwise(write(made) for write in WRITERS.values()))
