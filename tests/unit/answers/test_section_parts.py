"""The pages of a section: each point on exactly one, figures parted only where they are many."""

import pytest

from dnk_tool.catalogue import Selection, selection_for
from dnk_tool.web.text.section_parts import MOST_FIELDS, PartKind, part_of, section_parts

SELECTIONS = [
    selection_for("dnk-2017", "gri"),
    selection_for("dnk-2017", "effas", frozenset({"eu-taxonomy"})),
]


@pytest.mark.parametrize("selection", SELECTIONS, ids=["gri", "effas"])
def test_each_point_stands_on_exactly_one_page_in_order(selection: Selection) -> None:
    for section in selection.sections:
        parts = section_parts(section)
        shown = [one.ref for part in parts for one in part.section.all_requirements]
        assert shown == [requirement.ref for requirement in section.all_requirements]
        assert all(part.refs for part in parts), "no page is empty"
        assert [part.kind for part in parts] == sorted((part.kind for part in parts), reverse=True)


def test_figures_are_parted_only_where_they_are_many() -> None:
    for section in (section for selection in SELECTIONS for section in selection.sections):
        for part in section_parts(section):
            fields = sum(len(indicator.items) for indicator in part.indicators)
            assert fields <= MOST_FIELDS or len(part.indicators) == 1
    effas = SELECTIONS[1].section_by_ref["16"]
    assert [part.kind for part in section_parts(effas)] == [PartKind.WORDS, PartKind.FIGURES]


def test_a_field_stands_with_its_point() -> None:
    section = SELECTIONS[0].section_by_ref["13"]
    assert part_of(section, "13.2.goals").kind is PartKind.WORDS
    assert part_of(section, "GRI-SRS-305-1.d-ii") == part_of(section, "GRI-SRS-305-1")
    assert part_of(section, "GRI-SRS-305-5").first == "GRI-SRS-305-5"
    assert part_of(section, "unknown").kind is PartKind.WORDS
