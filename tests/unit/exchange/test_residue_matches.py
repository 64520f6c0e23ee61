"""Residues: which offers and searches go together, by code or table, and what texts must not hold."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.catalogue.residue_pairs import build_residue_pairs, load_residue_pairs
from dnk_tool.domain.exchange.residues import (
    MAX_AREAS,
    NoticeKind,
    PostedNotice,
    ResidueNotice,
    TextFault,
    fitting_codes,
    matches,
    partners_by_notice,
    text_faults,
    typed_areas,
)
from dnk_tool.paths import criteria_folder

PAIRS = load_residue_pairs()
CODES = sorted({code for material in PAIRS.materials.values() for code in material.codes})
WASTE = "waste-codes.yaml"
WRONG = """\
as_of: '2026-12-01'
materials:
- {key: wood, label: {de: Holz, en: Wood}, codes: ['03 01 05', '99 99 99']}
- {key: paper, label: {de: Papier, en: Paper}, codes: ['03 01 05']}
pairs:
- {key: oil, codes: ['13 02 05'], why: {de: 'Öl', en: Oil}, source: Nirgends}
"""
COMPANY = "Metallbau Brandt KG"


def posted(number: int, company: int, kind: NoticeKind, *codes: str) -> PostedNotice:
    return PostedNotice(number, company, ResidueNotice(kind, "Stoff", codes, Decimal(3)))


BOARD = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.sampled_from(NoticeKind),
        st.lists(st.sampled_from(CODES), min_size=1, max_size=3),
    ),
    max_size=12,
).map(lambda rows: [posted(at, company, kind, *codes) for at, (company, kind, codes) in enumerate(rows)])


def test_the_same_code_comes_before_the_table() -> None:
    board = [
        posted(1, 1, NoticeKind.OFFER, "12 01 03"),
        posted(2, 2, NoticeKind.SEARCH, "17 04 02"),
        posted(3, 3, NoticeKind.SEARCH, "12 01 03", "17 04 02"),
        posted(4, 4, NoticeKind.SEARCH, "15 01 01"),
    ]
    same, by_table = matches(board, PAIRS)
    assert (same.search.id, same.pair) == (3, None)
    assert by_table.search.id == 2
    assert by_table.pair is not None
    assert "333/2011" in by_table.pair.source
    assert partners_by_notice([same, by_table]) == {1: 2, 2: 1, 3: 1}


def test_a_company_never_fits_itself_and_two_offers_do_not_fit() -> None:
    offer = posted(1, 1, NoticeKind.OFFER, "15 01 01")
    assert matches([offer, posted(2, 1, NoticeKind.SEARCH, "15 01 01")], PAIRS) == []
    assert matches([offer, posted(3, 2, NoticeKind.OFFER, "15 01 01")], PAIRS) == []


def test_a_neighbour_goes_with_the_own_cluster_alone_and_only_where_both_companies_let_it() -> None:
    offer, search = posted(1, 1, NoticeKind.OFFER, "15 01 01"), posted(2, 2, NoticeKind.SEARCH, "15 01 01")
    beyond = replace(search, neighbour="Nachbarnetz", crosses=True)
    assert matches([offer, beyond], PAIRS) == [], "the own company keeps it to its cluster"
    assert len(matches([replace(offer, crosses=True), beyond], PAIRS)) == 1
    assert matches([replace(offer, neighbour="Nachbarnetz", crosses=True), beyond], PAIRS) == []


@given(BOARD)
def test_a_match_is_an_offer_and_a_search_of_two_companies_that_fit(board: list[PostedNotice]) -> None:
    found = matches(board, PAIRS)
    expected = {
        (offer.id, search.id)
        for offer in board
        for search in board
        if (offer.notice.kind, search.notice.kind) == (NoticeKind.OFFER, NoticeKind.SEARCH)
        and offer.organisation_id != search.organisation_id
        and fitting_codes(offer.notice.codes, search.notice.codes, PAIRS)
    }
    assert [(each.offer.id, each.search.id) for each in found] == sorted(
        [(each.offer.id, each.search.id) for each in found if each.pair is None]
    ) + sorted([(each.offer.id, each.search.id) for each in found if each.pair])
    assert {(each.offer.id, each.search.id) for each in found} == expected
    assert sum(partners_by_notice(found).values()) == 2 * len(found)


@given(st.sampled_from(CODES), st.sampled_from(CODES))
def test_what_goes_together_does_so_in_both_directions(one: str, other: str) -> None:
    assert PAIRS.pair_of(one, other) == PAIRS.pair_of(other, one)
    assert fitting_codes([one], [one], PAIRS)


def test_codes_that_go_together_are_of_one_material() -> None:
    for pair in PAIRS.pairs:
        assert len({PAIRS.material_of([code]) for code in pair.codes}) == 1, pair.key


def test_each_entry_says_why_and_where_it_stands() -> None:
    pairs = load_residue_pairs().pairs
    assert len(pairs) >= 10
    assert all(pair.source and pair.why.de != pair.why.en for pair in pairs)


def test_unknown_and_hazardous_codes_and_repetitions_are_found(tmp_path: Path) -> None:
    (tmp_path / WASTE).write_bytes((criteria_folder() / WASTE).read_bytes())
    (tmp_path / "residue-pairs.yaml").write_text(WRONG, "utf-8")
    said = " ".join(problem.message for problem in build_residue_pairs(tmp_path)[1])
    for expected in ("'99 99 99'", "'13 02 05'", "'03 01 05' stands twice", "needs two codes"):
        assert expected in said


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Fragen Sie bei Metallbau Brandt nach", TextFault.COMPANY_NAME),
        ("METALLBAU  BRANDT, Tor 2", TextFault.COMPANY_NAME),
        ("jonas@metall.example", TextFault.CONTACT),
        ("siehe www.metall.de", TextFault.CONTACT),
        ("unter metall-iserlohn.de", TextFault.CONTACT),
        ("Tel. 02371 123456", TextFault.CONTACT),
        ("+49 2371 1234", TextFault.CONTACT),
        ("für 20 € die Tonne", TextFault.PRICE),
        ("EUR 15 je Ballen", TextFault.PRICE),
        ("50 Cent das Kilo", TextFault.PRICE),
    ],
)
def test_what_tells_too_much(text: str, fault: TextFault) -> None:
    assert text_faults(text, COMPANY) == (fault,)


@pytest.mark.parametrize(
    "text",
    [
        "Späne aus dem Metallbau, ölfrei",
        "200 Euro-Paletten, auch beschädigt",
        "EUR-Paletten und Gitterboxen",
        "wie 03 01 05 oder 12 01 03",
        "0,5 bis 2,25 t, Container 7 m³",
        "Kommt ins Lager. Das geht das ganze Jahr.",
    ],
)
def test_what_is_fine(text: str) -> None:
    assert text_faults(text, COMPANY) == ()


def test_a_company_of_common_words_is_found_by_its_whole_name() -> None:
    assert text_faults("von der Sohn & Co. KG", "Co. KG") == (TextFault.COMPANY_NAME,)
    assert text_faults("nichts", "Co. KG") == ()


def test_areas_as_people_type_them() -> None:
    assert typed_areas("32, 33") == ("32", "33")
    assert typed_areas("32…; 33... 32") == ("32", "33")
    assert typed_areas("") == ()
    for wrong in ("33607", "3", "OWL", "٣٢", ", ".join(str(10 + at) for at in range(MAX_AREAS + 1))):
        assert typed_areas(wrong) is None


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    areas = typed_areas(text)
    assert areas is None or all(len(area) == 2 and area.isdigit() for area in areas)
    text_faults(text, COMPANY)
    text_faults(COMPANY, text)
