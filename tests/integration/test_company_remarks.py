"""Remarks as the company sees them: at their fields, open ones first; nothing typed is lost."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.catalogue import Section
from dnk_tool.domain.permissions import Role
from dnk_tool.domain.review import Audience, Side
from dnk_tool.services import remarking
from dnk_tool.store import declarations, remarks
from dnk_tool.store.models import Declaration
from dnk_tool.store.remarks import Thread
from tests.play import NOW, Play, acting, base, browser, hand_in, made, state
from tests.support import add_member, form_fields, post, stored

ASKED = (
    "Welche Bezugsgröße hat Scope 3? Bitte nennen Sie sie, oder begründen Sie, warum Sie darüber nicht "
    "berichten."
)


@pytest.fixture
def play(app: Flask) -> Play:
    """Changes are requested in the criteria 5 and 13; 13.1 and one indicator have a remark each."""
    with stored(app) as session:
        play = made(session)
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


def threads(app: Flask, play: Play) -> dict[str, Thread]:
    """The company's threads by their first words."""
    with stored(app) as session:
        found = remarks.threads(session, play.declaration.id, Side.COMPANY)
        return {one.first.text: one for one in found}


def criterion(play: Play, ref: str = "13") -> str:
    return f"{base(play)}/kriterien/{ref}"


def page_of(play: Play, ref: str = "13") -> str:
    return f"{base(play)}/anmerkungen/{ref}"


def begin(app: Flask, play: Play, ref: str, text: str, audience: Audience = Audience.COMPANY) -> None:
    """A remark of the editor's."""
    with acting(app, play) as now:
        section: Section = declarations.selection_of(now.declaration).section_by_ref[ref]
        remarking.remark(
            now.session,
            now.declaration,
            section,
            text,
            audience=audience,
            side=Side.COMPANY,
            version=now.declaration.version,
            actor=play.actor("editor"),
            now=NOW,
        )


# ---- On the overview


def test_the_open_points_come_first(app: Flask, play: Play) -> None:
    editor = browser(app, "editor")
    page = editor.get(f"{base(play)}/").text
    found = threads(app, play)
    assert page.index("Das Cluster bittet um Änderungen") < page.index("Zum Unternehmen")
    for one in found.values():
        assert f"{criterion(play, one.section)}#remark-{one.id}" in page
    assert "Welche Bezugsgröße hat Scope 3? Bitte nennen Sie sie, oder begründen Sie, warum Sie …" in page
    assert "20 von 20 Kriterien fertig, 2 mit Rückfragen" in page
    assert page.count(">Rückfrage</strong>") == 2
    assert page.count(">In Ordnung</strong>") == 19, "18 criteria and the general information"
    assert "Nur unter Prüfenden" not in page
    post(editor, f"{page_of(play, '5')}/{found['Wer ist das?'].id}", {"text": "Petra Quenzel."})
    page = editor.get(f"{base(play)}/").text
    assert "1 mit Rückfrage" in page
    points = page.split("Das Cluster bittet um Änderungen")[1]
    assert points.index("Bitte genauer.") < points.index("Wer ist das?"), "what is answered comes last"
    assert "Beantwortet" in points


def test_all_answered_leads_to_the_final_check(app: Flask, play: Play) -> None:
    editor = browser(app, "editor")
    refused = hand_in(editor, play, cluster=str(play.cluster))
    assert refused.status_code == 422
    assert "Beantworten Sie zuerst alle Rückfragen der Prüfung." in refused.text
    for one in threads(app, play).values():
        assert f"{criterion(play, one.section)}#remark-{one.id}" in refused.text
        post(editor, f"{page_of(play, one.section)}/{one.id}", {"text": "Ist ergänzt."})
    assert "Prüfen und erneut einreichen" in editor.get(f"{base(play)}/").text
    assert hand_in(editor, play, cluster=str(play.cluster)).status_code == 303
    assert state(app, play).value == "submitted"


# ---- At the field


def test_a_remark_stands_at_its_field_and_unfolds_the_indicator(app: Flask, play: Play) -> None:
    page = browser(app, "editor").get(criterion(play)).text
    indicator = page.split('id="ref-GRI-SRS-305-3"')[1]
    assert indicator.startswith(" open>")
    assert ASKED.split("?", maxsplit=1)[0] in indicator.split("</details>")[0]
    assert page.index("Bitte genauer.") < page.index('name="ref-13.1-text"')
    assert "Reviewer (Prüfung)" in page


def test_the_button_at_the_field_saves_what_was_typed(app: Flask, play: Play) -> None:
    editor = browser(app, "editor")
    thread = threads(app, play)["Bitte genauer."]
    fields = form_fields(editor.get(criterion(play)).text)
    fields |= {"ref-13.1-text": ["Gerade getippt."], "action": [f"remarks:{thread.id}"]}
    answer = editor.post(criterion(play), data=fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{page_of(play)}#answer-{thread.id}")
    assert "Gerade getippt." in editor.get(criterion(play)).text
    fields = form_fields(editor.get(criterion(play)).text)
    fields |= {"action": ["remarks:GRI-SRS-305-1"]}
    led = editor.post(criterion(play), data=fields).headers["Location"]
    assert led == f"{page_of(play)}?punkt=GRI-SRS-305-1#new"
    assert '<option value="GRI-SRS-305-1" selected>' in editor.get(led).text
    fields["action"] = ["remarks:https://evil.example"]
    stale = {**form_fields(editor.get(criterion(play)).text), "action": fields["action"]}
    assert editor.post(criterion(play), data=stale).headers["Location"] == f"{page_of(play)}#new"


@pytest.mark.parametrize(("ref", "words"), [("1", "in Ordnung gefunden"), ("13", "")])
def test_a_locked_part_says_why_and_who_can_open_it(app: Flask, play: Play, ref: str, words: str) -> None:
    page = browser(app, "editor").get(criterion(play, ref)).text
    assert ("<textarea" in page) is (not words)
    if words:
        assert words in page
        assert "Öffnen kann ihn das Cluster" in page
    else:
        assert "Öffnen kann ihn" not in page


def test_a_locked_part_cannot_be_saved(app: Flask, play: Play) -> None:
    editor = browser(app, "editor")
    answer = post(editor, criterion(play, "1"), {"ref-1.1-version": "1", "ref-1.1-text": "Trotzdem"})
    assert answer.status_code == 409
    assert "Dieser Teil wurde inzwischen gesperrt" in answer.text
    assert "Trotzdem" in answer.text, "and what was typed is still there"
    history = editor.get(f"{base(play)}/verlauf/1.1").text
    assert "Diese Fassung zurückholen" not in history


def test_settings_are_locked_during_a_review(app: Flask, play: Play) -> None:
    page = browser(app, "editor").get(f"{base(play)}/einstellungen").text
    assert "Diese Einstellungen sind gerade gesperrt: Änderungen angefordert." in page


# ---- Writing


def test_an_answer_is_told_and_reopens_nothing_else(app: Flask, play: Play) -> None:
    editor = browser(app, "editor")
    thread = threads(app, play)["Wer ist das?"]
    answer = post(editor, f"{page_of(play, '5')}/{thread.id}", {"text": " Petra.\r\nSeit 2020. "})
    assert answer.headers["Location"] == f"{page_of(play, '5')}#remark-{thread.id}"
    found = threads(app, play)["Wer ist das?"]
    assert [(one.side, one.text) for one in found.remarks][1:] == [(Side.COMPANY, "Petra.\nSeit 2020.")]
    assert "Editor (Unternehmen)" in editor.get(page_of(play, "5")).text


@pytest.mark.parametrize("text", ["", " \n ", "x" * 5_001])
def test_no_words_or_too_many_are_refused_and_stay(app: Flask, play: Play, text: str) -> None:
    editor = browser(app, "editor")
    thread = threads(app, play)["Wer ist das?"]
    for path in (f"{page_of(play, '5')}/{thread.id}", page_of(play, "5")):
        refused = post(editor, path, {"text": text})
        assert refused.status_code == 422
        assert refused.text.count("Schreiben Sie hier etwas, höchstens 5000 Zeichen.") == 2
        assert text.strip() in refused.text
    assert len(threads(app, play)["Wer ist das?"].remarks) == 1


def test_within_the_company_unless_one_chooses_otherwise(app: Flask, play: Play) -> None:
    editor = browser(app, "editor")
    post(editor, page_of(play), {"text": "Intern", "ref": "13.1", "audience": "company"})
    post(editor, page_of(play), {"text": "Ohne Wahl"})
    post(editor, page_of(play), {"text": "An die Prüfung", "audience": "shared"})
    post(editor, page_of(play), {"text": "Erfunden", "audience": "reviewers", "ref": "1.1"})
    found = threads(app, play)
    assert (found["Intern"].audience, found["Intern"].ref) == (Audience.COMPANY, "13.1")
    assert found["Ohne Wahl"].audience is Audience.COMPANY
    assert found["An die Prüfung"].audience is Audience.SHARED
    assert (found["Erfunden"].audience, found["Erfunden"].ref) == (Audience.COMPANY, "")
    with stored(app) as session:
        seen = remarks.threads(session, play.declaration.id, Side.REVIEWERS, cluster_id=play.cluster)
        assert {"Intern", "Ohne Wahl", "Erfunden"}.isdisjoint(one.first.text for one in seen)


def test_without_a_cluster_there_is_nobody_to_share_with(app: Flask) -> None:
    with stored(app) as session:
        play = made(session)
    editor = browser(app, "editor")
    assert "Auch die Prüfenden" not in editor.get(page_of(play)).text
    post(editor, page_of(play), {"text": "An wen?", "audience": "shared"})
    assert threads(app, play)["An wen?"].audience is Audience.COMPANY


def test_what_the_company_began_it_calls_done_once_answered(app: Flask, play: Play) -> None:
    editor, viewer = browser(app, "editor"), browser(app, "boss")
    post(editor, page_of(play), {"text": "Wer hat die Zahl?"})
    thread = threads(app, play)["Wer hat die Zahl?"]
    done = f"{page_of(play)}/{thread.id}/erledigt"
    assert "Als erledigt kennzeichnen" not in editor.get(page_of(play)).text
    assert "erst, wenn jemand geantwortet hat" in follow(editor, done)
    assert threads(app, play)["Wer hat die Zahl?"].is_open
    post(viewer, f"{page_of(play)}/{thread.id}", {"text": "Ich habe sie."})
    assert "Als erledigt kennzeichnen" in editor.get(page_of(play)).text
    assert "Die Anmerkung ist erledigt." in follow(editor, done)
    assert not threads(app, play)["Wer hat die Zahl?"].is_open
    assert "Wer hat die Zahl?" not in editor.get(criterion(play)).text, "what is done leaves the field"
    assert "Wer hat die Zahl?" in editor.get(page_of(play)).text


def follow(client: FlaskClient, path: str) -> str:
    return client.get(post(client, path).headers["Location"]).text


def test_what_the_reviewers_began_only_they_call_done(app: Flask, play: Play) -> None:
    editor = browser(app, "editor")
    thread = threads(app, play)["Wer ist das?"]
    post(editor, f"{page_of(play, '5')}/{thread.id}", {"text": "Petra."})
    assert "Als erledigt kennzeichnen" not in editor.get(page_of(play, "5")).text
    assert post(editor, f"{page_of(play, '5')}/{thread.id}/erledigt").status_code == 403
    assert threads(app, play)["Wer ist das?"].is_open


def test_a_thread_of_another_part_or_declaration_is_not_found(app: Flask, play: Play) -> None:
    editor = browser(app, "editor")
    thread = threads(app, play)["Wer ist das?"]
    with stored(app) as session:
        hidden = next(
            one
            for one in remarks.threads(session, play.declaration.id, Side.REVIEWERS, cluster_id=play.cluster)
            if one.audience is Audience.REVIEWERS
        )
    for path in (
        f"{page_of(play, '13')}/{thread.id}",
        f"{page_of(play, '14')}/{hidden.id}",
        f"{page_of(play, '5')}/987654",
        f"{page_of(play, '99')}/{thread.id}",
    ):
        assert post(editor, path, {"text": "Hallo?"}).status_code == 404, path


# ---- Who sees what


def test_a_contributor_sees_the_remarks_of_own_parts_only(app: Flask, play: Play) -> None:
    begin(app, play, "14", "Geheimes zu 14")
    begin(app, play, "13", "Geheimes zu 13")
    helper = browser(app, "helper")
    overview = helper.get(f"{base(play)}/").text
    assert "Wer ist das?" in overview
    assert "Geheimes zu 14" in helper.get(page_of(play, "14")).text
    for path in (f"{base(play)}/", criterion(play, "5"), criterion(play, "14"), page_of(play, "5")):
        text = helper.get(path).text
        for canary in ("Bitte genauer.", "Bezugsgröße", "Geheimes zu 13", "Nur unter Prüfenden"):
            assert canary not in text, path
    assert helper.get(page_of(play, "13")).status_code == 403
    assert post(helper, page_of(play, "13"), {"text": "x"}).status_code == 403
    thread = threads(app, play)["Wer ist das?"]
    assert post(helper, f"{page_of(play, '5')}/{thread.id}", {"text": "Das bin ich."}).status_code == 303


def test_a_viewer_may_remark_but_not_write(app: Flask, play: Play) -> None:
    viewer = browser(app, "boss")
    page = viewer.get(criterion(play)).text
    assert "<textarea" not in page
    assert f"{page_of(play)}#answer-" in page
    assert post(viewer, page_of(play), {"text": "Mir fällt auf …"}).status_code == 303


def test_words_are_only_words(app: Flask, play: Play) -> None:
    editor = browser(app, "editor")
    canary = "<script>alert(1)</script>{{ 7*7 }}&amp;"
    post(editor, page_of(play), {"text": canary})
    for path in (criterion(play), page_of(play), f"{base(play)}/"):
        assert "<script>alert(1)" not in editor.get(path).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}&amp;amp;" in editor.get(page_of(play)).text


def test_a_thread_of_an_earlier_cluster_is_no_open_point(app: Flask, play: Play) -> None:
    with acting(app, play) as now:
        found = now.session.get_one(Declaration, play.declaration.id)
        found.cluster_id = play.other_cluster
    page = browser(app, "editor").get(f"{base(play)}/").text
    assert "#remark-" not in page
