"""What is missing and what closes it: comply or explain, half rows, and nothing that is not asked."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.catalogue import Aspect, Criterion, Indicator, Section, Selection, selection_for
from dnk_tool.catalogue.standard.model import Need
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Quality, Sheet
from dnk_tool.domain.answers.completeness import (
    CompletionStatus,
    Gap,
    GapKind,
    criteria_done,
    declaration_completeness,
    declaration_gaps,
    section_completeness,
)
from dnk_tool.domain.answers.needs import need_of
from dnk_tool.domain.answers.values import Row, Rows
from dnk_tool.domain.quantities import Quantity

quick = settings(max_examples=25, deadline=None, database=None)

GRI = selection_for("dnk-2017", "gri")
ALL_DONE = frozenset(GRI.section_by_ref)
REF = "GRI-SRS-302-1"
OPTIONAL_GOAL = Rows(({"goal": "Strom sparen", "due": 2028},))
CRITERIA = Path(__file__).parents[3] / "criteria/dnk-2017"


def explained(selection: Selection) -> dict[str, Answer]:
    """The least that a declaration can say: everything explained, and the details filled in."""
    answers = {}
    for requirement in selection.requirements.values():
        if requirement.is_explainable:
            answers[requirement.ref] = Answer(Disclosure.EXPLAIN, explanation="Das haben wir noch nicht.")
            continue
        for item in requirement.items:
            answers[item.ref] = Answer(value=item.choices[0].key) if item.choices else Answer(text="Ja")
    return answers


LEAST = explained(GRI)


def missing(
    ref: str, answers: Mapping[str, Answer] | None = None, figures: Mapping[str, Figure] | None = None
) -> list[tuple[str, GapKind]]:
    """The gaps of one requirement, all else being in order: (item, kind)."""
    said = {key: answer for key, answer in LEAST.items() if key != ref} | dict(answers or {})
    gaps = declaration_gaps(Sheet(GRI, said, figures or {}, ALL_DONE))
    assert {gap.requirement for gap in gaps} <= {ref}
    return [(gap.item, gap.kind) for gap in gaps]


def test_a_foreword_is_never_missing() -> None:
    optional = {
        ref: answer for ref, answer in LEAST.items() if "foreword" not in ref and ref != "general.lead"
    }
    assert len(optional) == len(LEAST) - 4
    assert declaration_gaps(Sheet(GRI, optional, {}, ALL_DONE)) == ()


def test_an_empty_sheet_lacks_each_required_thing_once() -> None:
    gaps = declaration_gaps(Sheet(GRI))
    assert len(set(gaps)) == len(gaps)
    free = {
        r.ref for r in GRI.requirements.values() if r.is_explainable and not any(i.required for i in r.items)
    }
    assert {gap.item for gap in gaps} == {ref for ref, item in GRI.items.items() if item.required} | free
    for gap in gaps:
        assert gap.section in GRI.section_by_ref
        assert GRI.section_of[gap.requirement].ref == gap.section
    assert {part.status for part in declaration_completeness(Sheet(GRI))} == {CompletionStatus.OPEN}


def test_everything_may_be_explained() -> None:
    sheet = Sheet(GRI, LEAST, done=ALL_DONE)
    assert declaration_gaps(sheet) == ()
    assert criteria_done(sheet) == len(GRI.criteria)
    for part in declaration_completeness(sheet):
        assert part.status is CompletionStatus.DONE
        assert part.answered == part.asked
        asked = GRI.section_by_ref[part.section].all_requirements
        assert part.explained == sum(requirement.is_explainable for requirement in asked)


def test_a_section_is_done_only_when_its_editor_says_so() -> None:
    sheet = Sheet(GRI, LEAST, done=ALL_DONE - {"5"})
    assert declaration_gaps(sheet) == (Gap("5", "", "", GapKind.NOT_CONFIRMED),)
    assert section_completeness(sheet, GRI.section_by_ref["5"]).status is CompletionStatus.IN_PROGRESS
    assert criteria_done(sheet) == len(GRI.criteria) - 1


def test_saying_done_fills_no_gap() -> None:
    part = section_completeness(Sheet(GRI, done=ALL_DONE), GRI.section_by_ref["5"])
    assert part.status is CompletionStatus.IN_PROGRESS
    assert [gap.kind for gap in part.gaps] == [GapKind.NO_TEXT, GapKind.NO_TEXT]


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [
        (Answer(), [GapKind.NO_TEXT]),
        (Answer(Disclosure.COMPLY), [GapKind.NO_TEXT]),
        (Answer(Disclosure.COMPLY, text="Die Leitung."), []),
        (Answer(text="Die Leitung."), []),
        (Answer(Disclosure.EXPLAIN), [GapKind.NO_EXPLANATION]),
        (Answer(Disclosure.EXPLAIN, reason="planned"), [GapKind.NO_EXPLANATION]),
        (Answer(Disclosure.EXPLAIN, text="Die Leitung."), [GapKind.NO_EXPLANATION]),
        (Answer(Disclosure.EXPLAIN, explanation="Noch nicht."), []),
        (Answer(Disclosure.COMPLY, explanation="Noch nicht."), [GapKind.NO_TEXT]),
    ],
)
def test_an_aspect_is_reported_or_explained(answer: Answer, kinds: list[GapKind]) -> None:
    assert missing("5.1", {"5.1": answer}) == [("5.1", kind) for kind in kinds]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, [("3.1", GapKind.NO_TEXT)]),
        ({"3.1": Answer(text="Weniger Strom.")}, []),
        ({"3.1.goals": Answer(value=OPTIONAL_GOAL)}, []),
        ({"3.1.goals": Answer(value=Rows(()))}, [("3.1", GapKind.NO_TEXT)]),
        ({"3.1.goals": Answer(value=Rows(({"goal": "Strom"},)))}, [("3.1.goals", GapKind.INCOMPLETE_ROW)]),
        (
            {"3.1": Answer(text="Ja."), "3.1.goals": Answer(value=Rows(({"due": 2028},)))},
            [("3.1.goals", GapKind.INCOMPLETE_ROW)],
        ),
        (
            {"3.1": Answer(Disclosure.EXPLAIN), "3.1.goals": Answer(value=OPTIONAL_GOAL)},
            [("3.1", GapKind.NO_EXPLANATION)],
        ),
    ],
)
def test_where_nothing_is_required_something_must_be_said(
    answers: dict[str, Answer], expected: list[tuple[str, GapKind]]
) -> None:
    assert missing("3.1", answers) == expected


def test_every_half_row_is_named_by_its_number() -> None:
    whole: Row = {"material": "Stein", "amount": Quantity(Decimal(14), "t")}
    rows = Rows((whole, {"material": "Sand"}, whole, {"note": "grau"}, {}))
    said = {key: answer for key, answer in LEAST.items() if key != "GRI-SRS-301-1"}
    said["GRI-SRS-301-1.a-i"] = said["GRI-SRS-301-1.a-ii"] = Answer(value=rows)
    gaps = declaration_gaps(Sheet(GRI, said, done=ALL_DONE))
    assert {gap.kind for gap in gaps} == {GapKind.INCOMPLETE_ROW}
    assert [(gap.item, gap.row) for gap in gaps] == [
        (f"GRI-SRS-301-1.{letter}", row) for letter in ("a-i", "a-ii") for row in (2, 4, 5)
    ]


@pytest.mark.parametrize(
    ("figure", "is_enough"),
    [
        (Figure(), False),
        (Figure(note="kommt im März"), False),
        (Figure(quality=Quality.MEASURED), False),
        (Figure(quality=Quality.NOT_AVAILABLE), True),
        (Figure(Decimal(0), "kWh"), True),
    ],
)
def test_a_required_figure_needs_a_value_or_the_word_that_there_is_none(
    figure: Figure, is_enough: bool
) -> None:
    item = f"{REF}.c-i"
    gaps = missing(REF, figures={"energy.electricity.consumption": figure})
    assert ((item, GapKind.NO_VALUE) not in gaps) is is_enough


def test_an_indicator_lacks_its_required_items_and_no_other() -> None:
    required = {item.ref for item in GRI.requirements[REF].items if item.required}
    assert {item for item, _ in missing(REF)} == required
    assert missing(REF, {REF: Answer(Disclosure.EXPLAIN, explanation="Ein Zähler für das ganze Haus.")}) == []


def test_a_computed_figure_counts_as_stated() -> None:
    effas = selection_for("dnk-2017", "effas")
    parts = ("ghg.scope1.gross", "ghg.scope2.location", "ghg.scope3.gross")
    said = {key: a for key, a in explained(effas).items() if key != "EFFAS-E02-01"}
    figures = {key: Figure(Decimal(5), "t-co2e") for key in parts}
    done = frozenset(effas.section_by_ref)
    assert declaration_gaps(Sheet(effas, said, figures, done)) == ()
    del figures["ghg.scope2.location"]
    gaps = declaration_gaps(Sheet(effas, said, figures, done))
    assert [gap.item for gap in gaps] == ["EFFAS-E02-01.scope2", "EFFAS-E02-01.total"]


def _with_optional_items(ref: str) -> tuple[Selection, Section]:
    """The selection with one indicator of which no item is required."""
    section = GRI.section_of[ref]
    assert section.block
    items = tuple(replace(item, required=False) for item in GRI.requirements[ref].items)
    indicators = tuple(replace(i, items=items) if i.ref == ref else i for i in section.block.indicators)
    changed = replace(section, block=replace(section.block, indicators=indicators))
    sections = tuple(changed if other is section else other for other in GRI.sections)
    return replace(GRI, sections=sections), changed


@pytest.mark.parametrize(
    ("answers", "figures", "kinds"),
    [
        ({}, {}, [GapKind.NO_VALUE]),
        ({}, {"supply-chain.new-social-screened-share": Figure(note="folgt")}, [GapKind.NO_VALUE]),
        ({}, {"supply-chain.new-social-screened-share": Figure(Decimal(0), "percent")}, []),
        ({}, {"supply-chain.new-social-screened-share": Figure(quality=Quality.NOT_AVAILABLE)}, []),
        ({"GRI-SRS-414-1": Answer(Disclosure.EXPLAIN, explanation="Keine neuen.")}, {}, []),
    ],
)
def test_of_an_indicator_with_optional_items_one_is_enough(
    answers: dict[str, Answer], figures: dict[str, Figure], kinds: list[GapKind]
) -> None:
    selection, section = _with_optional_items("GRI-SRS-414-1")
    gaps = section_completeness(Sheet(selection, answers, figures, frozenset({section.ref})), section).gaps
    assert [gap.kind for gap in gaps if gap.requirement == "GRI-SRS-414-1"] == kinds


def test_length_is_what_will_be_printed() -> None:
    section = GRI.section_by_ref["5"]
    answers = {
        "5.1": Answer(Disclosure.EXPLAIN, text="nicht gedruckt", explanation="acht Zch"),
        "5.2": Answer(Disclosure.COMPLY, text="zehn Zeich", explanation="nicht gedruckt"),
    }
    assert section_completeness(Sheet(GRI, answers), section).characters == 18


@pytest.mark.parametrize(
    ("answers", "figures"),
    [
        ({"12.2": Answer(text="Ja")}, {}),
        ({f"{REF}.f": Answer(text="Ja")}, {}),
        ({}, {"energy.total": Figure(note="?")}),
    ],
)
def test_a_word_anywhere_on_the_page_puts_it_in_progress(
    answers: dict[str, Answer], figures: dict[str, Figure]
) -> None:
    statuses = {part.section: part.status for part in declaration_completeness(Sheet(GRI, answers, figures))}
    assert statuses.pop("12") is CompletionStatus.IN_PROGRESS
    assert set(statuses.values()) == {CompletionStatus.OPEN}


@quick
@given(data=st.data())
def test_an_answer_changes_only_the_gaps_of_its_requirement(data: st.DataObject) -> None:
    kept = data.draw(st.sets(st.sampled_from(sorted(LEAST))))
    ref = data.draw(
        st.sampled_from(sorted({*GRI.requirements, *(k for k, i in GRI.items.items() if not i.datapoint)}))
    )
    answer = data.draw(
        st.builds(
            Answer,
            st.none() | st.sampled_from(Disclosure),
            st.sampled_from(["", "Ja."]),
            st.sampled_from(["", "Weil."]),
            st.just(""),
            st.none() | st.just(OPTIONAL_GOAL) if ref.endswith(".goals") else st.none(),
        )
    )
    owner = next(r.ref for r in GRI.requirements.values() if ref in {r.ref, *(item.ref for item in r.items)})
    before = {key: LEAST[key] for key in kept - {ref}}
    without, with_it = (
        set(declaration_gaps(Sheet(GRI, said, done=ALL_DONE))) for said in (before, {**before, ref: answer})
    )
    assert {gap.requirement for gap in without ^ with_it} <= {owner}


@quick
@given(data=st.data())
def test_numbers_of_a_section_agree(data: st.DataObject) -> None:
    kept = data.draw(st.sets(st.sampled_from(sorted(LEAST))))
    done = data.draw(st.sets(st.sampled_from(sorted(ALL_DONE))))
    sheet = Sheet(GRI, {key: LEAST[key] for key in kept}, done=frozenset(done))
    parts = declaration_completeness(sheet)
    assert [part.section for part in parts] == [section.ref for section in GRI.sections]
    for part in parts:
        open_ = {gap.requirement for gap in part.gaps if gap.kind is not GapKind.NOT_CONFIRMED}
        assert part.answered == part.asked - len(open_)
        assert (
            (part.status is CompletionStatus.DONE) is (not part.gaps) is (part.section in done and not open_)
        )
    assert criteria_done(sheet) == sum(
        part.status is CompletionStatus.DONE
        for part in parts
        if isinstance(GRI.section_by_ref[part.section], Criterion)
    )


def test_options_and_set_decide_what_is_asked() -> None:
    nap = selection_for("dnk-2017", "effas", frozenset({"nap"}))
    asked = {gap.requirement for gap in declaration_gaps(Sheet(nap))}
    assert "17.N1" in asked
    assert not any(isinstance(GRI.requirements[ref], Indicator) for ref in asked & GRI.requirements.keys())


def need(ref: str, kind: GapKind = GapKind.NO_TEXT) -> Need:
    return need_of(Gap(GRI.section_of[ref].ref, ref, ref, kind), GRI.requirements[ref])


def test_a_goal_is_a_decision_a_figure_a_paper_and_a_missing_sentence_quick() -> None:
    assert need("13.2") is Need.DECISION
    assert need("12.2") is Need.COLLEAGUE
    assert need("5.1") is need("general.listed") is Need.MINUTES
    assert need("GRI-SRS-302-1", GapKind.NO_VALUE) is Need.PAPER
    assert need("GRI-SRS-102-16") is Need.COLLEAGUE
    assert need("13.2", GapKind.NO_EXPLANATION) is need("13.2", GapKind.INCOMPLETE_ROW) is Need.MINUTES
    assert need("13.2", GapKind.UNCHECKED_DRAFT) is Need.MINUTES, "a text stands there already"
    assert need_of(Gap("general", "", "organisation.name", GapKind.NO_PROFILE), None) is Need.MINUTES


def test_every_aspect_says_what_it_takes_and_every_goal_needs_a_decision() -> None:
    for file in CRITERIA.glob("[0-9]*.yaml"):
        text = file.read_text("utf-8")
        assert text.count("\n- ref:") == text.count("\n  takes:"), file.name
    options = (CRITERIA / "options.yaml").read_text("utf-8")
    assert options.count("\n  - suffix:") + options.count("\n  - ref:") == options.count("\n    takes:")
    goals = [r for r in GRI.requirements.values() if isinstance(r, Aspect) and r.holds_goals]
    assert {goal.takes for goal in goals} == {Need.DECISION}


def test_an_empty_declaration_needs_a_bit_of_everything() -> None:
    found = {need_of(gap, GRI.requirements.get(gap.requirement)) for gap in declaration_gaps(Sheet(GRI))}
    assert found == set(Need)
