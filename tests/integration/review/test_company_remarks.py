"""Remarks as the company sees them: at their fields, open ones first; nothing typed is lost."""

from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dnk_tool.catalogue import Section
from dnk_tool.domain.permissions import Role
from dnk_tool.domain.review import Audience, ReviewSide, ReviewStatus, Verdict
from dnk_tool.services.review import remarks as review_remarks
from dnk_tool.services.review import verdicts as review_verdicts
from dnk_tool.services.review.round import current_round
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import remarks
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import FigureRow
from tests.support.app import add_member, database_session, form_fields, post
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import (
    NOW,
    DeclarationScenario,
    declaration_path,
    make_scenario,
    scenario_session,
    send_submission,
    stored_state,
)

ASKED = (
    "Welche Bezugsgröße hat Scope 3? Bitte nennen Sie sie, oder begründen Sie, warum Sie darüber nicht "
    "berichten."
)


@pytest.fixture
def play(app: Flask) -> DeclarationScenario:
    """Changes are requested in the criteria 5 and 13; 13.1 and one indicator have a remark each."""
    with database_session(app) as session:
        play = make_scenario(session)
        add_member(
            session, play.declaration.organisation_id, "helper", Role.CONTRIBUTOR, sections=["5", "14"]
        )
        play.submit()
        play.remark("13", ASKED, ref="GRI-SRS-305-3")
        play.remark("13", "Bitte genauer.", ref="13.1")
        play.remark("5", "Wer ist das?")
        play.remark("14", "Nur unter Prüfenden.", Audience.REVIEWERS)
        play.request_changes("5", "13")
        return play


def threads_by_words(app: Flask, play: DeclarationScenario) -> dict[str, RemarkThread]:
    """The company's threads by their first words."""
    with database_session(app) as session:
        company_threads = remarks.threads(session, play.declaration.id, ReviewSide.COMPANY)
        return {thread.first.text: thread for thread in company_threads}


def criterion_path(play: DeclarationScenario, ref: str = "13") -> str:
    return f"{declaration_path(play)}/kriterien/{ref}"


def remarks_path(play: DeclarationScenario, ref: str = "13") -> str:
    return f"{declaration_path(play)}/anmerkungen/{ref}"


def begin(
    app: Flask, play: DeclarationScenario, ref: str, text: str, audience: Audience = Audience.COMPANY
) -> None:
    """A remark of the editor's."""
    with scenario_session(app, play) as now:
        section: Section = declarations.selection_of(now.declaration).section_by_ref[ref]
        review_remarks.start_thread(
            Work(now.session, play.actor("editor"), NOW),
            now.declaration,
            section,
            text,
            audience=audience,
            side=ReviewSide.COMPANY,
            version=now.declaration.version,
        )


def send_answer(client: FlaskClient, page: str, thread_id: int, text: str, **more: str) -> TestResponse:
    """Fill one answer and press its button."""
    field = f"answer-{thread_id}"
    return post(client, page, {f"read-{thread_id}": "1", field: text, "action": field, **more})


# ---- On the overview


def test_the_open_points_come_first(app: Flask, play: DeclarationScenario) -> None:
    editor = signed_in(app, "editor")
    page = editor.get(f"{declaration_path(play)}/").text
    threads_by_text = threads_by_words(app, play)
    assert page.index("Das Cluster bittet um Änderungen") < page.index("Zum Unternehmen")
    for thread in threads_by_text.values():
        assert f"{remarks_path(play, thread.section)}/{thread.id}" in page
    assert "Welche Bezugsgröße hat Scope 3? Bitte nennen Sie sie, oder begründen Sie, warum Sie …" in page
    assert "20 von 20 Kriterien fertig, 2 mit offenen Anmerkungen" in page
    assert page.count(">Rückfrage</span>") == 2
    assert page.count(">In Ordnung</span>") == 19, "18 criteria and the general information"
    assert "Nur unter Prüfenden" not in page
    send_answer(editor, remarks_path(play, "5"), threads_by_text["Wer ist das?"].id, "Petra Quenzel.")
    page = editor.get(f"{declaration_path(play)}/").text
    assert "1 mit offener Anmerkung" in page
    points = page.split("Das Cluster bittet um Änderungen")[1]
    assert points.index("Bitte genauer.") < points.index("Wer ist das?"), "what is answered comes last"
    assert "Beantwortet" in points


def test_all_answered_leads_to_the_final_check(app: Flask, play: DeclarationScenario) -> None:
    editor = signed_in(app, "editor")
    overview = editor.get(f"{declaration_path(play)}/").text
    assert "3 Anmerkungen warten auf Ihre Antwort" in overview
    assert ">Bereit</span>" not in overview
    refused = send_submission(editor, play, cluster=str(play.cluster))
    assert refused.status_code == 422
    assert ">13. " in refused.text.split('id="waiting"')[1], "with its number, as elsewhere"
    assert "Beantworten Sie zuerst alle Anmerkungen der Prüfung." in refused.text
    for thread in threads_by_words(app, play).values():
        assert f"{remarks_path(play, thread.section)}/{thread.id}" in refused.text
        send_answer(editor, remarks_path(play, thread.section), thread.id, "Ist ergänzt.")
    overview = editor.get(f"{declaration_path(play)}/").text
    assert "Prüfen und wieder einreichen" in overview
    assert ">Bereit</span>" in overview
    assert send_submission(editor, play, cluster=str(play.cluster)).status_code == 303
    assert stored_state(app, play).value == "submitted"


# ---- At the field


def test_a_remark_stands_at_its_field(app: Flask, play: DeclarationScenario) -> None:
    editor = signed_in(app, "editor")
    figures = editor.get(f"{criterion_path(play)}/kennzahlen/GRI-SRS-305-3").text
    indicator = figures.split('id="ref-GRI-SRS-305-3">')[1]
    assert ASKED.split("?", maxsplit=1)[0] in indicator.split("</section>")[0]
    page = editor.get(criterion_path(play)).text
    assert page.index("Bitte genauer.") < page.index('name="ref-13.1-text"')
    assert "Reviewer (Prüfung)" in page


def test_the_button_at_the_field_saves_what_was_typed(app: Flask, play: DeclarationScenario) -> None:
    editor = signed_in(app, "editor")
    thread = threads_by_words(app, play)["Bitte genauer."]
    fields = form_fields(editor.get(criterion_path(play)).text)
    fields |= {"ref-13.1-text": ["Gerade getippt."], "action": [f"remarks:{thread.id}"]}
    answer = editor.post(criterion_path(play), data=fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{remarks_path(play)}/{thread.id}")
    assert "Gerade getippt." in editor.get(criterion_path(play)).text
    fields = form_fields(editor.get(criterion_path(play)).text)
    fields |= {"action": ["remarks:GRI-SRS-305-1"]}
    led = editor.post(criterion_path(play), data=fields).headers["Location"]
    assert led == f"{remarks_path(play)}?punkt=GRI-SRS-305-1#new"
    assert '<option value="GRI-SRS-305-1" selected>' in editor.get(led).text
    fields["action"] = ["remarks:https://evil.example"]
    stale = {**form_fields(editor.get(criterion_path(play)).text), "action": fields["action"]}
    assert editor.post(criterion_path(play), data=stale).headers["Location"] == f"{remarks_path(play)}#new"


@pytest.mark.parametrize(("ref", "words"), [("1", "in Ordnung gefunden"), ("13", "")])
def test_a_locked_part_says_why_and_who_can_open_it(
    app: Flask, play: DeclarationScenario, ref: str, words: str
) -> None:
    page = signed_in(app, "editor").get(criterion_path(play, ref)).text
    assert ("<textarea" in page) is (not words)
    if words:
        assert words in page
        assert "Öffnen kann ihn das Cluster" in page
    else:
        assert "Öffnen kann ihn" not in page


def test_what_changed_since_it_was_in_order_is_not_called_so(app: Flask, play: DeclarationScenario) -> None:
    """A figure changed from elsewhere: criterion 12 was in order, and is to be reviewed again."""
    with scenario_session(app, play) as now:
        row = now.session.scalars(
            select(FigureRow).where(FigureRow.datapoint == "waste.total").order_by(FigureRow.id)
        ).first()
        assert row is not None
        row.value = (row.value or Decimal(0)) + 1
        for thread in remarks.threads(now.session, play.declaration.id, ReviewSide.COMPANY):
            now.answer(thread)
        now.submit()
        section = declarations.selection_of(now.declaration).section_by_ref["13"]
        now.remark("13", "Noch einmal.")
        reviewer = play.actor("reviewer")
        review_verdicts.give_verdict(
            Work(now.session, reviewer, NOW), now.declaration, section, Verdict.CHANGE_NEEDED, seen=0
        )
        now.session.flush()
        review_verdicts.request_changes(Work(now.session, reviewer, NOW), now.declaration)
        now.session.flush()
        submitted = current_round(now.session, now.declaration)
        assert submitted is not None
        standings = submitted.standings
    assert (standings["5"], standings["12"], standings["1"]) == (
        ReviewStatus.PENDING,
        ReviewStatus.PENDING,
        ReviewStatus.ACCEPTED,
    )
    editor = signed_in(app, "editor")
    page = editor.get(f"{declaration_path(play)}/").text
    assert page.count(">In Ordnung</span>") == list(standings.values()).count(ReviewStatus.ACCEPTED)
    locked = editor.get(criterion_path(play, "12")).text
    assert "in Ordnung gefunden" not in locked
    assert "keine Änderung verlangt" in locked


def test_a_locked_part_cannot_be_saved(app: Flask, play: DeclarationScenario) -> None:
    editor = signed_in(app, "editor")
    answer = post(editor, criterion_path(play, "1"), {"ref-1.1-version": "1", "ref-1.1-text": "Trotzdem"})
    assert answer.status_code == 409
    assert "Dieser Teil wurde inzwischen gesperrt" in answer.text
    shown = answer.text.split("</form>")[-1]
    assert '<p class="govuk-body dnk-text">Trotzdem</p>' in shown, "and what was typed can be copied"
    history = editor.get(f"{declaration_path(play)}/verlauf/1.1").text
    assert "Diese Fassung zurückholen" not in history


def test_settings_are_locked_during_a_review(app: Flask, play: DeclarationScenario) -> None:
    page = signed_in(app, "editor").get(f"{declaration_path(play)}/einstellungen").text
    assert "Diese Einstellungen sind gerade gesperrt: Änderungen angefordert." in page


# ---- Writing


def test_an_answer_is_told_and_reopens_nothing_else(app: Flask, play: DeclarationScenario) -> None:
    editor = signed_in(app, "editor")
    thread = threads_by_words(app, play)["Wer ist das?"]
    answered = send_answer(editor, remarks_path(play, "5"), thread.id, " Petra.\r\nSeit 2020. ")
    assert answered.headers["Location"] == f"{remarks_path(play, '5')}#remark-{thread.id}"
    answered_thread = threads_by_words(app, play)["Wer ist das?"]
    assert [(remark.side, remark.text) for remark in answered_thread.remarks][1:] == [
        (ReviewSide.COMPANY, "Petra.\nSeit 2020.")
    ]
    assert "Editor (Unternehmen)" in editor.get(remarks_path(play, "5")).text


@pytest.mark.parametrize("text", ["", " \n ", "x" * 5_001])
def test_no_words_or_too_many_are_refused_and_stay(app: Flask, play: DeclarationScenario, text: str) -> None:
    editor, page = signed_in(app, "editor"), remarks_path(play, "5")
    thread = threads_by_words(app, play)["Wer ist das?"]
    words = "höchstens 5.000 Zeichen."
    for refused in (send_answer(editor, page, thread.id, text), post(editor, page, {"text": text})):
        assert refused.status_code == 422
        assert refused.text.count(words) == 2, "in the summary and at the field"
        assert text.strip() in refused.text
    assert len(threads_by_words(app, play)["Wer ist das?"].remarks) == 1


def test_whichever_button_is_pressed_everything_is_kept(app: Flask, play: DeclarationScenario) -> None:
    editor, page = signed_in(app, "editor"), remarks_path(play)
    first, second = threads_by_words(app, play)[ASKED], threads_by_words(app, play)["Bitte genauer."]
    fields = form_fields(editor.get(page).text)
    fields |= {f"answer-{first.id}": ["Der Umsatz."], f"answer-{second.id}": ["Ist genauer."]}
    fields |= {"text": ["Noch etwas."], "action": [f"answer-{second.id}"]}
    too_long = editor.post(page, data=fields | {f"answer-{first.id}": ["x" * 5_001]})
    assert too_long.status_code == 422
    assert "x" * 5_001 in too_long.text
    for text in ("Ist genauer.", "Noch etwas."):
        assert text in too_long.text, "what is right is not saved yet, and not lost"
    assert all(len(thread.remarks) == 1 for thread in threads_by_words(app, play).values())
    for _click in range(2):
        answered = editor.post(page, data=fields)
        assert answered.headers["Location"] == f"{page}#remark-{second.id}"
    threads_by_text = threads_by_words(app, play)
    assert [remark.text for remark in threads_by_text[ASKED].remarks[1:]] == ["Der Umsatz."], (
        "sent twice, kept once"
    )
    assert [remark.text for remark in threads_by_text["Bitte genauer."].remarks[1:]] == ["Ist genauer."]
    with database_session(app) as session:
        begun = remarks.threads(session, play.declaration.id, ReviewSide.COMPANY, sections=["13"])
        assert [thread.first.text for thread in begun].count("Noch etwas.") == 1


def test_the_same_words_may_be_said_again_once_there_is_an_answer(
    app: Flask, play: DeclarationScenario
) -> None:
    editor, page = signed_in(app, "editor"), remarks_path(play)
    for _time in range(2):
        post(editor, page, {"text": "Wer weiß es?"})
    thread = threads_by_words(app, play)["Wer weiß es?"]
    send_answer(signed_in(app, "boss"), page, thread.id, "Ich.")
    post(editor, page, {"text": "Wer weiß es?"})
    with database_session(app) as session:
        section_threads = remarks.threads(session, play.declaration.id, ReviewSide.COMPANY, sections=["13"])
        assert [len(thread.remarks) for thread in section_threads if thread.first.text == "Wer weiß es?"] == [
            2,
            1,
        ]


def test_within_the_company_unless_one_chooses_otherwise(app: Flask, play: DeclarationScenario) -> None:
    editor = signed_in(app, "editor")
    post(editor, remarks_path(play), {"text": "Intern", "ref": "13.1", "audience": "company"})
    post(editor, remarks_path(play), {"text": "Ohne Wahl"})
    post(editor, remarks_path(play), {"text": "An die Prüfung", "audience": "shared"})
    post(editor, remarks_path(play), {"text": "Erfunden", "audience": "reviewers", "ref": "1.1"})
    threads_by_text = threads_by_words(app, play)
    assert (threads_by_text["Intern"].audience, threads_by_text["Intern"].ref) == (Audience.COMPANY, "13.1")
    assert threads_by_text["Ohne Wahl"].audience is Audience.COMPANY
    assert threads_by_text["An die Prüfung"].audience is Audience.SHARED
    assert (threads_by_text["Erfunden"].audience, threads_by_text["Erfunden"].ref) == (Audience.COMPANY, "")
    with database_session(app) as session:
        seen = remarks.threads(session, play.declaration.id, ReviewSide.REVIEWERS, cluster_id=play.cluster)
        assert {"Intern", "Ohne Wahl", "Erfunden"}.isdisjoint(thread.first.text for thread in seen)


def test_without_a_cluster_there_is_nobody_to_share_with(app: Flask) -> None:
    with database_session(app) as session:
        play = make_scenario(session)
    editor = signed_in(app, "editor")
    assert "Auch die Prüfenden" not in editor.get(remarks_path(play)).text
    post(editor, remarks_path(play), {"text": "An wen?", "audience": "shared"})
    assert threads_by_words(app, play)["An wen?"].audience is Audience.COMPANY


def test_what_the_company_began_it_calls_done_once_answered(app: Flask, play: DeclarationScenario) -> None:
    editor, viewer, page = signed_in(app, "editor"), signed_in(app, "boss"), remarks_path(play)
    post(editor, page, {"text": "Wer hat die Zahl?"})
    thread = threads_by_words(app, play)["Wer hat die Zahl?"]
    done = {f"read-{thread.id}": "1", f"done-{thread.id}": "1"}
    assert "Damit erledigt" not in editor.get(page).text
    refused = post(editor, page, done)
    assert refused.status_code == 422
    assert refused.text.count("Nur was beantwortet ist, kann erledigt sein.") == 2
    send_answer(viewer, page, thread.id, "Ich habe sie.")
    fields = form_fields(editor.get(page).text)
    assert "Damit erledigt" in editor.get(page).text
    assert editor.post(page, data=fields | {f"done-{thread.id}": "1"}).status_code == 303
    assert not threads_by_words(app, play)["Wer hat die Zahl?"].is_open
    assert "Wer hat die Zahl?" not in editor.get(criterion_path(play)).text, "what is done leaves the field"
    assert "Wer hat die Zahl?" in editor.get(page).text


def test_what_was_not_read_is_not_called_done(app: Flask, play: DeclarationScenario) -> None:
    editor, viewer, page = signed_in(app, "editor"), signed_in(app, "boss"), remarks_path(play)
    post(editor, page, {"text": "Wer hat die Zahl?"})
    thread = threads_by_words(app, play)["Wer hat die Zahl?"]
    send_answer(viewer, page, thread.id, "Ich habe sie.")
    fields = form_fields(editor.get(page).text) | {f"done-{thread.id}": "1", "text": "Und noch etwas."}
    send_answer(viewer, page, thread.id, "Sie ist doch falsch.")
    late = editor.post(page, data=fields)
    assert late.status_code == 409
    for words in ("steht inzwischen eine neue Antwort", "Sie ist doch falsch.", "Und noch etwas."):
        assert words in late.text
    assert threads_by_words(app, play)["Wer hat die Zahl?"].is_open
    again = form_fields(late.text)
    assert f"done-{thread.id}" not in again, "whoever has read it now decides anew"
    both = {f"done-{thread.id}": "1", f"answer-{thread.id}": "Gut."}
    assert editor.post(page, data=again | both).status_code == 303
    threads_by_text = threads_by_words(app, play)
    assert (
        threads_by_text["Wer hat die Zahl?"].is_open,
        len(threads_by_text["Wer hat die Zahl?"].remarks),
    ) == (False, 4)
    assert "Und noch etwas." in threads_by_text


def test_what_the_reviewers_began_only_they_call_done(app: Flask, play: DeclarationScenario) -> None:
    editor = signed_in(app, "editor")
    thread = threads_by_words(app, play)["Wer ist das?"]
    send_answer(editor, remarks_path(play, "5"), thread.id, "Petra.")
    assert "Damit erledigt" not in editor.get(remarks_path(play, "5")).text
    refused = send_answer(editor, remarks_path(play, "5"), thread.id, "Doch.", **{f"done-{thread.id}": "1"})
    assert refused.status_code == 409, "somebody answered since"
    read = {f"read-{thread.id}": "2", f"done-{thread.id}": "1", "text": "Quellenangabe?"}
    refused = post(editor, remarks_path(play, "5"), read)
    assert refused.status_code == 403
    assert "Quellenangabe?" in refused.text, "what was typed can be copied"
    assert threads_by_words(app, play)["Wer ist das?"].is_open


def test_a_thread_of_another_part_or_declaration_is_not_found(app: Flask, play: DeclarationScenario) -> None:
    editor = signed_in(app, "editor")
    thread = threads_by_words(app, play)["Wer ist das?"]
    with database_session(app) as session:
        hidden = next(
            candidate
            for candidate in remarks.threads(
                session, play.declaration.id, ReviewSide.REVIEWERS, cluster_id=play.cluster
            )
            if candidate.audience is Audience.REVIEWERS
        )
    for page, thread_id in (
        (remarks_path(play, "13"), thread.id),
        (remarks_path(play, "14"), hidden.id),
        (remarks_path(play, "5"), 987654),
        (remarks_path(play, "99"), thread.id),
    ):
        lost = send_answer(editor, page, thread_id, "Hallo?")
        assert lost.status_code == 404, page
        assert "Hallo?" in lost.text


# ---- Who sees what


def test_a_contributor_sees_the_remarks_of_own_parts_only(app: Flask, play: DeclarationScenario) -> None:
    begin(app, play, "14", "Geheimes zu 14")
    begin(app, play, "13", "Geheimes zu 13")
    helper = signed_in(app, "helper")
    overview = helper.get(f"{declaration_path(play)}/").text
    assert "Wer ist das?" in overview
    assert "Geheimes zu 14" in helper.get(remarks_path(play, "14")).text
    for path in (
        f"{declaration_path(play)}/",
        criterion_path(play, "5"),
        criterion_path(play, "14"),
        remarks_path(play, "5"),
    ):
        text = helper.get(path).text
        for canary in ("Bitte genauer.", "Bezugsgröße", "Geheimes zu 13", "Nur unter Prüfenden"):
            assert canary not in text, path
    assert helper.get(remarks_path(play, "13")).status_code == 403
    assert post(helper, remarks_path(play, "13"), {"text": "x"}).status_code == 403
    thread = threads_by_words(app, play)["Wer ist das?"]
    assert send_answer(helper, remarks_path(play, "5"), thread.id, "Das bin ich.").status_code == 303


def test_a_viewer_may_remark_but_not_write(app: Flask, play: DeclarationScenario) -> None:
    viewer = signed_in(app, "boss")
    page = viewer.get(criterion_path(play)).text
    assert "<textarea" not in page
    assert f"{remarks_path(play)}#answer-" in page
    assert post(viewer, remarks_path(play), {"text": "Mir fällt auf …"}).status_code == 303


def test_words_are_only_words(app: Flask, play: DeclarationScenario) -> None:
    editor = signed_in(app, "editor")
    canary = "<script>alert(1)</script>{{ 7*7 }}&amp;"
    post(editor, remarks_path(play), {"text": canary})
    for path in (criterion_path(play), remarks_path(play), f"{declaration_path(play)}/"):
        assert "<script>alert(1)" not in editor.get(path).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}&amp;amp;" in editor.get(remarks_path(play)).text


def test_a_thread_of_an_earlier_cluster_is_no_open_point(app: Flask, play: DeclarationScenario) -> None:
    with scenario_session(app, play) as now:
        declaration = now.session.get_one(Declaration, play.declaration.id)
        declaration.cluster_id = play.other_cluster
    page = signed_in(app, "editor").get(f"{declaration_path(play)}/").text
    assert "#remark-" not in page
