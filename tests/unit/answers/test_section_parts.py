"""The pages of a section: each point on exactly one, figures parted only where they are many."""

import pytest

from dnk_tool.catalogue import Selection, selection_for
from dnk_tool.catalogue.standard.item_model import MethodTopic
from dnk_tool.web.text import section_parts as parting
from dnk_tool.web.text.section_parts import MOST_ROWS, PartKind, part_of, rows_of, section_parts

SELECTIONS = [
    selection_for("dnk-2017", "gri"),
    selection_for("dnk-2017", "effas", frozenset({"eu-taxonomy"})),
]


@pytest.mark.parametrize("selection", SELECTIONS, ids=["gri", "effas"])
def test_each_point_stands_on_exactly_one_page_in_order(selection: Selection) -> None:
    for section in selection.sections:
        parts = section_parts(section)
        shown = [
            one.ref
            for part in parts
            if part.refs
            for one in part.section.all_requirements[1 if part.is_continued else 0 :]
        ]
        assert shown == [requirement.ref for requirement in section.all_requirements]
        items = [item.ref for part in parts for item in part.items]
        assert sorted(items) == sorted(item.ref for one in section.all_requirements for item in one.items)
        assert all(one.items for part in parts for one in part.section.all_requirements), "no page is empty"
        kinds = [part.kind for part in parts]
        assert kinds == sorted(kinds, key=list(PartKind).index)


def test_what_says_the_method_stands_together_on_the_last_page() -> None:
    *others, method = section_parts(SELECTIONS[0].section_by_ref["13"])
    assert method.kind is PartKind.METHOD
    assert {item.method for item in method.items} == set(MethodTopic)
    assert not any(item.method for part in others for item in part.items)
    assert part_of(method.section, "GRI-SRS-305-3.g").kind is PartKind.METHOD
    for section in SELECTIONS[1].sections:
        assert all(part.kind is not PartKind.METHOD for part in section_parts(section)), "EFFAS asks for none"


def test_figures_are_parted_only_where_they_are_many() -> None:
    for section in (section for selection in SELECTIONS for section in selection.sections):
        for part in (part for part in section_parts(section) if part.kind is PartKind.FIGURES):
            assert rows_of(part.indicators) <= MOST_ROWS or len(part.indicators) == 1
    effas = SELECTIONS[1].section_by_ref["16"]
    assert [part.kind for part in section_parts(effas)] == [PartKind.WORDS, PartKind.FIGURES]


def test_few_figures_stand_with_the_texts() -> None:
    mixed = {
        section.ref
        for selection in SELECTIONS
        for section in selection.sections
        for part in section_parts(section)
        if part.kind is PartKind.WORDS and part.indicators
    }
    assert mixed >= {"7", "8", "9", "10", "17", "18", "19"}
    for section in (section for selection in SELECTIONS for section in selection.sections):
        is_low = rows_of(section.all_requirements) <= MOST_ROWS
        assert (
            len(section_parts(section)) == 1
            or not is_low
            or any(item.method for item in section_parts(section)[-1].items)
        )
        if section.ref in mixed and len(section_parts(section)) == 1:
            assert {one.ref for one in section.all_requirements} == section_parts(section)[0].refs


def test_an_indicator_with_too_many_fields_goes_on_where_its_set_says_so() -> None:
    section = SELECTIONS[0].section_by_ref["12"]
    first, second = (part for part in section_parts(section) if "GRI-SRS-302-1" in part.refs)
    assert (first.first, first.is_continued) == ("GRI-SRS-302-1", False)
    assert (second.first, second.is_continued) == ("GRI-SRS-302-1.c-i", True)
    assert first.items[-1].ref == "GRI-SRS-302-1.b-carriers"
    assert "GRI-SRS-302-4" in second.refs, "and what follows stands with its rest"
    assert part_of(section, "GRI-SRS-303-3").first == "GRI-SRS-303-3", "an indicator may start a page, too"
    assert part_of(section, "GRI-SRS-302-1") == part_of(section, "GRI-SRS-302-1.a") == first
    assert part_of(section, "GRI-SRS-302-1.e") == second


def test_a_field_stands_with_its_point() -> None:
    section = SELECTIONS[0].section_by_ref["13"]
    assert part_of(section, "13.2.goals").kind is PartKind.WORDS
    assert part_of(section, "GRI-SRS-305-3.categories") == part_of(section, "GRI-SRS-305-3")
    assert part_of(section, "GRI-SRS-305-1.d-ii").kind is PartKind.METHOD
    assert part_of(SELECTIONS[0].section_by_ref["12"], "GRI-SRS-302-1").first == "GRI-SRS-302-1"
    assert part_of(section, "unknown").kind is PartKind.WORDS


def test_each_section_has_its_own_pages_however_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A section is parted once; one of the same name with other points is another."""
    monkeypatch.setattr(parting, "_MOST_KEPT", 3)
    sections = SELECTIONS[0].sections[:5]
    for section in (*sections, *sections):
        assert section_parts(section) is section_parts(section)
        narrow = section.restricted_to([section.all_requirements[0].ref])
        refs = [one.ref for part in section_parts(narrow) for one in part.section.all_requirements]
        assert set(refs) == {section.all_requirements[0].ref}
        assert len(parting._kept) <= 3
