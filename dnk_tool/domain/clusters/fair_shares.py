"""Shares reviews out among a team, so that everybody has about as many."""

from collections.abc import Iterable, Mapping, Set


def share_out(
    reviews: Iterable[tuple[int, int]], loads: Mapping[int, int], closed: Mapping[int, Set[int]]
) -> dict[int, int]:
    """Give each review to the person with the fewest who may review that company; by declaration.

    `reviews`: declaration and company, in the order in which they are given out. `loads`: how many each
    person has already. `closed`: companies that a person may not review. A review that nobody may do is left
    out.
    """
    counts = dict(loads)
    shares: dict[int, int] = {}
    for declaration_id, organisation_id in reviews:
        able = [person for person in counts if organisation_id not in closed.get(person, frozenset())]
        if not able:
            continue
        person = min(able, key=lambda one: (counts[one], one))
        counts[person] += 1
        shares[declaration_id] = person
    return shares
