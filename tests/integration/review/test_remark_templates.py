"""Reusable remarks: in which order they are offered, how they come into a remark and are made of one."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from dnk_tool.catalogue.remark_templates import load_supplied_remarks
from dnk_tool.domain.review import Audience, ReviewSide
from dnk_tool.services.review import drafts
from dnk_tool.services.review.remark_templates import (
    MAX_FIRST,
    RemarkTemplate,
    RemarkTemplateDeleted,
    add_remark_template,
    change_remark_template,
    choices_for,
    delete_remark_template,
    keep_as_template,
)
from dnk_tool.services.review.remarks import answer_thread
from dnk_tool.services.work import Work
from dnk_tool.store.review import remark_templates, remarks
from dnk_tool.store.tables.review import StockRemark
from tests.support.app import database_session, form_fields
from tests.support.browsers import signed_in
from tests.support.review_scenario import NOW, ReviewScenario, make_review_scenario, write_remark

OWN = ["", "general", "3", "13"]


@pytest.fixture
def case(app: Flask) -> ReviewScenario:
    with database_session(app) as session:
        return make_review_scenario(session)


@pytest.fixture
def karin(app: Flask, case: ReviewScenario) -> FlaskClient:
    return signed_in(app, "karin")


def review_path(case: ReviewScenario, section: str) -> str:
    return f"/cluster/{case.cluster_id}/pruefung/{case.declaration_id}/{section}"


def press_action(client: FlaskClient, address: str, action: str, **typed: Any) -> Any:
    fields: dict[str, Any] = dict(form_fields(client.get(address).text))
    return client.post(address, data=fields | {"action": action} | typed)


def own_templates(app: Flask, case: ReviewScenario) -> list[tuple[str, str, str, str, int]]:
    with database_session(app) as session:
        rows = remark_templates.of_cluster(session, case.cluster_id)
        return [(row.title, row.section, row.text_de, row.text_en, row.uses) for row in rows]


@settings(max_examples=60, deadline=None, database=None)
@given(sections=st.lists(st.sampled_from(OWN), max_size=9), section=st.sampled_from(OWN[1:]))
def test_every_reusable_remark_is_offered_once_and_those_that_fit_come_first(
    sections: list[str], section: str
) -> None:
    own = [StockRemark(id=at + 1, title=f"Satz {at}", section=ref) for at, ref in enumerate(sections)]
    aspect = f"{section}.1"
    offered = choices_for(own, section, aspect)
    known = [str(row.id) for row in own] + [remark.key for remark in load_supplied_remarks()]
    others = [choice for group in offered.others.values() for choice in group]
    assert sorted(choice.key for choice in (*offered.first, *others)) == sorted(known)
    distances = [choice.distance(section, aspect) for choice in offered.first]
    assert distances == sorted(distances)
    assert all(choice.section in ("", section) for choice in offered.first)
    fitting = [choice for choice in others if choice.section in ("", section)]
    assert not fitting or len(offered.first) == MAX_FIRST
    assert all(choice.section == ref for ref, group in offered.others.items() for choice in group)


def test_the_aspect_comes_first_then_its_criterion_then_what_fits_all() -> None:
    own = [
        StockRemark(id=1, title="Für alle", section=""),
        StockRemark(id=2, title="Zu 3", section="3"),
        StockRemark(id=3, title="Zu 13", section="13"),
    ]
    offered = choices_for(own, "13", "13.5")
    assert [choice.key for choice in offered.first] == ["climate-basis", "3", "climate-target"]
    assert [choice.key for choice in offered.others["13"]] == ["climate-progress"]
    assert offered.others[""][0].key == "1"
    assert offered.others["3"][0].key == "2"


def test_a_supplied_remark_says_what_the_new_remark_is_about_unless_somebody_did(
    karin: FlaskClient, case: ReviewScenario
) -> None:
    page = review_path(case, "13")
    fields = form_fields(press_action(karin, page, "insert:climate-basis").text)
    assert fields["ref"] == ["13.5"]
    assert fields["remark"][0].startswith("Bitte schreiben Sie, nach welcher Regel")
    for typed in ({"ref": "13.2"}, {"remark": "Guten Tag."}):
        again = form_fields(press_action(karin, page, "insert:climate-basis", **typed).text)
        assert again["ref"] == [typed.get("ref", "")]
        assert again["remark"][0].startswith(typed.get("remark", "Bitte schreiben Sie"))
    foreign = form_fields(press_action(karin, page, "insert", stock="goals-checked").text)
    assert foreign["ref"] == [""]
    assert foreign["stock"] == [""], "nothing is inserted twice by a second click on save"


def test_a_page_of_a_deleted_remark_changes_no_newer_one(session: Session) -> None:
    made = make_review_scenario(session)
    work = Work(session, made.karin, NOW)
    template = RemarkTemplate("Alt", "Alt?")
    old = add_remark_template(work, made.cluster_id, template).id
    delete_remark_template(session, made.cluster_id, old, seen=1, actor=made.karin)
    add_remark_template(work, made.cluster_id, RemarkTemplate("Neu", "Neu?"))
    with pytest.raises(RemarkTemplateDeleted):
        change_remark_template(work, made.cluster_id, old, template, seen=1)


def test_own_remarks_are_counted_by_use_and_the_most_used_comes_first(
    karin: FlaskClient, app: Flask, case: ReviewScenario
) -> None:
    with database_session(app) as session:
        for title in ("Abc", "Xyz"):
            session.add(
                StockRemark(cluster_id=case.cluster_id, title=title, text_de=f"{title}?", changed_at=NOW)
            )
    rare, often = (row[0] for row in own_templates(app, case))
    with database_session(app) as session:
        ids = {row.title: row.id for row in remark_templates.of_cluster(session, case.cluster_id)}
    for _time in range(2):
        press_action(karin, review_path(case, "5"), f"insert:{ids[often]}")
    assert [(row[0], row[4]) for row in own_templates(app, case)] == [(often, 2), (rare, 0)]
    listed = karin.get(f"/cluster/{case.cluster_id}/textbausteine/").text
    assert "2-mal verwendet" in listed
    assert "0-mal" not in listed


def test_a_written_remark_becomes_a_reusable_one_once_and_nothing_typed_is_lost(
    karin: FlaskClient, app: Flask, case: ReviewScenario
) -> None:
    text = "Bitte nennen Sie zu jedem Ihrer Ziele auch das Jahr,\nbis zu dem Sie es erreichen wollen."
    with database_session(app) as session:
        thread = write_remark(session, case, "3", text).id
    for _click in range(2):
        answer = press_action(karin, review_path(case, "3"), f"keep:{thread}", remark="Ein Anfang")
        assert answer.status_code == 200
        assert "Als Textbaustein gemerkt: „Bitte nennen Sie" in answer.text
        assert form_fields(answer.text)["remark"] == ["Ein Anfang"]
        assert f"keep:{thread}" not in answer.text
        at_thread = answer.text[answer.text.index(f'id="thread-{thread}"') :]
        assert re.search(
            r'role="status">Als Textbaustein gemerkt: .+\s+href="/cluster/\d+/textbausteine/\d+"', at_thread
        )
    title = "Bitte nennen Sie zu jedem Ihrer Ziele auch das Jahr, bis …"
    assert own_templates(app, case) == [(title, "3", text, "", 0)]


def test_of_an_english_declaration_it_has_an_english_text_and_stays_so(
    karin: FlaskClient, app: Flask, case: ReviewScenario
) -> None:
    with database_session(app) as session:
        row = keep_as_template(
            Work(session, case.rolf, NOW), case.cluster_id, "By when?", section="general", language="en"
        )
        address = f"/cluster/{case.cluster_id}/textbausteine/{row.id}"
    page = karin.get(address).text
    fields: dict[str, Any] = dict(form_fields(page))
    asked = page.index("Diesen Textbaustein für das ganze Team löschen?")
    assert page.rindex("<details", 0, asked) > page.index("Speichern</button>"), "deleted only when asked for"
    assert karin.post(address, data=fields | {"section": "3"}).status_code == 303
    assert own_templates(app, case) == [("By when?", "3", "", "By when?", 0)]
    assert "Noch ohne deutschen Text" in karin.get(f"/cluster/{case.cluster_id}/textbausteine/").text


def test_what_was_not_written_to_the_company_becomes_no_reusable_remark(
    karin: FlaskClient, app: Flask, case: ReviewScenario
) -> None:
    supplied = load_supplied_remarks()[0].text
    with database_session(app) as session:
        ours = write_remark(session, case, "3").id
        drafts.publish_drafts(session, case.declaration(session), now=NOW)
        [thread] = remarks.threads(session, case.declaration_id, ReviewSide.COMPANY)
        answer_thread(
            Work(session, case.owner, NOW),
            case.declaration(session),
            thread,
            "Vertraulich.",
            side=ReviewSide.COMPANY,
            version=1,
        )
        theirs = write_remark(session, case, "4", side=ReviewSide.COMPANY, audience=Audience.COMPANY).id
        inside = write_remark(session, case, "5", "Kennst du die?", audience=Audience.REVIEWERS).id
        known = write_remark(session, case, "6", supplied.de).id
    assert f"keep:{inside}" not in karin.get(review_path(case, "5")).text
    assert f"keep:{known}" not in karin.get(review_path(case, "6")).text
    press_action(karin, review_path(case, "3"), f"keep:{ours}")
    for section, named in (("4", theirs), ("4", ours), ("5", inside), ("3", "x"), ("3", "")):
        press_action(karin, review_path(case, section), f"keep:{named}")
    [(_title, section, text, _english, _uses)] = own_templates(app, case)
    assert (section, "Vertraulich" in text) == ("3", False)


def test_the_page_shows_one_criterion_and_lets_one_take_over_what_is_supplied(
    karin: FlaskClient, app: Flask, case: ReviewScenario
) -> None:
    base = f"/cluster/{case.cluster_id}/textbausteine/"
    with database_session(app) as session:
        for section in ("3", "13"):
            session.add(
                StockRemark(
                    cluster_id=case.cluster_id,
                    title=f"Eigener zu {section}",
                    text_de="Bitte.",
                    section=section,
                    changed_at=NOW,
                )
            )
    everything, climate = karin.get(base).text, karin.get(f"{base}?kriterium=13").text
    assert karin.get(f"{base}?kriterium=99").text.count("aus=") == everything.count("aus=")
    for remark in load_supplied_remarks():
        assert f"aus={remark.key}" in everything
        assert (f"aus={remark.key}" in climate) == (remark.section == "13")
    assert "Eigener zu 13" in climate
    assert "Eigener zu 3<" not in climate
    supplied = next(remark for remark in load_supplied_remarks() if remark.key == "climate-basis")
    form = form_fields(karin.get(f"{base}neu?aus=climate-basis").text)
    assert (form["text_de"], form["text_en"]) == ([supplied.text.de], [supplied.text.en])
    assert form["section"] == ["13"]
    assert form_fields(karin.get(f"{base}neu?aus=none").text)["text_de"] == [""]
