"""The pages of cohorts: to create, date by the template, change, copy and delete one, and to tick members."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.language import local_day
from dnk_tool.store.tables.clusters import Cohort, CohortAssignment, Milestone
from dnk_tool.store.tables.declarations import Event
from tests.integration.conftest import NOW
from tests.support.app import World, database_session, form_fields, post
from tests.support.cockpit_members import add_company, default_cohort

pytestmark = pytest.mark.usefixtures("one_day")

TODAY = local_day(NOW)
SOON = TODAY + timedelta(days=100)
YEAR = TODAY.year - 1


def day(value: date) -> str:
    return value.strftime("%d.%m.%Y")


def filled(client: FlaskClient, path: str, **fields: str) -> dict[str, str]:
    """The fields of the form on the page, with these in their place."""
    return form_fields(client.get(path).text) | fields


def cohort_of(app: Flask) -> Cohort:
    with database_session(app) as session:
        return session.scalars(select(Cohort)).one()


def test_a_cohort_from_the_template_in_three_clicks(app: Flask, manager: FlaskClient, world: World) -> None:
    path = f"/cluster/{world.cluster}/kohorten/neu"
    start = filled(manager, path, name="Herbst", starts=day(TODAY), action="template")
    page = manager.post(path, data=start)
    assert page.status_code == 200
    assert "Workshop 4" in page.text
    dated = form_fields(page.text)
    assert manager.post(path, data=dated | {"action": "template"}).status_code == 200
    typed = manager.post(path, data=dated | {"milestones-1-place": "IHK", "action": "template"})
    assert typed.status_code == 422
    assert 'value="IHK"' in typed.text, "what a person typed is not overwritten"
    saved = manager.post(path, data=dated | {"action": "save"}, follow_redirects=True)
    assert "Die Kohorte ist angelegt." in saved.text
    with database_session(app) as session:
        cohort = session.scalars(select(Cohort)).one()
        rows = session.scalars(select(Milestone).order_by(Milestone.day)).all()
        assert (cohort.name, cohort.due) == ("Herbst", TODAY + timedelta(weeks=15))
        assert [(row.title, (row.day - TODAY).days // 7) for row in rows] == [
            ("Auftakt", 0),
            ("Workshop 1", 2),
            ("Workshop 2", 4),
            ("Workshop 3", 6),
            ("Workshop 4", 12),
        ]
        assert rows[2].sections == ["5", "6", "7", "8", "9", "10"]
    again = manager.post(path, data=filled(manager, path, name="herbst"))
    assert again.status_code == 422
    assert "So heißt in diesem Berichtsjahr schon eine Kohorte." in again.text


def test_what_is_wrong_is_named_and_stays(app: Flask, manager: FlaskClient, world: World) -> None:
    path = f"/cluster/{world.cluster}/kohorten/neu"
    wrong = filled(manager, path, reporting_year="25", starts=day(SOON), due=day(TODAY))
    wrong |= {"milestones-0-sections": "3-40", "milestones-0-place": "IHK", "milestones-0-day": "bald"}
    page = manager.post(path, data=wrong)
    assert page.status_code == 422
    for text in (
        "Geben Sie ein Jahr mit vier Ziffern ein",
        "Dieser Tag liegt vor dem ersten Tag der Kohorte.",
        "Geben Sie dem Termin einen Namen",
        "„3-40“ ist kein Kriterium.",
        "Geben Sie ein Datum ein",
    ):
        assert page.text.count(text) == 2, text
    assert 'value="bald"' in page.text
    assert 'value="IHK"' in page.text
    without = manager.post(path, data=filled(manager, path, action="template"))
    assert without.status_code == 422
    assert "Von ihm aus rechnet die Vorlage." in without.text
    many = filled(manager, path)
    for number in range(7):
        many |= {f"milestones-{number}-title": "T", f"milestones-{number}-day": day(SOON)}
    assert "Möglich sind 6." in manager.post(path, data=many).text
    with database_session(app) as session:
        assert session.scalars(select(Cohort)).all() == []


def test_a_final_day_that_is_over_or_goes_is_asked_about_once(
    app: Flask, manager: FlaskClient, world: World
) -> None:
    path = f"/cluster/{world.cluster}/kohorten/neu"
    over = filled(manager, path, due="30.06.2020")
    asked = manager.post(path, data=over)
    assert asked.status_code == 422
    assert "Wer dann nicht eingereicht hat, ist sofort überfällig." in asked.text
    assert manager.post(path, data=form_fields(asked.text) | {"confirmed": "1"}).status_code == 303
    cohort = cohort_of(app)
    own = f"/cluster/{world.cluster}/kohorten/{cohort.id}"
    assert manager.post(own, data=filled(manager, own)).status_code == 303, "it was confirmed already"
    gone = manager.post(own, data=filled(manager, own, due=""))
    assert gone.status_code == 422
    assert "niemand ist überfällig. Bisher galt der 30. Juni 2020." in gone.text
    assert manager.post(own, data=form_fields(gone.text) | {"confirmed": "1"}).status_code == 303
    assert cohort_of(app).due is None
    with database_session(app) as session:
        changes = session.scalars(
            select(Event.detail).where(Event.kind == EventKind.DEADLINE_SET).order_by(Event.id)
        ).all()
    assert [change["due"] for change in changes] == [[None, "2020-06-30"], ["2020-06-30", None]]
    log = manager.get(f"/cluster/{world.cluster}/protokoll").text
    assert "Alle Mitglieder" in log


def test_a_changed_cohort_keeps_its_milestones_and_drops_empty_rows(
    app: Flask, manager: FlaskClient, world: World
) -> None:
    path = f"/cluster/{world.cluster}/kohorten/neu"
    two = {
        f"milestones-{n}-{name}": value
        for n in (0, 1)
        for name, value in (("title", f"T{n}"), ("day", day(SOON)))
    }
    manager.post(path, data=filled(manager, path, name="Herbst", **two))
    own = f"/cluster/{world.cluster}/kohorten/{cohort_of(app).id}"
    with database_session(app) as session:
        first, _second = session.scalars(select(Milestone.id).order_by(Milestone.id)).all()
    cleared = {"milestones-1-title": "", "milestones-1-day": "", "milestones-0-title": "Neu"}
    opened = filled(manager, own, **cleared)
    with database_session(app) as session:
        session.add(Milestone(cohort_id=cohort_of(app).id, day=SOON, title="Von Ralf"))
    assert manager.post(own, data=opened).status_code == 303
    with database_session(app) as session:
        row, added = session.scalars(select(Milestone).order_by(Milestone.id)).all()
        assert (row.id, row.title) == (first, "Neu"), "reminders of it are not sent anew"
        assert added.title == "Von Ralf", "it was added while the page was open"
    assert "Geben Sie der Kohorte einen Namen" in manager.post(own, data=filled(manager, own, name="")).text
    assert "Neu" in manager.get(f"/cluster/{world.cluster}/kohorten").text


def test_of_two_managers_who_change_a_milestone_at_once_neither_loses_a_word(
    app: Flask, manager: FlaskClient, world: World
) -> None:
    path = f"/cluster/{world.cluster}/kohorten/neu"
    first = {"milestones-0-title": "Auftakt", "milestones-0-day": day(SOON)}
    manager.post(path, data=filled(manager, path, name="Herbst", **first))
    own = f"/cluster/{world.cluster}/kohorten/{cohort_of(app).id}"
    ours = filled(manager, own, **{"milestones-0-place": "Rathaus", "due": day(SOON)})
    theirs = filled(manager, own, **{"milestones-0-note": "Bitte Rechnungen mitbringen"})
    assert manager.post(own, data=theirs).status_code == 303
    answer = manager.post(own, data=ours)
    assert answer.status_code == 409
    assert "Bitte Rechnungen mitbringen" in answer.text
    assert "Rathaus" in form_fields(answer.text)["milestones-0-place"]
    with database_session(app) as session:
        kept = session.scalars(select(Milestone)).one()
        assert (kept.place, kept.note) == ("", "Bitte Rechnungen mitbringen")
    assert cohort_of(app).due is None, "nothing else was written either"
    assert manager.post(own, data=ours).status_code == 409, "the old page again is asked again"
    assert manager.post(own, data=form_fields(answer.text)).status_code == 303
    with database_session(app) as session:
        assert session.scalars(select(Milestone)).one().place == "Rathaus"


def test_a_milestone_that_somebody_deleted_meanwhile_is_said_to_be_gone(
    app: Flask, manager: FlaskClient, world: World
) -> None:
    path = f"/cluster/{world.cluster}/kohorten/neu"
    first = {"milestones-0-title": "Auftakt", "milestones-0-day": day(SOON)}
    manager.post(path, data=filled(manager, path, name="Herbst", **first))
    own = f"/cluster/{world.cluster}/kohorten/{cohort_of(app).id}"
    opened = filled(manager, own, **{"milestones-0-place": "Rathaus"})
    manager.post(own, data=filled(manager, own, **{"milestones-0-title": "", "milestones-0-day": ""}))
    answer = manager.post(own, data=opened)
    assert answer.status_code == 409
    assert "„Auftakt“ ist gelöscht" in answer.text
    with database_session(app) as session:
        assert session.scalars(select(Milestone)).all() == []
    assert manager.post(own, data=form_fields(answer.text)).status_code == 303
    with database_session(app) as session:
        assert session.scalars(select(Milestone)).one().place == "Rathaus"


def test_a_copy_for_the_next_year_keeps_weekdays_and_members(
    app: Flask, manager: FlaskClient, world: World
) -> None:
    with database_session(app) as session:
        cohort = Cohort(
            cluster_id=world.cluster, reporting_year=YEAR, name=f"Herbst {YEAR}", due=SOON, created_at=NOW
        )
        session.add(cohort)
        session.flush()
        session.add(Milestone(cohort_id=cohort.id, day=SOON, title="Auftakt"))
        member = add_company(session, world.cluster, "Neue GmbH", joined_at=NOW)
        session.add(
            CohortAssignment(
                cluster_id=world.cluster,
                organisation_id=member,
                reporting_year=YEAR,
                cohort_id=cohort.id,
                assigned_at=NOW,
            )
        )
        source = cohort.id
        out = add_company(session, world.cluster, "Nicht dabei GmbH", joined_at=NOW)
        for year, of_year in ((YEAR, source), (YEAR + 1, None)):
            session.add(
                CohortAssignment(
                    cluster_id=world.cluster,
                    organisation_id=out,
                    reporting_year=year,
                    cohort_id=of_year,
                    assigned_at=NOW,
                )
            )
    path = f"/cluster/{world.cluster}/kohorten/neu?aus={source}"
    without = {name: text for name, text in filled(manager, path).items() if name != "takes_members"}
    assert "takes_members" not in form_fields(manager.post(path, data=without | {"due": "x"}).text)
    assert manager.post(path, data=filled(manager, path)).status_code == 303
    with database_session(app) as session:
        copy = session.scalars(select(Cohort).where(Cohort.id != source)).one()
        [row] = session.scalars(select(Milestone).where(Milestone.cohort_id == copy.id)).all()
        assert (copy.reporting_year, copy.name) == (YEAR + 1, f"Herbst {YEAR + 1}")
        assert copy.due == row.day == SOON + timedelta(days=364)
        kept = session.get(CohortAssignment, (world.cluster, member, YEAR + 1))
        assert kept is not None
        assert kept.cohort_id == copy.id
        assert session.get_one(CohortAssignment, (world.cluster, out, YEAR + 1)).cohort_id is None


def test_members_are_ticked_into_a_cohort_out_of_the_year_and_back(
    app: Flask, manager: FlaskClient, world: World
) -> None:
    with database_session(app) as session:
        everybody = default_cohort(cluster_id=world.cluster, reporting_year=YEAR, due=TODAY)
        named = Cohort(cluster_id=world.cluster, reporting_year=YEAR, name="Herbst", created_at=NOW)
        session.add_all([everybody, named])
        one, two = (
            add_company(session, world.cluster, name, joined_at=NOW) for name in ("Ähre GmbH", "Beta GmbH")
        )
        named_id, default_id = named.id, everybody.id

    def assignment(key: int) -> tuple[int | None] | None:
        with database_session(app) as session:
            row = session.get(CohortAssignment, (world.cluster, key, YEAR))
            return (row.cohort_id,) if row else None

    path = f"/cluster/{world.cluster}/kohorten/{named_id}/unternehmen"
    listed = manager.get(path).text
    assert "zu spät für die Frist" in listed
    assert "In dieser Kohorte (" not in listed
    assert "Ähre" in manager.get(f"{path}?suche=ähre").text
    assert "Beta" not in manager.get(f"{path}?suche=ähre").text
    assert "Kein Mitglied heißt so." in manager.get(f"{path}?suche=xyz").text
    assert "Kreuzen Sie zuerst an" in post(manager, path, {"action": "assign"}, follow_redirects=True).text
    done = post(manager, path, {"action": "assign", "member": str(one)}, follow_redirects=True).text
    assert "1 Unternehmen ist jetzt in dieser Kohorte." in done
    assert (
        done.index("In dieser Kohorte (1)")
        < done.index("Ähre GmbH</label>")
        < done.index("Beta GmbH</label>")
    )
    assert assignment(one) == (named_id,)
    post(manager, path, {"action": "exclude", "member": str(one)})
    assert assignment(one) == (None,)
    excluded = manager.get(path).text
    assert "In dieser Kohorte (" not in excluded
    assert excluded.index("Dieses Jahr nicht dabei (") < excluded.index("Ähre GmbH</label>")
    assert post(manager, path, {"include": str(one)}).status_code == 303
    assert assignment(one) == (named_id,)
    post(manager, path, {"action": "release", "member": str(one)})
    assert assignment(one) is None
    post(manager, path, {"action": "assign", "all": "1", "suche": "gmbh"})
    assert assignment(two) == (named_id,)
    late = f"/cluster/{world.cluster}/kohorten/{default_id}/unternehmen"
    post(manager, late, {"include": str(two)})
    assert assignment(two) == (default_id,), "the late joiner takes part after all"
    post(manager, path, {"action": "assign", "member": str(world.foreign)})
    assert assignment(world.foreign) is None, "whoever is no member"


def test_to_delete_a_cohort_says_what_follows(app: Flask, manager: FlaskClient, world: World) -> None:
    with database_session(app) as session:
        cohort = Cohort(
            cluster_id=world.cluster, reporting_year=YEAR, name="Herbst", due=SOON, created_at=NOW
        )
        session.add(cohort)
        session.flush()
        session.add(Milestone(cohort_id=cohort.id, day=SOON, title="Auftakt"))
        path = f"/cluster/{world.cluster}/kohorten/{cohort.id}/loeschen"
    asked = manager.get(path).text
    assert "gilt nicht mehr: Niemand wird erinnert oder ist überfällig." in asked
    assert "1 Termin verschwindet auch bei den Unternehmen." in asked
    assert "Die Kohorte ist gelöscht." in post(manager, path, {}, follow_redirects=True).text
    with database_session(app) as session:
        assert session.scalars(select(Milestone)).all() == []
    assert manager.get(path).status_code == 404
    old = manager.get(f"/cluster/{world.cluster}/fristen")
    assert (old.status_code, old.location) == (301, f"/cluster/{world.cluster}/kohorten")


def test_a_slip_in_the_year_is_said_instead_of_dates_that_do_not_exist(
    manager: FlaskClient, world: World
) -> None:
    path = f"/cluster/{world.cluster}/kohorten/neu"
    answer = manager.post(
        path, data=filled(manager, path, name="Herbst", starts="31.12.9999", action="template")
    )
    assert (answer.status_code, "Prüfen Sie das Jahr in diesem Datum." in answer.text) == (422, True)
