"""A whole declaration as workbook and as CSV: every word and number, no formula, the same bytes again."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.declarations.document import Document
from dnk_tool.language import LANGUAGES, Language
from dnk_tool.report.files.declaration_spreadsheet import to_csv, to_xlsx
from dnk_tool.report.files.spreadsheet import LONGEST_CELL
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import ExportOptions
from dnk_tool.report.view.model import DeclarationView, Issue
from tests.support.documents import PROFILE, full_document
from tests.support.tables import sheets_of

FINAL = Issue(2, date(2026, 11, 26), False, "cd" * 32)
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+49 711 1234",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1;2)",
    "＝1+1",
    "\t=1+1",
    "]]></t><f>1+1</f>",
    "Steuer\x00zeichen\x07 \ud800 \u202eabc\u202c",
    "_x0041_",
    "https://beispiel.example/;\"a\";'b'\r\n=1",
)
Sheets = dict[str, list[list[object]]]


def spreadsheet_view(document: Document, language: Language | None = None) -> DeclarationView:
    return compose(document, FINAL, ExportOptions(language=language), on_paper=False)


def csv_records(content: bytes) -> list[dict[str, str]]:
    text = content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def hostile() -> Document:
    document = full_document()
    refs = [
        requirement.ref for criterion in document.selection.criteria for requirement in criterion.requirements
    ]
    answers = {
        ref: Answer(Disclosure.EXPLAIN if number % 2 else Disclosure.COMPLY, text=text, explanation=text)
        for number, (ref, text) in enumerate(zip(refs, HOSTILE * 6, strict=False))
    }
    figures = {
        place: replace(figure, note=HOSTILE[0], source=HOSTILE[3])
        for place, figure in document.figures.items()
    }
    return replace(
        document,
        answers=document.answers | answers,
        figures=figures,
        organisation=replace(PROFILE, name=HOSTILE[0], address=HOSTILE[2]),
    )


@pytest.fixture(scope="module")
def document() -> Document:
    return full_document()


@pytest.fixture(scope="module")
def sheets(document: Document) -> Sheets:
    return sheets_of(to_xlsx(document, spreadsheet_view(document)))


def test_each_kind_of_thing_has_its_sheet(sheets: Sheets, document: Document) -> None:
    wanted = [
        "Erklärung",
        "Antworten",
        "Kennzahlen",
        "Ziele",
        "Tabellen",
        "Indikatoren",
        "Selbsteinschätzung",
    ]
    assert [name for name in sheets if name in wanted] == wanted
    for rows in sheets.values():
        assert len(rows) > 1
        assert all(rows[0])
    assert ["Erklärung nach den 20 Kriterien des DNK", 2025.0] in sheets["Erklärung"]


def test_every_answer_stands_in_its_row_with_criterion_aspect_and_status(
    sheets: Sheets, document: Document
) -> None:
    heads, *rows = sheets["Antworten"]
    answer_rows = [dict(zip(heads, row, strict=True)) for row in rows]
    by_code: dict[object, list[dict[object, object]]] = {}
    for row in answer_rows:
        by_code.setdefault(row["Kennung"], []).append(row)
    for criterion in document.selection.criteria:
        for aspect in criterion.requirements:
            [first, *_] = by_code[aspect.ref]
            assert str(first["Kapitel"]).startswith(f"{criterion.number} ")
            assert first["Titel"] == aspect.title.de
            answer = document.answers[aspect.ref]
            is_explained = answer.disclosure is Disclosure.EXPLAIN
            assert first["Art der Angabe"] == ("begründet" if is_explained else "berichtet")
            assert bool(first["Grund"]) == bool(is_explained and answer.reason)
            for word in (answer.explanation if is_explained else answer.text).split():
                assert word.lstrip("-•") in str(first["Text"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_14_the_profile_stands_whole_and_once_among_the_answers(language: Language) -> None:
    document = full_document()
    book = CalamineWorkbook.from_filelike(io.BytesIO(to_xlsx(document, spreadsheet_view(document, language))))
    rows = book.get_sheet_by_index(1).to_python()[1:]
    (general,) = {str(row[0]) for row in rows[:1]}
    said = {(str(row[3]), str(row[7])) for row in rows if row[0] == general}
    labels = [str(row[3]) for row in rows if row[0] == general]
    assert len(labels) == len(set(labels)), labels
    kinds = dict(document.selection.catalogue.derived)
    del kinds["organisation.size"]  # the kind of company says it
    assert {kind.to(language) for kind in kinds.values()} <= set(labels)
    assert (kinds["declaration.language"].to(language), "Deutsch" if language == "de" else "German") in said


def test_figures_are_numbers_with_unit_and_year(sheets: Sheets, document: Document) -> None:
    heads, *rows = sheets["Kennzahlen"]
    rows_by_figure = {(row[0], row[1]): dict(zip(heads, row, strict=True)) for row in rows}
    key = "energy.electricity.consumption"
    row = rows_by_figure[2025.0, key]
    assert row["Wert"] == float(document.figures[2025, key].value or 0)
    assert row["Einheit"] == "kWh"
    assert (2024.0, key) in rows_by_figure


def test_goals_of_all_criteria_stand_in_one_sheet(sheets: Sheets) -> None:
    heads, *rows = sheets["Ziele"]
    assert heads[:3] == ["Kriterium", "Kennung", "Ziel"]
    assert len({row[1] for row in rows}) > 1
    assert all(row[2] for row in rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_document_gives_the_same_bytes(document: Document, language: Language) -> None:
    view = spreadsheet_view(document, language)
    assert to_xlsx(document, view) == to_xlsx(document, view)
    assert to_csv(document, view) == to_csv(document, view)


def test_csv_has_answers_and_figures_under_one_heading(document: Document) -> None:
    rows = csv_records(to_csv(document, spreadsheet_view(document)))
    [answer, *_] = [row for row in rows if row["Kennung"] == "1.1"]
    assert answer["Text"]
    assert answer["Wert"] == ""
    [figure] = [
        row for row in rows if row["Feld"] == "energy.electricity.consumption" and row["Jahr"] == "2025"
    ]
    assert (figure["Einheit"], figure["Titel"]) == ("kWh", "Stromverbrauch")
    assert figure["Wert"].replace(",", "").isdigit()
    assert len(csv_records(to_csv(document, spreadsheet_view(document, "en")))) == len(rows)


def test_no_text_becomes_a_formula_and_no_word_is_lost() -> None:
    document = hostile()
    view = spreadsheet_view(document)
    content = to_xlsx(document, view)
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        for name in file.namelist():
            part = file.read(name).decode()
            assert "<f>" not in part
            assert "<f " not in part
            assert "<hyperlink" not in part
    sheets = sheets_of(content)
    texts = {cell for rows in sheets.values() for row in rows for cell in row}
    for expected in (*HOSTILE[:5], "=1+1", "]]></t><f>1+1</f>", "Steuerzeichen  abc", "_x0041_"):
        assert expected in texts
    heads, *rows = sheets["Kennzahlen"]
    assert {row[heads.index("Anmerkung")] for row in rows} == {"", HOSTILE[0]}
    cells = [cell for row in csv_records(to_csv(document, view)) for cell in row.values()]
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "@", "-2", "＝"))]
    assert f"'{HOSTILE[0]}" in cells


def test_what_is_too_long_for_a_cell_goes_on_below(document: Document) -> None:
    ref = document.selection.criteria[0].requirements[0].ref
    text = "".join(f"Wort{place} " for place in range(10_000)).strip()
    long = replace(document, answers=document.answers | {ref: Answer(Disclosure.COMPLY, text=text)})
    heads, *rows = sheets_of(to_xlsx(long, spreadsheet_view(long)))["Antworten"]
    start = next(place for place, row in enumerate(rows) if row[heads.index("Kennung")] == ref)
    parts = [row[-1] for row in rows[start : start + 1 + (len(text) - 1) // LONGEST_CELL]]
    assert "".join(map(str, parts)) == text
    assert not any(rows[start + 1][:-1])
    [whole] = [row for row in csv_records(to_csv(long, spreadsheet_view(long))) if row["Kennung"] == ref]
    assert whole["Text"] == text


def test_c2_3_the_sheet_of_indicators_says_what_stands_in_their_place() -> None:
    heads, first, *_ = sheets_of(to_xlsx(full_document(), spreadsheet_view(full_document())))["Indikatoren"]
    assert (heads[3], first[3]) == ("Heute", "GRI 2-23 (2021)")
