"""Somebody who writes a few criteria only: what they see on every page, and what they may send."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dnk_tool.domain.declarations.document import canonical_json
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.permissions import Role
from dnk_tool.domain.review import Audience, ReviewSide, Verdict
from dnk_tool.services.declarations.documents import live_document
from dnk_tool.services.declarations.sign_off import assign_to_cluster
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.answers import AnswerRow
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.store.tables.figures import FigureRow
from dnk_tool.store.tables.organisations import Membership
from dnk_tool.store.tables.review import RemarkRow, VerdictRow
from tests.support.app import World, add_member, database_session, form_fields, make_account, post
from tests.support.browsers import main_of, own_page, signed_in

OWN = ("2", "5", "13")
CANARY = "Kanarienvogel im Text der anderen"


@pytest.fixture
def helper(app: Flask, world: World) -> FlaskClient:
    """A contributor with three criteria, in a declaration in which others have written everywhere."""
    with database_session(app) as session:
        add_member(session, world.own, "helfer", Role.CONTRIBUTOR, sections=list(OWN))
    editor = signed_in(app, "editor")
    for section in ("1", "3", "12"):
        page = own_page(world, section)
        fields = form_fields(editor.get(page).text)
        named = next(name for name in fields if name.endswith("-text"))
        assert editor.post(page, data={**fields, named: CANARY}).status_code == 303
    return signed_in(app, "helfer")


def targets_of(answer: TestResponse) -> set[str]:
    """Where the page leads, itself and its forms included."""
    links = re.findall(r'(?:href|action|formaction)="(/[^"#]*)', answer.text)
    return {link.replace("&amp;", "&") for link in links}


def sections_of(app: Flask, world: World) -> list[str]:
    with app.extensions["dnk_session_factory"]() as session:
        selection = declarations.selection_of(session.get_one(Declaration, world.own_declaration))
        return [section.ref for section in selection.sections]


def test_the_overview_shows_the_own_criteria_and_nothing_else(
    app: Flask, world: World, helper: FlaskClient
) -> None:
    overview = helper.get(f"/erklaerungen/{world.own_declaration}/")
    main = main_of(overview)
    sections = re.findall(rf'href="{own_page(world, "")}([^"#]+)', main)
    assert set(sections) == set(OWN)
    assert re.findall(r"dnk-rows-list__title[^>]*>(\d+)\.", main) == list(OWN), "in the order of the wizard"
    assert re.search(rf'href="{own_page(world, "2")}#ref-2\.1"[^>]*>\s*Weiter mit: 2\.1 ', main), (
        "to the point itself"
    )
    assert re.search(r"Es bleib(t|en) etwa", main)
    assert "Sie arbeiten an 3 Kriterien mit" in main
    for word in ("einstellungen", "pruefen", "entwurf.pdf", ".json", "selbsteinschaetzung", "profil"):
        assert word not in main, word
    assert CANARY not in overview.text


def test_start_and_company_count_the_own_criteria(app: Flask, world: World, helper: FlaskClient) -> None:
    for page in ("/", f"/unternehmen/{world.own}"):
        main = main_of(helper.get(page))
        assert "0 von 3 Ihrer Kriterien fertig" in main
        assert "Weiter mit Ihren Kriterien" in main
        assert "Zuarbeit" in main
        for word in ("Neue Erklärung", "/profil", "/personen", "/cluster", "/protokoll"):
            assert word not in main, (page, word)


def test_own_criteria_open_and_others_do_not(app: Flask, world: World, helper: FlaskClient) -> None:
    for section in sections_of(app, world):
        shown = helper.get(own_page(world, section))
        fields = {"csrf_token": form_fields(helper.get("/konto").text)["csrf_token"]}
        sent = helper.post(own_page(world, section), data={**fields, "action": "stay"})
        if section in OWN:
            assert (shown.status_code, sent.status_code) == (200, 303), section
            assert 'name="action"' in shown.text
        else:
            assert (shown.status_code, sent.status_code) == (403, 403), section
        assert CANARY not in shown.text
    assert helper.get(own_page(world, "99")).status_code == 403, (
        "what does not exist looks like what is forbidden"
    )


def test_every_link_that_is_shown_opens(app: Flask, world: World, helper: FlaskClient) -> None:
    """Nothing leads into a wall: all pages that a contributor reaches, from the first one on."""
    seen, waiting = set(), {"/"}
    while waiting:
        page = waiting.pop()
        seen.add(page)
        if page.startswith(("/static/", "/sprache/", "/abmelden")):
            continue
        if page.endswith("/fragebogen/datei"):
            page += "?format=docx"  # its form always says one
        answer = helper.get(page)
        assert answer.status_code in (200, 302, 405), page
        if answer.mimetype == "text/html" and answer.status_code == 200:
            assert CANARY not in answer.text, page
            if page.startswith(("/erklaerungen/", "/unternehmen/")) or page == "/":
                waiting |= targets_of(answer) - seen
    assert {own_page(world, section) for section in OWN} <= seen
    pages = r"/vorschau(\.pdf)?|/rechenweg|/kennzahlen(/GRI-SRS-305-\d)?"
    foreign = re.compile(rf"/kriterien/(?!(2|5|13)({pages})?$)")
    assert not [page for page in seen if foreign.search(page.split("?")[0])]


def test_all_other_pages_of_the_declaration_are_closed(app: Flask, world: World, helper: FlaskClient) -> None:
    """Every address under the declaration and the company, but for those of the own criteria."""
    open_to_them = {
        "overview.show",
        "criterion.show",
        "history.show",
        "company.show",
        "member.ask_to_leave",
        # They show, and take, what belongs to the own criteria: see test_evidence_pages, test_recalculated,
        # test_missing, test_questionnaire_pages, test_change_requests.
        "change_requests.begin",
        "review_history.show",
        "missing.show",
        "offline.show",
        "evidence.index",
        "evidence.add",
        "recalculated.show",
    }
    closed = 0
    for rule in app.url_map.iter_rules():
        about = {"declaration_id", "organisation_id"} & rule.arguments
        in_scope = about and "cluster_id" not in rule.arguments and "GET" in (rule.methods or set())
        if not in_scope or rule.endpoint in open_to_them or {"section_ref", "ref"} & rule.arguments:
            continue
        values = dict.fromkeys(rule.arguments, 1) | {"file_format": "xlsx", "export_format": "docx"}
        values |= {"declaration_id": world.own_declaration, "organisation_id": world.own}
        with app.test_request_context():
            address = app.url_map.bind("localhost").build(
                rule.endpoint, {name: values[name] for name in rule.arguments}
            )
        assert helper.get(address).status_code in (403, 404), address
        closed += 1
    assert closed >= 12


def test_a_contributor_saves_and_the_text_is_kept(app: Flask, world: World, helper: FlaskClient) -> None:
    fields = form_fields(helper.get(own_page(world, "5")).text)
    named = next(name for name in fields if name.endswith("-text"))
    answer = helper.post(own_page(world, "5"), data={**fields, named: "Ich kümmere mich.", "done": "yes"})
    assert answer.status_code == 303
    assert "Ich kümmere mich." in helper.get(own_page(world, "5")).text
    assert "Ich kümmere mich." in signed_in(app, "viewer").get(own_page(world, "5")).text


def test_the_page_saves_by_itself_for_them_too(app: Flask, world: World, helper: FlaskClient) -> None:
    fields = form_fields(helper.get(own_page(world, "5")).text)
    named = next(name for name in fields if name.endswith("-text"))
    answer = helper.post(
        own_page(world, "5"),
        data={**fields, named: "Von selbst", "autosave": "1"},
        headers={"X-Requested-With": "fetch"},
    )
    assert answer.json is not None
    assert answer.json["status"] == "saved"
    other = helper.post(
        own_page(world, "1"), data={**fields, "autosave": "1"}, headers={"X-Requested-With": "fetch"}
    )
    assert other.status_code == 403


def test_fields_of_other_criteria_are_not_read(app: Flask, world: World, helper: FlaskClient) -> None:
    editor = signed_in(app, "editor")
    own = form_fields(helper.get(own_page(world, "5")).text)
    foreign: dict[str, object] = {}
    for section in sections_of(app, world):
        if section not in OWN:
            fields = form_fields(editor.get(own_page(world, section)).text)
            texts = {name: ["überschrieben"] for name in fields if name.endswith(("-text", "-explanation"))}
            numbers = {name: ["77"] for name in fields if name.endswith("-value")}
            foreign |= {**fields, **texts, **numbers}
    before = kept_entries(app, world)
    answer = helper.post(own_page(world, "5"), data={**foreign, **own, "action": "stay"})
    assert answer.status_code in (303, 422)
    after = kept_entries(app, world)
    assert {ref: row for ref, row in after.items() if ref.split(".")[0] not in OWN} == {
        ref: row for ref, row in before.items() if ref.split(".")[0] not in OWN
    }


def kept_entries(app: Flask, world: World) -> dict[str, tuple[object, ...]]:
    """Every answer and figure that is kept, with its version."""
    with app.extensions["dnk_session_factory"]() as session:
        answers = session.scalars(select(AnswerRow).where(AnswerRow.declaration_id == world.own_declaration))
        figures = session.scalars(select(FigureRow).where(FigureRow.organisation_id == world.own))
        return {
            **{row.ref: (row.text, row.explanation, row.version) for row in answers},
            **{f"figure {row.datapoint}": (row.value, row.version) for row in figures},
        }


@pytest.mark.parametrize(
    ("here", "action", "there"),
    [
        ("2", "next", "5"),
        ("5", "next", "13"),
        ("13", "next", "13/kennzahlen"),
        ("13/kennzahlen/GRI-SRS-305-5", "next", ""),
        ("5", "later", "#section-5"),
        ("5", "stay", "5"),
    ],
)
def test_the_way_stays_inside_the_own_criteria(
    app: Flask, world: World, helper: FlaskClient, here: str, action: str, there: str
) -> None:
    page = helper.get(own_page(world, here))
    answer = helper.post(own_page(world, here), data={**form_fields(page.text), "action": action})
    target, overview = answer.headers["Location"], f"/erklaerungen/{world.own_declaration}/"
    assert target == (own_page(world, there) if there[:1].isdigit() else overview + there)
    assert helper.get(target).status_code == 200


def test_indicators_that_stand_elsewhere_are_named_but_not_linked(app: Flask, world: World) -> None:
    """Criterion 11's indicators are asked with criterion 12, which this person may not see."""
    with database_session(app) as session:
        add_member(session, world.own, "elf", Role.CONTRIBUTOR, sections=["11"])
    text = signed_in(app, "elf").get(own_page(world, "11")).text
    assert own_page(world, "12") not in text
    assert "bei Kriterium 12" in text
    assert own_page(world, "12") in signed_in(app, "editor").get(own_page(world, "11")).text


def test_earlier_versions_are_theirs_for_their_own_criteria(
    app: Flask, world: World, helper: FlaskClient
) -> None:
    base = f"/erklaerungen/{world.own_declaration}/verlauf"
    page = own_page(world, "5")
    for text in ("Erste Fassung", "Zweite Fassung"):
        fields = form_fields(helper.get(page).text)
        named = next(name for name in fields if name.endswith("-text"))
        helper.post(page, data={**fields, named: text})
    shown = helper.get(f"{base}/5.1").text
    assert "Erste Fassung" in shown
    [restore] = set(re.findall(rf'action="({base}/5\.1/answer/\d+)"', shown))
    assert post(helper, restore).status_code == 303
    assert "Erste Fassung" in helper.get(page).text
    assert helper.get(f"{base}/1.1").status_code == 403
    assert post(helper, f"{base}/1.1/answer/1").status_code == 403
    assert helper.get(f"{base}/nirgends").status_code == 403


def test_general_information_asks_no_contributor_for_the_profile(app: Flask, world: World) -> None:
    """What is missing there is named, but the profile is not theirs."""
    with database_session(app) as session:
        add_member(session, world.own, "allgemein", Role.CONTRIBUTOR, sections=["general"])
    client = signed_in(app, "allgemein")
    page = own_page(world, "general")
    fields = form_fields(client.get(page).text)
    named = next(name for name in fields if name.endswith("-text"))
    client.post(page, data={**fields, named: "Etwas", "action": "stay"})
    text = main_of(client.get(page))
    assert "Diese Angabe fehlt noch im Profil" in text
    assert "/profil" not in text


def test_a_section_taken_away_is_closed_at_once(app: Flask, world: World, helper: FlaskClient) -> None:
    fields = form_fields(helper.get(own_page(world, "5")).text)
    with database_session(app) as session:
        account = by_email(session, "helfer@example.org")
        assert account is not None
        row = session.scalars(select(Membership).where(Membership.user_id == account.id)).one()
        row.sections = ["2"]
    assert helper.get(own_page(world, "5")).status_code == 403
    assert helper.post(own_page(world, "5"), data=fields).status_code == 403
    assert helper.get(own_page(world, "2")).status_code == 200


@pytest.mark.parametrize("state", [State.SIGNING, State.SUBMITTED, State.APPROVED, State.FINISHED])
def test_what_is_frozen_is_read_only_for_them_too(
    app: Flask, world: World, helper: FlaskClient, state: State
) -> None:
    fields = form_fields(helper.get(own_page(world, "5")).text)
    with database_session(app) as session:
        session.get_one(Declaration, world.own_declaration).state = state
    assert "gerade nicht zum Bearbeiten offen" in helper.get(f"/erklaerungen/{world.own_declaration}/").text
    page = helper.get(own_page(world, "5"))
    assert page.status_code == 200
    assert "<textarea" not in page.text
    assert helper.post(own_page(world, "5"), data=fields).status_code == 409


def test_in_a_review_they_see_their_own_points_and_change_only_those(
    app: Flask, world: World, helper: FlaskClient
) -> None:
    fields = {section: form_fields(helper.get(own_page(world, section)).text) for section in OWN}
    now = datetime.now(UTC)
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        content = canonical_json(live_document(session, declaration))
        snapshot = Snapshot(
            declaration_id=declaration.id, version=1, content=content, sha256="0" * 64, finished_at=now
        )
        session.add(snapshot)
        assign_to_cluster(declaration, snapshot, world.cluster, now=now)
        declaration.state = State.CHANGES_REQUESTED
        for section, words in (("5", "Wer vertritt die Leitung?"), ("1", CANARY)):
            of = {"declaration_id": declaration.id, "section": section, "version": 1}
            session.add(VerdictRow(**of, verdict=Verdict.CHANGE_NEEDED, given_at=now))
            session.add(
                RemarkRow(
                    **of,
                    cluster_id=world.cluster,
                    audience=Audience.SHARED,
                    side=ReviewSide.REVIEWERS,
                    text=words,
                    written_at=now,
                    published_at=now,
                )
            )
    overview = main_of(helper.get(f"/erklaerungen/{world.own_declaration}/"))
    assert "Wer vertritt die Leitung?" in overview
    assert CANARY not in overview
    assert "Gesperrt" in overview
    statuses = {
        section: helper.post(own_page(world, section), data=fields[section]).status_code for section in OWN
    }
    assert statuses == {"2": 409, "5": 303, "13": 409}


def test_a_contributor_without_a_fitting_criterion_is_told_so(app: Flask, world: World) -> None:
    with database_session(app) as session:
        make_account(session, "leer@example.org")
        account = by_email(session, "leer@example.org")
        assert account is not None
        session.add(
            Membership(
                user_id=account.id,
                organisation_id=world.own,
                role=Role.CONTRIBUTOR,
                sections=["taxonomy"],
                created_at=account.created_at,
            )
        )
    text = signed_in(app, "leer").get(f"/erklaerungen/{world.own_declaration}/").text
    assert "keines der Kriterien, für die Sie zuständig sind" in text
