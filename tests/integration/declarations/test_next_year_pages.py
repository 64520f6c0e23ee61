"""The year after on its pages, without a script: begun, taken over, confirmed, goals answered."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.domain.answers.answer import Disclosure
from dnk_tool.domain.answers.goals import GoalOutcome
from dnk_tool.store.tables.answers import AnswerRow, GoalReviewRow
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.figures import FigureRow
from dnk_tool.store.tables.mail import Mail
from dnk_tool.store.tables.organisations import Organisation
from tests.support.app import World, count_statements, database_session, form_fields, post
from tests.support.browsers import send, signed_in

NOW = datetime(2026, 11, 25, tzinfo=UTC)
GOAL = "Wir senken den Verbrauch bis 2030 um die Hälfte."


@pytest.fixture
def years(app: Flask, world: World) -> tuple[int, int]:
    """Last year's declaration with a few answers, and an empty one for this year."""
    with database_session(app) as session:
        after = Declaration(
            organisation_id=world.own,
            edition="dnk-2017",
            reporting_year=2026,
            indicator_set="gri",
            language="de",
            options=[],
            created_at=NOW,
            changed_at=NOW,
        )
        session.add(after)
        add_answer(session, world.own_declaration, "1.1", text="Unsere Strategie.")
        add_answer(session, world.own_declaration, "1.2", text="Unsere Analyse.")
        add_answer(session, world.own_declaration, "12.1", text=GOAL)
        session.flush()
        return world.own_declaration, after.id


def add_answer(session: Any, declaration_id: int, ref: str, **said: Any) -> None:
    session.add(
        AnswerRow(
            declaration_id=declaration_id,
            ref=ref,
            disclosure=Disclosure.COMPLY,
            changed_at=NOW,
            **said,
        )
    )


def stored_answer(app: Flask, declaration_id: int, ref: str) -> tuple[str, int | None, int] | None:
    with database_session(app) as session:
        row = session.scalar(
            select(AnswerRow).where(AnswerRow.declaration_id == declaration_id, AnswerRow.ref == ref)
        )
        return (row.text, row.taken_from, row.version) if row else None


def stored_goal(app: Flask) -> tuple[GoalOutcome | None, str, str, int, int] | None:
    with database_session(app) as session:
        row = session.scalar(select(GoalReviewRow))
        return (row.outcome, row.reason, row.outlook, row.year, row.version) if row else None


def test_the_button_leads_to_a_page_that_says_what_happens_and_does_it(
    app: Flask, editor: FlaskClient, world: World
) -> None:
    path = f"/erklaerungen/{world.own_declaration}/naechstes-jahr"
    assert path in editor.get("/").text
    assert path in editor.get(f"/unternehmen/{world.own}").text
    assert path in editor.get(f"/erklaerungen/{world.own_declaration}/").text
    page = editor.get(path).text
    assert "noch nicht abgeschlossen. Das macht nichts" in page
    made = post(editor, path)
    assert made.status_code == 303
    assert "Nachhaltigkeits\N{SOFT HYPHEN}erklärung für 2026" in editor.get(made.headers["Location"]).text
    assert "gibt es schon eine Erklärung" in editor.get(path).text
    again = post(editor, path)
    assert again.headers["Location"] == made.headers["Location"], "a second click leads to the same"


@pytest.mark.usefixtures("one_day")
def test_a_year_too_far_ahead_is_a_friendly_word(app: Flask, editor: FlaskClient, world: World) -> None:
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        declaration.reporting_year = datetime.now(UTC).year + 1
    path = f"/erklaerungen/{world.own_declaration}/naechstes-jahr"
    assert "So weit voraus kann noch niemand berichten" in editor.get(path).text
    assert post(editor, path).status_code == 422
    assert "naechstes-jahr" not in editor.get("/").text


def test_one_answer_is_taken_over_beside_what_was_typed(
    app: Flask, editor: FlaskClient, years: tuple[int, int]
) -> None:
    page = f"/erklaerungen/{years[1]}/kriterien/1"
    shown = editor.get(page).text
    assert "2025 stand hier: Unsere Strategie." in shown
    sent = send(editor, page, action="take:1.1", **{"ref-1.3-text": "Eben getippt."})
    assert sent.headers["Location"].endswith("/kriterien/1#ref-1.1")
    assert stored_answer(app, years[1], "1.1") == ("Unsere Strategie.", 2025, 1)
    assert stored_answer(app, years[1], "1.3") == ("Eben getippt.", None, 1)
    shown = editor.get(page).text
    assert "Aus 2025 übernommen, bitte prüfen." in shown
    assert form_fields(shown)["ref-1.1-text"] == ["Unsere Strategie."]


def test_what_was_just_typed_is_not_overwritten(
    app: Flask, editor: FlaskClient, years: tuple[int, int]
) -> None:
    page = f"/erklaerungen/{years[1]}/kriterien/1"
    send(editor, page, action="take:1.1", **{"ref-1.1-text": "Ganz neu."})
    assert stored_answer(app, years[1], "1.1") == ("Ganz neu.", None, 1)
    assert "Es wurde nichts überschrieben." in editor.get(page).text


def test_a_page_at_once_and_confirmed_at_once(
    app: Flask, editor: FlaskClient, years: tuple[int, int]
) -> None:
    page = f"/erklaerungen/{years[1]}/kriterien/1"
    send(editor, page, action="take:*")
    assert stored_answer(app, years[1], "1.2") == ("Unsere Analyse.", 2025, 1)
    done = send(editor, page, action="done", **{"ref-1.3-text": "C", "ref-1.4-text": "D"})
    assert "2 übernommene Angaben sind noch ungeprüft" in editor.get(done.headers["Location"]).text
    assert "2 übernommene Angaben noch zu prüfen" in editor.get(f"/erklaerungen/{years[1]}/").text
    check = editor.get(f"/erklaerungen/{years[1]}/pruefen").text
    assert "Übernommen und noch nicht geprüft" in check
    assert "2 Angaben, aus 2025 übernommen" in check
    stale: dict[str, Any] = dict(form_fields(editor.get(page).text))
    send(editor, page, action="confirm:1.1")
    assert stored_answer(app, years[1], "1.1") == ("Unsere Strategie.", None, 1)
    editor.post(page, data=stale | {"action": "confirm:1.1"})
    assert "Zu bestätigen war hier nichts mehr" in editor.get(page).text, "somebody was faster"
    last = send(editor, page, action="confirm:*")
    assert last.headers["Location"].endswith("/kriterien/1#done")
    assert stored_answer(app, years[1], "1.2") == ("Unsere Analyse.", None, 1)
    assert "Übernommen und noch nicht geprüft" not in editor.get(f"/erklaerungen/{years[1]}/pruefen").text


def test_a_page_open_before_confirms_nothing_that_came_after(
    app: Flask, editor: FlaskClient, years: tuple[int, int]
) -> None:
    page = f"/erklaerungen/{years[1]}/kriterien/1"
    send(editor, page, action="take:1.1")
    stale: dict[str, Any] = dict(form_fields(editor.get(page).text))
    post(signed_in(app, "owner"), f"/erklaerungen/{years[1]}/uebernehmen")
    editor.post(page, data=stale | {"action": "confirm:*"})
    assert stored_answer(app, years[1], "1.1") == ("Unsere Strategie.", None, 1)
    assert stored_answer(app, years[1], "1.2") == ("Unsere Analyse.", 2025, 1)


def test_saving_by_itself_keeps_the_mark(app: Flask, editor: FlaskClient, years: tuple[int, int]) -> None:
    page = f"/erklaerungen/{years[1]}/kriterien/1"
    send(editor, page, action="take:*")
    send(editor, page, autosave="1")
    assert stored_answer(app, years[1], "1.1") == ("Unsere Strategie.", 2025, 1)
    send(editor, page, autosave="1", **{"ref-1.1-text": "Unsere Strategie!"})
    assert stored_answer(app, years[1], "1.1") == ("Unsere Strategie!", None, 2)


def test_everything_at_once_from_the_overview(
    app: Flask, editor: FlaskClient, years: tuple[int, int]
) -> None:
    overview = f"/erklaerungen/{years[1]}/"
    assert "Alle 3 Angaben aus 2025 übernehmen" in editor.get(overview).text
    post(editor, f"{overview}uebernehmen")
    shown = editor.get(overview).text
    assert "3 Angaben sind übernommen und noch nicht geprüft." in shown
    assert "Angaben aus 2025 übernehmen" not in shown
    trail = signed_in(app, "owner").get("/unternehmen/1/protokoll").text
    assert "Angaben aus einem früheren Jahr übernommen" in trail
    assert "aus 2025" in trail


def test_a_goal_comes_back_on_its_criterion_and_on_the_page_of_all(
    app: Flask, editor: FlaskClient, years: tuple[int, int]
) -> None:
    page = f"/erklaerungen/{years[1]}/kriterien/12"
    assert GOAL in editor.get(page).text
    assert "Das hatten Sie sich 2025 vorgenommen" in editor.get(page).text
    saved = send(editor, page, action="stay", **{"goal-12.1-outcome": "partly"})
    assert saved.status_code == 303
    assert stored_goal(app) == (GoalOutcome.PARTLY, "", "", 2025, 1)
    assert "Hier fehlt noch der Grund." in editor.get(page).text, "asked for, never in the way"
    all_goals = f"/erklaerungen/{years[1]}/ziele"
    why = {"goal-12.1-reason": "Die Pumpe kam zu spät.", "goal-12.1-outlook": "Bis 2031."}
    send(editor, all_goals, **why)
    assert stored_goal(app) == (GoalOutcome.PARTLY, "Die Pumpe kam zu spät.", "Bis 2031.", 2025, 2)
    assert "1 von 1 beantwortet" in editor.get(f"/erklaerungen/{years[1]}/").text
    assert "Die Pumpe kam zu spät." in signed_in(app, "owner").get("/unternehmen/1/protokoll").text


def test_two_people_on_one_goal_lose_no_word(app: Flask, editor: FlaskClient, years: tuple[int, int]) -> None:
    page = f"/erklaerungen/{years[1]}/kriterien/12"
    mine: dict[str, Any] = dict(form_fields(editor.get(page).text))
    colleague = signed_in(app, "owner")
    send(colleague, page, **{"goal-12.1-outcome": "no", "goal-12.1-reason": "Kein Geld."})
    mine |= {"goal-12.1-outcome": "partly", "goal-12.1-reason": "Zu wenig Zeit.", "ref-12.2-text": "Neu."}
    told = editor.post(page, data={**mine, "autosave": "1"}).get_json()
    assert told["status"] == "conflict"
    met = editor.post(page, data=mine)
    assert met.status_code == 409
    assert "Kein Geld." in met.text
    assert "Zu wenig Zeit." in met.text
    assert stored_answer(app, years[1], "12.2") == ("Neu.", None, 1), "what did not collide is saved"
    assert stored_goal(app) == (GoalOutcome.NO, "Kein Geld.", "", 2025, 1)
    fields: dict[str, Any] = dict(form_fields(met.text))
    assert editor.post(page, data=fields).status_code == 303
    assert stored_goal(app) == (GoalOutcome.PARTLY, "Zu wenig Zeit.", "", 2025, 2)


def test_autosave_tells_the_version_of_a_goal(
    app: Flask, editor: FlaskClient, years: tuple[int, int]
) -> None:
    page = f"/erklaerungen/{years[1]}/kriterien/12"
    told = send(editor, page, autosave="1", **{"goal-12.1-outcome": "yes"}).get_json()
    assert (told["status"], told["versions"]["goal-12.1"]) == ("saved", 1)
    untouched = send(editor, page, autosave="1").get_json()
    assert untouched["versions"]["goal-12.1"] == 1
    with database_session(app) as session:
        assert sum(event.kind == "goal-reviewed" for event in session.scalars(select(Event))) == 1


def test_too_long_a_word_on_a_goal_stays_in_the_field(
    app: Flask, editor: FlaskClient, years: tuple[int, int]
) -> None:
    for page in (f"/erklaerungen/{years[1]}/kriterien/12", f"/erklaerungen/{years[1]}/ziele"):
        refused = send(editor, page, **{"goal-12.1-reason": "x" * 100_001})
        assert refused.status_code == 422
        assert '<a href="#goal-12.1-reason"' in refused.text
        assert "x" * 100_001 in refused.text
    assert stored_goal(app) is None


def test_a_reader_sees_goals_and_changes_nothing(app: Flask, years: tuple[int, int]) -> None:
    viewer = signed_in(app, "viewer")
    page = viewer.get(f"/erklaerungen/{years[1]}/ziele").text
    assert GOAL in page
    assert "goal-12.1-outcome" not in page
    assert "take:" not in viewer.get(f"/erklaerungen/{years[1]}/kriterien/1").text
    assert post(viewer, f"/erklaerungen/{years[1]}/uebernehmen").status_code == 403


def test_a_contributor_takes_over_in_their_own_criterion(app: Flask, years: tuple[int, int]) -> None:
    contributor = signed_in(app, "contributor")
    send(contributor, f"/erklaerungen/{years[1]}/kriterien/1", action="take:1.1")
    assert stored_answer(app, years[1], "1.1") == ("Unsere Strategie.", 2025, 1)


def test_who_answers_by_link_reads_last_years_words_and_vouches_for_them(
    app: Flask, editor: FlaskClient, years: tuple[int, int]
) -> None:
    send(editor, f"/erklaerungen/{years[1]}/kriterien/1", action="take:1.1")
    path = f"/erklaerungen/{years[1]}/beitraege/neu?kriterium=1"
    fields: dict[str, Any] = dict(form_fields(editor.get(path).text))
    fields |= {"points": ["1.1", "1.2"], "name": "Olga Brandt", "email": "olga@example.net"}
    assert editor.post(path, data=fields).status_code == 303
    with database_session(app) as session:
        body = session.scalars(select(Mail).order_by(Mail.id.desc())).first().body  # type: ignore[union-attr]
    link = re.search(r"https?://[^/\s]+(/beitrag/\S+)", body)
    assert link
    guest = app.test_client()
    shown = guest.get(link[1]).text
    assert "Aus 2025 übernommen, bitte prüfen." in shown
    assert "2025 stand hier: Unsere Analyse." in shown
    assert GOAL not in shown, "nothing that was not asked"
    assert not {"take:", "confirm:"} & set(re.findall(r'value="(take:|confirm:)', shown))
    assert send(guest, link[1], action="save").status_code == 303
    assert stored_answer(app, years[1], "1.1") == ("Unsere Strategie.", 2025, 1)
    assert send(guest, link[1], action="send", **{"ref-1.2-text": "Neu."}).status_code == 303
    assert stored_answer(app, years[1], "1.1") == ("Unsere Strategie.", None, 1)
    assert stored_answer(app, years[1], "1.2") == ("Neu.", None, 1)


@pytest.mark.parametrize(
    ("before", "now", "says", "asks"),
    [
        ("100", "162.3", "+62,3 % gegenüber 2025", False),
        ("100", "90", "−10 % gegenüber 2025", False),
        ("0", "5", "2025 war dieser Wert null.", True),
        ("5", "0", "−100 % gegenüber 2025", False),
    ],
)
def test_a_figure_shows_how_much_it_changed(
    app: Flask, editor: FlaskClient, years: tuple[int, int], *, before: str, now: str, says: str, asks: bool
) -> None:
    with database_session(app) as session:
        organisation = session.scalars(select(Organisation.id).order_by(Organisation.id)).first()
        for year, value in ((2025, before), (2026, now)):
            session.add(
                FigureRow(
                    organisation_id=organisation,
                    year=year,
                    datapoint="ghg.scope1.gross",
                    value=Decimal(value),
                    unit="t-co2e",
                    changed_at=NOW,
                )
            )
    shown = editor.get(f"/erklaerungen/{years[1]}/kriterien/13/kennzahlen").text
    assert says in shown
    assert ("Woran liegt er?" in shown) is asks, "what the plausibility rules ask about is not asked twice"


def test_who_was_asked_last_year_is_asked_again_with_a_click(
    app: Flask, editor: FlaskClient, years: tuple[int, int]
) -> None:
    old, new = (f"/erklaerungen/{declaration_id}/beitraege" for declaration_id in years)
    path = f"{old}/neu?kriterium=13"
    fields: dict[str, Any] = dict(form_fields(editor.get(path).text))
    fields |= {"points": ["13.1"], "name": "Olga Brandt", "email": "olga@example.net"}
    assert editor.post(path, data=fields).status_code == 303
    shown = editor.get(new).text
    assert "2025 gefragt" in shown
    assert "Olga Brandt" in shown
    again = next(part.split('"')[0] for part in shown.split('href="') if "wie=" in part.split('"')[0])
    filled = form_fields(editor.get(again.replace("&amp;", "&")).text)
    assert (filled["points"], filled["known"]) == (["13.1"], ["olga@example.net"])


def test_last_year_costs_a_constant_number_of_statements(
    app: Flask, editor: FlaskClient, years: tuple[int, int]
) -> None:
    paths = [f"/erklaerungen/{years[1]}/", *(f"/erklaerungen/{years[1]}/kriterien/{n}" for n in (1, 12))]

    def count(asked: list[str]) -> list[int]:
        counts = []
        for path in asked:
            editor.get(path)
            with count_statements(app) as statements:
                editor.get(path)
            counts.append(len(statements))
        return counts

    few = count(paths)
    with database_session(app) as session:
        for ref in ("2.1", "3.1", "4.1", "12.2", "12.3", "13.2", "14.1", "15.1", "16.1", "17.1"):
            add_answer(session, years[0], ref, text="Gesagt.")
    assert count(paths) == few

    # Without a year before nothing is asked that was not asked anyway; goals cost one statement more.
    first = [path.replace(f"/{years[1]}/", f"/{years[0]}/") for path in paths]
    bare = count(first)
    assert [a - b for a, b in zip(few, bare, strict=True)] == [1, 0, 1]
