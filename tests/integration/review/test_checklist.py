"""The checklist of a version: whose ticks stay, and that an approval asks once about open points."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from dnk_tool.domain.permissions import NotPermitted
from dnk_tool.domain.review import ChecklistPoint
from dnk_tool.services.review.checklist import save_checklist
from dnk_tool.services.review.errors import NotInReview, VersionSuperseded
from dnk_tool.services.work import Work
from dnk_tool.store.review import checklist, decisions
from tests.support.app import database_session, form_fields, post
from tests.support.browsers import signed_in
from tests.support.review_scenario import (
    NOW,
    ReviewScenario,
    days_later,
    give_all_verdicts,
    make_review_scenario,
    request_changes,
)

CONSISTENCY, COHERENCE, UNDERSTANDING, COMPLETENESS = ChecklistPoint


def save_ticks(
    session: Session, case: ReviewScenario, *ticked: ChecklistPoint, seen: tuple[ChecklistPoint, ...] = ()
) -> list[ChecklistPoint]:
    return save_checklist(
        Work(session, case.karin, NOW), case.declaration(session), ticked, seen=seen, version=1
    )


def test_a_tick_says_when_and_by_whom_and_can_be_taken_away(session: Session, case: ReviewScenario) -> None:
    assert save_ticks(session, case, CONSISTENCY, COMPLETENESS) == [COHERENCE, UNDERSTANDING]
    ticks = checklist.ticks(session, case.declaration_id, 1)
    assert {point: (tick.at, tick.by) for point, tick in ticks.items()} == {
        CONSISTENCY: (NOW, "Karin"),
        COMPLETENESS: (NOW, "Karin"),
    }
    save_ticks(session, case, COMPLETENESS, seen=(CONSISTENCY, COMPLETENESS))
    assert set(checklist.ticks(session, case.declaration_id, 1)) == {COMPLETENESS}
    assert not checklist.ticks(session, case.declaration_id, 2), "each version begins anew"


def test_two_reviewers_at_once_change_only_what_each_of_them_changed(
    session: Session, case: ReviewScenario
) -> None:
    save_ticks(session, case, CONSISTENCY)
    save_ticks(session, case, CONSISTENCY, COHERENCE, seen=(CONSISTENCY,))
    assert save_ticks(session, case, COMPLETENESS, seen=(CONSISTENCY,)) == [CONSISTENCY, UNDERSTANDING]


def test_only_reviewers_tick_and_only_the_version_that_they_read(
    session: Session, case: ReviewScenario
) -> None:
    declaration = case.declaration(session)
    with pytest.raises(NotPermitted):
        save_checklist(Work(session, case.owner, NOW), declaration, [CONSISTENCY], seen=[])
    with pytest.raises(VersionSuperseded):
        save_checklist(Work(session, case.karin, NOW), declaration, [CONSISTENCY], seen=[], version=2)
    give_all_verdicts(session, case, ["13"])
    request_changes(session, case, now=days_later(1))
    with pytest.raises(NotInReview):
        save_ticks(session, case, CONSISTENCY)
    assert not checklist.ticks(session, case.declaration_id, 1)


@pytest.fixture
def scenario(app: Flask) -> ReviewScenario:
    """Everything is accepted, and nothing ticked."""
    with database_session(app) as session:
        made = make_review_scenario(session)
        give_all_verdicts(session, made, [])
        return made


@pytest.fixture
def path(scenario: ReviewScenario) -> Callable[[str], str]:
    return lambda rest: f"/cluster/{scenario.cluster_id}/pruefung/{scenario.declaration_id}/{rest}"


@pytest.fixture
def karin(app: Flask, scenario: ReviewScenario) -> FlaskClient:
    return signed_in(app, "karin")


def test_a_checklist_is_saved_from_a_section_and_shown_on_each_page(
    karin: FlaskClient, path: Callable[[str], str]
) -> None:
    fields = {"version": "1", "page": "13", "point": ["consistency", "unknown"]}
    answer = post(karin, path("checkliste"), fields)
    assert answer.headers["Location"] == path("13#checklist")
    assert "Checkliste: 1 von 4" in karin.get(path("13")).text
    assert form_fields(karin.get(path("")).text)["seen"] == ["consistency"]
    elsewhere = post(karin, path("checkliste"), {"version": "2", "page": "//x.example", "point": "coherence"})
    assert elsewhere.headers["Location"] == path("#checklist")
    page = karin.get(path("")).text
    assert "inzwischen Version 1 eingereicht" in page
    assert form_fields(page)["seen"] == ["consistency"]


def test_an_approval_with_open_points_asks_once_and_forbids_nothing(
    app: Flask, karin: FlaskClient, scenario: ReviewScenario, path: Callable[[str], str]
) -> None:
    ticked = {"version": "1", "point": ["consistency", "coherence", "ease-of-understanding"]}
    answer = post(karin, path("freigeben"), ticked)
    assert answer.headers["Location"] == path("freigeben?offen=1")
    page = karin.get(answer.headers["Location"]).text
    summary = page[page.index('<div class="govuk-error-summary" tabindex="-1" autofocus>') :]
    assert '<a href="#point-4">Ein Punkt der Checkliste ist offen: Formale Vollständigkeit.</a>' in summary
    assert '<p id="approve">' in summary
    assert "trotzdem freigeben</button>" not in page, "the button is right once all points are ticked, too"
    assert post(karin, path("freigeben"), dict(form_fields(page))).headers["Location"] == path("")
    with database_session(app) as session:
        assert decisions.newest_approval(session, scenario.declaration_id, scenario.cluster_id)
    assert "angekreuzt" in karin.get(path("")).text, "the ticks stay to be read"


def test_an_approval_with_all_points_ticked_asks_nothing(
    karin: FlaskClient, path: Callable[[str], str]
) -> None:
    every = {"version": "1", "point": [point.value for point in ChecklistPoint]}
    assert post(karin, path("freigeben"), every).headers["Location"] == path("")
    assert "Version 1 ist freigegeben" in karin.get(path("")).text
