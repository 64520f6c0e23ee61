"""The final check and what follows it, over HTTP: choosing, submitting, taking back, and the overview."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from dnk_tool.catalogue import selection_for as select_edition
from dnk_tool.domain.declarations.states import State
from dnk_tool.services.declarations import sign_off as sign_off_steps
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.store.tables.review_team import ReviewConflict
from tests.support.app import (
    World,
    add_consent,
    count_statements,
    database_session,
    form_fields,
    post,
    section_address,
)
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import (
    LATER,
    NOW,
    DeclarationScenario,
    declaration_path,
    scenario_session,
    send_submission,
    stored_mails,
    stored_state,
)


def wants_sign_off(app: Flask, play: DeclarationScenario) -> None:
    with scenario_session(app, play) as now:
        now.require_sign_off()


def in_second_cluster(app: Flask, play: DeclarationScenario) -> None:
    with scenario_session(app, play) as now:
        add_consent(now.session, now.declaration.organisation_id, play.other_cluster)


# ---- Where it goes


def test_submitted_and_the_reviewers_are_told(app: Flask, play: DeclarationScenario) -> None:
    editor = signed_in(app, "editor")
    page = editor.get(f"{declaration_path(play)}/pruefen").text
    assert "Zur Prüfung einreichen bei Cluster Nord" in page
    assert "Cluster Süd" not in page, "only clusters that the company belongs to"
    assert "Wer bestätigt die Erklärung?" not in page
    answer = send_submission(editor, play, cluster=str(play.cluster))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{declaration_path(play)}/versionen/1")
    assert stored_state(app, play) is State.SUBMITTED
    [mail] = stored_mails(app)
    assert mail.recipient == "reviewer@example.org"
    assert mail.subject.startswith("Zur Prüfung eingereicht: Steinmetzwerkstatt Quenzel")
    assert f"/cluster/{play.cluster}/pruefung/{play.declaration.id}/\n" in mail.body
    text = editor.get(f"{declaration_path(play)}/").text
    assert "bei Cluster Nord zur Prüfung" in text
    assert "Jetzt ist das Cluster dran" in text


def test_who_has_a_conflict_of_interest_is_not_told(app: Flask, play: DeclarationScenario) -> None:
    with scenario_session(app, play) as now:
        reviewer = now.session.scalars(select(Account).where(Account.email == "reviewer@example.org")).one()
        marked = {"account_id": reviewer.id, "cluster_id": play.cluster}
        company = now.declaration.organisation_id
        now.session.add(ReviewConflict(organisation_id=company, marked_at=datetime.now(UTC), **marked))
    send_submission(signed_in(app, "editor"), play, cluster=str(play.cluster))
    assert stored_state(app, play) is State.SUBMITTED
    assert stored_mails(app) == []


@pytest.mark.parametrize("chosen", ["", "none", "999", "x", "other"])
def test_only_what_can_be_chosen_counts(app: Flask, play: DeclarationScenario, chosen: str) -> None:
    in_second_cluster(app, play)
    answer = send_submission(signed_in(app, "editor"), play, cluster=chosen)
    if chosen == "none":
        assert (answer.status_code, stored_state(app, play)) == (303, State.FINISHED)
    else:
        assert answer.status_code == 422
        assert answer.text.count("Wählen Sie, was mit der Erklärung geschehen soll.") == 2
        assert stored_state(app, play) is State.DRAFT
    assert stored_mails(app) == []


def test_between_two_clusters_the_company_chooses(app: Flask, play: DeclarationScenario) -> None:
    in_second_cluster(app, play)
    page = signed_in(app, "editor").get(f"{declaration_path(play)}/pruefen").text
    assert 'name="cluster"' in page
    assert "checked" not in page


def test_a_cluster_that_was_left_meanwhile_gets_nothing(app: Flask, play: DeclarationScenario) -> None:
    editor = signed_in(app, "editor")
    with scenario_session(app, play) as now:
        consent = clusters.find_consent(now.session, now.declaration.organisation_id, play.cluster)
        assert consent is not None
        consent.withdrawn_at = LATER
    answer = send_submission(editor, play, cluster=str(play.cluster))
    assert answer.status_code == 422
    assert "gehört nicht mehr zu diesem Cluster" in answer.text
    assert stored_state(app, play) is State.DRAFT, "nor is it finished without a review instead"


def test_who_belongs_to_no_cluster_just_finishes(app: Flask, play: DeclarationScenario) -> None:
    with scenario_session(app, play) as now:
        consent = clusters.find_consent(now.session, now.declaration.organisation_id, play.cluster)
        assert consent is not None
        consent.withdrawn_at = LATER
    editor = signed_in(app, "editor")
    page = editor.get(f"{declaration_path(play)}/pruefen").text
    assert "Erklärung abschließen" in page
    assert 'name="cluster"' not in page
    assert send_submission(editor, play).status_code == 303
    assert "ohne Prüfung durch Dritte" in editor.get(f"{declaration_path(play)}/").text


def test_gaps_are_refused_and_named(app: Flask, world: World) -> None:
    client = signed_in(app, "editor")
    path = f"/erklaerungen/{world.own_declaration}"
    page = client.get(f"{path}/pruefen").text
    assert "noch nicht bearbeitet" in page
    selection = select_edition("dnk-2017", "gri")
    for requirement in selection.requirements.values():
        if requirement.is_explainable:
            place = section_address(selection, world.own_declaration, requirement.ref)
            assert page.count(f"{place}#ref-{requirement.ref}") == 1, requirement.ref
    refused = post(client, f"{path}/einreichen", {"cluster": "none"})
    assert refused.status_code == 422
    assert "kann noch nicht abgeschlossen werden" in refused.text


# ---- Who confirms


def test_an_owner_confirms_at_once_with_a_tick(app: Flask, play: DeclarationScenario) -> None:
    wants_sign_off(app, play)
    owner = signed_in(app, "owner")
    page = owner.get(f"{declaration_path(play)}/pruefen").text
    for words in ("Ich bestätige selbst", "Editor", "Boss", "Eine andere Person"):
        assert words in page
    fields = {"cluster": str(play.cluster), "signatory": "self"}
    refused = send_submission(owner, play, **fields)
    assert refused.status_code == 422
    assert refused.text.count("Setzen Sie das Häkchen, wenn Sie die Erklärung selbst bestätigen.") == 2
    assert send_submission(owner, play, **fields, confirmed="1").status_code == 303
    assert stored_state(app, play) is State.SUBMITTED
    assert [mail.recipient for mail in stored_mails(app)] == ["reviewer@example.org"]


def test_an_editor_asks_somebody_else(app: Flask, play: DeclarationScenario) -> None:
    wants_sign_off(app, play)
    editor = signed_in(app, "editor")
    page = editor.get(f"{declaration_path(play)}/pruefen").text
    assert "Ich bestätige selbst" not in page
    assert ">Editor<" not in page.split("<main")[1]
    target = {"cluster": str(play.cluster)}
    own = str(play.people["editor"].id)
    for wrong in ({}, {"signatory": "self", "confirmed": "1"}, {"signatory": own}, {"signatory": "9"}):
        refused = send_submission(editor, play, **target, **wrong)
        assert refused.status_code == 422, wrong
        assert refused.text.count("Wählen Sie, wer die Erklärung bestätigt.") == 2
    mine = {"signatory": "other", "name": "Ich", "email": "Editor@Example.org"}
    assert "Bestätigen muss eine andere Person" in send_submission(editor, play, **target, **mine).text
    assert stored_state(app, play) is State.DRAFT
    boss = str(play.people["boss"].id)
    assert send_submission(editor, play, **target, signatory=boss).status_code == 303
    assert stored_state(app, play) is State.SIGNING
    [mail] = stored_mails(app)
    assert mail.recipient == "boss@example.org"
    assert f"{declaration_path(play)}/bestaetigung\n" in mail.body
    assert "Editor bittet Sie" in mail.body


@pytest.mark.parametrize(
    ("name", "email", "message"),
    [
        ("", "chef@firma.de", "Geben Sie den Namen der Person ein"),
        ("x" * 201, "chef@firma.de", "Bitte kürzen Sie diese Angabe auf höchstens 200 Zeichen."),
        ("Erika", "chef", "Geben Sie eine E-Mail-Adresse ein"),
        ("Erika", "", "Geben Sie eine E-Mail-Adresse ein"),
    ],
)
def test_somebody_else_needs_name_and_address(
    app: Flask, play: DeclarationScenario, name: str, email: str, message: str
) -> None:
    wants_sign_off(app, play)
    editor = signed_in(app, "editor")
    refused = send_submission(editor, play, cluster="none", signatory="other", name=name, email=email)
    assert refused.status_code == 422
    assert refused.text.count(message) == 2
    if name and len(name) < 200:
        assert f'value="{name}"' in refused.text, "what was typed stays"
    assert stored_state(app, play) is State.DRAFT


def test_a_rule_that_changed_meanwhile_is_said(app: Flask, play: DeclarationScenario) -> None:
    editor = signed_in(app, "editor")
    wants_sign_off(app, play)
    assert send_submission(editor, play, cluster="none").status_code == 422, "nobody was named"
    with scenario_session(app, play) as now:
        sign_off_steps.change_sign_off_rule(
            Work(now.session, play.actor("owner"), NOW), now.declaration.organisation, is_required=False
        )
    named = send_submission(editor, play, cluster="none", signatory=str(play.people["boss"].id))
    assert named.status_code == 422
    assert stored_state(app, play) is State.DRAFT


def test_the_rule_has_a_page_of_its_own(app: Flask, play: DeclarationScenario) -> None:
    path = f"/unternehmen/{play.declaration.organisation_id}/bestaetigung"
    owner = signed_in(app, "owner")
    assert 'value="no" checked' in owner.get(path).text
    assert post(owner, path, {"required": "yes"}).status_code == 303
    with database_session(app) as session:
        assert session.get_one(Organisation, play.declaration.organisation_id).requires_sign_off
    wrong = post(owner, path, {"required": "vielleicht"})
    assert wrong.status_code == 422
    assert wrong.text.count("Wählen Sie eine der beiden Antworten.") == 2
    assert path in owner.get(f"{declaration_path(play)}/pruefen").text
    assert path in owner.get(f"/unternehmen/{play.declaration.organisation_id}").text
    assert signed_in(app, "editor").get(path).status_code == 403


# ---- Afterwards


def test_taken_back_from_the_overview(app: Flask, play: DeclarationScenario) -> None:
    editor = signed_in(app, "editor")
    send_submission(editor, play, cluster=str(play.cluster))
    assert "Erklärung zurückholen" in editor.get(f"{declaration_path(play)}/").text
    assert "Erklärung zurückholen" not in signed_in(app, "boss").get(f"{declaration_path(play)}/").text
    asked = editor.get(f"{declaration_path(play)}/zurueckholen").text
    assert "Das Cluster kann diese Version nicht mehr lesen." in asked
    assert "Ja, zurückholen" in asked
    assert stored_state(app, play) is State.SUBMITTED, "one is asked first"
    assert post(editor, f"{declaration_path(play)}/zurueckholen").status_code == 303
    assert stored_state(app, play) is State.REOPENED
    assert (
        editor.get(f"{declaration_path(play)}/zurueckholen").headers["Location"]
        == f"{declaration_path(play)}/"
    )
    assert post(editor, f"{declaration_path(play)}/zurueckholen").status_code == 303, (
        "a second click does no harm"
    )
    assert stored_state(app, play) is State.REOPENED
    assert "Zurückgeholt" in editor.get(f"{declaration_path(play)}/").text
    [_submitted, told] = stored_mails(app)
    assert told.recipient == "reviewer@example.org"
    assert told.subject.startswith("Zurückgeholt: Steinmetzwerkstatt Quenzel")
    assert "von Cluster Nord zurückgeholt" in told.body
    assert f"/cluster/{play.cluster}/pruefung/\n" in told.body


def test_what_only_waits_for_a_confirmation_is_taken_back_without_a_word(
    app: Flask, play: DeclarationScenario
) -> None:
    with scenario_session(app, play) as now:
        now.go_to_stage("signing")
    editor = signed_in(app, "editor")
    assert "niemand mehr um Bestätigung gebeten" in editor.get(f"{declaration_path(play)}/zurueckholen").text
    assert post(editor, f"{declaration_path(play)}/zurueckholen").status_code == 303
    assert stored_mails(app) == [], "the cluster had nothing yet"


def test_after_a_recall_the_remarks_still_wait(app: Flask, play: DeclarationScenario) -> None:
    with scenario_session(app, play) as now:
        now.go_to_stage("changes")
        in_both = now.declaration.organisation_id
        add_consent(now.session, in_both, play.other_cluster)
    editor, target = signed_in(app, "editor"), str(play.cluster)
    post(editor, f"{declaration_path(play)}/zurueckholen")
    overview = editor.get(f"{declaration_path(play)}/").text
    assert "Anmerkungen der Prüfung warten auf Ihre Antwort" in overview
    assert "Bitte ergänzen." in overview
    assert ">Rückfrage</span>" in overview
    assert ">Bereit</span>" not in overview
    page = editor.get(f"{declaration_path(play)}/pruefen").text
    assert "Diese Anmerkungen warten auf Ihre Antwort" in page
    assert "beim selben Cluster" in page
    refused = send_submission(editor, play, cluster=target)
    assert refused.status_code == 422
    assert "Beantworten Sie zuerst alle Anmerkungen der Prüfung." in refused.text
    assert stored_state(app, play) is State.REOPENED
    assert send_submission(editor, play, cluster=str(play.other_cluster)).status_code == 303, (
        "it asked nothing"
    )


def test_a_profile_changed_during_the_review_is_named(app: Flask, play: DeclarationScenario) -> None:
    editor = signed_in(app, "editor")
    profile = f"/unternehmen/{play.declaration.organisation_id}/profil"
    notice, told = "auch die allgemeinen Informationen noch einmal", "ist seit der letzten Version geändert"
    with scenario_session(app, play) as now:
        now.submit()
    assert notice not in editor.get(profile).text
    with scenario_session(app, play) as now:
        now.request_changes("13")
    page = editor.get(profile).text
    assert f"Ihre Erklärung für {play.declaration.reporting_year} ist gerade in der Prüfung." in page
    assert notice in page
    assert told not in editor.get(f"{declaration_path(play)}/pruefen").text
    fields = form_fields(page) | {"address": ["Neue Straße 1"]}
    assert editor.post(profile, data=fields).status_code == 303
    assert told in editor.get(f"{declaration_path(play)}/pruefen").text


def test_every_page_calls_the_last_step_by_the_same_name(app: Flask, play: DeclarationScenario) -> None:
    editor = signed_in(app, "editor")
    paths = (
        "/",
        f"/unternehmen/{play.declaration.organisation_id}",
        f"{declaration_path(play)}/",
        f"{declaration_path(play)}/pruefen",
    )
    for path in paths:
        text = editor.get(path).text
        assert "Prüfen und einreichen" in text, path
        assert "Prüfen und abschließen" not in text, path
    with scenario_session(app, play) as now:
        consent = clusters.find_consent(now.session, now.declaration.organisation_id, play.cluster)
        assert consent is not None
        consent.withdrawn_at = LATER
    for path in paths:
        text = editor.get(path).text
        assert "Prüfen und abschließen" in text, path
        assert "Prüfen und einreichen" not in text, path


def test_in_the_next_round_the_mail_says_so(app: Flask, play: DeclarationScenario) -> None:
    editor = signed_in(app, "editor")
    send_submission(editor, play, cluster=str(play.cluster))
    with scenario_session(app, play) as now:
        now.request_changes("13")
    page = editor.get(f"{declaration_path(play)}/pruefen").text
    assert "geht wieder an Cluster Nord" in page
    assert "Ohne Prüfung abschließen" not in page
    assert send_submission(editor, play, cluster=str(play.cluster)).status_code == 303
    assert "(Runde 2)" in stored_mails(app)[-1].subject
    assert stored_mails(app)[-1].subject.startswith("Wieder eingereicht: ")


def test_a_declined_version_comes_back_with_the_reason(app: Flask, play: DeclarationScenario) -> None:
    wants_sign_off(app, play)
    with scenario_session(app, play) as now:
        now.submit(asks="boss")
        reason = "<b>Neun</b> Leute, nicht acht."
        sign_off_steps.decline_sign_off(Work(now.session, play.actor("boss"), LATER), now.declaration, reason)
    page = signed_in(app, "editor").get(f"{declaration_path(play)}/").text
    assert "Boss hat Version 1" in page
    assert "&lt;b&gt;Neun&lt;/b&gt; Leute, nicht acht." in page
    assert "In Arbeit" in page


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("draft", "In Arbeit"),
        ("signing", "Wartet auf Bestätigung"),
        ("submitted", "Eingereicht"),
        ("changes", "Änderungen angefordert"),
        ("approved", "Freigegeben"),
        ("finished", "Abgeschlossen"),
        ("published", "Veröffentlicht"),
        ("reopened", "Wieder geöffnet"),
    ],
)
def test_every_state_is_visible_in_few_statements(
    app: Flask, play: DeclarationScenario, stage: str, words: str
) -> None:
    with scenario_session(app, play) as now:
        now.go_to_stage(stage)
    client = signed_in(app, "owner")
    client.get(f"{declaration_path(play)}/")
    for path in ("/", "/kriterien/13", "/kriterien/1", "/pruefen", "/anmerkungen/13"):
        with count_statements(app) as statements:
            page = client.get(f"{declaration_path(play)}{path}")
        assert page.status_code == 200
        # The overview reads the lines of the calculators too, the deadline and how the declaration looks.
        # During a review every page reads the submitted versions, the verdicts and who gave them.
        most = 12 + 2 * (path == "/") + 3 * (stage == "changes")
        assert len(statements) <= most, (path, statements)
        if path == "/":
            assert f">{words}</strong>" in page.text
