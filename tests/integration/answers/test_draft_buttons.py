"""Drafts on a criterion's page: put in by a press, marked until checked, and never over existing words."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.catalogue import Aspect, load_catalogue
from dnk_tool.domain.answers.draft import BLANK, without_numbers
from dnk_tool.domain.permissions import Actor, Role
from dnk_tool.services.declarations.transitions import DeclarationIncomplete, freeze_version
from dnk_tool.services.work import Work
from dnk_tool.store.answers.earlier_year import confirm_all
from dnk_tool.store.tables.answers import AnswerRow
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import FigureRow
from dnk_tool.store.tables.organisations import Membership
from tests.support.app import World, database_session, form_fields, sign_in
from tests.support.browsers import send

ASPECTS = (one for one in load_catalogue("dnk-2017").requirements.values() if isinstance(one, Aspect))
EXAMPLE = next(without_numbers(aspect.example.de) for aspect in ASPECTS if aspect.ref == "13.1")


@pytest.fixture
def waste(app: Flask, world: World) -> Callable[..., None]:
    """Sets the waste of the reporting year."""

    def enter(value: str, datapoint: str = "waste.total", unit: str = "t") -> None:
        with database_session(app) as session:
            year = session.get_one(Declaration, world.own_declaration).reporting_year
            key = (world.own, year, datapoint)
            row = session.scalar(
                select(FigureRow).where(
                    FigureRow.organisation_id == key[0], FigureRow.year == year, FigureRow.datapoint == key[2]
                )
            )
            if row is None:
                row = FigureRow(organisation_id=key[0], year=year, datapoint=key[2], unit=unit, version=1)
                session.add(row)
            row.value, row.changed_at = Decimal(value), datetime.now(UTC)

    return enter


def answer(app: Flask, world: World, ref: str) -> AnswerRow:
    with database_session(app) as session:
        mine = AnswerRow.declaration_id == world.own_declaration, AnswerRow.ref == ref
        row = session.scalars(select(AnswerRow).where(*mine)).one()
        session.expunge(row)
        return row


def test_a_sentence_with_the_companys_figure_is_put_in_checked_and_kept_up_to_date(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str], waste: Callable[..., None]
) -> None:
    assert "draft:figures:11.2" not in editor.get(page("11")).text, "no figure, no sentence"
    waste("12.5")
    assert "Es fielen 12,5 t Abfall an." in editor.get(page("11")).text
    pressed = send(editor, page("11"), **{"ref-11.1-text": "Diesel.", "action": "draft:figures:11.2"})
    assert pressed.headers["Location"].endswith("kriterien/11#ref-11.2")
    assert answer(app, world, "11.1").text == "Diesel.", "the page is saved first"
    assert answer(app, world, "11.2").text == "Es fielen 12,5 t Abfall an."
    shown = editor.get(page("11")).text
    assert "Vorschlag, bitte prüfen." in shown
    assert "draft:figures:11.2" not in shown, "what stands there is not offered again"
    check = f"/erklaerungen/{world.own_declaration}/pruefen"
    assert "Hier steht ein Vorschlag, den noch niemand geprüft hat." in editor.get(check).text
    send(editor, page("11"), action="done")
    row = answer(app, world, "11.2")
    assert (row.taken_from, row.version) == (None, 1), "who is done has read it"
    waste("14")
    told = "Abfall gesamt: Der Text nennt 12,5 t, inzwischen sind es 14 t."
    assert told in editor.get(page("11")).text
    assert told in editor.get(check).text
    send(editor, page("11"), action="draft:figures:11.2")
    assert answer(app, world, "11.2").text == "Es fielen 14 t Abfall an.", "it takes the place of the old one"
    assert "inzwischen" not in editor.get(page("11")).text
    send(editor, page("11"), **{"ref-11.2-text": "Wir zählen 14 t Abfall."})
    waste("15")
    shown = editor.get(page("11")).text
    assert "Der Text nennt 14 t, inzwischen sind es 15 t." in shown
    assert "draft:figures:11.2" not in shown, "the company's own words are not replaced"


def test_a_figure_that_is_explained_now_leaves_the_sentence_by_a_press(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str], waste: Callable[..., None]
) -> None:
    waste("3")
    waste("900", "energy.total", "kWh")
    send(editor, page("11"), action="draft:figures:11.2")
    send(editor, page("11"), action="confirm:11.2")
    explained = {"ref-GRI-SRS-302-1-disclosure": "explain", "ref-GRI-SRS-302-1-explanation": "Noch nicht."}
    send(editor, page("12/kennzahlen/GRI-SRS-302-1"), **explained)
    assert (
        "Der Text nennt 900 kWh, die Erklärung hat dazu aber keine Zahl mehr." in editor.get(page("11")).text
    )
    send(editor, page("11"), action="draft:figures:11.2")
    assert answer(app, world, "11.2").text == "Es fielen 3 t Abfall an."


def test_words_stay_and_undo_takes_out_what_was_put_in(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str], waste: Callable[..., None]
) -> None:
    waste("3")
    own = {"ref-11.2-text": "Papier zählen wir nicht."}
    send(editor, page("11"), **own, action="draft:figures:11.2")
    row = answer(app, world, "11.2")
    assert row.text == "Papier zählen wir nicht.\n\nEs fielen 3 t Abfall an."
    send(editor, page("11"), action="draft:undo:11.2")
    row = answer(app, world, "11.2")
    assert (row.text, row.taken_from, row.drafts) == ("Papier zählen wir nicht.", None, None)
    refused = send(editor, page("11"), action="draft:undo:11.2")
    assert refused.status_code == 303
    assert "frühere Fassungen" in editor.get(page("11")).text


def test_ticked_facts_become_sentences_and_a_wrong_field_keeps_what_was_typed(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    ticked = {"fact-green-power": "1", "fact-green-power-value": "bald", "fact-train": "1"}
    others = {"fact-source-purchases": "1"}
    wrong = send(
        editor, page("13"), **ticked, **others, **{"ref-13.1-text": "Gas."}, action="draft:facts:13.3"
    )
    assert wrong.status_code == 422
    assert "Seit dem Jahr: Geben Sie ein Jahr mit vier Ziffern ein" in wrong.text
    assert 'value="bald"' in wrong.text
    assert "Gas." in wrong.text
    assert 'name="fact-source-purchases" value="1" checked' in wrong.text
    right = {**ticked, "fact-green-power-value": "2023", "fact-solar": "1", "fact-solar-value": "9,9"}
    send(editor, page("13"), **right, action="draft:facts:13.3")
    row = answer(app, world, "13.3")
    assert row.text == (
        "Wir beziehen Ökostrom seit dem Jahr 2023. "
        "Wir haben eine Photovoltaikanlage mit 9,9 Kilowatt Leistung. "
        "Für Dienstreisen nehmen wir nach Möglichkeit die Bahn."
    )
    assert row.taken_from is not None
    assert "fact-solar" not in editor.get(page("13")).text, "they come when somebody opens them"
    fields = form_fields(editor.get(page("13?hilfe=13.3")).text)
    assert fields["fact-solar-value"] == ["9,9"], "the ticks are remembered"
    fewer = {key: value for key, value in fields.items() if key != "fact-train"}
    editor.post(page("13"), data={**fewer, "action": "draft:facts:13.3"})
    assert "Bahn" not in answer(app, world, "13.3").text
    more = f"{answer(app, world, '13.3').text}\n\nDie Anlage gehört uns."
    send(editor, page("13"), **{"ref-13.3-text": more})
    assert answer(app, world, "13.3").taken_from, "words beside it say nothing about the proposal"
    send(editor, page("13"), **{"ref-13.3-text": f"{more} Ganz."}, action="done")
    assert answer(app, world, "13.3").taken_from is None, "who is done has read what they wrote around"


def test_facts_ticked_and_saved_with_another_button_are_not_lost(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    """They become a draft only where nothing stands, which the person still has to read."""
    ticked = {"fact-lobby-none": "1", "fact-laws-followed": "1", "ref-19.1-text": "Die neue Verordnung."}
    sent = send(editor, page("19"), **ticked, action="done")
    assert "offen=1" in sent.headers["Location"], "a draft is not finished"
    assert answer(app, world, "19.1").text == "Die neue Verordnung."
    row = answer(app, world, "19.2")
    assert row.text.startswith("Eigene Stellungnahmen")
    emptied = send(editor, page("19"), **{"ref-19.2-text": ""}, action="later")
    assert emptied.status_code == 303
    assert answer(app, world, "19.2").text == "", "what was taken out does not come back"


def test_one_press_takes_over_the_facts_of_the_whole_page(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    ticks = {"fact-resources-energy": "1", "fact-resources-material": "1"}
    send(editor, page("11"), **{"ref-11.1-text": "Holz."}, **ticks, action="draft:facts:11.2")
    assert answer(app, world, "11.1").text.startswith("Holz.\n\n")
    assert "Der Vorschlag steht jetzt im Text." in editor.get(page("11")).text


def test_an_example_comes_back_from_the_history_as_an_example(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    send(editor, page("13"), action="draft:example:13.1")
    example = answer(app, world, "13.1")
    assert example.taken_from
    send(editor, page("13"), action="draft:undo:13.1")
    assert answer(app, world, "13.1").taken_from is None
    history = f"/erklaerungen/{world.own_declaration}/verlauf/13.1"
    restore(editor, history)
    back = answer(app, world, "13.1")
    assert (back.text, back.taken_from, back.drafts) == (example.text, example.taken_from, example.drafts)
    own = EXAMPLE.replace(BLANK, "mehrere")
    send(editor, page("13"), **{"ref-13.1-text": own}, action="confirm:13.1")
    send(editor, page("13"), **{"ref-13.1-text": "Der Ofen."})
    restore(editor, history)
    confirmed = answer(app, world, "13.1")
    assert (confirmed.text, confirmed.taken_from) == (own, None), "what somebody confirmed stays so"


def test_an_example_stays_unfinished_until_it_is_rewritten_or_true(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    send(editor, page("13"), action="draft:example:13.1")
    row = answer(app, world, "13.1")
    assert row.text == EXAMPLE
    assert BLANK in row.text
    send(editor, page("13"), action="done")
    assert answer(app, world, "13.1").taken_from, "done is no word about somebody else's example"
    send(editor, page("13"), action="confirm:13.1")
    assert answer(app, world, "13.1").taken_from, "not with blanks"
    assert "durch Ihre eigene Angabe" in editor.get(page("13")).text
    whole = EXAMPLE.replace(BLANK, "mehrere")
    send(editor, page("13"), **{"ref-13.1-text": whole})
    assert answer(app, world, "13.1").taken_from, "too few words are others"
    with database_session(app) as session:
        assert not confirm_all(session, world.own_declaration)
        declaration = session.get_one(Declaration, world.own_declaration)
        with pytest.raises(DeclarationIncomplete) as refused:
            freeze_version(Work(session, Actor(), datetime.now(UTC)), declaration)
        assert ("13.1", "unchecked-draft") in {(gap.item, gap.kind.value) for gap in refused.value.gaps}
    send(editor, page("13"), **{"ref-13.1-text": whole + " Das ist so."}, action="confirm:13.1")
    assert answer(app, world, "13.1").taken_from is None, "the press confirms what it has just saved"
    send(editor, page("13"), **{"ref-13.1-text": "Ofen, Kühlhaus und Lieferwagen."})
    send(editor, page("13"), action="draft:example:13.1")
    assert answer(app, world, "13.1").text == f"Ofen, Kühlhaus und Lieferwagen.\n\n{EXAMPLE}"


def test_the_voice_of_another_branch_can_be_chosen(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    shown = send(editor, page("12"), **{"ref-12.4-text": "Lacke."}, action="draft:voice:12.2:shop")
    assert "stimme=shop" in shown.headers["Location"]
    assert answer(app, world, "12.4").text == "Lacke."
    text = editor.get(shown.headers["Location"]).text
    assert "Kühlmöbel haben Türen" in text
    assert 'value="draft:example:12.2:shop"' in text
    send(editor, page("12"), action="draft:example:12.2:shop")
    assert answer(app, world, "12.2").text.startswith("Kühlmöbel haben Türen")


@pytest.mark.parametrize(
    "action", ["draft:", "draft:figures", "draft:figures:99.1", "draft:x:11.2", "draft:undo:11.2"]
)
def test_an_unknown_button_only_saves(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str], action: str
) -> None:
    assert send(editor, page("11"), **{"ref-11.2-text": "Holz."}, action=action).status_code == 303
    assert answer(app, world, "11.2").text == "Holz."


def test_who_may_not_see_the_figures_gets_no_sentence_from_them(
    client: FlaskClient, app: Flask, world: World, page: Callable[[str], str], waste: Callable[..., None]
) -> None:
    """A contributor of one section is shown its facts, and no figures of the rest of the company."""
    waste("3")
    with database_session(app) as session:
        contributor = session.scalars(select(Membership).where(Membership.role == Role.CONTRIBUTOR)).one()
        contributor.sections = ["11"]
    sign_in(client, "contributor@example.org")
    shown = client.get(page("11?hilfe=11.1")).text
    assert "draft:facts:11.1" in shown
    assert "draft:figures:" not in shown
    send(client, page("11"), **{"ref-11.1-text": "Holz."}, action="draft:figures:11.2")
    assert answer(app, world, "11.1").text == "Holz."
    with database_session(app) as session:
        assert session.scalar(select(AnswerRow).where(AnswerRow.ref == "11.2")) is None


def test_of_two_versions_the_one_with_a_draft_stays_unchecked(
    editor: FlaskClient, app: Flask, world: World, page: Callable[[str], str]
) -> None:
    fields = form_fields(editor.get(page("13")).text)
    send(editor, page("13"), **{"ref-13.1-text": "Der Ofen."})
    conflict = editor.post(page("13"), data={**fields, "action": "draft:example:13.1"})
    assert conflict.status_code == 409
    own = {name: values[-1] for name, values in form_fields(conflict.text).items()}
    for text, is_unchecked in ((EXAMPLE, True), ("Der Ofen, das Kühlhaus und die Lieferwagen.", False)):
        version = str(answer(app, world, "13.1").version)
        sent = {**own, "ref-13.1-version": version, "ref-13.1-text": text}
        assert editor.post(page("13"), data=sent).status_code == 303
        assert answer(app, world, "13.1").text == text
        assert (answer(app, world, "13.1").taken_from is not None) is is_unchecked
    forged = {**own, "ref-13.1-version": str(answer(app, world, "13.1").version), "ref-13.1-text": EXAMPLE}
    name = next(name for name in own if name.endswith("carried-draft"))
    assert editor.post(page("13"), data={**forged, name: "x" + own[name]}).status_code == 303
    assert answer(app, world, "13.1").taken_from is None, "only what the page signed is a draft"


def restore(client: FlaskClient, history: str) -> None:
    """Let the version before the present one count again."""
    actions = re.findall(rf'action="({history}/answer/\d+)"', client.get(history).text)
    token = form_fields(client.get(history).text)["csrf_token"][0]
    assert client.post(actions[0], data={"csrf_token": token}).status_code == 303
