"""What companies read of each other's published answers: by permission, most similar first, gone at once."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.permissions import SHELL, Actor, Role
from dnk_tool.services.declarations import deletion
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.publication.quotations import allow_quotation
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import sign_offs
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.publication import Publication
from tests.integration.publication import published_companies
from tests.integration.publication.published_companies import add_snapshot, comply, named_document
from tests.support.app import count_statements, database_session, post
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import (
    NOW,
    DeclarationScenario,
    declaration_path,
    make_scenario,
    scenario_session,
)

ASPECT = "1.1"
MOST_STATEMENTS = 15
BUILDING, STONE = "43", "23"
# Source, language, text, what else is known of the company, address.
SHOWN = re.compile(
    r'<span class="govuk-details__summary-text">([^<]*, \d{4})</span></summary>.*?'
    r'<blockquote class="govuk-body-s dnk-text" lang="(\w+)">(.*?)</blockquote>\s*'
    r'<p class="govuk-body-s">(.*?)<a class="govuk-link" target="_blank" rel="noopener" href="(.*?)"',
    re.DOTALL,
)

Publish = Callable[..., int]


@pytest.fixture
def play(any_app: Flask) -> DeclarationScenario:
    """A company of six people, of section C."""
    with database_session(any_app) as session:
        return make_scenario(session)


@pytest.fixture
def publish(any_app: Flask, play: DeclarationScenario) -> Publish:
    """Publishes a declaration of another company that may be quoted; gives its number."""

    def run(
        name: str,
        *,
        text: str = "",
        answer: Answer | None = None,
        year: int = 2025,
        allowed: bool = True,
        of: int = 0,
        **profile: Any,
    ) -> int:
        answers = {ASPECT: answer or comply(text or f"So ist es bei {name}.")}
        document = named_document(name, answers, year, **profile)
        with database_session(any_app) as session:
            return published_companies.publish_document(session, document, of, allowed=allowed).id

    return run


def read_help(app: Flask, play: DeclarationScenario, help_of: str = ASPECT, who: str = "editor") -> str:
    """The page of the criterion with the help of an aspect."""
    answer = signed_in(app, who).get(f"{declaration_path(play)}/kriterien/1?hilfe={help_of}")
    assert answer.status_code == 200
    return answer.text


def quoted_sources(app: Flask, play: DeclarationScenario) -> list[str]:
    """Who is quoted, in order."""
    return [unescape(source) for source, *_rest in SHOWN.findall(read_help(app, play))]


def publication_of(session: Session, declaration: int) -> Publication:
    return session.scalars(select(Publication).where(Publication.declaration_id == declaration)).one()


# ---- Who is shown


def test_without_any_the_page_shows_the_example_of_the_catalogue_alone(
    any_app: Flask, play: DeclarationScenario, publish: Publish
) -> None:
    publish("Nein GmbH", allowed=False)
    page = read_help(any_app, play)
    assert "So könnte eine Antwort lauten:" in page
    assert "Wie andere es schreiben" not in page
    assert "Nein GmbH" not in page


def test_section_and_size_come_first_then_the_section_then_all_others(
    any_app: Flask, play: DeclarationScenario, publish: Publish
) -> None:
    publish("Hof", year=2026)
    publish("Bau", sector=BUILDING, employees=8, year=2026)
    publish("Großes Werk", sector="WZ 2025: 25.11", employees=900)
    publish("Kleines Werk", sector="WZ 2025: 10.71", employees=8, year=2023)
    assert quoted_sources(any_app, play) == ["Kleines Werk, 2023", "Großes Werk, 2025", "Bau, 2026"]
    publish("Zweites kleines Werk", sector=STONE, employees=7, year=2024)
    assert quoted_sources(any_app, play) == [
        "Zweites kleines Werk, 2024",
        "Kleines Werk, 2023",
        "Großes Werk, 2025",
    ]


def test_the_reader_of_unknown_size_and_sector_reads_the_latest(
    any_app: Flask, play: DeclarationScenario, publish: Publish
) -> None:
    publish("Ohne Angaben", sector="", employees=None, year=2023)
    publish("Hof", year=2024)
    with scenario_session(any_app, play) as now:
        now.declaration.organisation.employees, now.declaration.organisation.sector = None, "Steinmetz"
    assert quoted_sources(any_app, play) == ["Hof, 2024", "Ohne Angaben, 2023"]


def test_a_company_is_quoted_once_with_its_latest_year(
    any_app: Flask, play: DeclarationScenario, publish: Publish
) -> None:
    first = publish("Hof", year=2024)
    with database_session(any_app) as session:
        company = session.get_one(Declaration, first).organisation_id
    latest = publish("Hof", year=2025, of=company)
    assert quoted_sources(any_app, play) == ["Hof, 2025"]
    with database_session(any_app) as session:
        declaration = session.get_one(Declaration, latest)
        allow_quotation(Work(session, SHELL, NOW), declaration, is_allowed=False)
    assert quoted_sources(any_app, play) == ["Hof, 2024"], "each year has its own answer"


def test_nobody_reads_the_own_declaration(
    any_app: Flask, play: DeclarationScenario, publish: Publish
) -> None:
    publish("Eigene frühere", of=play.declaration.organisation_id, year=2024)
    assert quoted_sources(any_app, play) == []


def test_a_reason_or_an_empty_answer_is_passed_over_for_the_next_company(
    any_app: Flask, play: DeclarationScenario, publish: Publish
) -> None:
    publish(
        "Begründet",
        sector=STONE,
        answer=Answer(Disclosure.EXPLAIN, explanation="Weil.", reason="not-material"),
    )
    publish("Leer", sector=STONE, answer=Answer())
    publish("Hof")
    assert quoted_sources(any_app, play) == ["Hof, 2025"]


# ---- What is shown


def test_a_text_is_a_quotation_with_company_year_and_the_place_on_the_public_page(
    any_app: Flask, play: DeclarationScenario, publish: Publish
) -> None:
    hostile = "<script>alert(1)</script> & mehr"
    declaration = publish("Hof & Söhne", text=hostile)
    page = read_help(any_app, play)
    [(source, language, text, about, href)] = SHOWN.findall(page)
    assert (language, unescape(text), unescape(source)) == ("de", hostile, "Hof & Söhne, 2025")
    assert "8 Beschäftigte</span>" in about
    assert "<script>alert" not in page
    with database_session(any_app) as session:
        slug = publication_of(session, declaration).slug
    path, _hash, anchor = href.partition("#")
    assert path == f"/berichte/{slug}"
    assert f'id="{anchor}"' in any_app.test_client().get(path).text
    quoted = page[page.index("Wie andere es schreiben") : page.rindex("</blockquote>")]
    assert "<button" not in quoted, "nobody takes another's words over"


def test_a_long_text_is_cut_and_signs_are_left_out(
    any_app: Flask, play: DeclarationScenario, publish: Publish
) -> None:
    text = "Wir **prüfen** jede Halle. " * 40
    publish("Hof", answer=Answer(Disclosure.COMPLY, text=text.strip(), is_marked_up=True))
    [(_source, _language, shown, *_rest)] = SHOWN.findall(read_help(any_app, play))
    assert "*" not in shown
    assert shown.endswith("Wir prüfen jede Halle. …")
    assert len(shown) <= 600


def test_only_the_page_of_the_opened_help_quotes(
    any_app: Flask, play: DeclarationScenario, publish: Publish
) -> None:
    publish("Hof")
    for ref in ("", "1.99", "13.1", "general.contact-name"):
        assert "Hof" not in read_help(any_app, play, ref), ref
    assert "Hof" not in read_help(any_app, play, who="boss"), "who only reads has no help"


def test_the_statements_do_not_grow_with_what_is_published(
    any_app: Flask, play: DeclarationScenario, publish: Publish
) -> None:
    browser = signed_in(any_app, "editor")
    path = f"{declaration_path(play)}/kriterien/1"
    counts = {}
    for wanted in (1, 8):
        for number in range(wanted):
            publish(f"Hof {wanted} {number}")
        browser.get(path)
        with count_statements(any_app) as statements:
            browser.get(f"{path}?hilfe={ASPECT}")
        counts[wanted] = len(statements)
    with count_statements(any_app) as statements:
        browser.get(path)
    assert counts[1] == counts[8] == len(statements) + 1
    assert counts[1] <= MOST_STATEMENTS


def test_however_many_nearer_companies_have_no_text_the_next_one_is_found(
    any_app: Flask, play: DeclarationScenario, publish: Publish
) -> None:
    for number in range(15):
        publish(f"Leer {number}", sector=STONE, answer=Answer())
    first = publish("Hof", year=2024)
    with database_session(any_app) as session:
        company = session.get_one(Declaration, first).organisation_id
    publish("Hof", year=2025, of=company, answer=Answer())
    assert quoted_sources(any_app, play) == ["Hof, 2024"], "the latest year that has a text"


# ---- What is taken back is gone


def test_what_is_withdrawn_deleted_archived_or_forbidden_is_gone_at_the_next_request(
    any_app: Flask, play: DeclarationScenario, publish: Publish
) -> None:
    names = ("Zurückgenommen", "Gelöscht", "Archiviert", "Verboten", "Versteckt")
    for name in names:
        number = publish(name)
        assert quoted_sources(any_app, play) == [f"{name}, 2025"]
        with database_session(any_app) as session:
            declaration = session.get_one(Declaration, number)
            company = declaration.organisation
            if name == "Zurückgenommen":
                publishing_steps.unpublish(Work(session, SHELL, NOW), declaration)
            elif name == "Gelöscht":
                declaration.deleted_at = NOW
            elif name == "Archiviert":
                company.archived_at = NOW
            elif name == "Verboten":
                allow_quotation(Work(session, SHELL, NOW), declaration, is_allowed=False)
            else:
                company.is_findable = True
                publishing_steps.set_findable(Work(session, SHELL, NOW), company, is_findable=False)
        assert quoted_sources(any_app, play) == [], name


def test_a_newer_version_takes_the_place_of_the_one_before(
    any_app: Flask, play: DeclarationScenario, publish: Publish
) -> None:
    number = publish("Hof", text="Alter Satz.")
    with database_session(any_app) as session:
        declaration = session.get_one(Declaration, number)
        add_snapshot(session, declaration, named_document("Hof", {ASPECT: comply("Neuer Satz.")}), 2)
    assert "Alter Satz." in read_help(any_app, play), "not published yet"
    with database_session(any_app) as session:
        declaration = session.get_one(Declaration, number)
        publishing_steps.publish(Work(session, SHELL, NOW + timedelta(days=1)), declaration)
    page = read_help(any_app, play)
    assert "Neuer Satz." in page
    assert "Alter Satz." not in page


def test_published_anew_after_a_withdrawal_it_is_not_quoted_unasked(
    any_app: Flask, play: DeclarationScenario, publish: Publish
) -> None:
    number = publish("Hof")
    with database_session(any_app) as session:
        declaration = session.get_one(Declaration, number)
        publishing_steps.unpublish(Work(session, SHELL, NOW), declaration)
        publishing_steps.publish(Work(session, SHELL, NOW), declaration)
    assert quoted_sources(any_app, play) == []


def test_what_a_colleague_forbids_meanwhile_stays_forbidden_when_a_newer_version_is_published(
    any_app: Flask, play: DeclarationScenario, publish: Publish
) -> None:
    """Whoever waits for the turn has read the earlier answer already."""
    number = publish("Hof")
    with database_session(any_app) as session:
        declaration = session.get_one(Declaration, number)
        other_texts = {ASPECT: comply("Neuer Satz."), "1.2": Answer()}
        add_snapshot(session, declaration, named_document("Hof", other_texts), 2)
        known = publication_of(session, number)
        unnoticed = {"synchronize_session": False}
        session.execute(update(Publication).values(quotable_refs=None), execution_options=unnoticed)
        assert known.is_quotable
        publishing_steps.publish(Work(session, SHELL, NOW), declaration)
    assert quoted_sources(any_app, play) == []


def test_what_was_deleted_in_the_archive_has_no_permission_left(
    any_app: Flask, play: DeclarationScenario, publish: Publish
) -> None:
    number = publish("Hof")
    with database_session(any_app) as session:
        declaration = session.get_one(Declaration, number)
        declaration.organisation.archived_at = NOW
        owner = Actor(play.people["owner"].id, {declaration.organisation_id: Role.OWNER})
        deletion.delete_declaration(Work(session, owner, NOW), declaration)
    with database_session(any_app) as session:
        publication = publication_of(session, number)
        assert publication.revoked_at
        assert not publication.is_quotable


# ---- The company's answer


def is_checked(page: str, value: str) -> bool:
    return bool(re.search(rf'name="quotable" type="radio" value="{value}"[^>]* checked', page))


@pytest.fixture
def to_publish(any_app: Flask, play: DeclarationScenario) -> str:
    """The page on which the owner publishes the declaration."""
    with scenario_session(any_app, play) as now:
        now.submit(to=False)
    return f"{declaration_path(play)}/veroeffentlichung"


@pytest.mark.parametrize(("is_findable", "preset"), [(False, "no"), (True, "yes")])
def test_a_company_is_asked_when_it_publishes(
    any_app: Flask, play: DeclarationScenario, to_publish: str, is_findable: bool, preset: str
) -> None:
    with scenario_session(any_app, play) as now:
        now.declaration.organisation.is_findable = is_findable
    owner = signed_in(any_app, "owner")
    page = owner.get(to_publish).text
    assert "Das können auch Wettbewerber sein." in page
    assert page.index("quotable") < page.index("Veröffentlichen</button>")
    assert is_checked(page, preset)
    answer = post(owner, to_publish, {"quotable": "yes"}, follow_redirects=True)
    assert "Die Erklärung ist veröffentlicht." in answer.text
    assert is_checked(answer.text, "yes")
    with database_session(any_app) as session:
        assert publication_of(session, play.declaration.id).is_quotable


@pytest.mark.parametrize("fields", [{}, {"quotable": "no"}, {"quotable": "?"}])
def test_without_a_yes_nothing_is_quoted(
    any_app: Flask, play: DeclarationScenario, to_publish: str, fields: dict[str, str]
) -> None:
    with scenario_session(any_app, play) as now:
        now.declaration.organisation.is_findable = True
    post(signed_in(any_app, "owner"), to_publish, fields)
    with database_session(any_app) as session:
        assert not publication_of(session, play.declaration.id).is_quotable


def test_the_answer_can_be_changed_at_any_time_and_is_in_the_log(
    any_app: Flask, play: DeclarationScenario, to_publish: str
) -> None:
    owner = signed_in(any_app, "owner")
    post(owner, f"{to_publish}/beispiel", {"quotable": "yes"})
    post(owner, to_publish, {"quotable": "no"})
    for answer, is_quotable in (("yes", True), ("yes", True), ("no", False)):
        page = post(owner, f"{to_publish}/beispiel", {"quotable": answer}, follow_redirects=True).text
        assert "Gespeichert." in page
        assert is_checked(page, answer)
        with database_session(any_app) as session:
            assert publication_of(session, play.declaration.id).is_quotable is is_quotable
    with database_session(any_app) as session:
        events = [
            event.detail for event in session.scalars(select(Event)) if "is_quotable" in str(event.detail)
        ]
    assert [detail["fields"]["is_quotable"] for detail in events] == [[False, True], [True, False]]
    trail = owner.get(f"/unternehmen/{play.declaration.organisation_id}/protokoll").text
    assert "Andere Unternehmen dürfen Texte als Beispiel lesen" in trail


def test_who_publishes_a_moment_after_a_colleague_does_not_change_the_answer(
    any_app: Flask, play: DeclarationScenario, to_publish: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = signed_in(any_app, "owner")
    post(owner, to_publish, {"quotable": "no"})
    with monkeypatch.context() as earlier:  # looked before the colleague's publication was there
        earlier.setattr(sign_offs, "publication", lambda *_given: None)
        assert post(owner, to_publish, {"quotable": "yes"}).status_code == 303
    with database_session(any_app) as session:
        assert not publication_of(session, play.declaration.id).is_quotable


def test_the_log_says_that_keeping_search_engines_out_took_the_answer_back(
    any_app: Flask, play: DeclarationScenario, to_publish: str
) -> None:
    owner = signed_in(any_app, "owner")
    address = f"/unternehmen/{play.declaration.organisation_id}/suchmaschinen"
    post(owner, address, {"findable": "yes"})
    post(owner, to_publish, {"quotable": "yes"})
    for answer in ("no", "yes", "no"):
        post(owner, address, {"findable": answer})
    with database_session(any_app) as session:
        events = session.scalars(select(Event).order_by(Event.id)).all()
    said_of = [fields for event in events if "is_findable" in (fields := event.detail.get("fields", {}))]
    assert said_of[1:] == [
        {"is_findable": [True, False], "is_quotable": [True, False]},
        {"is_findable": [False, True]},
        {"is_findable": [True, False]},
    ]


def test_an_answer_given_over_another_answer_is_asked_again(
    any_app: Flask, play: DeclarationScenario, to_publish: str
) -> None:
    owner = signed_in(any_app, "owner")
    post(owner, to_publish, {"quotable": "yes"})
    post(owner, f"{to_publish}/beispiel", {"quotable": "no", "known": "yes"})
    stale = post(owner, f"{to_publish}/beispiel", {"quotable": "yes", "known": "yes"})
    with database_session(any_app) as session:
        assert not publication_of(session, play.declaration.id).is_quotable
    assert stale.status_code == 409
    assert "inzwischen jemand anders" in stale.text
    assert is_checked(stale.text, "yes"), "what was chosen stays"
    assert 'name="known" value="no"' in stale.text
    assert "wird nicht zitiert" in stale.text


@pytest.mark.parametrize("fields", [{}, {"quotable": ""}, {"quotable": "?"}])
def test_no_answer_is_named_as_a_fault(
    any_app: Flask, play: DeclarationScenario, to_publish: str, fields: dict[str, str]
) -> None:
    owner = signed_in(any_app, "owner")
    post(owner, to_publish, {"quotable": "yes"})
    answer = post(owner, f"{to_publish}/beispiel", fields)
    assert answer.status_code == 422
    assert "Wählen Sie eine der beiden Antworten." in answer.text
    with database_session(any_app) as session:
        assert publication_of(session, play.declaration.id).is_quotable


def test_before_it_is_published_there_is_nothing_to_allow(
    any_app: Flask, play: DeclarationScenario, to_publish: str
) -> None:
    owner = signed_in(any_app, "owner")
    page = post(owner, f"{to_publish}/beispiel", {"quotable": "yes"}, follow_redirects=True).text
    assert "Gespeichert." not in page
    assert "Als Beispiel für andere" not in page


def test_who_is_quoted_sees_where_and_how(any_app: Flask, play: DeclarationScenario, to_publish: str) -> None:
    owner = signed_in(any_app, "owner")
    page = post(owner, to_publish, {"quotable": "no"}, follow_redirects=True).text
    assert "Aus Ihrer Erklärung wird nicht zitiert." in page
    assert "So sehen es andere" not in page
    page = post(owner, f"{to_publish}/beispiel", {"quotable": "yes"}, follow_redirects=True).text
    assert "Aus Ihrer Erklärung darf zitiert werden." in page
    with database_session(any_app) as session:
        publication = publication_of(session, play.declaration.id)
        slug, refs = publication.slug, (publication.quotable_refs or "").split()
    public = any_app.test_client().get(f"/berichte/{slug}").text
    links = set(re.findall(rf'href="/berichte/{slug}#([^"]+)"', page))
    assert links == {f"angabe-{ref}" for ref in refs}
    assert len(refs) > 20
    assert all(f'id="{anchor}"' in public for anchor in links)
    assert f"Diese {len(refs)} Texte können andere lesen" in page
    shown = page[page.index("So sehen es andere") : page.index("Texte können andere lesen")]
    quoted = re.search(r'lang="de">(.*?)( …)?</blockquote>', shown, re.DOTALL)
    assert quoted
    assert quoted[1][:60] in public


def test_the_page_of_a_publication_takes_few_statements(
    any_app: Flask, play: DeclarationScenario, to_publish: str
) -> None:
    owner = signed_in(any_app, "owner")
    post(owner, to_publish, {"quotable": "yes"})
    with count_statements(any_app) as statements:
        page = owner.get(to_publish).text
    assert "So sehen es andere" in page
    assert len(statements) <= MOST_STATEMENTS


def test_a_text_with_marks_or_without_words_is_named_as_others_see_it(
    any_app: Flask, play: DeclarationScenario, publish: Publish
) -> None:
    number = publish("Hof", answer=Answer(Disclosure.COMPLY, text="   "))
    other = publish("Bau", answer=Answer(Disclosure.COMPLY, text="**Ja.**", is_marked_up=True))
    with database_session(any_app) as session:
        assert " 1.1 " not in (publication_of(session, number).quotable_refs or "")
        assert " 1.1 " in (publication_of(session, other).quotable_refs or "")


def test_the_hint_stands_where_search_engines_are_kept_out(any_app: Flask, play: DeclarationScenario) -> None:
    owner = signed_in(any_app, "owner")
    page = owner.get(f"/unternehmen/{play.declaration.organisation_id}/suchmaschinen").text
    assert "nicht mehr als Beispiel" in page
