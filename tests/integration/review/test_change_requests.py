"""Change requests answered one after the other, beside the fields that they are about."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.permissions import Role
from dnk_tool.domain.review import Audience, ReviewSide
from dnk_tool.services.review import remarks as review_remarks
from dnk_tool.services.review import verdicts
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import remarks
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.store.tables.figures import FigureRow
from dnk_tool.store.tables.review import ReviewRoundRow
from tests.support.app import add_member, count_statements, database_session, form_fields
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import (
    LATER,
    NOW,
    DeclarationScenario,
    declaration_path,
    make_scenario,
    scenario_session,
    stored_state,
)

POINT, FIGURE, WHOLE = "Bitte genauer.", "Welche Bezugsgröße?", "Wer ist das?"
TEXT, LETTER = "ref-13.1-text", "Danke für Ihre Mühe."


@pytest.fixture
def play(app: Flask) -> DeclarationScenario:
    """Changes are requested in the criteria 5 and 13: on all of 5, on 13.1, and on an indicator."""
    with database_session(app) as session:
        play = make_scenario(session)
        add_member(session, play.declaration.organisation_id, "helper", Role.CONTRIBUTOR, sections=["5"])
        play.submit()
        play.remark("13", FIGURE, ref="GRI-SRS-305-1")
        play.remark("13", POINT, ref="13.1")
        play.remark("5", WHOLE)
        play.request_changes("5", "13")
        session.add(
            ReviewRoundRow(
                declaration_id=play.declaration.id,
                version=play.declaration.version - 1,
                letter=LETTER,
                answer_until=date(2099, 12, 8),
                requested_at=NOW,
                requested_by=play.people["reviewer"].id,
            )
        )
        return play


def thread(app: Flask, play: DeclarationScenario, text: str) -> RemarkThread:
    """The thread that begins with this text."""
    with database_session(app) as session:
        known = remarks.threads(session, play.declaration.id, ReviewSide.COMPANY)
        return next(one for one in known if one.first.text == text)


def answers_to(app: Flask, play: DeclarationScenario, text: str) -> list[str]:
    """The answers to the remark."""
    return [remark.text for remark in thread(app, play, text).remarks[1:]]


def path_of_text(app: Flask, play: DeclarationScenario, text: str) -> str:
    one = thread(app, play, text)
    return f"{declaration_path(play)}/anmerkungen/{one.section}/{one.id}"


def answer_field(app: Flask, play: DeclarationScenario, text: str) -> str:
    return f"answer-{thread(app, play, text).id}"


def send_remark(
    client: FlaskClient, path: str, page: str = "", action: str = "onward", **fields: str
) -> TestResponse:
    """Change these fields of the page, by default as it is now, and press a button."""
    sent = form_fields(page or client.get(path).text)
    return client.post(path, data=sent | {"action": action} | fields)


def stored_text(app: Flask, play: DeclarationScenario, ref: str = "13.1") -> str:
    with scenario_session(app, play) as now:
        return declarations.read_content(now.session, now.declaration).sheet.answer(ref).text


# ---- One after the other, to the last step


def test_from_the_first_remark_to_the_new_submission(app: Flask, play: DeclarationScenario) -> None:
    editor, start = signed_in(app, "editor"), declaration_path(play)
    home = editor.get("/").text
    assert "3 Anmerkungen beantworten" in home
    assert "Bitte bis zum 8. Dezember 2099." in home
    owner = signed_in(app, "owner")
    assert "Ihre erste Erklärung ist fertig" not in owner.get("/").text
    overview = editor.get(f"{start}/").text
    assert overview.count("3 Anmerkungen beantworten") == 1
    assert f"{start}/anmerkungen" in overview
    paths = [path_of_text(app, play, text) for text in (WHOLE, POINT, FIGURE)]
    assert editor.get(f"{start}/anmerkungen").headers["Location"] == paths[0]
    with count_statements(app) as statements:
        page = editor.get(paths[0]).text
    assert len(statements) <= 15
    assert page.index(paths[1]) < page.index(paths[2]), "in the order of the declaration"
    assert "Speichern, weiter (2 von 3)" in page
    for words in ("Alle anderen 18 Kriterien sind in Ordnung", LETTER, "8. Dezember 2099"):
        assert words in page
    for path, following, fields in (
        (paths[0], paths[1], {answer_field(app, play, WHOLE): "Petra Quenzel."}),
        (paths[1], paths[2], {TEXT: "Ganz genau."}),
        (paths[2], f"{start}/aenderungen", {answer_field(app, play, FIGURE): "Der Umsatz."}),
    ):
        answer = send_remark(editor, path, **fields)
        assert (answer.status_code, answer.headers["Location"]) == (303, following)
    assert answers_to(app, play, POINT) == ["Der Text ist geändert."]
    with count_statements(app) as statements:
        last = editor.get(f"{start}/aenderungen").text
    assert len(statements) <= 15
    for words in ("Ganz genau.", "Petra Quenzel.", "Der Text ist geändert.", "Wieder einreichen</button>"):
        assert words in last
    assert "Prüfen und wieder einreichen" in editor.get("/").text
    sent = form_fields(f'<form action="{start}/einreichen' + last.split(f"{start}/einreichen")[1])
    assert sent["cluster"] == [str(play.cluster)]
    assert editor.post(f"{start}/einreichen", data=sent).status_code == 303
    assert stored_state(app, play).value == "submitted"
    assert "Ihre erste Erklärung ist fertig" in owner.get("/").text


def test_the_last_step_shows_all_changes_and_what_is_open(app: Flask, play: DeclarationScenario) -> None:
    editor, path = signed_in(app, "editor"), path_of_text(app, play, WHOLE)
    other = "Das hat niemand verlangt."
    send_remark(editor, path, action="pause", **{"ref-5.1-text": other})
    page = editor.get(f"{declaration_path(play)}/aenderungen").text
    assert other in page.split("5. Verantwortung")[-1]
    assert "3 Anmerkungen warten noch auf Ihre Antwort" in page
    assert "Wieder einreichen</button>" not in page
    assert "Nächste Anmerkung beantworten" in page
    assert path in page
    assert not answers_to(app, play, WHOLE), "only the button that goes on answers"


def test_a_changed_text_answers_in_the_language_of_the_declaration(
    app: Flask, play: DeclarationScenario
) -> None:
    with scenario_session(app, play) as now:
        now.declaration.language = "en"
    editor, path = signed_in(app, "editor"), path_of_text(app, play, POINT)
    assert "antworten wir für Sie: „The text has been changed.“" in editor.get(path).text
    send_remark(editor, path, **{TEXT: "Very precise."})
    assert answers_to(app, play, POINT) == ["The text has been changed."]


def test_nothing_changed_and_nothing_said_is_no_answer(app: Flask, play: DeclarationScenario) -> None:
    editor, path = signed_in(app, "editor"), path_of_text(app, play, POINT)
    refused = send_remark(editor, path)
    assert refused.status_code == 422
    assert refused.text.count("Ändern Sie den Text, oder schreiben Sie hier eine Antwort.") == 2
    assert not answers_to(app, play, POINT)
    assert send_remark(editor, path, action="pause").headers["Location"] == f"{declaration_path(play)}/"


def test_a_remark_about_figures_leads_to_them(app: Flask, play: DeclarationScenario) -> None:
    editor, path = signed_in(app, "editor"), path_of_text(app, play, FIGURE)
    page = editor.get(path).text
    assert "Speichern und Kennzahlen ändern" in page
    assert "3.578 kg CO₂e" in page, "as it is now"
    assert page.count("<textarea") - page.count("readonly") == 1, "for the answer"
    led = send_remark(editor, path, action="elsewhere").headers["Location"]
    assert led == f"{declaration_path(play)}/kriterien/13/kennzahlen#ref-GRI-SRS-305-1"
    with scenario_session(app, play) as now:
        where = FigureRow.datapoint == "ghg.scope1.gross", FigureRow.year == now.declaration.reporting_year
        row = now.session.scalars(select(FigureRow).where(*where)).one()
        row.value = (row.value or Decimal(0)) + 1
    send_remark(editor, path)
    assert answers_to(app, play, FIGURE) == ["Die Angaben sind geändert."]


def test_what_was_written_stays_to_be_read(app: Flask, play: DeclarationScenario) -> None:
    editor, helper, start = (
        signed_in(app, "editor"),
        signed_in(app, "helper"),
        declaration_path(play),
    )
    send_remark(editor, path_of_text(app, play, WHOLE), **{answer_field(app, play, WHOLE): "Petra Quenzel."})
    with scenario_session(app, play) as now:
        add_internal_remark(now)
        now.declaration.state = State.SUBMITTED
    page = f"{start}/pruefverlauf"
    for visitor in (editor, helper):
        assert page in visitor.get(f"{start}/").text
        assert visitor.get(f"{start}/anmerkungen").headers["Location"] == page
    with count_statements(app) as statements:
        text = editor.get(page).text
    assert len(statements) <= 15
    for words in (WHOLE, POINT, FIGURE, LETTER, "Petra Quenzel."):
        assert words in text
    assert "Unter uns." not in text
    own = helper.get(page).text
    for words, is_own in ((WHOLE, True), ("Petra Quenzel.", True), (POINT, False), (LETTER, False)):
        assert (words in own) is is_own


# ---- Nothing is lost


def test_an_autosave_keeps_the_text_and_sends_no_answer(app: Flask, play: DeclarationScenario) -> None:
    editor, path = signed_in(app, "editor"), path_of_text(app, play, POINT)
    saved = send_remark(editor, path, autosave="1", action="", **{TEXT: "Gerade getippt."})
    assert saved.json
    assert saved.json["status"] == "saved"
    assert "Gerade getippt." in saved.json["fields"]["changes"]
    assert stored_text(app, play) == "Gerade getippt."
    assert not answers_to(app, play, POINT)
    assert send_remark(editor, path).status_code == 303
    assert answers_to(app, play, POINT) == ["Der Text ist geändert."], "saved before, and now meant"


def test_an_answer_is_ones_own_draft_until_it_is_sent(app: Flask, play: DeclarationScenario) -> None:
    editor, path, field = (
        signed_in(app, "editor"),
        path_of_text(app, play, POINT),
        answer_field(app, play, POINT),
    )
    first = editor.get(path).text
    kept = send_remark(editor, path, first, autosave="1", action="", **{field: "Halb fer"})
    assert kept.json
    assert (kept.json["status"], kept.json["versions"][f"{field}-draft"]) == ("saved", 1)
    assert form_fields(editor.get(path).text)[field] == ["Halb fer"]
    assert form_fields(signed_in(app, "owner").get(path).text)[field] == [""]
    with database_session(app) as session:
        known = remarks.threads(
            session, play.declaration.id, ReviewSide.REVIEWERS, cluster_id=play.cluster, sections=["13"]
        )
        assert "Halb fer" not in [remark.text for one in known for remark in one.remarks]
    other = send_remark(editor, path, first, autosave="1", action="", **{field: "Ganz anders"})
    assert other.json
    assert (other.json["status"], other.json["href"]) == ("invalid", f"#{field}")
    assert (
        send_remark(editor, path, first, autosave="1", action="", **{TEXT: "Nur der Text."}).json is not None
    )
    both = send_remark(editor, path, first, action="pause", **{field: "Ganz anders"})
    assert both.status_code == 409
    assert "Halb fer" in both.text
    assert send_remark(editor, path, both.text, action="pause").status_code == 303
    assert form_fields(editor.get(path).text)[field] == ["Ganz anders"]
    assert not answers_to(app, play, POINT), "a pause sends nothing"
    sent = editor.get(send_remark(editor, path).headers["Location"]).text
    assert "Ihre Antwort ist beim Prüfteam" in sent
    assert answers_to(app, play, POINT) == ["Ganz anders"]
    assert form_fields(editor.get(path).text)[field] == [""]


def test_two_editors_lose_nothing(app: Flask, play: DeclarationScenario) -> None:
    editor, owner, path = (
        signed_in(app, "editor"),
        signed_in(app, "owner"),
        path_of_text(app, play, POINT),
    )
    page = editor.get(path).text
    send_remark(owner, path, action="pause", **{TEXT: "Von der Chefin."})
    both = send_remark(
        editor, path, page, **{TEXT: "Von mir.", answer_field(app, play, POINT): "Siehe Text."}
    )
    assert both.status_code == 409
    for words in ("Von der Chefin.", "Von mir.", "Bitte wählen Sie"):
        assert words in both.text
    assert answers_to(app, play, POINT) == ["Siehe Text."]
    again = form_fields(both.text.split("<main")[1])
    assert editor.post(path, data=again).headers["Location"] == path
    assert stored_text(app, play) == "Von mir."


def add_remark(play: DeclarationScenario, one: RemarkThread) -> None:
    """The reviewers write more."""
    who = play.actor("reviewer")
    review_remarks.answer_thread(
        Work(play.session, who, LATER),
        play.declaration,
        one,
        "Und noch etwas.",
        side=ReviewSide.REVIEWERS,
        version=play.declaration.version,
    )


def add_internal_remark(play: DeclarationScenario) -> int:
    """Write within the company; returns the thread's id."""
    section = declarations.selection_of(play.declaration).section_by_ref["13"]
    row = review_remarks.start_thread(
        Work(play.session, play.actor("editor"), LATER),
        play.declaration,
        section,
        "Unter uns.",
        audience=Audience.COMPANY,
        side=ReviewSide.COMPANY,
        version=1,
    )
    return row.id


def take_remark_back(play: DeclarationScenario, one: RemarkThread) -> None:
    """The reviewers take the remark back."""
    verdicts.withdraw_remark(Work(play.session, play.actor("reviewer"), LATER), play.declaration, one)


@pytest.mark.parametrize(
    ("act", "told", "answers"),
    [
        (add_remark, "steht inzwischen etwas Neues", ["Und noch etwas.", "So."]),
        (take_remark_back, "inzwischen erledigt oder zurückgezogen", ["So."]),
    ],
)
def test_an_answer_is_no_answer_to_what_nobody_read(
    app: Flask,
    play: DeclarationScenario,
    act: Callable[[DeclarationScenario, RemarkThread], None],
    told: str,
    answers: list[str],
) -> None:
    editor, path, field = (
        signed_in(app, "editor"),
        path_of_text(app, play, POINT),
        answer_field(app, play, POINT),
    )
    page, one = editor.get(path).text, thread(app, play, POINT)
    with scenario_session(app, play) as now:
        act(now, one)
    late = send_remark(editor, path, page, **{TEXT: "Neuer Text.", field: "So."})
    assert late.status_code == 409
    for words in (told, "Neuer Text.", "So."):
        assert words in late.text
    assert "So." not in answers_to(app, play, POINT)
    assert send_remark(editor, path, late.text).status_code == 303
    assert answers_to(app, play, POINT) == answers
    assert stored_text(app, play) == "Neuer Text."


def test_a_double_click_answers_once(app: Flask, play: DeclarationScenario) -> None:
    editor, path = signed_in(app, "editor"), path_of_text(app, play, POINT)
    page = editor.get(path).text
    for _click in range(2):
        assert (
            send_remark(editor, path, page, **{answer_field(app, play, POINT): "Einmal."}).status_code == 303
        )
    assert answers_to(app, play, POINT) == ["Einmal."]


def test_what_is_too_long_stays_in_its_field(app: Flask, play: DeclarationScenario) -> None:
    editor, path = signed_in(app, "editor"), path_of_text(app, play, POINT)
    field = answer_field(app, play, POINT)
    refused = send_remark(editor, path, **{TEXT: "Neu.", field: "x" * 5001})
    assert refused.status_code == 422
    assert form_fields(refused.text)[field] == ["x" * 5001]
    assert form_fields(refused.text)[TEXT] == ["Neu."]
    assert refused.text.count("höchstens 5.000 Zeichen") == 2


def test_an_explained_point_has_the_field_of_its_explanation(app: Flask, play: DeclarationScenario) -> None:
    editor, path = signed_in(app, "editor"), path_of_text(app, play, POINT)
    page = f"{declaration_path(play)}/kriterien/13"
    fields = form_fields(editor.get(page).text)
    why = {"ref-13.1-disclosure": "explain", "ref-13.1-explanation": "Noch zu teuer."}
    assert editor.post(page, data=fields | why).status_code == 303
    before = stored_text(app, play)
    shown = editor.get(path).text
    assert "Ihre Begründung, warum Sie nicht berichten" in shown
    send_remark(editor, path, **{"ref-13.1-explanation": "Ab 2027."})
    assert "Ab 2027." in editor.get(path).text
    assert stored_text(app, play) == before, "what it said before stays"


# ---- Who sees what


def test_a_contributor_answers_own_sections_only(app: Flask, play: DeclarationScenario) -> None:
    helper, start = signed_in(app, "helper"), declaration_path(play)
    own = path_of_text(app, play, WHOLE)
    assert "Eine Anmerkung beantworten" in helper.get("/").text
    assert helper.get(f"{start}/anmerkungen").headers["Location"] == own
    page = helper.get(own).text
    assert "8. Dezember 2099" in page
    for words in (POINT, FIGURE, "aenderungen", LETTER):
        assert words not in page
    for path in (path_of_text(app, play, POINT), f"{start}/aenderungen"):
        assert helper.get(path).status_code == 403
    foreign = path_of_text(app, play, POINT).rsplit("/", 1)[1]
    lost = send_remark(helper, f"{start}/anmerkungen/5/{foreign}", page, **{"ref-5.1-text": "Getippt."})
    assert lost.status_code == 404
    assert "Getippt." in lost.text
    answer = send_remark(helper, own, **{answer_field(app, play, WHOLE): "Das bin ich."})
    assert answer.headers["Location"] == f"{start}/"


def test_who_only_reads_may_answer(app: Flask, play: DeclarationScenario) -> None:
    boss, path = signed_in(app, "boss"), path_of_text(app, play, POINT)
    page = boss.get(path).text
    assert TEXT not in page
    assert "antworten wir für Sie" not in page
    assert send_remark(boss, path, **{TEXT: "Ich darf nicht.", "ref-13.1-version": "1"}).status_code == 403
    assert send_remark(boss, path, **{answer_field(app, play, POINT): "Stimmt so."}).status_code == 303
    assert answers_to(app, play, POINT) == ["Stimmt so."]


def test_any_other_remark_stands_on_its_own_page(app: Flask, play: DeclarationScenario) -> None:
    editor, start = signed_in(app, "editor"), declaration_path(play)
    with scenario_session(app, play) as now:
        number = add_internal_remark(now)
    led = editor.get(f"{start}/anmerkungen/13/{number}")
    assert led.headers["Location"] == f"{start}/anmerkungen/13#answer-{number}"
