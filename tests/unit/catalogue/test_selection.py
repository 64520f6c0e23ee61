"""A selection narrows an edition to the indicator set and the options of one declaration."""

import pytest

from dnk_tool.catalogue import CatalogueError, load_catalogue, selection_for

EDITION = "dnk-2017"
ALL_OPTIONS = frozenset(option.key for option in load_catalogue(EDITION).options)


@pytest.mark.parametrize(("chosen", "other"), [("gri", "effas"), ("effas", "gri")])
def test_only_the_chosen_indicator_set_is_asked(chosen: str, other: str) -> None:
    blocks = [section.block for section in selection_for(EDITION, chosen).sections if section.block]
    sets = {indicator.indicator_set for block in blocks for indicator in block.indicators}
    assert sets == {chosen}
    assert other not in sets


@pytest.mark.parametrize("indicator_set", ["gri", "effas"])
def test_no_block_is_left_empty(indicator_set: str) -> None:
    sections = selection_for(EDITION, indicator_set).sections
    assert all(section.block.indicators for section in sections if section.block)


def test_both_sets_together_are_the_whole_edition() -> None:
    both = (
        selection_for(EDITION, "gri", ALL_OPTIONS).requirements
        | selection_for(EDITION, "effas", ALL_OPTIONS).requirements
    )
    assert set(both) == set(load_catalogue(EDITION).requirements)


def test_without_options_nothing_optional_is_asked() -> None:
    selection = selection_for(EDITION, "gri")
    assert not [aspect.ref for section in selection.sections for aspect in section.aspects if aspect.option]
    assert {"18.1", "17.1"} <= set(selection.requirements)
    assert not {"18.2", "17.C1", "17.N1", "TAX.1"} & set(selection.requirements)


@pytest.mark.parametrize(("option", "ref"), [("csr-rug", "18.2"), ("csr-rug", "14.C1"), ("nap", "17.N1")])
def test_an_option_adds_its_aspects_and_no_others(option: str, ref: str) -> None:
    selection = selection_for(EDITION, "gri", frozenset({option}))
    added = {aspect.option for section in selection.sections for aspect in section.aspects if aspect.option}
    assert ref in selection.requirements
    assert added == {option}


def test_a_supplement_is_a_section_of_its_own_at_the_end() -> None:
    selection = selection_for(EDITION, "gri", frozenset({"eu-taxonomy"}))
    assert selection.sections[-1].ref == "taxonomy"
    assert selection.section_of["TAX.1"] is selection.sections[-1]
    assert "taxonomy" not in selection_for(EDITION, "gri").section_by_ref


def test_sections_stand_in_the_order_of_the_wizard() -> None:
    selection = selection_for(EDITION, "gri", ALL_OPTIONS)
    refs = [section.ref for section in selection.sections]
    assert refs[: len(selection.criteria) + 1] == [
        "general",
        *(c.ref for c in load_catalogue(EDITION).criteria),
    ]


def test_neighbours_lead_from_the_first_section_to_the_last() -> None:
    selection = selection_for(EDITION, "gri")
    first, last = selection.sections[0], selection.sections[-1]
    assert selection.neighbours(first) == (None, selection.sections[1])
    assert selection.neighbours(last) == (selection.sections[-2], None)


def test_an_early_criterion_knows_the_block_that_is_asked_later() -> None:
    selection = selection_for(EDITION, "gri")
    by_number = {criterion.number: criterion for criterion in selection.criteria}
    assert by_number[5].block is None
    assert selection.block_for(by_number[5]) is by_number[7].block
    assert selection.block_for(by_number[1]) is None


def test_every_item_and_requirement_is_asked_in_one_section() -> None:
    selection = selection_for(EDITION, "gri", ALL_OPTIONS)
    assert set(selection.section_of) == set(selection.requirements) | set(selection.items)
    assert selection.section_of["GRI-SRS-305-1.a"].ref == "13"


def test_the_figures_are_those_of_the_chosen_set() -> None:
    assert "ghg.total" in selection_for(EDITION, "effas").datapoints
    assert "ghg.total" not in selection_for(EDITION, "gri").datapoints


def test_the_same_choice_is_the_same_selection() -> None:
    assert selection_for(EDITION, "gri", frozenset({"nap"})) is selection_for(
        EDITION, "gri", frozenset({"nap"})
    )


def test_what_the_edition_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown indicator set: kpi"):
        selection_for(EDITION, "kpi")
    with pytest.raises(ValueError, match="unknown options: extra"):
        selection_for(EDITION, "gri", frozenset({"extra"}))
    with pytest.raises(CatalogueError):
        selection_for("dnk-1900", "gri")


def test_a_section_is_narrowed_to_some_requirements() -> None:
    section = selection_for(EDITION, "gri").section_by_ref["13"]
    assert section.restricted_to({"nothing"}).all_requirements == ()
    narrow = section.restricted_to({"13.2", "GRI-SRS-305-3", "1.1"})
    assert [requirement.ref for requirement in narrow.all_requirements] == ["13.2", "GRI-SRS-305-3"]
    assert (narrow.ref, narrow.title) == (section.ref, section.title)
    assert section.restricted_to({"13.1"}).block is None, "a block without indicators is none"
    assert section.restricted_to({requirement.ref for requirement in section.all_requirements}) == section
