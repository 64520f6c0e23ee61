"""The wizard over HTTP: gaps save, wrong input stays, rows without a script, two people, the finish."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.catalogue import selection_for as select_edition
from dnk_tool.catalogue.standard.item_model import ItemKind
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.answers import AnswerRevision
from dnk_tool.store.tables.figures import FigureRow
from dnk_tool.web.answers.live_progress import SHOWN_STATES
from tests.support.app import (
    World,
    database_session,
    fields_of_all_pages,
    form_fields,
    own_answers,
    section_addresses,
    sign_in,
)
from tests.support.browsers import send, signed_in

Fields = dict[str, list[str]]
SECTIONS = [section.ref for section in select_edition("dnk-2017", "gri").sections]


@pytest.mark.parametrize("ref", SECTIONS)
def test_every_page_opens_and_saves_untouched(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str], ref: str
) -> None:
    answer = send(editor, page(ref))
    assert answer.status_code == 303, answer.text
    assert own_answers(app, world) == {}, "a page that nobody filled in leaves nothing behind"


def test_a_draft_with_gaps_saves(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    answer = send(editor, page("1"), **{"ref-1.1-text": "Zeile eins\r\nZeile zwei  \r\n", "action": "later"})
    assert answer.headers["Location"] == f"/erklaerungen/{world.own_declaration}/#section-1"
    assert own_answers(app, world)["1.1"].text == "Zeile eins\nZeile zwei"
    assert "Zeile eins\nZeile zwei" in editor.get(page("1")).text


def test_the_first_line_break_of_a_text_survives(editor: FlaskClient, page: Callable[[str], str]) -> None:
    send(editor, page("1"), **{"ref-1.1-text": "eins\n\nzwei"})
    assert form_fields(editor.get(page("1")).text)["ref-1.1-text"] == ["eins\n\nzwei"]


@pytest.mark.parametrize(
    ("typed", "stored_value"),
    [("1.234,5", "1234.5"), ("1234,5", "1234.5"), ("1 234,5", "1234.5"), ("0", "0"), ("-3,5", "-3.5")],
)
def test_numbers_are_read_as_a_german_means_them(
    editor: FlaskClient, app: Flask, page: Callable[[str], str], typed: str, stored_value: str
) -> None:
    send(editor, page("13/kennzahlen"), **{"ref-GRI-SRS-305-1.a-value": typed})
    with database_session(app) as session:
        row = session.scalars(select(FigureRow)).one()
        assert (str(row.value), row.unit, row.year) == (stored_value, "t-co2e", 2025)


def test_unreadable_input_stays_and_changes_nothing(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    """Posted as a page of before did, which held texts and figures in one."""
    changes = {"ref-GRI-SRS-305-1.a-value": "ca. 2000", "ref-13.1-text": "Ein langer Text"}
    answer = editor.post(page("13"), data={**fields_of_all_pages(editor, page("13")), **changes})
    assert answer.status_code == 422
    fields = form_fields(answer.text)
    assert fields["ref-GRI-SRS-305-1.a-value"] == ["ca. 2000"]
    assert fields["ref-13.1-text"] == ["Ein langer Text"]
    message = "Geben Sie hier nur eine Zahl ein, zum Beispiel 1.250,5"
    assert answer.text.count(message) == 2, "in the summary and at the field"
    assert re.search(rf'href="#ref-GRI-SRS-305-1.a-value">[^<:]+: {message}', answer.text), (
        "it names the field"
    )
    assert '<a href="#ref-GRI-SRS-305-1.a-value"' in answer.text
    assert own_answers(app, world) == {}


def test_empty_is_not_zero(editor: FlaskClient, app: Flask, page: Callable[[str], str]) -> None:
    send(editor, page("13/kennzahlen"), **{"ref-GRI-SRS-305-1.a-value": "12"})
    send(editor, page("13/kennzahlen"), **{"ref-GRI-SRS-305-1.a-value": ""})
    with database_session(app) as session:
        assert session.scalars(select(FigureRow.value)).one() is None


def test_a_ready_made_reason_becomes_the_explanation(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    send(editor, page("1"), **{"ref-1.3-disclosure": "explain", "ref-1.3-reason": "not-collected"})
    reason = next(
        r for r in select_edition("dnk-2017", "gri").requirements["1.3"].reasons if r.key == "not-collected"
    )
    assert own_answers(app, world)["1.3"].explanation == reason.text.de
    other = send(editor, page("1"), **{"ref-1.3-reason": "planned", "autosave": "1"}).get_json()
    ready = {one.key: one.text.de for one in select_edition("dnk-2017", "gri").requirements["1.3"].reasons}
    assert other["texts"] == {
        "ref-1.3-explanation": ready["planned"],
        "ref-1.3-taken": "planned",
    }, "the page shows at once what stands there now"
    send(editor, page("1"), **{"ref-1.3-explanation": "Eigene Worte."})
    own = send(editor, page("1"), **{"ref-1.3-reason": "not-collected", "autosave": "1"}).get_json()
    saved = own_answers(app, world)["1.3"]
    assert (saved.explanation, saved.value) == ("Eigene Worte.", None)
    assert own["texts"] == {}


def test_rows_come_and_go_without_a_script(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    row = "ref-13.2.goals-rows"
    answer = send(
        editor,
        page("13"),
        **{f"{row}-0-goal": "Minus 45 Prozent", f"{row}-0-due": "2030", "action": "add-row:13.2.goals"},
    )
    assert answer.status_code == 303
    again = editor.get(answer.headers["Location"]).text
    assert f"{row}-1-goal" in form_fields(again), "one more empty row is there"
    send(editor, page("13"), **{f"{row}-1-goal": "Alle Transporter elektrisch", f"{row}-1-due": "2032"})
    assert [goal["due"] for goal in own_answers(app, world)["13.2.goals"].value] == [2030, 2032]
    send(editor, page("13"), action="remove-row:13.2.goals:0")
    assert own_answers(app, world)["13.2.goals"].value == [
        {"goal": "Alle Transporter elektrisch", "due": 2032}
    ]


def test_a_table_keeps_amount_and_unit_as_entered(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    selection = select_edition("dnk-2017", "gri")
    item = next(i for i in selection.items.values() if i.table and i.table.key == "materials")
    row = f"ref-{item.ref}-rows-0"
    path = page(selection.section_of[item.ref].ref + "/kennzahlen")
    send(
        editor,
        path,
        **{f"{row}-material": "Naturstein", f"{row}-amount": "14.000", f"{row}-amount-unit": "kg"},
    )
    assert own_answers(app, world)[item.ref].value == [
        {"material": "Naturstein", "amount": {"value": "14000", "unit": "kg"}}
    ]


def test_two_versions_are_shown_and_either_can_be_kept(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    colleague = signed_in(app, "owner")
    old = form_fields(editor.get(page("1")).text)
    send(colleague, page("1"), **{"ref-1.1-text": "Fassung der Kollegin"})
    answer = editor.post(
        page("1"), data={**old, "ref-1.1-text": "Meine Fassung", "ref-1.2-text": "Ohne Streit"}
    )
    assert answer.status_code == 409
    assert "Meine Fassung" in answer.text
    assert "Fassung der Kollegin" in answer.text
    assert own_answers(app, world)["1.1"].text == "Fassung der Kollegin"
    assert own_answers(app, world)["1.2"].text == "Ohne Streit"
    decided = editor.post(page("1"), data={**form_fields(answer.text), "ref-1.1-text": "Beide zusammen"})
    assert decided.status_code == 303
    assert own_answers(app, world)["1.1"].text == "Beide zusammen"
    history = editor.get(f"/erklaerungen/{world.own_declaration}/verlauf/1.1").text
    for words in ("Meine Fassung", "Fassung der Kollegin", "Beide zusammen"):
        assert words in history


def test_defect_26_oneself_in_another_window_is_not_somebody_else(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    """Both texts can be kept with one press; what the autosave says and the page says the same."""
    old = form_fields(editor.get(page("1")).text)
    send(editor, page("1"), **{"ref-1.1-text": "Aus dem anderen Fenster."})
    late: dict[str, Any] = {**old, "ref-1.1-text": "Aus diesem Fenster."}
    said = editor.post(page("1"), data={**late, "autosave": "1"}).get_json()
    assert re.search(
        r"Die andere haben Sie selbst um \d\d:\d\d Uhr in einem anderen Fenster", said["message"]
    )
    shown = editor.post(page("1"), data=late).text
    assert "haben Sie selbst dieselbe Angabe in einem anderen Fenster geändert" in shown
    assert "jemand anderes" not in shown
    form = shown.split("Beide Texte behalten")[0].rpartition("<form")[2]
    assert editor.post(page("1"), data=form_fields(f"<form{form}</form>")).status_code == 303
    assert own_answers(app, world)["1.1"].text == "Aus dem anderen Fenster.\n\nAus diesem Fenster."


def test_an_earlier_version_is_taken_back(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    send(editor, page("1"), **{"ref-1.1-text": "Erste"})
    send(editor, page("1"), **{"ref-1.1-text": "Zweite"})
    with database_session(app) as session:
        first = session.scalars(select(AnswerRevision).order_by(AnswerRevision.id)).first()
        assert first is not None
        path = f"/erklaerungen/{world.own_declaration}/verlauf/1.1/answer/{first.id}"
    token = form_fields(editor.get(f"/erklaerungen/{world.own_declaration}/verlauf/1.1").text)
    assert editor.post(path, data=token).status_code == 303
    assert own_answers(app, world)["1.1"].text == "Erste"


def test_the_page_saves_by_itself(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    answer = send(editor, page("1"), **{"ref-1.1-text": "Von selbst", "autosave": "1"})
    assert answer.json["status"] == "saved"
    assert answer.json["versions"] == {"1.1": 1, SHOWN_STATES: answer.json["versions"][SHOWN_STATES]}
    changes = {"ref-GRI-SRS-305-1.a-value": "12,", "ref-13.1-text": "Text", "autosave": "1"}
    again = editor.post(page("13"), data={**fields_of_all_pages(editor, page("13")), **changes})
    assert again.json["status"] == "invalid"
    assert own_answers(app, world)["13.1"].text == "Text", (
        "half a number does not keep the text from being saved"
    )


def test_a_viewer_reads_and_cannot_save(
    client: FlaskClient, world: World, page: Callable[[str], str]
) -> None:
    sign_in(client, "viewer@example.org")
    text = client.get(page("1")).text
    assert "<textarea" not in text
    token = form_fields(client.get("/konto").text)["csrf_token"]
    assert client.post(page("1"), data={"csrf_token": token}).status_code == 403


def test_the_final_check_names_every_gap_with_a_link(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    path = f"/erklaerungen/{world.own_declaration}/pruefen"
    text = editor.get(path).text
    selection = select_edition("dnk-2017", "gri")
    for section in selection.sections:
        for aspect in section.aspects:
            assert f"/kriterien/{section.ref}#ref-{aspect.ref}" in text
    sent = form_fields(text) | {"cluster": "none"}
    refused = editor.post(f"/erklaerungen/{world.own_declaration}/einreichen", data=sent)
    assert refused.status_code == 422
    assert "kann noch nicht abgeschlossen werden" in refused.text


def all_explained(fields: Fields) -> Fields:
    """The fields of a page as somebody would send them who explains every indicator."""
    done = dict(fields)
    for name in fields:
        if name.endswith("-text") and fields[name] == [""]:
            done[name] = [f"Antwort zu {name}"]
        if name.startswith(("ref-GRI", "ref-EFFAS")) and name.endswith("-disclosure"):
            done[name] = ["explain"]
            done[name.replace("-disclosure", "-explanation")] = ["Noch nicht erhoben."]
    return {**done, "action": ["done"]}


def test_from_the_first_page_to_the_finished_version(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    selection = select_edition("dnk-2017", "gri")
    for section in selection.sections:
        for path in section_addresses(section, world.own_declaration):
            fields = all_explained(form_fields(editor.get(path).text))
            for item in (i for d in section.details for i in d.items if i.kind is ItemKind.CHOICE):
                fields[f"ref-{item.ref}-value"] = [item.choices[0].key]
            assert editor.post(path, data=fields).status_code == 303
    base = f"/erklaerungen/{world.own_declaration}"
    unfinished = editor.get(f"{base}/pruefen").text
    assert f"/unternehmen/{world.own}/profil#employees" in unfinished, "the profile lacks something too"
    complete_profile = {"legal_form": "gmbh", "sector": "16", "employees": "12", "address": "Markt 1"}
    send(editor, f"/unternehmen/{world.own}/profil", **complete_profile)
    assert "20 von 20" in editor.get(f"{base}/").text
    token = form_fields(editor.get(f"{base}/pruefen").text) | {"cluster": "none"}
    assert editor.post(f"{base}/einreichen", data=token).status_code == 303
    assert "<textarea" not in editor.get(page("1")).text
    locked = editor.post(
        page("1"), data={"csrf_token": token["csrf_token"], "ref-1.1-version": "1", "ref-1.1-text": "x"}
    )
    assert locked.status_code == 409
    content = editor.get(f"{base}/versionen/1.json")
    assert json.loads(content.data)["answers"]["1.1"]["text"].startswith("Antwort")
    assert content.headers["Content-Disposition"].startswith("attachment")
    assert editor.post(f"{base}/wieder-oeffnen", data=token).status_code == 303
    assert editor.get(f"{base}/versionen/1.json").data == content.data
    assert editor.get(f"{base}/versionen/2.json").status_code == 404


def test_the_self_assessment_has_a_result(editor: FlaskClient, world: World) -> None:
    base = f"/erklaerungen/{world.own_declaration}/selbsteinschaetzung"
    answer = send(
        editor,
        f"{base}/8",
        **{
            "rating": "planned",
            "measures-0-text": "Ziele vereinbaren",
            "measures-0-owner": "Petra",
            "measures-0-due": "31.12.2026",
        },
    )
    assert answer.headers["Location"].endswith("/9")
    send(editor, f"{base}/4", rating="not-started")
    text = editor.get(f"{base}/").text
    assert "Ziele vereinbaren" in text
    assert "31. Dezember 2026" in text
    assert "2 von 20 Kriterien eingeschätzt" in text
    wrong = send(editor, f"{base}/8", **{"measures-0-due": "bald"})
    assert wrong.status_code == 422
    assert form_fields(wrong.text)["measures-0-due"] == ["bald"]


def test_the_self_assessment_stays_inside(editor: FlaskClient, world: World) -> None:
    base = f"/erklaerungen/{world.own_declaration}"
    send(editor, f"{base}/selbsteinschaetzung/8", **{"rating": "planned", "measures-0-text": "Geheimer Plan"})
    assert b"Geheimer Plan" not in editor.get(f"{base}/erklaerung.json").data
    send(editor, f"{base}/einstellungen", publishes_assessment="1")
    assert b"Geheimer Plan" in editor.get(f"{base}/erklaerung.json").data


def test_the_profile_keeps_wrong_input(editor: FlaskClient, app: Flask, world: World) -> None:
    path = f"/unternehmen/{world.own}/profil"
    wrong = send(editor, path, employees="viele", name="")
    assert wrong.status_code == 422
    assert form_fields(wrong.text)["employees"] == ["viele"]
    right = send(
        editor,
        path,
        **{
            "name": "Neuer Name",
            "employees": "24",
            "turnover": "2,4",
            "turnover_unit": "Mio-EUR",
            "sector": "16",
            "sites-0-name": "Werkstatt",
            "sites-0-address": "Holzweg 3",
        },
    )
    assert right.status_code == 303
    with database_session(app) as session:
        organisation = declarations.find_organisation(session, world.own)
        assert organisation is not None
        assert (organisation.name, organisation.turnover_unit) == ("Neuer Name", "Mio-EUR")
        assert organisation.sites == [{"name": "Werkstatt", "address": "Holzweg 3"}]


def test_two_people_in_the_profile(editor: FlaskClient, app: Flask, world: World) -> None:
    path = f"/unternehmen/{world.own}/profil"
    old = form_fields(editor.get(path).text)
    colleague = signed_in(app, "owner")
    send(colleague, path, name="Name der Kollegin")
    late = editor.post(path, data={**old, "name": "Mein Name"})
    assert late.status_code == 409
    assert form_fields(late.text)["name"] == ["Mein Name"]
    assert "Name der Kollegin" in late.text


def test_one_declaration_a_year(editor: FlaskClient, world: World) -> None:
    path = f"/unternehmen/{world.own}/erklaerungen/neu"
    taken = send(editor, path, reporting_year="2025", indicator_set="gri")
    assert taken.status_code == 422
    assert f"/erklaerungen/{world.own_declaration}/" in taken.text
    fresh = send(editor, path, reporting_year="2024", indicator_set="effas", options=["nap"])
    assert fresh.status_code == 303
    assert "Menschenrechte" in editor.get(fresh.headers["Location"]).text


def test_last_year_is_proposed_if_it_is_free(app: Flask, editor: FlaskClient, world: World) -> None:
    path = f"/unternehmen/{world.own}/erklaerungen/neu"
    with time_machine.travel(datetime(2027, 1, 1, 0, 30, tzinfo=ZoneInfo("Europe/Berlin")), tick=False):
        client = signed_in(app, "editor")
        assert form_fields(client.get(path).text)["reporting_year"] == ["2026"]
        assert send(client, path, reporting_year="2026", indicator_set="gri").status_code == 303
        assert form_fields(client.get(path).text)["reporting_year"] == [""]


@pytest.mark.usefixtures("one_day")
def test_nobody_declares_for_a_distant_year(editor: FlaskClient, world: World) -> None:
    path = f"/unternehmen/{world.own}/erklaerungen/neu"
    year = datetime.now(UTC).year
    refused = send(editor, path, reporting_year=str(year + 2), indicator_set="gri")
    assert refused.status_code == 422
    assert refused.text.count(f"Möglich ist höchstens {year + 1}.") == 2, "in the summary and at the field"
    assert send(editor, path, reporting_year=str(year + 1), indicator_set="gri").status_code == 303


@pytest.mark.parametrize("year", ["", "19", "zwanzig", "99999", "２０２５"])
def test_a_year_is_four_digits(editor: FlaskClient, world: World, year: str) -> None:
    path = f"/unternehmen/{world.own}/erklaerungen/neu"
    assert send(editor, path, reporting_year=year, indicator_set="gri").status_code == 422


def test_the_draft_as_pdf(editor: FlaskClient, world: World, tmp_path: Path) -> None:
    answer = editor.get(f"/erklaerungen/{world.own_declaration}/entwurf.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-")
    assert 'filename="DNK-Erklaerung-2025-A-GmbH-Entwurf.pdf"' in answer.headers["Content-Disposition"] or (
        "filename=DNK-Erklaerung-2025-A-GmbH-Entwurf.pdf" in answer.headers["Content-Disposition"]
    )


def test_c2_1_law_is_told_where_the_choice_is_made(
    editor: FlaskClient, world: World, page: Callable[[str], str]
) -> None:
    settings = editor.get(f"/unternehmen/{world.own}/erklaerungen/neu").text
    assert settings.count("Stand: 27. November 2026") == 5, "three options and two sets"
    general = editor.get(page("general")).text
    assert "Eine Erklärung nach dem DNK erfüllt diese Pflicht nicht" in general
    assert "Richtlinie (EU) 2026/470" in general
    assert "mehr als ein Jahr her" not in general
    assert "Ein Signet des DNK bekommen Sie für diese Erklärung nicht" in editor.get("/hilfe").text


def test_c2_1_what_is_older_than_a_year_asks_to_be_looked_up(app: Flask, world: World) -> None:
    with time_machine.travel(datetime(2027, 12, 1, 12, 0, tzinfo=UTC), tick=False):
        assert "mehr als ein Jahr her" in app.test_client().get("/hilfe").text


def test_c2_9_an_old_size_stays_chosen_and_is_offered_to_nobody_else(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    assert "10 bis 49 Beschäftigte" not in editor.get(page("general")).text
    earlier = send(editor, page("general"), **{"ref-general.company-type-value": "small"})
    assert earlier.status_code == 303
    shown = editor.get(page("general")).text
    assert "10 bis 49 Beschäftigte" in shown
    assert "unter 10 Beschäftigte" not in shown
    assert send(editor, page("general")).status_code == 303
    assert own_answers(app, world)["general.company-type"].value == "small"
