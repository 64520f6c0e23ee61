"""What the consent says and what a cluster's pages show of a draft are the same; neither changes alone."""

import hashlib
import io
import re
import zipfile
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dnk_tool.catalogue import load_catalogue
from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.answers.completeness import SectionProgress
from dnk_tool.domain.clusters import consent_editions
from dnk_tool.domain.clusters.attendance import Attendance
from dnk_tool.domain.clusters.cockpit import TIMELINE_EVENTS, MemberStage
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.domain.permissions import Actor, Role
from dnk_tool.domain.review import Audience, ReviewSide
from dnk_tool.services.answers import save as answer_save
from dnk_tool.services.answers.save import SectionEdit
from dnk_tool.services.review import remarks as review_remarks
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cohort, Consent, Milestone
from dnk_tool.store.tables.consents import AllowedChoice, AttendanceRow, MemberNote
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.clusters.consent import wording as consent_wording
from dnk_tool.web.text.labels import label_of
from tests import translations
from tests.contract.test_routes import path_of, rules
from tests.support.app import World, database_session
from tests.support.browsers import signed_in

# Other words are another edition: whoever changes them adds a line here, and EDITION.
EDITIONS = {
    "2026-11": ("622cbdca8f6cb2fa", "52b5853cef7842a4"),
    "2026-11b": ("dffa3d1877770406", "59881f4bcb4346f2"),
    "2026-11c": ("9729aec21fc4298f", "6e217a1411866625"),
    "2026-11d": ("f847616b2856de45", "a0ef99fb86f3281f"),
}

# The steps that the member's page may tell, and the words of the consent that say so.
STEPS = {
    EventKind.SUBMITTED: "eingereicht",
    EventKind.RECALLED: "zurückgeholt",
    EventKind.CHANGES_REQUESTED: "zurückgegeben",
    EventKind.APPROVED: "freigegeben",
    EventKind.FINISHED: "abgeschlossen",
    EventKind.REOPENED: "wieder geöffnet",
    EventKind.PUBLISHED: "oder veröffentlicht wurde",
    EventKind.UNPUBLISHED: "ob sie veröffentlicht ist",
    EventKind.CONSENT_GRANTED: "seit wann es Mitglied ist",
}
# What the pages and files name of each member, and the words of the consent that say so.
NAMED = {
    "Unternehmen": "Den Namen Ihres Unternehmens",
    "Mitglied seit": "seit wann es Mitglied ist",
    "Berichtsjahr": "Für jedes Berichtsjahr",
    "Jahr": "Für jedes Berichtsjahr",
    "Stand": "den Stand Ihrer Erklärung",
    "Am Zug": "wer am Zug ist",
    "Öffentlich": "ob sie veröffentlicht ist",
    "Kriterien": "Wie viele der 20 Kriterien fertig sind",
    "Kriterien fertig": "Wie viele der 20 Kriterien fertig sind",
    "Zuletzt geändert": "Den Tag der letzten Änderung",
    "Geändert": "Den Tag der letzten Änderung",
    "Frist": "ob eine Frist des Clusters verstrichen ist",
    "Anmerkungen": "den Prüfenden in Anmerkungen",
    "Offene Anmerkungen": "den Prüfenden in Anmerkungen",
    "Aufgabe": "wer am Zug ist",
    "Eingereicht am": "wann sie eingereicht",
    "Kontakt": "mit Name und E-Mail-Adresse",
    "E-Mail-Adressen": "mit Name und E-Mail-Adresse",
    "Kriterien 1 bis 20": "Wie viele der 20 Kriterien fertig sind, und zu jedem eines von vier Zeichen",
    "Branche": "die Branche",
    "Größe": "Größenklasse",
    "Leistungsindikatoren": "das Indikatorenset",
    "Indikatorenset": "das Indikatorenset",
    "Kohorte": "ob eine Frist des Clusters verstrichen ist",  # the cluster's own sorting
    **{
        f"{criterion.number} {criterion.title.de}": "zu jedem eines von vier Zeichen"
        for criterion in load_catalogue("dnk-2017").criteria
    },
}
CANARY, NUMBER = "Kanarienvogel", "98765"
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def consent_text(app: Flask) -> str:
    """All words of the consent, a line for each sentence."""
    with app.test_request_context(), force_locale("de"):
        parts = [str(text) for part in consent_wording.WORDS for text in (part.when, *part.sentences)]
        permissions = (*consent_wording.CHOICES.values(), consent_wording.FIGURES)
        parts += [str(text) for words in permissions for text in (words.title, words.sentence)]
        return "\n".join([*parts, str(consent_wording.ENDING)])


def text_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.fixture
def manager(app: Flask, world: World) -> FlaskClient:
    """Somebody of the cluster of which company A is a member with a draft, of which much was written."""
    with database_session(app) as session:
        write_canaries(session, world)
    return signed_in(app, "manager")


def write_canaries(session: Session, world: World) -> None:
    """Answers, a figure, an internal remark, and an event of every kind that a draft can leave."""
    declaration = session.get_one(Declaration, world.own_declaration)
    declaration.state, declaration.cluster_id = State.DRAFT, None
    ids = {account.email: account.id for account in session.scalars(select(Account))}
    actor = Actor(ids["viewer@example.org"], {world.own: Role.EDITOR})
    given = {
        "1.1": VersionedEdit(Answer(Disclosure.COMPLY, CANARY), 0),
        "1.2": VersionedEdit(Answer(Disclosure.EXPLAIN, "", f"{CANARY} {NUMBER}"), 0),
    }
    section = declarations.selection_of(declaration).section_by_ref["1"]
    answer_save.save_section(Work(session, actor, NOW), declaration, section, SectionEdit(given))
    review_remarks.start_thread(
        Work(session, actor, NOW),
        declaration,
        section,
        CANARY,
        audience=Audience.COMPANY,
        side=ReviewSide.COMPANY,
        version=declaration.version,
    )
    # In an order of their own: what a page tells must not depend on when it was written down.
    for hours, kind in enumerate(reversed(EventKind)):
        moment = datetime.now(UTC) + timedelta(hours=hours % 3)
        history.record_declaration_event(
            session, declaration, kind, actor_id=actor.user_id, now=moment, note=CANARY
        )


def cluster_pages(app: Flask, world: World) -> dict[str, str]:
    """Every page and file of the cluster, and those about the member, by endpoint."""
    about = {"cluster_id", "organisation_id"}
    return {
        rule.endpoint: path_of(app, rule, world.own, world.own_declaration, world.cluster)
        for rule, method in rules(app)
        if method == "GET" and "cluster_id" in rule.arguments and rule.arguments <= about
    }


def test_other_words_are_another_edition(app: Flask) -> None:
    german = consent_text(app)
    english = {str(message.id): str(message.string) for message in translations.read_english() if message.id}
    read = "\n".join(english[line] for line in german.splitlines())
    fingerprints = text_digest(german), text_digest(read)
    assert EDITIONS[consent_wording.EDITION] == fingerprints, (
        "raise EDITION, and keep the line of the one before"
    )
    assert list(EDITIONS) == sorted(EDITIONS) == list(consent_editions.CONSENT_EDITIONS)
    named = "damit sieht jeder, dass Ihr Unternehmen zum Cluster gehört"
    assert named in german, "WITH_PUBLIC_LIST holds this edition"
    assert consent_wording.EDITION in consent_editions.EDITIONS_WITH_PUBLIC_LIST


def test_the_consent_names_every_sign_and_every_step(app: Flask) -> None:
    text = consent_text(app)
    with app.test_request_context():
        signs = {label_of(progress).casefold() for progress in SectionProgress}
    assert all(sign in text.casefold() for sign in signs), signs
    assert {*TIMELINE_EVENTS, EventKind.CONSENT_GRANTED} == set(STEPS)
    assert not [words for words in STEPS.values() if words not in text]


def test_the_member_page_of_a_draft_tells_steps_and_nothing_else(
    app: Flask, manager: FlaskClient, world: World
) -> None:
    html = manager.get(cluster_pages(app, world)["cockpit.member"]).text
    told = re.findall(r"<li>([^:<]*): ([^<]*)</li>", html.partition("Die Schritte der Erklärung")[2])
    with app.test_request_context():
        allowed = {label_of(kind) for kind in STEPS}
    assert {re.sub(r" \(\d+-mal\)$", "", unescape(what)) for _day, what in told} <= allowed
    assert len(told) >= len(TIMELINE_EVENTS)


def test_whatever_is_named_of_a_member_stands_in_the_consent(
    app: Flask, manager: FlaskClient, world: World
) -> None:
    known = cluster_pages(app, world)
    member, table = (manager.get(known[endpoint]).text for endpoint in ("cockpit.member", "cockpit.show"))
    named = set(re.findall(r'<dt class="govuk-summary-list__key">\s*([^<]*?)\s*</dt>', member))
    heads = re.findall(r'<th scope="col"[^>]*class="govuk-table__header"[^>]*>(?:<a [^>]*>)?([^<]*)', table)
    file = manager.get(known["cockpit.csv"]).data.decode("utf-8-sig").splitlines()[0]
    named |= {*heads, *(head.strip('"') for head in re.split("[;,]", file))}
    assert len(named) >= 12
    text = consent_text(app)
    assert not [name for name in named if NAMED[name] not in text]


def test_no_word_of_a_draft_and_nobody_but_whom_one_writes_to(
    app: Flask, manager: FlaskClient, world: World
) -> None:
    known = cluster_pages(app, world)
    assert len(known) >= 10
    for endpoint, path in known.items():
        answer = manager.get(path, follow_redirects=True)
        assert answer.status_code == 200, endpoint
        for secret in (CANARY, NUMBER, "contributor@", ">Viewer<", ">Contributor<"):
            assert secret.encode() not in answer.data, (endpoint, secret)
        if endpoint not in ("cockpit.message", "cockpit.member", "cockpit.csv", "cockpit.xlsx"):
            assert b"owner@" not in answer.data, endpoint
            assert b"editor@" not in answer.data, endpoint
    written_to = re.sub(r"<[^>]*>", " ", manager.get(known["cockpit.message"]).text)
    assert "Editor, Owner" in " ".join(written_to.split())
    contacts = manager.get(known["cockpit.csv"]).text
    assert "Editor, Owner;editor@example.org, owner@example.org" in contacts
    assert "mit Name und E-Mail-Adresse" in consent_text(app)


def test_the_heat_map_shows_nothing_but_the_four_signs(
    app: Flask, manager: FlaskClient, world: World
) -> None:
    html = manager.get(cluster_pages(app, world)["cockpit.heat_map"]).text
    cells = re.findall(
        r'<td role="cell" class="a\d [^>]*>(.*?)</td>', html.partition("<tbody")[2], flags=re.S
    )
    assert len(cells) == len(load_catalogue("dnk-2017").criteria)
    with app.test_request_context():
        signs = {label_of(progress).casefold() for progress in SectionProgress}
    assert {re.sub(r"\s*<[^>]*>\s*", "", cell).casefold() for cell in cells} <= signs


def note_everything(app: Flask, world: World, edition: str, choices: Collection[ConsentChoice]) -> None:
    """What a member may allow, all of it stored already, under an edition and with these permissions."""
    with database_session(app) as session:
        consent = session.scalars(select(Consent).where(Consent.organisation_id == world.own)).one()
        consent.edition = edition
        company = session.get_one(Organisation, world.own)
        company.sector, company.employees = f"{CANARY} Sektor", 12
        # What was submitted here or published names them, too.
        session.get_one(Declaration, world.own_declaration).cluster_id = None
        session.execute(delete(AllowedChoice))
        session.add_all(AllowedChoice(consent_id=consent.id, choice=choice) for choice in choices)
        cohort = Cohort(
            cluster_id=world.cluster, reporting_year=2025, name="Elster", created_at=NOW, is_default=False
        )
        session.add(cohort)
        session.flush()
        milestone = Milestone(cohort_id=cohort.id, day=NOW.date(), title=f"{CANARY} Treffen", sections=[])
        session.add(milestone)
        session.flush()
        session.add_all(
            [
                MemberNote(consent_id=consent.id, text=f"{CANARY} Notiz", written_at=NOW),
                AttendanceRow(
                    milestone_id=milestone.id, consent_id=consent.id, attendance=Attendance.EXCUSED
                ),
            ]
        )


# What the pages and files of a cluster may say of a member with these permissions, whatever is stored.
SAID = {
    ConsentChoice.PROFILE: (f"{CANARY} Sektor",),
    ConsentChoice.SUPPORT: (f"{CANARY} Notiz", f"{CANARY} Treffen: entschuldigt"),
}


@pytest.mark.parametrize(
    ("edition", "choices"),
    [
        *((edition, tuple(ConsentChoice)) for edition in ("", *consent_editions.CONSENT_EDITIONS)),
        *((consent_editions.NEWEST_EDITION, choices) for choices in ((), *((one,) for one in SAID))),
    ],
)
def test_what_is_allowed_is_seen_and_nothing_else(
    app: Flask, world: World, edition: str, choices: tuple[ConsentChoice, ...]
) -> None:
    """Under an edition that did not ask, permissions count for nothing, however they came to be stored."""
    note_everything(app, world, edition, choices)
    client = signed_in(app, "manager")
    seen = "\n".join(consent_page(client, path) for path in cluster_pages(app, world).values())
    counts = edition in consent_editions.EDITIONS_WITH_CHOICES
    for choice, texts in SAID.items():
        for text in texts:
            assert (text in seen) == (counts and choice in choices), (choice, text)


def consent_page(client: FlaskClient, path: str) -> str:
    """The words of a page or file, a space for each break."""
    data = client.get(path).data
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            data = b" ".join(book.read(name) for name in book.namelist())
    return " ".join(unescape(data.decode("utf-8", "replace")).split())


def test_a_draft_has_a_stage_and_no_date_with_a_time(app: Flask, manager: FlaskClient, world: World) -> None:
    html = manager.get(cluster_pages(app, world)["cockpit.member"]).text
    with app.test_request_context():
        assert label_of(MemberStage.DRAFT) in html
    assert "Uhr" not in html.partition("<main")[2].partition("</main>")[0]
