"""Answers of zero: one tick fills in 0 with a sentence; reasons are for what is not reported."""

import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.domain.answers.answer import Disclosure
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.answers import AnswerRow
from dnk_tool.store.tables.figures import FigureRow
from tests.support.app import World, database_session, form_fields, own_answers
from tests.support.browsers import send


def figures_by_name(app: Flask, world: World) -> dict[str, tuple[str, str]]:
    with database_session(app) as session:
        rows = session.scalars(select(FigureRow).where(FigureRow.organisation_id == world.own))
        return {row.datapoint: (str(row.value), row.note) for row in rows if row.value is not None}


def test_one_button_explains_with_a_ready_made_reason(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    """Also without a script; a reason that the edition does not know changes nothing."""
    assert 'value="explain:1.3:planned"' in editor.get(page("1")).text
    sent = {"ref-1.1-text": "Haben wir.", "action": "explain:1.3:planned"}
    assert send(editor, page("1"), **sent).status_code == 303
    send(editor, page("1"), action="explain:1.2:because")
    saved = own_answers(app, world)
    assert saved["1.1"].text == "Haben wir."
    assert (saved["1.3"].disclosure, saved["1.3"].reason) == (Disclosure.EXPLAIN, "planned")
    assert saved["1.3"].explanation
    assert "1.2" not in saved
    assert 'value="explain:1.3:planned"' not in editor.get(page("1")).text, "it is answered"


def test_a_reason_stands_beside_what_is_not_answered_alone(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    """A table is an answer, too; a reason whose sentence was emptied before brings it again."""
    send(editor, page("13"), **{"ref-13.2.goals-rows-0-goal": "Weniger Gas"})
    shown = editor.get(page("13")).text
    assert 'value="explain:13.1:' in shown
    assert 'value="explain:13.2:' not in shown
    emptied = {"ref-1.3-disclosure": "explain", "ref-1.3-reason": "planned", "ref-1.3-taken": "planned"}
    send(editor, page("1"), **emptied, **{"ref-1.3-explanation": ""})
    send(editor, page("1"), **{"ref-1.3-disclosure": "comply"})
    send(editor, page("1"), action="explain:1.3:planned")
    with database_session(app) as session:
        assert session.scalars(select(AnswerRow.explanation).where(AnswerRow.ref == "1.3")).one()


def test_c2_8_one_tick_reports_zero_and_keeps_the_rest(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    """With the button that leads on, also without a script."""
    shown = editor.get(page("20/kennzahlen")).text
    assert 'value="GRI-SRS-205-3:none"' in shown
    assert "Keine Vorfälle: 0" in shown
    answer = send(
        editor,
        page("20/kennzahlen"),
        **{"ref-GRI-SRS-205-1.b-text": "Vier Augen.", "zero": "GRI-SRS-205-3:none"},
    )
    assert answer.status_code == 303
    saved, numbers = own_answers(app, world), figures_by_name(app, world)
    assert saved["GRI-SRS-205-1.b"].text == "Vier Augen."
    assert saved["GRI-SRS-205-3.d"].text.startswith("Uns sind aus dem Berichtsjahr keine Vorfälle")
    assert {numbers[f"governance.corruption.{key}"][0] for key in ("incidents", "dismissals")} == {"0"}
    again = editor.get(page("20/kennzahlen")).text
    assert 'value="GRI-SRS-205-3:none"' not in again, "what is given needs no tick"
    assert "0 ist eingetragen" in again


def test_c2_8_a_zero_without_a_text_field_has_its_sentence_as_a_note(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    explained = {"ref-GRI-SRS-415-1-disclosure": "explain", "ref-GRI-SRS-415-1-explanation": "Nie."}
    send(editor, page("19"), zero="GRI-SRS-415-1:none", **explained)
    assert figures_by_name(app, world) == {}, "the tick stands in the part that the explanation hides"
    send(editor, page("19"), zero="GRI-SRS-415-1:none", **{"ref-GRI-SRS-415-1-disclosure": "comply"})
    value, note = figures_by_name(app, world)["governance.political-donations"]
    assert (value, note[:28]) == ("0", "Wir haben im Berichtsjahr ni")


def test_c2_8_a_zero_never_overwrites_another_number(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    typed = {"ref-GRI-SRS-205-3.b-value": "2", "zero": "GRI-SRS-205-3:none"}
    answer = send(editor, page("20/kennzahlen"), **typed)
    assert answer.status_code == 303
    assert figures_by_name(app, world) == {"governance.corruption.dismissals": ("2", "")}
    assert "GRI-SRS-205-3.d" not in own_answers(app, world)
    assert "schon eine andere Zahl" in editor.get(page("20/kennzahlen")).text


def test_c2_8_ticks_count_with_each_autosave_until_they_are_taken_away(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    """The fields of the page stay empty meanwhile; what is missing and the versions follow the answer."""
    fields: dict[str, Any] = dict(form_fields(editor.get(page("16/kennzahlen")).text)) | {"autosave": "1"}
    two = {"zero": ["GRI-SRS-403-9:accidents", "GRI-SRS-403-9:other-workers"]}
    saved = editor.post(page("16/kennzahlen"), data={**fields, **two}).json
    zeros = {key: number for key, (number, _note) in figures_by_name(app, world).items()}
    assert len(zeros) > 10
    assert set(zeros.values()) == {"0"}
    assert "403-9: Beschäftigte: Todesfälle" not in saved["fields"]["missing"]
    datapoints = {name: item for name, item in fields.items() if name.endswith("-version")}
    versions = renewed(editor.get(page("16/kennzahlen")).text, saved["versions"], datapoints)
    again = editor.post(page("16/kennzahlen"), data={**fields, **two, **versions})
    assert again.json["status"] == "saved"
    assert len(figures_by_name(app, world)) == len(zeros)
    emptied = editor.post(page("16/kennzahlen"), data={**fields, **versions})
    assert emptied.json["status"] == "saved"
    assert figures_by_name(app, world) == {}


def renewed(page: str, versions: dict[str, int], fields: dict[str, Any]) -> dict[str, str]:
    """The hidden versions after a reply, as the page's script sets them."""
    of = dict(re.findall(r'name="([^"]*-version)" value="[^"]*" data-version-of="([^"]*)"', page))
    return {name: str(versions[of[name]]) for name in fields if of.get(name) in versions}


def test_c2_8_a_zero_is_refused_like_any_answer_that_another_changed(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    opened: dict[str, Any] = dict(form_fields(editor.get(page("20/kennzahlen")).text))
    send(editor, page("20/kennzahlen"), **{"ref-GRI-SRS-205-3.a-value": "1"})
    answer = editor.post(page("20/kennzahlen"), data={**opened, "zero": "GRI-SRS-205-3:none"})
    assert answer.status_code == 409
    assert figures_by_name(app, world)["governance.corruption.incidents"][0] == "1"


def test_c2_8_an_aspect_reports_zero_in_words(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    with database_session(app) as session:
        declaration = declarations.by_id(session, world.own_declaration)
        assert declaration is not None
        declaration.options = ["eu-taxonomy"]
        session.commit()
    send(editor, page("taxonomy"), zero="TAX.1:none")
    assert own_answers(app, world)["TAX.1"].text.endswith("Der Anteil am Umsatz beträgt 0 Prozent.")


def test_reasons_stand_in_one_order_and_only_those_that_make_sense(
    editor: FlaskClient, page: Callable[[str], str]
) -> None:
    shown = editor.get(page("1")).text
    offered = re.findall(r'name="ref-1\.3-reason" type="radio" value="([a-z-]*)"', shown)
    assert offered == ["not-collected", "planned", "not-material"]
    assert not re.search(r'name="ref-GRI-SRS-415-1-reason" type="radio"', editor.get(page("19")).text)


def test_a_reason_chosen_before_stays_offered(editor: FlaskClient, page: Callable[[str], str]) -> None:
    send(editor, page("1"), **{"ref-1.3-disclosure": "explain", "ref-1.3-reason": "confidential"})
    assert form_fields(editor.get(page("1")).text)["ref-1.3-reason"] == ["confidential"]
