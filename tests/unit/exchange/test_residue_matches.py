"""Which offers and searches go together: by the same code or the table, never within a company."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.catalogue.residue_pairs import load_residue_pairs
from dnk_tool.domain.exchange.residues import (
    NoticeKind,
    PostedNotice,
    ResidueNotice,
    fitting_codes,
    matches,
    partners_by_notice,
)

PAIRS = load_residue_pairs()
CODES = sorted({code for material in PAIRS.materials.values() for code in material.codes})


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
