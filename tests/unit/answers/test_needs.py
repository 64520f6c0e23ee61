"""What it takes to close a gap: the catalogue says it of every aspect, the fields say it of indicators."""

from pathlib import Path

from dnk_tool.catalogue import Aspect, selection_for
from dnk_tool.catalogue.standard.model import Need
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.answers.completeness import Gap, GapKind, declaration_gaps
from dnk_tool.domain.answers.needs import need_of

GRI = selection_for("dnk-2017", "gri")
CRITERIA = Path(__file__).parents[3] / "criteria/dnk-2017"


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
