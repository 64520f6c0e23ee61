"""Sentences about what looks odd: kept, locked, never lost, printed by choice, outdated by other values."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.catalogue.plausibility.loader import load_plausibility
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Quality
from dnk_tool.domain.declarations.annex import FigureExplanation
from dnk_tool.domain.declarations.document import canonical_json
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.domain.figures.plausibility import plausibility_warnings
from dnk_tool.domain.figures.plausibility.warning import ExplanationEdit
from dnk_tool.domain.permissions import Actor, NotPermitted, Role
from dnk_tool.services.answers.save import SectionEdit, save_section
from dnk_tool.services.declarations.annex import annex_of
from dnk_tool.services.declarations.documents import live_document
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.figures import plausibility
from dnk_tool.services.figures.plausibility import ExplanationStatus, PlausibilityFinding
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.figures import queries as figures
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.figures import ExplainedWarning, ExplanationRevision
from tests.integration.conftest import NOW
from tests.integration.figures.stored_figures import only_row
from tests.support.documents import YEAR, empty_document

PARTS = {
    "energy.fuels.non-renewable": "4074125",
    "energy.fuels.renewable": "0",
    "energy.electricity.consumption": "2402448",
    "energy.heating.consumption": "0",
    "energy.cooling.consumption": "0",
    "energy.steam.consumption": "0",
    "energy.total": "6536428",
}
SENTENCE = "59.855 kWh Sonstiges stehen in keiner der Zeilen."


@pytest.fixture
def produced(session: Session, declaration: Declaration) -> Declaration:
    """The producing firm whose parts and total differ."""
    for key, value in PARTS.items():
        put_measured(session, declaration, key, value)
    return declaration


def put_measured(session: Session, declaration: Declaration, key: str, value: str, unit: str = "kWh") -> None:
    figure = Figure(Decimal(value), unit, Quality.MEASURED)
    figures.add_if_missing(
        session, declaration.organisation_id, declaration.reporting_year, key, figure, by=None, now=NOW
    )
    session.flush()


def change_figure(session: Session, key: str, value: str, unit: str = "kWh") -> None:
    row = only_row(session, key)
    row.value, row.unit = Decimal(value), unit
    session.flush()


def only(session: Session, declaration: Declaration) -> PlausibilityFinding:
    (finding,) = plausibility.plausibility_findings(session, declaration)
    return finding


def sentence(
    noted: PlausibilityFinding, text: str = SENTENCE, *, is_printed: bool = False, seen: int = 0
) -> ExplanationEdit:
    warning = noted.warning
    return ExplanationEdit(warning.rule, warning.subject, warning.fingerprint, text, is_printed, seen)


def explain(session: Session, declaration: Declaration, actor: Actor, explanation: ExplanationEdit) -> object:
    return plausibility.save_explanations(Work(session, actor, NOW), declaration, [explanation])


def test_a_sentence_silences_a_warning_and_is_one_event(
    session: Session, produced: Declaration, actor: Actor
) -> None:
    noted = only(session, produced)
    assert (noted.standing, noted.is_open) == (ExplanationStatus.OPEN, True)
    assert explain(session, produced, actor, sentence(noted)) == ()
    after = only(session, produced)
    assert (after.standing, after.text, after.version) == (ExplanationStatus.EXPLAINED, SENTENCE, 1)
    content = declarations.read_content(session, produced)
    assert plausibility.count_open_findings(session, produced, content) == (0, 1)
    events = session.scalars(select(Event).where(Event.kind == EventKind.WARNING_EXPLAINED)).all()
    assert [event.detail for event in events] == [
        {"rule": "energy-parts", "subject": "energy.total", "fields": {"sentence": ["", SENTENCE]}}
    ]
    explain(session, produced, actor, sentence(after, seen=1))
    assert len(session.scalars(select(ExplanationRevision)).all()) == 1, "the same again changes nothing"


def test_other_values_bring_the_warning_back_with_the_earlier_sentence(
    session: Session, produced: Declaration, actor: Actor
) -> None:
    explain(session, produced, actor, sentence(only(session, produced), is_printed=True))
    change_figure(session, "energy.total", "6.536428", "GWh")
    assert only(session, produced).standing is ExplanationStatus.EXPLAINED, "the same amount in another unit"
    change_figure(session, "energy.total", "6600000")
    back = only(session, produced)
    assert (back.standing, back.is_open, back.text) == (ExplanationStatus.OUTDATED, True, SENTENCE)
    assert plausibility.printed_explanations(session, produced) == ()
    explain(session, produced, actor, sentence(back, is_printed=True, seen=back.version))
    assert only(session, produced).standing is ExplanationStatus.EXPLAINED


def test_the_report_gets_what_shall_be_printed(session: Session, produced: Declaration, actor: Actor) -> None:
    explain(session, produced, actor, sentence(only(session, produced)))
    assert plausibility.printed_explanations(session, produced) == ()
    explain(session, produced, actor, sentence(only(session, produced), is_printed=True, seen=1))
    (explanation,) = plausibility.printed_explanations(session, produced)
    assert isinstance(explanation, FigureExplanation)
    assert (explanation.datapoint, explanation.sentence) == ("energy.total", SENTENCE)
    assert "59.855\u00a0kWh" in explanation.question
    assert annex_of(session, produced).explanations == (explanation,)
    document = read_document(canonical_json(live_document(session, produced)))
    assert document.annex.explanations == (explanation,), "the record that a version freezes has it"
    produced.language = "en"
    assert "59,855\u00a0kWh" in plausibility.printed_explanations(session, produced)[0].question


def test_without_words_the_warning_is_open_again_and_the_sentence_stays_in_the_history(
    session: Session, produced: Declaration, actor: Actor
) -> None:
    explain(session, produced, actor, sentence(only(session, produced), is_printed=True))
    explain(session, produced, actor, sentence(only(session, produced), "  ", is_printed=True, seen=1))
    after = only(session, produced)
    assert (after.standing, after.text, after.is_printed) == (ExplanationStatus.OPEN, "", False)
    kept = [revision.content["text"] for revision in session.scalars(select(ExplanationRevision))]
    assert kept == [SENTENCE, ""]


def test_two_who_explain_the_same_lose_nothing(
    session: Session, produced: Declaration, actor: Actor, colleague: Actor
) -> None:
    noted = only(session, produced)
    explain(session, produced, actor, sentence(noted))
    mine = sentence(noted, "Wir haben die Abwärme vergessen.")
    for _twice in range(2):
        (clash,) = plausibility.save_explanations(Work(session, colleague, NOW), produced, [mine])
    assert (clash.mine, clash.theirs.text, clash.version, clash.by) == (mine, SENTENCE, 1, actor.user_id)
    assert only(session, produced).text == SENTENCE
    kept = session.scalars(select(ExplanationRevision).order_by(ExplanationRevision.id)).all()
    assert [(revision.content["text"], revision.kept_aside) for revision in kept] == [
        (SENTENCE, False),
        (mine.text, True),
    ]
    later = NOW + timedelta(minutes=1)
    again = replace(mine, seen=1)
    assert plausibility.save_explanations(Work(session, colleague, later), produced, [again]) == ()
    assert only(session, produced).text == mine.text


def test_a_sentence_about_a_warning_that_is_gone_waits_until_it_comes_back(
    session: Session, produced: Declaration, actor: Actor
) -> None:
    noted = only(session, produced)
    change_figure(session, "energy.total", "6476573")
    assert plausibility.plausibility_findings(session, produced) == ()
    explain(session, produced, actor, sentence(noted))
    assert plausibility.plausibility_findings(session, produced) == ()
    change_figure(session, "energy.total", "6536428")
    assert only(session, produced).standing is ExplanationStatus.EXPLAINED


def test_what_no_rule_ever_warns_about_is_refused(
    session: Session, produced: Declaration, actor: Actor
) -> None:
    known = sentence(only(session, produced))
    for wrong in (replace(known, rule="nonsense"), replace(known, subject="nonsense")):
        with pytest.raises(LookupError):
            explain(session, produced, actor, wrong)
    assert session.scalars(select(ExplainedWarning)).all() == []


def test_only_who_edits_explains_and_only_while_the_figure_is_open(
    session: Session, produced: Declaration, actor: Actor
) -> None:
    noted = only(session, produced)
    viewer = Actor(2, {produced.organisation_id: Role.VIEWER})
    with pytest.raises(NotPermitted):
        explain(session, produced, viewer, sentence(noted))
    produced.state = State.SUBMITTED
    with pytest.raises(Locked):
        explain(session, produced, actor, sentence(noted))
    assert session.scalars(select(ExplainedWarning)).all() == []


def test_a_figure_whose_indicator_is_explained_is_not_compared(
    session: Session, produced: Declaration, actor: Actor
) -> None:
    selection = declarations.selection_of(produced)
    asking = [requirement for requirement in selection.asked_by["energy.total"] if requirement.is_explainable]
    for requirement in asking:
        explained = Answer(Disclosure.EXPLAIN, explanation="Noch nicht erhoben.")
        save_section(
            Work(session, actor, NOW),
            produced,
            selection.section_of[requirement.ref],
            SectionEdit({requirement.ref: VersionedEdit(explained, 0)}),
        )
    session.flush()
    assert plausibility.plausibility_findings(session, produced) == ()


@pytest.mark.parametrize(
    ("answers", "is_asked"),
    [
        ({"GRI-SRS-419-1.b": Answer(value="yes")}, True),
        ({"GRI-SRS-419-1.b": Answer(value="no")}, False),
        ({}, False),
        ({"GRI-SRS-419-1": Answer(Disclosure.EXPLAIN), "GRI-SRS-419-1.b": Answer(value="yes")}, False),
    ],
)
def test_a_fine_beside_no_breaches_is_asked_about(answers: dict[str, Answer], is_asked: bool) -> None:
    fine = Figure(Decimal(1500), "EUR", Quality.MEASURED)
    said = empty_document(figures={(YEAR, "governance.compliance.fines"): fine}, answers=answers)
    odd = plausibility_warnings(load_plausibility(), plausibility.facts_of_document(said))
    assert ("fines-without-breaches" in {warning.rule for warning in odd}) is is_asked


def test_what_only_the_other_indicator_set_asks_for_is_not_compared(
    session: Session, produced: Declaration
) -> None:
    put_measured(session, produced, "product.esg-research-capex-share", "-3", "percent")
    assert [finding.warning.subject for finding in plausibility.plausibility_findings(session, produced)] == [
        "energy.total"
    ]
    produced.indicator_set = "effas"
    subjects = [finding.warning.subject for finding in plausibility.plausibility_findings(session, produced)]
    assert subjects == ["product.esg-research-capex-share"]
