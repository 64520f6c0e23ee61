"""What a reviewer types on the desk: saved by itself as a draft, given back, never lost to a colleague."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.domain.permissions import ClusterRole
from tests.support.app import database_session, form_fields, make_cluster
from tests.support.browsers import signed_in
from tests.support.review_scenario import (
    ReviewScenario,
    answer_all_remarks,
    give_all_verdicts,
    make_review_scenario,
    request_changes,
    save_text,
    submit,
    threads_of,
)

ROUGH, WHOLE = "Bitte nennen Sie", "Bitte nennen Sie Zahl und Jahr."


@pytest.fixture
def case(app: Flask) -> ReviewScenario:
    with database_session(app) as session:
        made = make_review_scenario(session)
        make_cluster(session, "Cluster Süd", outsider=ClusterRole.MANAGER)
        return made


@pytest.fixture
def page(case: ReviewScenario) -> str:
    return f"/cluster/{case.cluster_id}/pruefung/{case.declaration_id}/13"


def typed(client: FlaskClient, page: str, query: str = "", **changes: Any) -> dict[str, Any]:
    """The fields of the page as somebody changed them."""
    return dict(form_fields(client.get(page + query).text)) | changes


def autosaved(client: FlaskClient, page: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Send the fields as the script does; they take over the versions of the answer."""
    answer = client.post(f"{page}/entwurf", data=fields | {"autosave": "1"})
    assert answer.status_code == 200
    told: dict[str, Any] = answer.get_json()
    fields |= {name: str(version) for name, version in told.get("versions", {}).items()}
    return told


def test_a_draft_grows_by_itself_comes_back_and_is_finished_by_a_button(
    app: Flask, case: ReviewScenario, page: str
) -> None:
    karin, other_computer = signed_in(app, "karin"), signed_in(app, "karin")
    fields = typed(karin, page, remark=ROUGH, ref="13.2")
    told = autosaved(karin, page, fields)
    assert told["status"] == "saved"
    assert told["message"].startswith("Entwurf, nur für das Prüfteam, gespeichert um ")
    autosaved(karin, page, fields | {"remark": WHOLE})
    elsewhere = typed(other_computer, page)
    assert (elsewhere["remark"], elsewhere["ref"]) == ([WHOLE], ["13.2"])
    assert typed(other_computer, page, "?anmerkung=13.3")["remark"] == [""]
    assert other_computer.post(page, data=elsewhere | {"verdict": "change-needed"}).status_code == 303
    [thread] = threads_of(app, case)
    assert (thread.first.text, thread.first.is_draft, thread.first.is_autosaved) == (WHOLE, True, False)
    saved = karin.post(page, data=typed(karin, page, remark=ROUGH, ref="13.2", action="stay"))
    assert saved.headers["Location"] == f"{page}#ref-13.2", "back where it was written"
    shown = karin.get(page).text
    assert 'role="status">Gespeichert.</p>' in shown
    assert shown.count("Entwurf, geht mit der Runde an das Unternehmen") == 2
    assert typed(karin, page)["remark"] == [""], "what is finished is listed"


def test_an_emptied_field_discards_the_draft(app: Flask, case: ReviewScenario, page: str) -> None:
    karin = signed_in(app, "karin")
    fields = typed(karin, page, remark=ROUGH)
    autosaved(karin, page, fields)
    assert len(threads_of(app, case)) == 1
    assert autosaved(karin, page, fields | {"remark": ""})["versions"] == {"draft": 0, "number": 0}
    assert threads_of(app, case) == []
    fields = typed(karin, page, remark=WHOLE)
    autosaved(karin, page, fields)
    assert karin.post(page, data=fields | {"remark": "", "action": "stay"}).status_code == 303
    assert threads_of(app, case) == []


@pytest.mark.parametrize("other", ["karin", "rolf"])
def test_a_draft_that_was_changed_elsewhere_is_kept_beside_the_own_text(
    app: Flask, case: ReviewScenario, page: str, other: str
) -> None:
    karin, elsewhere = signed_in(app, "karin"), signed_in(app, other)
    autosaved(karin, page, typed(karin, page, remark=WHOLE))
    mine = typed(karin, page, remark="Welches Jahr?")
    [thread] = threads_of(app, case)
    draft = f"{page.rpartition('/')[0]}/entwuerfe/{thread.id}"
    changed = elsewhere.post(draft, data=typed(elsewhere, draft, text="Welche Zahl?"))
    assert changed.status_code == 303
    told = autosaved(karin, page, dict(mine))
    assert told["status"] == "conflict"
    who = "Sie selbst haben" if other == "karin" else "Rolf hat"
    assert told["message"].startswith(f"{who} den Entwurf in")
    answer = karin.post(page, data=mine | {"action": "save"})
    assert answer.status_code == 409
    assert "Welche Zahl?" in answer.text
    again: dict[str, Any] = dict(form_fields(answer.text))
    assert again["remark"] == ["Welches Jahr?"]
    assert karin.post(page, data=again | {"action": "stay"}).status_code == 303
    assert {one.first.text for one in threads_of(app, case)} == {"Welche Zahl?", "Welches Jahr?"}


def test_what_is_too_long_is_not_saved_and_says_so(app: Flask, case: ReviewScenario, page: str) -> None:
    karin = signed_in(app, "karin")
    told = autosaved(karin, page, typed(karin, page, remark="x" * 5_001))
    assert (told["status"], told["href"]) == ("invalid", "#remark")
    assert threads_of(app, case) == []


def test_an_answer_is_a_draft_in_its_thread(app: Flask, case: ReviewScenario, page: str) -> None:
    with database_session(app) as session:
        give_all_verdicts(session, case, ["13"])
        request_changes(session, case)
        save_text(session, case, "13", "Minus 12 Prozent bis 2028.")
        answer_all_remarks(session, case, "Steht jetzt da.")
        submit(session, case)
    karin = signed_in(app, "karin")
    [thread] = threads_of(app, case)
    field = f"answer-{thread.id}"
    fields = typed(karin, page, **{field: "Und der Ausgangswert?"})
    told = autosaved(karin, page, fields)
    assert told["versions"][f"draft-{thread.id}"] > thread.id
    assert typed(signed_in(app, "karin"), page)[field] == ["Und der Ausgangswert?"]
    assert karin.post(page, data=fields | {f"done-{thread.id}": "1", "action": "stay"}).status_code == 303
    [thread] = threads_of(app, case)
    assert [remark.text for remark in thread.remarks][2:] == ["Und der Ausgangswert?"]
    assert not thread.is_open


def test_who_is_not_in_the_team_saves_no_draft(app: Flask, case: ReviewScenario, page: str) -> None:
    fields = typed(signed_in(app, "karin"), page, remark=ROUGH)
    assert signed_in(app, "outsider").post(f"{page}/entwurf", data=fields).status_code == 404
    assert threads_of(app, case) == []
