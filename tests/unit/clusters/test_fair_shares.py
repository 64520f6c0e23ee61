"""Reviews are shared out so that everybody has about as many, and nobody gets a company closed to them."""

from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.domain.clusters.fair_shares import share_out

PEOPLE, COMPANIES = st.integers(1, 5), st.integers(1, 4)


def test_who_has_the_fewest_gets_the_next() -> None:
    shares = share_out([(10, 1), (11, 2), (12, 3), (13, 3)], {1: 2, 2: 0, 3: 0}, {3: {1, 2}})
    assert shares == {10: 2, 11: 2, 12: 3, 13: 3}


@given(
    st.lists(COMPANIES, max_size=12),
    st.dictionaries(PEOPLE, st.integers(0, 4), max_size=5),
    st.dictionaries(PEOPLE, st.sets(COMPANIES)),
)
def test_what_somebody_may_review_is_given_to_somebody_who_may(
    companies: list[int], loads: dict[int, int], closed: dict[int, set[int]]
) -> None:
    reviews = list(enumerate(companies))
    shares = share_out(reviews, loads, closed)
    for declaration, company in reviews:
        able = [person for person in loads if company not in closed.get(person, set())]
        assert shares.get(declaration) in (able or [None])


@given(st.integers(0, 12), st.dictionaries(PEOPLE, st.just(0), min_size=1))
def test_nobody_has_two_more_than_another(count: int, loads: dict[int, int]) -> None:
    given_out = list(share_out([(number, 1) for number in range(count)], loads, {}).values())
    counts = [given_out.count(person) for person in loads]
    assert max(counts) - min(counts) <= 1
