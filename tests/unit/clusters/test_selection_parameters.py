"""The selection of members in an address: what is written is read again, and nothing else is."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from dnk_tool.catalogue import editions, load_catalogue
from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.domain.clusters.cockpit import ClusterTask, MemberStage, NextMove
from dnk_tool.domain.clusters.criterion_signs import SignFilter
from dnk_tool.domain.organisation import CompanySize
from dnk_tool.services.accounts.lifecycle import one_line
from dnk_tool.store.clusters.cockpit import MemberFilter, MemberSortOrder
from dnk_tool.web.clusters.cockpit.member_list_query import filter_parameters, read_filter

CATALOGUE = load_catalogue(editions()[-1])
CRITERIA = [criterion.ref for criterion in CATALOGUE.criteria]
SECTORS = [section.key for section in load_sectors().current.sections]
SETS = [indicator_set.key for indicator_set in CATALOGUE.indicator_sets]


@st.composite
def filters(draw: st.DrawFn) -> MemberFilter:
    """Each selection that a page can lead to."""
    criterion = draw(st.sampled_from(["", *CRITERIA]))
    lacking = draw(st.sets(st.sampled_from(CRITERIA), max_size=6))
    return MemberFilter(
        stage=draw(st.none() | st.sampled_from(MemberStage)),
        task=draw(st.none() | st.sampled_from(ClusterTask)),
        turn=draw(st.none() | st.sampled_from(NextMove)),
        takes_part=draw(st.none() | st.booleans()),
        criterion=criterion,
        sign=draw(st.none() | st.sampled_from(SignFilter)) if criterion else None,
        lacking=tuple(ref for ref in CRITERIA if ref in lacking),
        sector=draw(st.sampled_from(["", *SECTORS])),
        size=draw(st.none() | st.sampled_from(CompanySize)),
        indicator_set=draw(st.sampled_from(["", *SETS])),
        members=draw(st.none() | st.frozensets(st.integers(1, 999_999_999), max_size=30)),
        text=one_line(draw(st.text(max_size=100)))[:100].strip(),
        order=draw(st.sampled_from(MemberSortOrder)),
        descending=draw(st.booleans()),
    )


@given(wanted=filters())
def test_what_an_address_says_is_what_was_selected(wanted: MemberFilter) -> None:
    query = urlencode(filter_parameters(wanted))
    assert read_filter(MultiDict(parse_qsl(query, keep_blank_values=True))) == wanted


@given(
    query=st.lists(
        st.tuples(
            st.sampled_from(
                [
                    *filter_parameters(MemberFilter()),
                    "nur",
                    "fehlt",
                    "kriterium",
                    "zeichen",
                    "branche",
                    "groesse",
                    "indikatoren",
                    "am-zug",
                    "dabei",
                    "stand",
                    "suche",
                ]
            ),
            st.text(max_size=20),
        )
    )
)
def test_an_unknown_value_selects_nothing_and_stops_nobody(query: list[tuple[str, str]]) -> None:
    wanted = read_filter(MultiDict(query))
    assert read_filter(MultiDict(filter_parameters(wanted))) == wanted


@pytest.mark.parametrize(
    ("given_values", "members"),
    [
        ([], None),
        ([""], None),
        (["0"], frozenset()),
        (["0", "7", "12"], frozenset({7, 12})),
        (["7.12", "5"], frozenset({5, 7, 12})),
        (["abc", "-3", "9" * 30], frozenset()),
    ],
)
def test_ticks_come_one_by_one_or_joined(given_values: list[str], members: frozenset[int] | None) -> None:
    """A form without a tick sends 0, which is nobody: no tick never becomes everybody."""
    assert read_filter(MultiDict([("nur", value) for value in given_values])).members == members


def test_a_sign_without_a_criterion_selects_nothing() -> None:
    assert read_filter(MultiDict([("zeichen", "open")])) == MemberFilter()
