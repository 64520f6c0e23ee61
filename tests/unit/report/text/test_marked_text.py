"""Marked-up texts: which signs mean something, that no word is lost, and that time stays short."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dnk_tool.domain.answers.answer import Answer
from dnk_tool.domain.text import normalised
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.text.marked_text import has_marks, marked_prose, oversized_table, without_signs
from dnk_tool.report.text.prose import Block, BlockKind, Prose


def outline(blocks: Prose) -> list[object]:
    """Kind and lines of each block, with the lists inside its entries."""
    return [
        (block.kind.value, list(block.lines), *map(outline, filter(None, block.below))) for block in blocks
    ]


def links(blocks: Prose) -> list[tuple[str, str]]:
    return [
        (piece.text, piece.link.target)
        for block in blocks
        for line in range(len(block.lines))
        for piece in block.pieces(line)
        if piece.link
    ]


def all_lines(blocks: Prose) -> list[str]:
    return [
        text
        for block in blocks
        for place, line in enumerate(block.lines)
        for text in (line, *(all_lines(block.below[place]) if block.below else ()))
    ]


def test_bold_parts_are_found_and_other_signs_stay() -> None:
    (block,) = marked_prose("Wir sparen **20 %** und *nicht* __init__ 2 * 3 ** 4")
    assert [piece.text for piece in block.pieces(0) if piece.is_bold] == ["20 %"]
    assert block.lines == ("Wir sparen 20 % und *nicht* __init__ 2 * 3 ** 4",)


def test_lists_have_one_inner_level() -> None:
    text = "Wir haben:\n- Strom\n  aus Wind\n  - Halle\n    - Büro\n• Gas\nDanach Text."
    assert outline(marked_prose(text)) == [
        ("paragraph", ["Wir haben:"]),
        ("list", ["Strom aus Wind", "Gas"], [("list", ["Halle", "Büro"])]),
        ("paragraph", ["Danach Text."]),
    ]


def test_a_list_from_word_has_tabs_behind_its_signs() -> None:
    assert outline(
        marked_prose("•\tStrom\no\tHalle\n•\tGas\n\n1.\teins\n2.\tzwei\n\na)\tso\nb)\tanders")
    ) == [
        ("list", ["Strom", "Gas"], [("list", ["Halle"])]),
        ("numbered", ["eins", "zwei"]),
        ("paragraph", ["a) so\nb) anders"]),
    ]


@pytest.mark.parametrize(
    "text", ["1. Januar 2025", "3. Quartal\n4. Quartal", "1. Januar\n15. Februar", "1.a\n2.b"]
)
def test_numbers_out_of_turn_are_part_of_what_is_said(text: str) -> None:
    assert not has_marks(text)
    assert "\n".join(all_lines(marked_prose(text))) == text


def test_what_is_no_table_or_list_after_all_stays_in_its_paragraph() -> None:
    text = "Wir sagen:\n1. Januar\nNr.\tWo\nEnde.\n\nMehr.\n- eins\n\tweiter"
    assert outline(marked_prose(text)) == [
        ("paragraph", ["Wir sagen:\n1. Januar\nNr.\tWo\nEnde."]),
        ("paragraph", ["Mehr."]),
        ("list", ["eins weiter"]),
    ]


def test_only_safe_addresses_lead_somewhere_and_their_host_is_shown() -> None:
    said = (
        "[Kodex](https://www.firma.de/k?a=b) [firma.de](https://firma.de) [hier](mailto:info@firma.de) "
        "[böse](javascript:alert(1)) [alt](http://a.de) [bild](data:text/html,x) <https://a.de> da@firma.de, "
        'siehe https://b.de/x_y_z. [t](https://c.de "Titel")'
    )
    blocks = marked_prose(said)
    assert links(blocks) == [
        ("Kodex", "https://www.firma.de/k?a=b"),
        ("firma.de", "https://firma.de"),
        ("hier", "mailto:info@firma.de"),
        ("https://a.de", "https://a.de"),
        ("da@firma.de", "mailto:da@firma.de"),
        ("https://b.de/x_y_z", "https://b.de/x_y_z"),
        ("t", "https://c.de"),
    ]
    (line,) = blocks[0].lines
    assert line.startswith(
        "Kodex (www.firma.de) firma.de hier (info@firma.de) [böse](javascript:alert(1)) [alt]("
    )
    assert line.endswith("t (Titel, c.de)")


@pytest.mark.parametrize(
    ("words", "is_named"),
    [
        ("firma.de: unser Kodex", True),
        ("https://www.Firma.de/kodex", True),
        ("bank-firma.de", False),
        ("https://bank.de/firma.de", False),
        ("firma.de.bank.com", False),
        ("firma.de@bank.com", False),
    ],
)
def test_words_name_a_host_only_whole(words: str, *, is_named: bool) -> None:
    (block,) = marked_prose(f"[{words}](https://firma.de)")
    assert block.lines == (words if is_named else f"{words} (firma.de)",)


def test_a_bold_link_is_one_piece() -> None:
    (block,) = marked_prose("a **[b *c* d](https://e.de) f** g")
    assert [(piece.text, bool(piece.link), piece.is_bold) for piece in block.pieces(0)] == [
        ("a ", False, False),
        ("b *c* d", True, True),
        (" (e.de)", False, False),
        (" f", False, True),
        (" g", False, False),
    ]


def test_a_table_from_excel_keeps_its_cells() -> None:
    text = 'Davor\nJahr\tMenge\tWo\n2024\t12,5\n2025\t13\t"Halle\n""Nord"""\n| 2026 | 14 | **neu** |\nDanach'
    before, table, after = marked_prose(text)
    assert (before.lines, after.lines) == (("Davor",), ("Danach",))
    assert (table.kind, table.width) == (BlockKind.TABLE, 3)
    assert [[table.lines[at] for at in row] for row in table.rows] == [
        ["Jahr", "Menge", "Wo"],
        ["2024", "12,5", ""],
        ["2025", "13", 'Halle "Nord"'],
        ["2026", "14", "neu"],
    ]
    assert [piece.text for piece in table.pieces(11) if piece.is_bold] == ["neu"]


def test_a_table_may_number_its_rows() -> None:
    (table,) = marked_prose("Nr.\tWas\tWo\n1.\tStrom\tHalle\n2.\tGas\tBüro")
    assert table.lines[3:] == ("1.", "Strom", "Halle", "2.", "Gas", "Büro")
    (narrow,) = marked_prose("Nr.\tWas\n1.\tStrom\n2.\tGas")
    assert narrow.lines == ("Nr.", "Was", "1.", "Strom", "2.", "Gas")


def test_the_empty_corner_of_a_table_comes_back() -> None:
    (table,) = marked_prose(normalised("\t2024\t2025\nStrom\t1\t2\nGas\t3\t4"))
    assert table.lines[:3] == ("", "2024", "2025")


def test_the_line_below_the_head_that_other_programs_draw_is_no_row() -> None:
    (table,) = marked_prose("| a | b |\n|---|:-:|\n| c | d |")
    assert table.lines == ("a", "b", "c", "d")


@pytest.mark.parametrize(
    ("columns", "rows", "fault"),
    [(6, 30, None), (7, 2, (7, 2)), (2, 31, (2, 31)), (2, 0, None), (1, 40, None)],
)
def test_a_table_that_is_too_large_stays_text(columns: int, rows: int, fault: tuple[int, int] | None) -> None:
    text = "\n".join("\t".join(f"c{place}" for place in range(columns)) for _row in range(rows + 1))
    assert oversized_table(text) == fault
    (block,) = marked_prose(text)
    assert (block.kind is BlockKind.TABLE) == (fault is None and columns > 1 and rows > 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ein Satz.\n\n- eins\n- zwei", False),
        ("a * b ** c # d | e [f] (g)", False),
        ("- eins\n  - innen", True),
        ("1. eins\n2. zwei", True),
        ("# Ziele", True),
        ("#Ziele", False),
        ("**x**", True),
        ("https://firma.de/kodex", True),
        ("a\tb\nc\td", True),
        ("a\tb", False),
    ],
)
def test_a_text_is_marked_up_only_by_what_a_plain_one_cannot_say(text: str, *, expected: bool) -> None:
    assert has_marks(text) is expected


def test_a_long_word_gets_breaks_that_its_link_has_not() -> None:
    address = "https://firma.de/" + "x" * 100
    (block,) = TextFormatter("de").prose(f"**{'y' * 90}** {address}", is_marked_up=True)
    assert links((block,)) == [(block.lines[0].partition(" ")[2], address)]
    assert max(map(len, block.lines[0].replace(" ", "\u200b").split("\u200b"))) <= 20


def test_where_nothing_is_laid_out_a_text_is_plain() -> None:
    text = "# Ziele\n1. **Strom**\n   - Halle\n2. Gas\n\na\tb\n[c](https://d.de)\te"
    said = without_signs(Answer(text=text, is_marked_up=True))
    assert said == Answer(text="Ziele\n\n1. Strom\n  - Halle\n2. Gas\n\na; b\nc (d.de); e")
    assert without_signs(Answer(text=text)) == Answer(text=text)


LINES = st.text(alphabet='ab9 *_-#|.1)[]<>\t•"\n', max_size=60)


@given(LINES)
@example("1. a\n2. b\n1. c")
@example('\ta\tb\n"c\td\n"')
@settings(max_examples=80, deadline=None, database=None)
def test_no_word_is_lost_and_none_changes_its_place(text: str) -> None:
    blocks = marked_prose(text)
    said = "".join(sign for line in all_lines(blocks) for sign in line if sign.isalpha())
    assert said == "".join(sign for sign in text if sign.isalpha())
    assert all(line.strip() for block in blocks if block.kind is not BlockKind.TABLE for line in block.lines)
    for block in blocks:
        assert_pieces_make_lines(block)


def assert_pieces_make_lines(block: Block) -> None:
    for line, text in enumerate(block.lines):
        assert "".join(piece.text for piece in block.pieces(line)) == text


@given(LINES)
@settings(max_examples=60, deadline=None, database=None)
def test_a_text_without_marks_says_the_same_as_a_plain_one(text: str) -> None:
    text = normalised(text)
    if has_marks(text):
        return
    words = TextFormatter("de")
    plain, marked = words.prose(text), words.prose(text, is_marked_up=True)
    assert " ".join(" ".join(all_lines(plain)).split()) == " ".join(" ".join(all_lines(marked)).split())


@pytest.mark.parametrize(
    "text",
    [
        "[a](",
        "**a ",
        "_a",
        "<https:",
        '\t"',
        "|",
        "- ",
        "# ",
        "a@",
        "https://",
        "[",
        "*",
        "1. x\n",
        "  - x\n",
        "a@b.de ",
        "- a@b.de\n",
    ],
)
def test_a_hostile_text_of_the_greatest_length_is_read_in_time(text: str) -> None:
    begun = time.process_time()
    for block in marked_prose((text * 100_000)[:100_000]):
        for line in range(len(block.lines)):
            list(block.pieces(line))
    assert time.process_time() - begun < 1.5


@pytest.mark.parametrize(("before", "sign", "after"), [("# a", " ", "x"), ("a\tb\n|", "-", "\tx")])
def test_a_line_that_is_nearly_a_subheading_or_rule_is_read_in_time(
    before: str, sign: str, after: str
) -> None:
    begun = time.process_time()
    marked_prose(f"{before}{sign * 99_000}{after}")
    assert time.process_time() - begun < 1.5


@pytest.mark.parametrize(
    ("line", "said"),
    [("# a ##", "a"), ("## a#", "a#"), ("# #", "#"), ("# a\t#", "a"), ("# C#", "C#")],
)
def test_the_signs_that_close_a_subheading_are_not_said(line: str, said: str) -> None:
    (block,) = marked_prose(line)
    assert (block.kind, block.lines) == (BlockKind.HEADING, (said,))
