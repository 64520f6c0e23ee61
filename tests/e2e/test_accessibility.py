"""Every page in every state: no axe-core finding, no overflow at 320 px, the right language, one host."""

import fcntl
import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from itsdangerous import URLSafeSerializer
from playwright.sync_api import Browser, FilePayload, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.domain.answers.answer import Answer, Origin
from dnk_tool.domain.clusters.attendance import Attendance
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.declarations import states
from dnk_tool.domain.declarations.document import canonical_json, fingerprint
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.version_code import version_code
from dnk_tool.domain.editing.versions import VersionedEdit
from dnk_tool.domain.evidence import WHOLE_DECLARATION, EvidenceTarget
from dnk_tool.domain.exchange.awards import JurorSheet
from dnk_tool.domain.exchange.residues import NoticeKind
from dnk_tool.domain.exchange.working_groups import GroupDate, GroupLink, WorkingGroupContent
from dnk_tool.domain.figures.calculators import CalculatorLine, with_proposed_factors
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.mail import MailDelivery, RefusalReason
from dnk_tool.domain.permissions import SHELL, Actor, ClusterRole, Role
from dnk_tool.domain.quantities import Quantity
from dnk_tool.domain.review import Audience, ReviewSide, Verdict
from dnk_tool.report.view.branding import Branding
from dnk_tool.services.accounts import lifecycle as account_lifecycle
from dnk_tool.services.aggregates import joint_goals, preparation
from dnk_tool.services.aggregates import releases as aggregate_releases
from dnk_tool.services.answers import save as answer_saving
from dnk_tool.services.answers import take_over
from dnk_tool.services.declarations import branding, next_year, sign_off_links, submission
from dnk_tool.services.declarations import sign_off as sign_off_steps
from dnk_tool.services.evidence.files import EvidenceDetails
from dnk_tool.services.exchange import jury, residue_inquiries, residues, working_groups
from dnk_tool.services.exchange.examples import withdraw_example
from dnk_tool.services.figures import calculator_lines
from dnk_tool.services.invitations import contribution_requests as answer_requests
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.publication.quotable_texts import allow_quotation
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.database import make_engine, session_factory
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.evidence.file_blob_store import FileBlobStore
from dnk_tool.store.exchange import neighbours
from dnk_tool.store.invitations.queries import hash_token
from dnk_tool.store.measures import measures
from dnk_tool.store.review import remarks
from dnk_tool.store.tables.accounts import AuthenticatorApp
from dnk_tool.store.tables.aggregates import ReleaseRow
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff, Cohort, Consent, Milestone, Room
from dnk_tool.store.tables.consents import AllowedChoice, AttendanceRow, MemberNote
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.store.tables.figures import FigureRow
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.mail import ClusterMessage, Mail, MessageCopy
from dnk_tool.store.tables.organisations import Membership
from dnk_tool.store.tables.review import Approval, RemarkRow, StockRemark
from dnk_tool.web.assets import build
from tests.e2e.conftest import Shot, Visit, new_visitor
from tests.e2e.driving import (
    COMPLETE,
    IN_PROGRESS,
    PATIENCE_SECONDS,
    Server,
    Visitor,
    other_address,
    wait_for,
)
from tests.e2e.driving import field as form_field
from tests.hostile_pages import page_pdf
from tests.integration.aggregates import joint_goal_members, release_members
from tests.integration.exchange import award_rounds, residue_members, told_examples
from tests.integration.exchange.poll_rooms import add_polls
from tests.support import cockpit_members, evidence, review_scenario
from tests.support.app import (
    PASSWORD,
    add_consent,
    add_member,
    declaration_of,
    make_account,
    make_cluster,
    make_organisation,
)
from tests.support.cockpit_members import default_cohort
from tests.support.files.evidence_files import filled_in, image
from tests.support.machine import made_once

pytestmark = pytest.mark.e2e

WIDTHS, HEIGHT = (1280, 320), 900
OWN_GOAL = "/unternehmen/{half_company}/gemeinsames-ziel"
RESIDUES = "/unternehmen/{residue_firm}/reststoffe"
MEASURE_LIST = "/unternehmen/{half_company}/massnahmen/liste"
JURY_TOKEN = "seventeen-sheets-of-paper"
AWARDS, OWN_AWARDS = "/cluster/{examples}/auszeichnungen", "/unternehmen/{example_reader}/auszeichnungen"
GROUPS = "/cluster/{examples}/arbeitsgruppen"
OWN_EXAMPLE = "/unternehmen/{example_reader}/beispiele/eigene/{own_example}"
EXAMPLE = told_examples.CANARY
CLIMATE_GOAL = "/unternehmen/{half_company}/pfad/ziel"
FROM_FILE = "/unternehmen/{company}/erklaerungen/aus-datei"
# Everything that axe-core finds by itself: WCAG 2.2 A and AA, and best practice.
RUN = """async (context) => {
  const options = { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } };
  const { violations } = await axe.run(context ?? document, options);
  const places = (nodes) => nodes.slice(0, 3).map((node) => node.html.slice(0, 200));
  return violations.map(({ id, help, nodes }) => [id, help, places(nodes)]);
}"""
# Without reading the style sheets again: one rule does, about rotation, and it looks at nothing else.
RUN_AGAIN = RUN.replace("resultTypes:", "preload: false, resultTypes:")
MENUS = ".dnk-more"
CONTRAST = RUN.replace("rules: {", 'runOnly: ["color-contrast"], rules: {')
# The pages that are looked at in the dark, too: one of each kind.
DARK = frozenset(
    {
        "welcome",
        "help",
        "sign-in",
        "account",
        "overview-half",
        "criterion-half",
        "criterion-quotations",
        "criterion-errors",
        "collision",
        "climate-path",
        "material-flow",
        "residues",
        "figures",
        "bills",
        "list-preview",
        "check-incomplete",
        "version-finished",
        "public-declaration",
        "cockpit",
        "heat-map",
        "review-criterion",
        "cohort-delete",  # a button that deletes
        "poll-answer",
        "poll-wall",
        "poll-wall-pair",
    }
)
# Boxes and words beyond the right edge, but for what scrolls by itself.
OVERFLOW = """() => {
  const isBeyond = (box) => box.right > document.documentElement.clientWidth;
  const meant = ".dnk-scroll, .dnk-heat b, .govuk-visually-hidden, .govuk-skip-link";
  // What is cut to a pixel is read aloud only; a line of one pixel is not cut.
  const isCut = (it) => it.offsetWidth === 1 && getComputedStyle(it).clipPath !== "none";
  const isMeant = (it) => isCut(it) || it.closest(meant);
  const overflowing = [];
  for (const it of document.querySelectorAll("body, body *")) {
    if (!it.checkVisibility() || isMeant(it)) continue;
    if (isBeyond(it.getBoundingClientRect())) overflowing.push(it.outerHTML.slice(0, 150));
    for (const text of it.childNodes) {
      if (text.nodeType !== Node.TEXT_NODE) continue;
      const range = document.createRange();
      range.selectNode(text);
      const words = text.data.trim().slice(0, 80);
      if ([...range.getClientRects()].some(isBeyond)) overflowing.push(`${it.className}: ${words}`);
    }
  }
  return overflowing.slice(0, 6);
}"""
GROUND = "() => getComputedStyle(document.body).backgroundColor"
# The name lets one menu of a page be open: without it, all are.
OPEN_ALL = """() => {
  document.querySelectorAll(".dnk-more, .dnk-more ul").forEach((it) => { it.style.position = ""; });
  document.querySelectorAll("details").forEach((it) => { it.name = ""; it.open = true; });
}"""
# Of what is alike, as rows of a long table, some are enough at the second width: all were read at the first,
# and each element that goes looks as two before it do, with the same tag, attributes and place.
FEW_ALIKE = """() => {
  const telling = new Set(["class", "role", "type", "style", "open", "disabled", "scope", "lang"]);
  const named = ({ name, value }) => telling.has(name) ? `${name}=${value}` : name;
  const look = (it) => [it.tagName, ...[...it.attributes].map(named)].join(" ");
  for (const group of document.querySelectorAll("main *")) {
    if (group.childElementCount < 6) continue;
    const seen = new Map();
    for (const row of [...group.children]) {
      const all = [row, ...row.querySelectorAll("*")];
      const looks = new Set(all.map((it) => `${it === row ? "" : look(it.parentElement)} > ${look(it)}`));
      if ([...looks].every((one) => seen.get(one) >= 2)) row.remove();
      else looks.forEach((one) => seen.set(one, (seen.get(one) ?? 0) + 1));
    }
  }
}"""
# Open menus and heads of a heat map lie over what follows, and so does the dock, except at its form's end.
UNCOVER = """() => {
  document.querySelectorAll(".dnk-heat thead *").forEach((it) => { it.style.position = "static"; });
  document.querySelectorAll(".dnk-more").forEach((it) => { it.open = false; });
  scrollTo(0, document.documentElement.scrollHeight);
}"""
# Below each other: open at the same time they would lie over each other.
OPEN_MENUS = """() => document.querySelectorAll(".dnk-more").forEach((it) => {
  it.open = true;
  it.style.position = it.querySelector("ul").style.position = "static";
})"""


# Every way of signing in is offered; the provider does not answer.
SIGN_IN = {
    "DNK_SELF_REGISTRATION": "true",
    "DNK_OIDC_ISSUER": "http://localhost:9",
    "DNK_OIDC_CLIENT_ID": "dnk",
    "DNK_OIDC_NAME": "Kammer-Konto",
}


@dataclass(frozen=True)
class World:
    """Companies in every state: finished, half filled, complete, empty; one person belongs to none."""

    finished: int
    half: int
    complete: int
    empty: int
    company: int
    half_company: int
    cockpit: int = 1
    cockpit_empty: int = 1
    cockpit_member: int = 1
    numbers: int = 1
    compared: int = 1
    member: int = 1
    invited: str = "x"
    invited_before: str = "x"
    asked: str = "x"
    answered: str = "x"
    resting: str = "x"
    company_invitation: int = 1
    message: int = 1
    company_invited: str = "x"
    company_invited_owner: str = "x"
    consent: int = 1
    cohort: int = 1
    review_cluster: int = 1
    review: int = 1
    review_back: int = 1
    review_stock: int = 1
    review_draft: int = 1
    review_back_company: int = 1
    manager: int = 1
    noted: int = 1
    noted_consent: int = 1
    note: int = 1
    milestone: int = 1
    reminder: str = "x"
    line: int = 1
    file: int = 1
    signed: int = 1
    signing: int = 1
    signing_token: str = "x"
    published: int = 1
    hidden: int = 1
    slug: str = "x"
    taken_back: str = "x"
    open_list: int = 1
    empty_list: int = 1
    publisher: int = 1
    code: str = "x"
    code_taken_back: str = "x"
    published_data: bytes = b""
    year_after: int = 1
    deleted: int = 1
    joint_goal: int = 1
    own_measure: int = 1
    poll_pair: int = 1
    poll_texts: int = 1
    poll_named: int = 1
    poll_draft: int = 1
    poll_open: int = 1
    examples: int = 1
    example_of_other: int = 1
    own_example: int = 1
    waiting_example: int = 1
    example_teller: int = 1
    award_open: int = 1
    award_judged: int = 1
    award_decided: int = 1
    nomination: int = 1
    working_group: int = 1
    example_reader: int = 1
    residue_cluster: int = 1
    residue_firm: int = 1
    residue_own: int = 1
    residue_other: int = 1


@pytest.fixture(scope="module")
def server(new_server: Callable[..., Server]) -> Server:
    return new_server(**SIGN_IN)


@pytest.fixture(scope="module")
def world(server: Server, tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> World:
    """All that the pages show, written by the first process of a run and copied by the others."""

    def write(folder: Path) -> None:
        pattern = Server(folder, empty_database=empty_database)
        known = write_world(pattern)
        pattern.close()
        told = asdict(known) | {"published_data": known.published_data.decode()}
        (folder / "world.json").write_text(json.dumps(told), "utf-8")

    made = made_once(tmp_path_factory, "pages", write)
    shutil.copytree(made / "instance", server.instance)
    server.start()
    known = json.loads((made / "world.json").read_text("utf-8"))
    own = {"published_data": known["published_data"].encode(), "reminder": reminder_token(server)}
    return World(**known | own)


def write_world(server: Server) -> World:
    """Companies, clusters and people, before the server's first start."""
    finished = server.seed(COMPLETE, petra=Role.OWNER)
    half = server.seed(IN_PROGRESS, jonas=Role.OWNER, mehmet=Role.EDITOR, vera=Role.VIEWER)
    complete = server.seed(COMPLETE, karin=Role.OWNER)
    with server.stored() as session:
        company = make_organisation(
            session, "Leer & Söhne Donaudampfschifffahrtsgesellschaft mbH", leo=Role.OWNER
        )
        session.flush()
        empty, company_id = declaration_of(session, company).id, company.id
        half_company = session.get_one(Declaration, half).organisation_id
        make_account(session, "neu@example.org", name="Nele Neu")
        sina = make_account(session, "sina@example.org", name="Sina Sicher")
        now = datetime.now(UTC)
        session.add(AuthenticatorApp(account_id=sina.id, secret="never asked for", created_at=now))
        cockpits = add_cockpits(session)
        cockpits |= add_year_after(session, complete)
        people = add_people(session, half_company) | add_questions(session, half)
        people |= add_bill(session, half) | add_deleted(session, half_company)
        files = FileBlobStore(server.instance / "evidence")
        people |= add_evidence(session, files, half, people["line"])
        clusters = add_invitations(session, cockpits["cockpit"], cockpits["cockpit_member"])
        clusters |= add_reviews(session, files)
        clusters |= add_polls(session, cockpits["cockpit"])
        clusters |= add_sign_offs(session) | add_publications(session) | add_joint_goal(session, half_company)
        clusters |= add_numbers(session)
        clusters |= add_examples(session)
        clusters |= add_residues(session)
    release_numbers(server, clusters["numbers"])
    return World(finished, half, complete, empty, company_id, half_company, **cockpits, **people, **clusters)


def add_evidence(session: Session, files: FileBlobStore, half: int, line: int) -> dict[str, int]:
    """A file with everything that can be said of it, beside a line, a figure and an answer."""
    owner, declaration = by_email(session, "jonas@example.org"), session.get_one(Declaration, half)
    assert owner is not None
    actor = Actor(owner.id, {declaration.organisation_id: Role.OWNER})
    ended = EvidenceDetails("Stromrechnung", date(2026, 3, 31), is_listed=True, is_for_review=True)
    long = evidence.make_file(name="Donaudampfschifffahrtsgesellschaftskapitänsmützenrechnung_2025_v2.pdf")
    for target in (EvidenceTarget(line=line), EvidenceTarget(datapoint=POWER), EvidenceTarget(ref="13.1")):
        added = evidence.add_evidence(session, files, declaration, actor, long, target=target, about=ended)
    other = evidence.make_file(b"another", "Zertifikat.pdf")
    evidence.add_evidence(session, files, declaration, actor, other, target=WHOLE_DECLARATION)
    return {"file": added.known[0].id}


def add_year_after(session: Session, before: int) -> dict[str, int]:
    """The year after a complete declaration: some of it taken over, some on offer."""
    owner, declaration = by_email(session, "karin@example.org"), session.get_one(Declaration, before)
    assert owner is not None
    actor = Actor(owner.id, {declaration.organisation_id: Role.OWNER})
    now = datetime.now(UTC)
    begun = next_year.begin_next_year(session, declaration, actor=actor, now=now)
    section = declarations.selection_of(begun).section_by_ref["13"]
    refs = ("13.1", "13.2.goals", "GRI-SRS-305-1")
    take_over.take_over(session, begun, section, refs=refs, actor=actor, now=now)
    return {"year_after": begun.id}


def add_deleted(session: Session, organisation_id: int) -> dict[str, int]:
    """A declaration that can still be restored."""
    now = datetime.now(UTC)
    columns = {"edition": "dnk-2017", "indicator_set": "gri", "language": "de", "created_at": now}
    row = Declaration(
        organisation_id=organisation_id, reporting_year=2020, changed_at=now, deleted_at=now, **columns
    )
    session.add(row)
    session.flush()
    return {"deleted": row.id}


def add_joint_goal(session: Session, company: int) -> dict[str, int]:
    """A cluster with a goal and a sum of its members' measures, and a measure of the company."""
    cluster, now = make_cluster(session, "Klimanetz", gesine=ClusterRole.MANAGER), datetime.now(UTC)
    joint_goal_members.add_members(session, cluster.id, 8)
    joint_goals.save_goal(session, cluster, joint_goal_members.GOAL, seen=0, actor=SHELL, now=now)
    joint_goals.make_sum(session, cluster, actor=SHELL, now=now)
    own = measures.add(session, company, joint_goal_members.a_measure(cluster_id=None), by=None, now=now)
    return {"joint_goal": cluster.id, "own_measure": own.id}


def add_examples(session: Session) -> dict[str, int]:
    """A cluster with an example of a member and one that waits, and a draft of another member."""
    cluster = make_cluster(session, "Netz der Beispiele", bea=ClusterRole.MANAGER)
    other = make_organisation(session, "Ofenbau Schönemann GmbH", ottilie=Role.OWNER)
    company = make_organisation(session, "Bäckerei am Wehr GmbH", wiebke=Role.OWNER).id
    for member in (company, other.id):
        add_consent(session, member, cluster.id)
        told_examples.allow_examples(session, member, cluster.id)
    contact = by_email(session, "ottilie@example.org")
    assert contact is not None
    picture = image("JPEG")
    told = told_examples.tell_example(session, other.id, cluster.id, contact_id=contact.id, picture=picture)
    waiting = told_examples.tell_example(session, other.id, cluster.id, is_published=False)
    own = told_examples.tell_example(session, company, cluster.id, is_published=False)
    withdraw_example(session, company, own.id, actor=SHELL, now=datetime.now(UTC))
    return {
        "examples": cluster.id,
        "example_of_other": told.id,
        "own_example": own.id,
        "waiting_example": waiting.id,
        "example_reader": company,
        "example_teller": other.id,
        **add_award(session, cluster, other.id, company, told.id),
    }


def add_award(session: Session, cluster: Cluster, teller: int, reader: int, example: int) -> dict[str, int]:
    """A round that a juror judges and that has a sheet, one that takes nominations, and a working group."""
    by: dict[str, Any] = award_rounds.by_shell()
    judged = award_rounds.open_round(session, cluster, name="Klimapreis der Jury", **by)
    nomination = award_rounds.nominate(session, teller, judged.id, example_id=example, **by)
    award_rounds.nominate(session, reader, judged.id, **by)
    award_rounds.begin_judging(session, cluster, judged, **by)
    juror, token = award_rounds.invite_juror(session, cluster, judged.id, **by)
    jury.save_sheet(session, token, nomination, JurorSheet((5, 3), word="Stark"), seen=0, now=by["now"])
    juror.token_hash = hash_token(JURY_TOKEN)
    group = WorkingGroupContent(
        "Abwärme und Netze",
        "Wer Wärme übrig hat.",
        (GroupDate(date(2099, 10, 14), "15:00", "https://video.example/abwaerme"),),
        (GroupLink("Protokolle", "https://ablage.example/"),),
        ("12",),
    )
    made = working_groups.create_group(session, cluster, group, **by)
    working_groups.join_group(session, teller, made.id, **by)
    opened = award_rounds.open_round(session, cluster, name="Klimapreis offen", **by)
    decided = award_rounds.open_round(session, cluster, name="Klimapreis vergeben", **by)
    for company in (teller, reader):
        award_rounds.nominate(session, company, decided.id, **by)
    award_rounds.begin_judging(session, cluster, decided, **by)
    award_rounds.invite_juror(session, cluster, decided.id, **by)
    award_rounds.decide(session, cluster, decided, **by)
    return {
        "award_open": opened.id,
        "award_judged": judged.id,
        "award_decided": decided.id,
        "nomination": nomination,
        "working_group": made.id,
    }


def add_residues(session: Session) -> dict[str, int]:
    """A cluster with an offer and a search that go together, an inquiry, a report, a draft, neighbours."""
    cluster, now = make_cluster(session, "Reststoffnetz", rolf=ClusterRole.MANAGER), datetime.now(UTC)
    own = residue_members.add_residue_firm(session, cluster.id, "Möbelwerk Eich GmbH", "renate")
    other = residue_members.add_residue_firm(session, cluster.id, "Gartenbau Lind GmbH", "levin")
    beyond = make_cluster(session, "Nachbarnetz", nadja=ClusterRole.MANAGER)
    far = residue_members.add_residue_firm(session, beyond.id, "Weit Weg GmbH", "wolf", crosses=True)
    neighbours.propose(session, cluster.id, beyond.id, now=now)
    pair = neighbours.find_pair(session, cluster.id, beyond.id)
    assert pair is not None
    pair.accepted_at = now
    for name in ("Netz, das fragt", "Netz, das antwortet"):
        further = make_cluster(session, name)
        ids = (further.id, cluster.id) if name.endswith("fragt") else (cluster.id, further.id)
        neighbours.propose(session, *ids, now=now)
    pictured = residue_members.a_notice(title="Eichenspäne", picture_alt="Ein Haufen Späne")
    residue_members.show(session, far, pictured, now, picture=image("JPEG"))
    offer = residue_members.show(session, own, residue_members.a_notice(sentence="Ohne Leim und Lack."), now)
    residue_members.show(session, own, residue_members.a_notice(title="Entwurf"), now, is_shown=False)
    wanted = residue_members.a_notice(NoticeKind.SEARCH, title="Späne für Wege")
    search = residue_members.show(session, other, wanted, now)
    asked = {"actor": other.actor, "now": now}
    residue_inquiries.ask(session, other.id, cluster.id, offer, "Geht 1 t im Monat?", **asked)
    residues.report_notice(session, other.id, cluster.id, offer, "Das ist Werbung.", **asked)
    places = {"residue_cluster": cluster.id, "residue_firm": own.id}
    return places | {"residue_own": offer, "residue_other": search}


def add_bill(session: Session, half: int) -> dict[str, int]:
    """A power bill in a calculator."""
    owner, declaration = by_email(session, "jonas@example.org"), session.get_one(Declaration, half)
    activity = load_calculators()["energy"].activity("electricity")
    assert owner is not None
    assert activity is not None
    given = CalculatorLine(
        0, "energy", "electricity", quantities={"quantity": Quantity(Decimal(41_250), "kWh")}
    )
    line = with_proposed_factors(given, activity, load_factors(), declaration.reporting_year)
    actor = Actor(owner.id, {declaration.organisation_id: Role.OWNER})
    saved = calculator_lines.save_line(session, declaration, line, seen=0, actor=actor, now=datetime.now(UTC))
    place = {"organisation_id": declaration.organisation_id, "year": declaration.reporting_year}
    for figure in session.scalars(select(FigureRow).filter_by(**place, origin=Origin.LINES)):
        figure.value = (figure.value or Decimal(0)) / 2  # as an earlier program calculated
    return {"line": saved.stored.line.id}


def reminder_token(server: Server) -> str:
    """The end of the link in a reminder to Nele, and mails that could not be sent."""
    now = datetime.now(UTC)
    given: dict[str, Any] = {"recipient": "a@firma.example", "subject": "x", "body": "x", "language": "de"}
    with server.stored() as session:
        for more in (
            {"error": "550 <a@firma.example>: no such mailbox", "attempts": 8},
            {"error": "TimeoutError('timed out')", "attempts": 2, "next_try": now + timedelta(days=9)},
            {"claimed_at": now, "attempts": 1},
        ):
            session.add(Mail(**given, **more, created_at=now))
        nele = by_email(session, "neu@example.org")
        assert nele is not None
        moment = nele.created_at.timestamp()
    key = (server.instance / "secret-key").read_text("utf-8").strip()
    return str(URLSafeSerializer(key, salt="dnk-reminders").dumps([nele.id, moment]))


def add_people(session: Session, company: int) -> dict[str, Any]:
    """Every kind of person in a company, one of them in a second company and a cluster, and invitations."""
    now = datetime.now(UTC)
    owner = by_email(session, "jonas@example.org")
    assert owner is not None
    session.flush()
    zora = add_member(session, company, "zora", Role.CONTRIBUTOR, sections=["2", "5", "13"])
    add_member(session, company, "wilma", Role.VIEWER, until=now.date() - timedelta(days=9))
    busy = add_member(session, company, "viola", Role.EDITOR)
    second = make_organisation(session, "Zweite Donaudampfschifffahrtsgesellschaft mbH")
    session.add(Membership(user_id=busy.id, organisation_id=second.id, role=Role.EDITOR, created_at=now))
    cluster = make_cluster(session, "Cluster Nordheide")
    session.add(
        ClusterStaff(user_id=busy.id, cluster_id=cluster.id, role=ClusterRole.REVIEWER, created_at=now)
    )
    links = {}
    for name, email, role, refs in (
        ("invited", "nele.neuling@example.org", Role.CONTRIBUTOR, ["2", "13"]),
        ("invited_before", "neu@example.org", Role.VIEWER, []),
    ):
        _row, links[name] = secret_links.create_invitation(
            session,
            InvitationKind.MEMBER,
            email=email,
            language="de",
            by=owner.id,
            now=now,
            organisation_id=company,
            role=role.value,
            refs=refs,
        )
    return {"member": zora.id, **links}


def add_questions(session: Session, half: int) -> dict[str, str]:
    """Questions by mail in every stage, and the links of one that is open and of one that is answered."""
    now, links = datetime.now(UTC), {}
    declaration, editor = session.get_one(Declaration, half), by_email(session, "jonas@example.org")
    assert editor is not None
    actor = Actor(editor.id, {declaration.organisation_id: Role.OWNER})
    for name, refs, days in (
        ("asked", ["13.2", "GRI-SRS-305-1"], 0),
        ("reminded", ["8.1"], 2),
        ("answered", ["6.1"], 3),
        ("revoked", ["10.1", "10.2"], 4),
        ("expired", ["20.1"], 40),
        ("resting", ["19.1"], 1),
    ):
        question, links[name] = answer_requests.request_contribution(
            session,
            declaration,
            email=f"{name}@example.org",
            name="Karl-Heinz Donaudampfschifffahrtskapitän",
            refs=refs,
            message="Kannst du das bis Freitag ergänzen?\n\nDie Zahlen stehen in der Tankabrechnung.",
            language="de",
            actor=actor,
            now=now - timedelta(days=days),
        )
        question.accepted_at = now if name == "answered" else None
        question.revoked_at = now if name == "revoked" else None
        question.times_sent = 2 if name == "reminded" else 1
        question.created_by = None if name == "resting" else editor.id
    return {name: links[name] for name in ("asked", "answered", "resting")}


def add_reviews(session: Session, files: FileBlobStore) -> dict[str, int]:
    """A cluster with a second round at hand: changes, threads of every kind; another declaration is back."""
    case = review_scenario.make_review_scenario(session, "ruth", "rainer")
    before = review_scenario.document_of_year_before(k13_1="Das waren 412 t. Bis 2031 sind es null.")
    review_scenario.add_year_before(session, case.declaration(session), before, case.cluster_id)
    review_scenario.allow_year_before(session, case.organisation_id)
    owner = add_member(session, case.organisation_id, "quentin", Role.OWNER)
    session.flush()
    case = replace(case, owner=Actor(owner.id, case.owner.roles))
    for audience, text in ((Audience.REVIEWERS, "Ist das plausibel?"), (Audience.SHARED, "Welcher Umfang?")):
        review_scenario.write_remark(
            session, case, "13", text, audience=audience, ref="13.1", actor=case.rolf
        )
    review_scenario.give_all_verdicts(session, case, ["4", "13"])
    review_scenario.request_changes(session, case)
    review_scenario.save_text(
        session, case, "13", "Emissionen entstehen durch den Diesel der drei Transporter."
    )
    about = EvidenceDetails("Tankkarten der drei Transporter", is_listed=True, is_for_review=True)
    bill = evidence.make_file(page_pdf(pages=2), "Tankkarten.pdf")
    for target in (EvidenceTarget(ref="13.1"), EvidenceTarget(datapoint="ghg.scope1.gross")):
        evidence.add_evidence(
            session, files, case.declaration(session), case.owner, bill, target=target, about=about
        )
    review_scenario.answer_all_remarks(session, case, now=review_scenario.days_later(1))
    review_scenario.submit(session, case, now=review_scenario.days_later(2))
    done = remarks.threads(session, case.declaration_id, ReviewSide.REVIEWERS, cluster_id=case.cluster_id)[1]
    session.get_one(RemarkRow, done.id).resolved_at = review_scenario.days_later(3)
    draft = review_scenario.write_remark(session, case, "20", "Bitte nennen Sie Fälle und Bußgelder.")
    review_scenario.give_verdict(session, case, "20", Verdict.CHANGE_NEEDED)
    stock = StockRemark(
        cluster_id=case.cluster_id,
        title="Ziel ohne Termin",
        text_de="Bitte nennen Sie zu jedem Ziel, bis wann Sie es erreichen möchten.",
        text_en="Please say for each goal by when you want to reach it.",
        changed_at=review_scenario.NOW,
    )
    session.add(stock)
    second = review_scenario.import_craft(session)
    work = {"organisation_id": second.organisation_id, "role": Role.OWNER, "created_at": review_scenario.NOW}
    session.add(Membership(user_id=owner.id, **work))
    add_consent(session, second.organisation_id, case.cluster_id)
    back = replace(
        case,
        declaration_id=second.id,
        organisation_id=second.organisation_id,
        owner=Actor(owner.id, {second.organisation_id: Role.OWNER}),
    )
    review_scenario.submit(session, back)
    review_scenario.give_all_verdicts(session, back, ["5"])
    review_scenario.request_changes(session, back)
    # A cluster may withdraw what it approved while the company works on the next version.
    approval = {
        "cluster_id": case.cluster_id,
        "cluster_name": "Cluster Nord",
        "approved_at": review_scenario.NOW,
    }
    session.add(Approval(declaration_id=back.declaration_id, version=1, **approval))
    return {
        "review_cluster": case.cluster_id,
        "review": case.declaration_id,
        "review_back": back.declaration_id,
        "review_stock": stock.id,
        "review_draft": draft.id,
        "review_back_company": second.organisation_id,
    }


def add_company(session: Session, owner: str, name: str, *, requires_sign_off: bool) -> Declaration:
    """A complete declaration of a company, and its owner."""
    declaration = review_scenario.import_craft(session)
    declaration.organisation.name = name
    declaration.organisation.requires_sign_off = requires_sign_off
    add_member(session, declaration.organisation_id, owner, Role.OWNER)
    session.flush()
    return declaration


def owner_of(session: Session, declaration: Declaration, name: str) -> Actor:
    account = by_email(session, f"{name}@example.org")
    assert account is not None
    return Actor(account.id, {declaration.organisation_id: Role.OWNER})


def add_sign_offs(session: Session) -> dict[str, Any]:
    """A declaration whose owner still has to say who confirms it, and one that waits for two people."""
    now = datetime.now(UTC)
    signed = add_company(session, "sven", "Schreinerei Seidel", requires_sign_off=True)
    inside = add_company(session, "sigrid", "Gießerei Sandmann", requires_sign_off=True)
    outside = add_company(session, "otto", "Ofenbau Ostermann", requires_sign_off=True)
    sigrid = by_email(session, "sigrid@example.org")
    assert sigrid is not None
    actor = owner_of(session, inside, "sigrid")
    sign_off_steps.request_sign_off(session, inside, None, sigrid, actor=actor, now=now)
    chefin = {"email": "chefin@example.org", "name": "Carla Chefin"}
    boss = account_lifecycle.guest_account(session, **chefin, language="de", now=now)
    session.flush()
    actor = owner_of(session, outside, "otto")
    sign_off_steps.request_sign_off(session, outside, None, boss, actor=actor, now=now)
    _row, token = sign_off_links.create_sign_off_link(
        session, outside, boss, name="Carla Chefin", actor=actor, now=now
    )
    return {"signed": signed.id, "signing": inside.id, "signing_token": token}


def add_publications(session: Session) -> dict[str, Any]:
    """A published declaration, and one whose publication was taken back."""
    now = datetime.now(UTC)
    publications: dict[str, Any] = {}
    for key, slug, owner, name in (
        ("published", "slug", "paula", "Papier Paulsen"),
        ("hidden", "taken_back", "pia", "Polster Pohl"),
    ):
        declaration = add_company(session, owner, name, requires_sign_off=False)
        actor = owner_of(session, declaration, owner)
        add_foreword(session, declaration, actor, now=now)
        submission.submit(session, declaration, cluster_id=None, actor=actor, now=now)
        publications[key] = declaration.id
        publications[slug] = publishing_steps.publish(session, declaration, actor=actor, now=now).slug
        frozen = declarations.snapshot(session, declaration.id, 1)
        assert frozen is not None
        publications["code" if key == "published" else "code_taken_back"] = version_code(frozen.sha256)
        publications.setdefault("published_data", frozen.content)
    publishing_steps.unpublish(session, declaration, actor=actor, now=now)
    published = session.get_one(Declaration, publications["published"])
    actor = owner_of(session, published, "paula")
    allow_quotation(session, published, is_allowed=True, actor=actor, now=now)
    publisher = session.get_one(Declaration, publications["published"]).organisation_id
    for key, name in (("open_list", "Offene Liste"), ("empty_list", "Leere Liste")):
        cluster = make_cluster(session, name)
        cluster.has_public_list = True
        publications[key] = cluster.id
    add_consent(session, publisher, publications["open_list"])
    add_earlier_year(session, publisher, publications["published"], now=now)
    return publications | {"publisher": publisher}


def add_foreword(session: Session, declaration: Declaration, actor: Actor, *, now: datetime) -> None:
    """The company says a word of its own at the front, with a picture."""
    words = {
        "lead": "Aus dem Papier von gestern machen wir das von morgen, mit einem Drittel der Energie.",
        "foreword": "Liebe Leserinnen und Leser,\n\n" + "wir haben in diesem Jahr viel gelernt. " * 12,
        "foreword-name": "Paula Paulsen",
        "foreword-role": "Geschäftsführerin",
    }
    edits = {f"general.{key}": VersionedEdit(Answer(text=text.strip()), 0) for key, text in words.items()}
    section = declarations.selection_of(declaration).section_by_ref["general"]
    said = answer_saving.SectionEdit(edits, done=True)
    answer_saving.save_section(session, declaration, section, said, actor=actor, now=now)
    look = Branding(portrait=image("JPEG", (540, 672)))
    branding.change_branding(session, declaration.organisation, look, seen=0, actor=actor, now=now)


def add_earlier_year(session: Session, company: int, declaration_id: int, *, now: datetime) -> None:
    """The company published the year before, too, with the same figures."""
    snapshot = declarations.snapshot(session, declaration_id, 1)
    assert snapshot
    document = read_document(snapshot.content)
    figures = {(year - 1, key): figure for (year, key), figure in document.figures.items()}
    content = canonical_json(replace(document, reporting_year=document.reporting_year - 1, figures=figures))
    before = cockpit_members.add_declaration(
        session, company, changed_at=now, year=document.reporting_year - 1, state=states.State.FINISHED
    )
    frozen = Snapshot(
        declaration_id=before.id, version=1, content=content, sha256=fingerprint(content), finished_at=now
    )
    session.add(frozen)
    session.flush()
    publishing_steps.publish(session, before, actor=SHELL, now=now)


def add_cockpits(session: Session) -> dict[str, int]:
    """A cluster with two pages of members in all states, whom its manager may write to, and an empty one."""
    now = datetime.now(UTC)
    full = make_cluster(session, "Cluster Metall und Handwerk", mara=ClusterRole.MANAGER)
    full.has_public_list = True
    empty = make_cluster(session, "Leerer Cluster", lena=ClusterRole.MANAGER)
    submitted = cockpit_members.add_kinds(session, full.id, now=now)["Adler"]
    cockpit_members.add_many(session, full.id, 60, now=now)
    session.add(
        RemarkRow(
            declaration_id=submitted,
            cluster_id=full.id,
            section="6",
            version=1,
            audience=Audience.SHARED,
            side=ReviewSide.REVIEWERS,
            text="Bitte nennen Sie den Zeitraum.",
            written_at=now,
            published_at=now,
        )
    )
    member = session.get_one(Declaration, submitted).organisation_id
    add_member(session, member, "adele", Role.OWNER)
    session.flush()
    return {
        "cockpit": full.id,
        "cockpit_empty": empty.id,
        "cockpit_member": member,
    }


def add_numbers(session: Session) -> dict[str, int]:
    """A cluster whose numbers of two years are ordered, and a member of it that has an owner."""
    cluster = make_cluster(session, "Klimanetzwerk", zita=ClusterRole.MANAGER)
    for year in (2025, 2024):
        firms = release_members.add_firms(session, cluster.id, 8, year=year, first=year)
        aggregate_releases.order_release(session, cluster, year, actor=SHELL, now=datetime.now(UTC))
    add_member(session, firms[0], "rosa", Role.OWNER)
    value = {"value": Decimal(1000), "unit": "MWh", "quality": "measured", "changed_at": datetime.now(UTC)}
    session.add(FigureRow(organisation_id=firms[0], year=2024, datapoint="energy.total", **value))
    return {"numbers": cluster.id, "compared": firms[0]}


def release_numbers(server: Server, cluster_id: int) -> None:
    """The numbers of 2024 are released, those of 2025 prepared."""
    engine = make_engine(server.database)
    preparation.prepare_ordered(session_factory(engine))
    engine.dispose()
    with server.stored() as session:
        row = session.scalars(select(ReleaseRow).where(ReleaseRow.reporting_year == 2024)).one()
        cluster, now = session.get_one(Cluster, cluster_id), datetime.now(UTC)
        aggregate_releases.make_release(session, cluster, row.id, row.sha256, actor=SHELL, now=now)


def add_invitations(session: Session, cluster: int, member: int) -> dict[str, Any]:
    """An operator, a deadline, a room, and invitations of a cluster: to staff, to companies, one expired."""
    now = datetime.now(UTC)
    make_account(session, "oskar@example.org", name="Oskar Betrieb", is_operator=True)
    cohort = default_cohort(cluster_id=cluster, reporting_year=2023, due=date(2024, 10, 31))
    session.add(cohort)
    session.flush()
    closes_at = now + timedelta(days=1)
    manager = by_email(session, "mara@example.org")
    assert manager is not None
    room = Room(cluster_id=cluster, code="ABCD2345", opened_at=now, opened_by=manager.id, closes_at=closes_at)
    session.add(room)

    def invite(kind: InvitationKind, email: str, *, days_ago: int = 0, **more: str) -> str:
        sent = now - timedelta(days=days_ago)
        given = {"language": "de", "by": manager.id, "now": sent, "cluster_id": cluster} | more
        return secret_links.create_invitation(session, kind, email=email, **given)[1]

    invite(InvitationKind.STAFF, "mia.neuling@example.org", role="manager")
    invite(
        InvitationKind.COMPANY,
        "lange.adresse@unternehmen-mit-langem-namen.example",
        days_ago=100,
        company="Förderwerkstätten eG",
    )
    tokens = {
        "company_invited": invite(
            InvitationKind.COMPANY, "greta@example.org", company="Gärtnerei Grün", message="Bis bald!"
        ),
        "company_invited_owner": invite(InvitationKind.COMPANY, "leo@example.org", company="Leer & Söhne"),
    }
    consent = session.scalars(
        select(Consent.id).where(Consent.cluster_id == cluster, Consent.organisation_id == member)
    ).one()
    message = ClusterMessage(
        cluster_id=cluster, subject="Workshop am 4. März", text="Bis bald!", mails=2, sent_at=now
    )
    session.add(message)
    session.flush()
    session.add(
        MessageCopy(
            message_id=message.id,
            organisation_id=member,
            account_id=manager.id,
            delivery=MailDelivery.REFUSED,
            refusal=RefusalReason.FULL,
        )
    )
    company_invitation = session.scalars(select(func.max(Invitation.id))).one()
    kept = {"company_invitation": company_invitation, "message": message.id}
    return {
        "consent": consent,
        "manager": manager.id,
        "cohort": cohort.id,
        **tokens,
        **kept,
        **add_member_file(session, cluster),
    }


def add_member_file(session: Session, cluster: int) -> dict[str, int]:
    """A member of the cluster that allows notes and attendance, with a note and a meeting."""
    noted = make_organisation(session, "Notenblatt GmbH", nora=Role.OWNER)
    consent = add_consent(session, noted.id, cluster)
    milestone = Milestone(
        cohort_id=session.scalars(select(Cohort.id).where(Cohort.cluster_id == cluster)).first(),
        day=date(2026, 11, 20),
        title="Auftakt",
        sections=[],
    )
    session.add_all([AllowedChoice(consent_id=consent.id, choice=ConsentChoice.SUPPORT), milestone])
    session.flush()
    author = by_email(session, "mara@example.org")
    assert author is not None
    note = MemberNote(
        consent_id=consent.id, text="Fragt oft nach.", written_at=datetime.now(UTC), author_id=author.id
    )
    came = AttendanceRow(milestone_id=milestone.id, consent_id=consent.id, attendance=Attendance.CAME)
    session.add_all([note, came])
    session.flush()
    return {"noted": noted.id, "noted_consent": consent.id, "note": note.id, "milestone": milestone.id}


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core as pinned in this folder's lock file, installed when it is first needed."""
    folder = Path(__file__).parent
    with (folder / "package.json").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # tests that run side by side need it at the same moment
        build.install_packages(folder, *build.find_node())
    return (folder / "node_modules/axe-core/axe.min.js").read_text("utf-8")


class Tabs:
    """One tab for each kind of browser, as good as new for every state.

    A new one would begin a process and read styles and axe-core again, which takes longer than most pages.
    """

    def __init__(self, browser: Browser, server: Server) -> None:
        self._browser, self._server = browser, server
        self._kept: dict[object, tuple[Visitor, Page]] = {}

    @contextmanager
    def open(self, *, javascript: bool, **options: str) -> Iterator[tuple[Visitor, Page]]:
        """A visitor whom nobody knows, and their tab. After a failure the next one gets another."""
        key = javascript, *options.items()
        visitor, page = self._kept.pop(key, None) or self._make(javascript=javascript, **options)
        visitor.context.set_extra_http_headers(other_address())
        page.set_viewport_size({"width": max(WIDTHS), "height": HEIGHT})
        try:
            yield visitor, page
            assert not visitor.faults
            self._forget(visitor, page)
        except BaseException:
            visitor.context.close()
            raise
        self._kept[key] = visitor, page

    def _make(self, *, javascript: bool, **options: str) -> tuple[Visitor, Page]:
        visitor = new_visitor(self._browser, self._server, **options)
        if not javascript:
            # axe-core is a script itself, so the page is without its own only.
            visitor.context.route("**/app*.js", lambda route: route.abort())
        return visitor, visitor.page()

    def _forget(self, visitor: Visitor, page: Page) -> None:
        """Leave the page and what it kept in the browser; it may keep something while it is left.

        The next place is one of the same server: for another the browser would begin a process.
        """
        page.goto("/robots.txt")
        page.unroute_all()
        visitor.context.clear_cookies()
        storage = visitor.context.new_cdp_session(page)
        storage.send("Storage.clearDataForOrigin", {"origin": self._server.address, "storageTypes": "all"})
        storage.detach()

    def close(self) -> None:
        for visitor, _page in self._kept.values():
            visitor.context.close()


@pytest.fixture(scope="module")
def tabs(browser: Browser, server: Server) -> Iterator[Tabs]:
    tabs = Tabs(browser, server)
    yield tabs
    tabs.close()


@pytest.fixture(scope="module")
def signed_in(browser: Browser, server: Server, world: World) -> Callable[[Visitor, str], None]:
    """Signs people in, only once each."""
    cookies: dict[str, Any] = {}

    def sign_in(visitor: Visitor, name: str) -> None:
        if name in cookies:
            visitor.context.add_cookies(cookies[name])
        else:
            visitor.come_in(name)
            cookies[name] = visitor.context.cookies()

    return sign_in


# ---- The pages, each with how one gets there

Go = Callable[[Page, World], None]


@dataclass(frozen=True)
class State:
    """A page in one state: `who` is signed in, `go` leads there from `path`; with and without script."""

    name: str
    who: str = ""
    path: str = ""
    go: Go | None = None
    heading: str = ""
    javascript: tuple[bool, ...] = (True,)
    options: dict[str, str] = field(default_factory=dict)


def follow(link: str) -> Go:
    """Follow the link to another page."""

    def go(page: Page, _world: World) -> None:
        with page.expect_navigation():
            page.get_by_role("link", name=link, exact=True).first.click()

    return go


def press(button: str) -> Go:
    """Press it and wait for the answer: its heading may be that of the page before."""

    def go(page: Page, _world: World) -> None:
        with page.expect_navigation():
            page.get_by_role("button", name=button, exact=True).first.click()

    return go


def report_in_english(page: Page, world: World) -> None:
    """The manager wants the files in English; the page stays as it is."""
    page.get_by_label("Sprache der Dateien").select_option("en")
    press("Übernehmen")(page, world)
    expect(page.get_by_role("link", name="Word-Datei")).to_have_attribute("href", re.compile("sprache=en"))


def measure_noted(page: Page, world: World) -> None:
    page.get_by_label("Maßnahme", exact=True).fill("Hallenbeleuchtung auf LED umstellen")
    page.get_by_label("Energieträger").first.select_option(label="Strom in kWh")
    page.get_by_label("Menge im Jahr").first.fill("12000")
    press("Speichern")(page, world)
    follow("Hallenbeleuchtung auf LED umstellen")(page, world)


def half_signed_in(page: Page, world: World) -> None:
    page.get_by_label("E-Mail-Adresse").fill("sina@example.org")
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    press("Anmelden")(page, world)


def wrong_code(page: Page, world: World) -> None:
    half_signed_in(page, world)
    page.get_by_label("Code aus Ihrer App").fill("123456")
    press("Weiter")(page, world)


def not_sure(page: Page, world: World) -> None:
    confirmed(page, world)
    press("Konto löschen")(page, world)


def confirmed(page: Page, world: World) -> None:
    """Where the sign-in is older than ten minutes, the password is asked for first."""
    if page.get_by_role("heading", name="Sind Sie es?").count():
        page.get_by_label("Ihr Passwort").fill(PASSWORD)
        press("Weiter")(page, world)


def confirmed_and(button: str) -> Go:
    """Press it after the password was asked for."""

    def go(page: Page, world: World) -> None:
        confirmed(page, world)
        press(button)(page, world)

    return go


def wrong_first_code(page: Page, world: World) -> None:
    confirmed(page, world)
    press("App einrichten")(page, world)


def quoted(page: Page, world: World) -> None:
    """What others wrote stands beside the aspect."""
    expect(page.get_by_role("heading", name="Wie andere es schreiben")).to_be_visible()


def changed_meanwhile(page: Page, world: World) -> None:
    """Somebody else gave another answer since the page was loaded."""
    page.locator("[name=known]").evaluate("(field) => { field.value = 'no'; }")
    page.get_by_label("Nein", exact=True).check()
    press("Speichern")(page, world)


def refused_sign_in(page: Page, world: World, email: str = "petra@example.org") -> None:
    page.get_by_label("E-Mail-Adresse").fill(email)
    page.get_by_label("Passwort", exact=True).fill("falsch")
    press("Anmelden")(page, world)


def too_often(page: Page, world: World) -> None:
    """For an address of its own: whoever is guessed too often cannot come in for an hour."""
    refused_sign_in(page, world, "geraten@example.org")
    page.wait_for_load_state()
    token = page.locator("input[name=csrf_token]").first.input_value()
    for _attempt in range(20):
        form = {"email": "geraten@example.org", "password": "x", "csrf_token": token}
        page.request.post("/anmelden", form=form)
    refused_sign_in(page, world, "geraten@example.org")
    page.wait_for_load_state()


def question_unanswered(page: Page, _world: World) -> None:
    """The sentence that explains an odd figure is sent without a word."""
    with page.expect_navigation():
        page.locator("button[value^='w-']").first.click()


def save_section(page: Page, _world: World) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Fertig, weiter").click()


def expired(page: Page, world: World) -> None:
    page.context.clear_cookies()
    form_field(page, "ref-1.1-text").fill("Noch nicht gespeichert.")
    save_section(page, world)


def resumed(page: Page, world: World) -> None:
    expired(page, world)
    page.get_by_label("E-Mail-Adresse").fill("jonas@example.org")
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    press("Anmelden")(page, world)


def proposed(page: Page, world: World) -> None:
    """An example is put into an empty text, and facts of the next point are ticked with a faulty field."""
    page.locator("[value='help:hilfe-20.4']").click()
    page.locator("[value='draft:example:20.4']").click()
    expect(page.locator("#taken-20\\.4")).to_contain_text("Beispiel, bitte umschreiben.")
    page.locator("[value='help:fakten-20.1']").click()
    page.locator("[name=fact-compliance-gifts]").check()
    page.locator("[name=fact-compliance-gifts-value]").fill("wenig")
    page.locator("[value='draft:facts:20.1']").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Höchster Wert in Euro")


def unreadable(page: Page, world: World) -> None:
    form_field(page, "ref-GRI-SRS-305-1.a-value").fill("ungefähr zwölf")
    form_field(page, "ref-GRI-SRS-305-1.c-value").fill("bald")
    save_section(page, world)


def gas_bill(page: Page, world: World) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name="Erdgas").first.click()


def unreadable_bill(page: Page, world: World) -> None:
    gas_bill(page, world)
    page.get_by_label("Wert", exact=True).first.fill("viel")
    press("Speichern")(page, world)


def odd_and_unreadable_bills(page: Page, world: World) -> None:
    """One bill is saved and looks odd, another cannot be read; the rows open what they fold."""
    page.get_by_role("group", name="Heizöl", exact=True).get_by_label("Menge").fill("viel")
    waste = page.get_by_role("group", name="Restabfall", exact=True).get_by_label("Menge")
    if waste.count():
        waste.fill("0,0032")
    press("Speichern und rechnen")(page, world)
    for fold in page.locator("main summary").all():
        fold.click()


def previewed_list(page: Page, world: World) -> None:
    """A list with a row that cannot be read and a column without a meaning; all folds are open."""
    people = ["Nummer\tGeschlecht\tAlter\tWochenstunden\tLohn", "1\tw\t30\t40\t20", "2\tm\t50\t20\t20"]
    form_field(page, "list").fill("\n".join([*people, "3\tviel\t30\t40\t20"]))
    press("Vorschau ansehen")(page, world)
    for fold in page.locator("main summary").all():
        fold.click()


def doubtful_number(page: Page, world: World) -> None:
    form_field(page, "value").fill("1.234")
    press("Speichern")(page, world)


def everything_explained(page: Page, world: World) -> None:
    page.evaluate(OPEN_ALL)
    for radio in page.locator("input[type=radio][value=explain]").all():
        radio.check()


def collided(page: Page, world: World) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    for tab, text in ((other, "Eine Fassung"), (page, "Eine andere Fassung")):
        form_field(tab, "ref-1.1-text").fill(f"{text} von {id(page)}. " * 20)
        form_field(tab, "ref-1.3-text").fill(f"{text}, auch hier, von {id(page)}.")
        save_section(tab, world)
        expect(tab.get_by_role("alert" if tab == other else "main")).to_be_visible()
    other.close()


def files_chosen(page: Page, world: World) -> None:
    page.get_by_label("Dateien").set_input_files(
        [
            {"name": name, "mimeType": "text/plain", "buffer": b"a"}
            for name in ("Zählerstände_aller_Hallen_und_der_Verwaltung_2025.csv", "logo.svg")
        ]
    )
    expect(page.locator(".dnk-drop__files li")).to_have_count(2)


def uploaded(content: Callable[[World], bytes]) -> Go:
    """A visitor's file on the check page."""

    def go(page: Page, world: World) -> None:
        file: FilePayload = {
            "name": "erklaerung.json",
            "mimeType": "application/json",
            "buffer": content(world),
        }
        page.get_by_label("PDF oder JSON-Datei").set_input_files(file)
        press("Datei prüfen")(page, world)

    return go


def bad_day(page: Page, world: World) -> None:
    page.get_by_label("Gültig bis").fill("irgendwann")
    press("Speichern")(page, world)


def year_missing(page: Page, world: World) -> None:
    page.get_by_label("Über welches Jahr berichten Sie?").fill("")
    press("Erklärung anlegen")(page, world)


def offered_back(page: Page, world: World) -> None:
    never = "**/kriterien/2"
    page.route(never, lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    form_field(page, "ref-2.1-text").fill("Vor dem Absturz.")
    page.reload()
    expect(page.locator(".dnk-restore")).to_be_visible()


def look_previewed(page: Page, world: World) -> None:
    """A yellow that needs a darker tone, and a logo that is not stored yet."""
    page.get_by_label("Die Farbe unseres Unternehmens").check()
    page.get_by_label("Farbcode").fill("#ffd500")
    logo = {"name": "Logo.png", "mimeType": "image/png", "buffer": image(size=(90, 30))}
    page.get_by_label("Logo auswählen").set_input_files([logo])
    press("Vorschau ansehen")(page, world)


def goal_saved(page: Page, world: World) -> None:
    for name, value in (("base_year", "2022"), ("base", "142"), ("target_year", "2030"), ("percent", "45")):
        form_field(page, name).fill(value)
    press("Ziel speichern")(page, world)


def goal_unreadable(page: Page, world: World) -> None:
    form_field(page, "base_year").fill("früher")
    form_field(page, "target_year").fill("")
    press("Ziel speichern")(page, world)


def profile_error(page: Page, world: World) -> None:
    page.get_by_label("Name des Unternehmens").fill("")
    page.get_by_label("Zahl der Beschäftigten").fill("viele")
    page.get_by_label("Wert").fill("genug")
    press("Speichern")(page, world)


def profile_collided(page: Page, world: World) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    for tab, name in ((other, "Metallbau Brandt"), (page, "Metallbau Brandt & Töchter")):
        tab.get_by_label("Name des Unternehmens").fill(name)
        press("Speichern")(tab, world)
        expect(tab.get_by_role("alert" if tab == other else "region").first).to_be_visible()
    other.close()


def measure_collided(page: Page, world: World) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    for tab, text in ((other, f"Maßnahme {id(page)}"), (page, f"Andere Maßnahme {id(page)}")):
        form_field(tab, "measures-0-text").fill(text)
        press("Speichern und weiter")(tab, world)
        expect(tab.get_by_role("alert" if tab == other else "region").first).to_be_visible()
    other.close()


def locked(page: Page, world: World) -> None:
    """Finished in another tab meanwhile, and opened again at the end."""
    other = page.context.new_page()
    other.goto(of(COMPLETED, "pruefen").format_map(vars(world)))
    press("Erklärung abschließen")(other, world)
    follow("Zur Übersicht")(other, world)
    form_field(page, "ref-1.1-text").fill("Zu spät.")
    save_section(page, world)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    press("Wieder öffnen")(other, world)
    other.close()


def measure_error(page: Page, world: World) -> None:
    form_field(page, "measures-0-text").fill("Die Lieferanten fragen")
    form_field(page, "measures-0-due").fill("bald")
    press("Speichern und weiter")(page, world)


def finished(page: Page, world: World) -> None:
    if page.get_by_role("button", name="Erklärung abschließen").count():
        press("Erklärung abschließen")(page, world)
    else:
        page.goto(f"/erklaerungen/{world.finished}/versionen/1")


def seen_from_afar(page: Page, world: World) -> None:
    """The overview of a finished declaration."""
    finished(page, world)
    follow("Zur Übersicht")(page, world)


def unsure_who(page: Page, world: World) -> None:
    page.get_by_label("Eine andere Person").check()
    form_field(page, "email").fill("chefin")
    press("Erklärung abschließen")(page, world)


def no_reason(page: Page, world: World) -> None:
    """Something is not right, but what?"""
    press("Nicht bestätigen")(page, world)


def remark_without_words(page: Page, world: World) -> None:
    press("Anmerkung speichern")(page, world)


def nobody_invited(page: Page, world: World) -> None:
    page.get_by_label("Zuarbeit").check()
    press("Einladung senden")(page, world)


def nobody_left(page: Page, world: World) -> None:
    press("Ja, Zugang beenden")(page, world)


def places_opened(page: Page, world: World) -> None:
    """Narrow or with many places, the change over to another is a menu."""
    menu = page.locator(".dnk-places__summary")
    if menu.is_visible():
        menu.click()
    expect(page.locator(".dnk-places").get_by_role("link").first).to_be_visible()


def nobody_asked(page: Page, world: World) -> None:
    press("Weiter")(page, world)
    press("Anfrage senden")(page, world)


def unreadable_answer(page: Page, world: World) -> None:
    form_field(page, "ref-GRI-SRS-305-1.a-value").fill("ungefähr zwölf")
    form_field(page, "ref-13.2.goals-rows-0-goal").fill("Weniger Erdgas")
    form_field(page, "ref-13.2.goals-rows-0-due").fill("bald")
    press("Absenden")(page, world)
    expect(page.get_by_role("alert")).to_be_visible()


def filtered(page: Page, world: World) -> None:
    page.get_by_text("Mehr: Termin").click()
    page.get_by_label("Aufgabe").select_option("overdue")
    page.get_by_label("Sortieren nach").select_option("done")
    press("Filtern")(page, world)
    expect(page.get_by_role("link", name="Filter aufheben")).to_be_visible()


def numbers_prepared(page: Page, _world: World) -> None:
    """Wait for the background, as somebody does who looks again."""
    waiting = page.get_by_role("link", name="Nachsehen, ob sie fertig ist")
    end = time.monotonic() + 2 * PATIENCE_SECONDS
    while waiting.count():
        assert time.monotonic() < end, "the numbers are never ready"
        page.wait_for_timeout(250)
        with page.expect_navigation():
            waiting.click()


def numbers_compared(page: Page, _world: World) -> None:
    expect(page.get_by_text("unter der Mitte")).to_be_visible()


def numbers_released(page: Page, world: World) -> None:
    """Release them, unless an earlier look has done so."""
    numbers_prepared(page, world)
    if page.get_by_role("button", name="freigeben").count():
        press("Zahlen für 2024 freigeben")(page, world)


def withdrawn_without_reason(page: Page, world: World) -> None:
    numbers_released(page, world)
    page.locator("summary", has_text="Zahlen zurückziehen").click()
    press("Zahlen zurückziehen")(page, world)


def bad_message(page: Page, world: World) -> None:
    page.get_by_label("Text", exact=True).fill("Für {firma} fehlt noch etwas.")
    press("Vorschau ansehen")(page, world)


def previewed(page: Page, world: World) -> None:
    page.get_by_label("Betreff").fill("Frist am {frist}")
    page.get_by_label("Text", exact=True).fill("Bei {unternehmen} sind {fertig} Kriterien fertig: {link}")
    press("Vorschau ansehen")(page, world)


def message_sent(page: Page, world: World) -> None:
    previewed(page, world)
    press("2 E-Mails senden")(page, world)


def listed(page: Page, world: World) -> None:
    rows = "Firma;E-Mail\nRoth OHG;jo@roth.example\nOhne Adresse KG;\nNoch eine;jo@roth.example\n"
    rows += "Roth;r@roth.example\n"
    file = {"name": "liste.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    page.set_input_files("input[type=file]", files=[file])
    press("Liste prüfen")(page, world)


def example_given_back(page: Page, world: World) -> None:
    """Give an example back without a word."""
    page.locator("summary").filter(has_text="Zurückgeben").click()
    page.get_by_role("button", name="Zurückgeben").click()


def code_searched(page: Page, _world: World) -> None:
    """A waste code that words found, to be chosen."""
    form_field(page, "codes").fill("Sägemehl")
    with page.expect_navigation():
        page.get_by_role("button", name="Schlüssel suchen").click()


def measures_pasted(page: Page, world: World) -> None:
    text = "Maßnahme\tArt\tkWh im Jahr\nLED\tBeleuchtung\tviel\nNeue Türen\t\t\n"
    page.get_by_label("Oder Zellen einfügen").fill(text)
    press("Liste prüfen")(page, world)


def list_in_mail(page: Page, world: World) -> None:
    listed(page, world)
    press("Weiter: E-Mail an 2 Unternehmen")(page, world)


def checked_through(page: Page, world: World) -> None:
    for number, word in enumerate(("Ja", "Nein", "Teilweise", "Nein", "Nein")):
        page.get_by_label(word, exact=True).nth(number).check()
    press("Speichern und Ergebnis ansehen")(page, world)


def figures_listed(page: Page, world: World) -> None:
    """A preview with everything that can stand in it."""
    rows = (
        "Jahr;Kennzahl;Wert;Einheit;Qualität;Anmerkung\n",
        ";energy.electricity.consumption;1.234;MWh;gemessen;Ein Zähler im Hauptgebäude\n",
        ";ghg.scope1.gross;99,5;t CO2e;geschätzt;\n",
        "2020;water.withdrawal.total;77;m3;;\n",
        ";energy.total;viel;kWh;;\n",
    )
    file = {"name": "zahlen.csv", "mimeType": "text/csv", "buffer": "".join(rows).encode()}
    page.set_input_files("input[type=file]", files=[file])
    press("Vorschau ansehen")(page, world)


def questionnaire_returned(page: Page, world: World) -> None:
    """A questionnaire that somebody filled in, with everything that can stand in its preview."""
    address = page.url.replace("/offline", "/datei?format=docx&inhalt=ausgefuellt&sprache=de&teil=")
    texts = {"1.1/text": "Ein neuer Text", "2.1/kind": "Vielleicht", "3.1.goals/4.goal": "Weniger Strom"}
    file = filled_in(page.request.get(address).body(), texts, beside="Notiz am Rand")
    name, kind = "fragebogen.docx", "application/octet-stream"
    page.set_input_files("input[type=file]", files=[{"name": name, "mimeType": kind, "buffer": file}])
    press("Vorschau ansehen")(page, world)


def handed_in(page: Page, world: World) -> None:
    """The declaration of an earlier year, as its data alone."""
    data = json.loads((Path(__file__).parents[1] / "data" / "craft.json").read_bytes())
    data["figures"], data["reporting_year"] = [], 2022
    file = {"name": "x.json", "mimeType": "application/json", "buffer": json.dumps(data).encode()}
    page.set_input_files("input[type=file]", files=[file])
    press("Vorschau ansehen")(page, world)


def no_figures_year(page: Page, world: World) -> None:
    page.get_by_label("Ja, ab einem Berichtsjahr").check()
    page.get_by_label("erstes Berichtsjahr").fill("bald")
    press("Speichern")(page, world)


def wish_without_remark(page: Page, world: World) -> None:
    unfold_remark(page)
    give_verdict(page, "change-needed")


def give_verdict(page: Page, verdict: str) -> None:
    with page.expect_navigation():
        page.locator(f"button[value={verdict}]").click()


def unfold_remark(page: Page) -> None:
    page.locator("summary").get_by_text("Änderung nötig").click()


def day_that_is_over(page: Page, world: World) -> None:
    page.get_by_label("Antwort erbeten bis").fill("01.01.2026")
    press("Änderungen anfordern")(page, world)


def second_page_beside_the_figure(page: Page, _world: World) -> None:
    """The evidence opens beside its figure, turns its page, closes to where it came from, and opens again."""
    link = page.locator("tr", has_text="Scope 1").locator("[data-evidence]")
    link.click()
    drawer = page.get_by_role("complementary", name="Tankkarten der drei Transporter")
    expect(drawer).to_contain_text("Seite 1 von 2")
    expect(page.locator("#beleg")).to_be_focused()
    expect(link).to_be_in_viewport()
    drawer.get_by_role("link", name="Schließen").click()
    expect(drawer).to_have_count(0)
    expect(link).to_be_in_viewport()
    link.click()
    drawer.get_by_role("link", name="Nächste Seite").click()
    expect(drawer).to_contain_text("Seite 2 von 2")
    picture = drawer.get_by_role("img", name="Seite 2 von 2 in voller Größe öffnen")
    assert picture.evaluate("it => it.decode().then(() => it.naturalWidth)") == 1600


def verdicts_collided(page: Page, world: World) -> None:
    """Two reviewers, here two tabs, judge differently what nobody had judged."""
    other = page.context.new_page()
    other.goto(page.url)
    give_verdict(other, "accepted")
    other.close()
    unfold_remark(page)
    form_field(page, "remark").fill(f"Anmerkung zu {id(page)}")
    give_verdict(page, "change-needed")
    expect(page.get_by_role("region", name="Achtung")).to_be_visible()


def out_of_reach(page: Page, world: World) -> None:
    """What was written to a page that is no longer there."""
    page.evaluate("() => { document.querySelector('#review').action = '/gibt-es-nicht'; }")
    unfold_remark(page)
    form_field(page, "remark").fill("Bitte ergänzen Sie die Bezugsgröße.")
    press("Nur Anmerkung speichern")(page, world)


def stock_collided(page: Page, world: World) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    for tab, text in ((other, f"Bis wann? {id(page)}"), (page, "Wann?")):
        form_field(tab, "text_de").fill(text)
        press("Speichern")(tab, world)
        expect(tab.get_by_role("alert" if tab == other else "region").first).to_be_visible()
    other.close()


def skeleton_previewed(page: Page, world: World) -> None:
    """A text with placeholders, shown as visitors would see it; nothing is saved."""
    press("Gerüst einfügen")(page, world)
    press("Vorschau")(page, world)


def legal_text_collided(page: Page, world: World) -> None:
    """Somebody else saved the text meanwhile."""
    page.get_by_label("Text", exact=True).fill("Beck GmbH")
    page.eval_on_selector("main input[name=version]", "field => { field.value = 'earlier'; }")
    press("Speichern")(page, world)


def review(rest: str = "", declaration: str = "review") -> str:
    return f"/cluster/{{review_cluster}}/pruefung/{{{declaration}}}/{rest}"


STOCK = "/cluster/{review_cluster}/textbausteine/"

BOTH = (True, False)
POWER, COOLING = "energy.electricity.consumption", "energy.cooling.consumption"
HALF, EMPTY, DONE, COMPLETED, AFTER = "half", "empty", "finished", "complete", "year_after"


def of(declaration: str, rest: str = "") -> str:
    return f"/erklaerungen/{{{declaration}}}/{rest}"


STATES = (
    State("welcome", path="/", heading="Schritt für Schritt", javascript=BOTH),
    State("welcome-english", path="/", heading="step by step", options={"locale": "en-GB"}),
    State("help", path="/hilfe", heading="Hilfe"),
    State("help-topic", path="/hilfe/zahlen", heading="Wie die Kennzahlen entstehen"),
    State("help-terms", "jonas", "/hilfe/begriffe", heading="Begriffe, einfach erklärt"),
    State("help-criteria", "jonas", "/hilfe/kriterien", heading="Alle 20 Kriterien auf einen Blick"),
    State("search", "jonas", "/suche?q=energie", heading="Suche"),
    State("factors", path="/faktoren", heading="Emissionsfaktoren"),
    State("imprint", path="/impressum", heading="Impressum"),
    State("privacy", path="/datenschutz", heading="Datenschutz"),
    State("accessibility", path="/barrierefreiheit", heading="Barrierefreiheit"),
    State("sign-in", path="/anmelden", heading="Anmelden", javascript=BOTH),
    State("sign-in-refused", path="/anmelden", go=refused_sign_in, heading="Anmelden", javascript=BOTH),
    State("sign-in-too-often", path="/anmelden", go=too_often, heading="Anmelden"),
    State("forgot", path="/passwort-vergessen", heading="Passwort vergessen"),
    State(
        "forgot-error", path="/passwort-vergessen", go=press("Link anfordern"), heading="Passwort vergessen"
    ),
    State("second-step", "", "/anmelden/zweiter-schritt", half_signed_in, "Zweiter Schritt", BOTH),
    State("second-step-error", "", "/anmelden/zweiter-schritt", wrong_code, "Zweiter Schritt"),
    State("register", path="/registrieren", heading="Konto anlegen"),
    State("register-error", "", "/registrieren", press("Weiter"), "Konto anlegen"),
    State("register-sent", path="/registrieren/unterwegs", heading="Postfach"),
    State("register-over", path="/registrieren/bestaetigen/x", heading="Dieser Link gilt nicht mehr"),
    State("single-sign-on", path="/anmelden/zentral", heading="Anmelden mit"),
    State("single-sign-on-down", "", "/anmelden/zentral", follow("Weiter"), "noch nicht geklappt"),
    State("single-sign-on-late", path="/anmelden/zentral/zurueck", heading="noch nicht geklappt"),
    State("factor", "neu", "/konto/zweiter-faktor", heading="Zweiter Faktor"),
    State("factor-app", "neu", "/konto/zweiter-faktor/app", confirmed, "Authenticator-App", BOTH),
    State("factor-app-error", "neu", "/konto/zweiter-faktor/app", wrong_first_code, "Authenticator-App"),
    State("passkey-new", "neu", "/konto/passkeys/neu", confirmed, "Passkey", BOTH),
    State("confirm", "neu", "/konto/bestaetigen", heading="Sind Sie es?"),
    State("confirm-error", "neu", "/konto/bestaetigen", press("Weiter"), "Sind Sie es?"),
    State("not-found", path="/gibt-es-nicht", heading="Diese Seite gibt es nicht"),
    State("start-without-company", "neu", "/", heading="Willkommen"),
    State("start-operator", "oskar", "/", heading="Willkommen"),
    State("places-open", "viola", "/konto", places_opened, "Ihr Konto", BOTH),
    State("start", "jonas", "/", heading="Meine Erklärungen"),
    State("start-many-places", "viola", "/", heading="Meine Unternehmen und Cluster"),
    State("start-contributor", "zora", "/", heading="Meine Erklärungen"),
    State("company", "jonas", "/unternehmen/{half_company}", heading="Metallbau Brandt", javascript=BOTH),
    State("goals", "jonas", of(HALF, "zielliste"), heading="Ihre Ziele", javascript=BOTH),
    State("comparison", "jonas", "/unternehmen/{half_company}/vergleich", heading="Vergleich"),
    State("comparison-released", "rosa", "/unternehmen/{compared}/vergleich", numbers_compared, "Vergleich"),
    State("climate-path-none", "leo", "/unternehmen/{company}/pfad", heading="Unser Klimapfad"),
    State("climate-path", "jonas", CLIMATE_GOAL, goal_saved, "Unser Pfad bis 2030", BOTH),
    State("climate-goal", "jonas", CLIMATE_GOAL, heading="Unser Klimaziel"),
    State("climate-goal-error", "jonas", CLIMATE_GOAL, goal_unreadable, "Unser Klimaziel"),
    State("company-export", "jonas", "/unternehmen/{half_company}/mitnehmen", heading="Alles mitnehmen"),
    State("declaration-delete", "jonas", "/erklaerungen/{half}/loeschen", press("Erklärung löschen")),
    State("declaration-delete-empty", "leo", "/erklaerungen/{empty}/loeschen", heading="löschen?"),
    State("declarations-deleted", "jonas", "/unternehmen/{half_company}/geloescht", heading="Gelöschte"),
    State(
        "declaration-erase",
        "jonas",
        "/unternehmen/{half_company}/geloescht/{deleted}/endgueltig",
        press("Endgültig löschen"),
        "endgültig löschen?",
    ),
    State("reporting-year", "jonas", "/erklaerungen/{half}/berichtsjahr", press("Weiter"), "ändern"),
    State(
        "reporting-year-told",
        "jonas",
        "/erklaerungen/{half}/berichtsjahr?reporting_year=2019",
        heading="2019",
    ),
    State(
        "company-closing",
        "jonas",
        "/unternehmen/{half_company}/loeschen",
        press("Unternehmen löschen"),
        "löschen?",
    ),
    State("company-of-several", "viola", "/unternehmen/{half_company}", heading="Metallbau Brandt"),
    State("company-contributor", "zora", "/unternehmen/{half_company}", heading="Metallbau Brandt"),
    State("people", "jonas", "/unternehmen/{half_company}/personen", heading="Personen"),
    State("people-viewer", "vera", "/unternehmen/{half_company}/personen", heading="Personen"),
    State("invite", "jonas", "/unternehmen/{half_company}/personen/einladen", heading="Person einladen"),
    State(
        "invite-error",
        "jonas",
        "/unternehmen/{half_company}/personen/einladen",
        nobody_invited,
        "Person einladen",
        BOTH,
    ),
    State("member", "jonas", "/unternehmen/{half_company}/personen/{member}", heading="Zora"),
    State(
        "member-remove",
        "jonas",
        "/unternehmen/{half_company}/personen/{member}/entfernen",
        heading="Zora entfernen?",
    ),
    State("leave", "zora", "/unternehmen/{half_company}/verlassen", heading="Nicht mehr für"),
    State("leave-as-last-owner", "jonas", "/unternehmen/{half_company}/verlassen", heading="Nicht mehr für"),
    State("invitation", path="/einladung/{invited}", heading="Einladung", javascript=BOTH),
    State("invitation-error", "", "/einladung/{invited}", press("Einladung annehmen"), "Einladung"),
    State("invitation-known", path="/einladung/{invited_before}", heading="Einladung"),
    State("invitation-right", "neu", "/einladung/{invited_before}", heading="Einladung"),
    State("invitation-other", "zora", "/einladung/{invited_before}", heading="Einladung"),
    State("invitation-unknown", path="/einladung/gibt-es-nicht", heading="Diesen Link kennen wir nicht"),
    State("overview-contributor", "zora", of(HALF), heading="erklärung für", javascript=BOTH),
    State("criterion-contributor", "zora", of(HALF, "kriterien/5"), heading="Verantwortung"),
    State("look", "leo", "/unternehmen/{company}/erscheinungsbild", look_previewed, "Erscheinungsbild", BOTH),
    State("profile-new", "neu", "/unternehmen/neu", heading="Profil des Unternehmens"),
    State("profile-error", "neu", "/unternehmen/neu", profile_error, "Profil des Unternehmens", BOTH),
    State("profile", "leo", "/unternehmen/{company}/profil", heading="Profil des Unternehmens"),
    State(
        "profile-collision",
        "jonas",
        "/unternehmen/{half_company}/profil",
        profile_collided,
        "Profil des Unternehmens",
    ),
    State("profile-viewer", "vera", "/unternehmen/{half_company}/profil", heading="Profil des Unternehmens"),
    State("new-declaration", "leo", "/unternehmen/{company}/erklaerungen/neu", heading="Neue Erklärung"),
    State(
        "new-declaration-error",
        "leo",
        "/unternehmen/{company}/erklaerungen/neu",
        year_missing,
        "Neue Erklärung",
    ),
    State("first-day", "leo", of(EMPTY, "erster-tag"), heading="zu Ihrer Erklärung", javascript=BOTH),
    State("questionnaire", "leo", of(EMPTY, "fragebogen"), heading="Fragebogen für"),
    State("from-file", "leo", FROM_FILE, heading="Erklärung aus einer Datei"),
    State("from-file-error", "leo", FROM_FILE, press("Vorschau ansehen"), "Erklärung aus einer Datei"),
    State("from-file-looked-at", "leo", FROM_FILE, handed_in, "Erklärung für 2022 aus der Datei"),
    State("next-year", "karin", of(AFTER, "naechstes-jahr"), heading="Neues Berichtsjahr", javascript=BOTH),
    State("overview-next-year", "karin", of(AFTER), heading="erklärung für"),
    State("criterion-next-year", "karin", of(AFTER, "kriterien/13"), heading="Emissionen", javascript=BOTH),
    State("goals", "karin", of(AFTER, "ziele"), heading="Was aus Ihren Zielen", javascript=BOTH),
    State("overview-empty", "leo", of(EMPTY), heading="erklärung für 2025", javascript=BOTH),
    State("overview-half", "jonas", of(HALF), heading="erklärung für"),
    State("missing-empty", "leo", of(EMPTY, "was-fehlt-noch"), heading="Was fehlt noch?", javascript=BOTH),
    State("missing-contributor", "zora", of(HALF, "was-fehlt-noch"), heading="Was fehlt noch?"),
    State("overview-english", "jonas", of(HALF), heading="declaration for", options={"locale": "en-GB"}),
    State("general", "jonas", of(HALF, "kriterien/general"), heading="Allgemeine Informationen"),
    State(
        "criterion-empty", "leo", of(EMPTY, "kriterien/1"), heading="Strategische Analyse", javascript=BOTH
    ),
    State("criterion-half", "jonas", of(HALF, "kriterien/13?hilfe=13.1"), heading="Emissionen"),
    State("criterion-quotations", "jonas", of(HALF, "kriterien/1?hilfe=1.1"), quoted, "Strategische Analyse"),
    State("criterion-long", "jonas", of(HALF, "kriterien/16/kennzahlen"), heading="Qualifizierung"),
    State("plausibility", "karin", of(COMPLETED, "plausibilitaet"), heading="Auffällige Zahlen"),
    State(
        "plausibility-error",
        "karin",
        of(COMPLETED, "plausibilitaet"),
        question_unanswered,
        "Auffällige Zahlen",
    ),
    State(
        "recalculated", "jonas", of(HALF, "neu-gerechnet"), heading="Zahlen, die wir heute", javascript=BOTH
    ),
    State(
        "recalculated-error",
        "jonas",
        of(HALF, "neu-gerechnet"),
        press("Auswahl speichern"),
        "Zahlen, die wir heute",
    ),
    State(
        "criterion-tables",
        "karin",
        of(COMPLETED, "kriterien/12/kennzahlen/GRI-SRS-302-1"),
        heading="Ressourcenmanagement",
    ),
    State("criterion-method", "karin", of(COMPLETED, "kriterien/13/rechenweg"), heading="Emissionen"),
    State("criterion-preview", "jonas", of(HALF, "kriterien/13/vorschau"), heading="So steht es"),
    State("criterion-draft", "jonas", of(HALF, "kriterien/20"), proposed, "Gesetzes"),
    State("criterion-errors", "jonas", of(HALF, "kriterien/13/kennzahlen"), unreadable, "Emissionen", BOTH),
    State(
        "criterion-explained", "leo", of(EMPTY, "kriterien/8"), everything_explained, "Anreizsysteme", BOTH
    ),
    State("criterion-offer", "jonas", of(HALF, "kriterien/2"), offered_back, "Wesentlichkeit"),
    State("collision", "jonas", of(HALF, "kriterien/1"), collided, "Zwei Fassungen", BOTH),
    State("expired", "jonas", of(HALF, "kriterien/1"), expired, "Anmelden"),
    State("resumed", "jonas", of(HALF, "kriterien/1"), resumed, "Ihre Eingaben sind noch da"),
    State("criterion-viewer", "vera", of(HALF, "kriterien/14"), heading="Arbeitnehmerrechte"),
    State(
        "forbidden",
        "vera",
        "/unternehmen/{half_company}/erklaerungen/neu",
        heading="Dazu fehlen Ihnen hier die Rechte",
    ),
    State("questions", "jonas", of(HALF, "beitraege"), heading="Anfragen", javascript=BOTH),
    State("questions-empty", "leo", of(EMPTY, "beitraege"), heading="Anfragen"),
    State("question-about", "jonas", of(HALF, "beitraege/neu"), heading="Jemanden um Antwort bitten"),
    State(
        "question", "jonas", of(HALF, "beitraege/neu"), press("Weiter"), "Jemanden um Antwort bitten", BOTH
    ),
    State("question-error", "jonas", of(HALF, "beitraege/neu"), nobody_asked, "Jemanden um Antwort bitten"),
    State("answer", path="/beitrag/{asked}", heading="Klimarelevante Emissionen", javascript=BOTH),
    State("answer-error", "", "/beitrag/{asked}", unreadable_answer, "Klimarelevante Emissionen", BOTH),
    State("answered", path="/beitrag/{answered}", heading="Danke, Ihre Antwort ist angekommen"),
    State("answer-resting", path="/beitrag/{resting}", heading="Dieser Link ruht"),
    State("answer-unknown", path="/beitrag/x", heading="Dieser Link gilt nicht"),
    State("history", "jonas", of(HALF, "verlauf/1.1"), heading="Frühere Fassungen"),
    State("figures", "jonas", of(HALF, "kennzahlen"), heading="Kennzahlen 2025", javascript=BOTH),
    State("figure", "jonas", of(HALF, f"kennzahlen/{POWER}"), heading="Stromverbrauch"),
    State("figure-read", "jonas", of(HALF, f"kennzahlen/{COOLING}"), doubtful_number, "Kühlenergie", BOTH),
    State("figure-versions", "jonas", of(HALF, f"kennzahlen/{POWER}/verlauf"), heading="Frühere"),
    State("figure-sites", "jonas", of(HALF, f"kennzahlen/{POWER}/standorte"), heading="Nach Standorten"),
    State("figure-scope", "jonas", of(HALF, "kennzahlen/umfang"), heading="Was unsere Zahlen umfassen"),
    State("material-flow", "jonas", of(HALF, "kennzahlen/stofffluss"), heading="Stofffluss 2025"),
    State("bills", "jonas", of(HALF, "rechnungen/"), heading="Rechnungen 2025", javascript=BOTH),
    State("bills-odd", "jonas", of(HALF, "rechnungen/"), odd_and_unreadable_bills, "Rechnungen 2025", BOTH),
    State("list", "jonas", of(HALF, "listen/lohn"), heading="Lohnliste 2025"),
    State("list-preview", "jonas", of(HALF, "listen/lohn"), previewed_list, "Vorschau: Lohnliste", BOTH),
    State("list-error", "jonas", of(HALF, "listen/abfall"), press("Vorschau ansehen"), "Abfallübersicht"),
    State("bills-others", "jonas", of(HALF, "rechnungen/andere?suche=Papier"), heading="Andere Rechnung"),
    State("calculators", "jonas", of(HALF, "rechner/"), heading="Rechner"),
    State("calculator-kinds", "jonas", of(HALF, "rechner/waste"), heading="Abfall"),
    State("line-kinds", "jonas", of(HALF, "rechner/energy/zeilen/neu"), heading="Was möchten Sie eintragen?"),
    State("line", "jonas", of(HALF, "rechner/energy/zeilen/neu"), gas_bill, "Erdgas", BOTH),
    State("line-error", "jonas", of(HALF, "rechner/energy/zeilen/neu"), unreadable_bill, "Erdgas", BOTH),
    State("calculator", "jonas", of(HALF, "rechner/energy"), heading="Energie und Fahrzeuge"),
    State("line-saved", "jonas", of(HALF, "rechner/energy/zeilen/{line}"), heading="Netzstrom"),
    State("trace", "jonas", of(HALF, "rechner/spur/ghg.scope2.location"), heading="So gerechnet"),
    State("evidence", "jonas", of(HALF, "belege/"), heading="Belege", javascript=BOTH),
    State("evidence-none", "leo", of(EMPTY, "belege/"), heading="Belege"),
    State("evidence-viewer", "vera", of(HALF, "belege/"), heading="Belege"),
    State("evidence-of-line", "jonas", of(HALF, "belege/neu?zeile={line}"), heading="Netzstrom"),
    State(
        "evidence-chosen", "jonas", of(HALF, f"belege/neu?kennzahl={POWER}"), files_chosen, "Stromverbrauch"
    ),
    State("evidence-error", "jonas", of(HALF, "belege/neu?antwort=13.1"), press("Hochladen"), "13.1", BOTH),
    State("evidence-edit", "jonas", of(HALF, "belege/{file}"), heading="Stromrechnung"),
    State("evidence-edit-viewer", "vera", of(HALF, "belege/{file}"), heading="Stromrechnung"),
    State("evidence-edit-error", "jonas", of(HALF, "belege/{file}"), bad_day, "Stromrechnung"),
    State("evidence-remove", "jonas", of(HALF, "belege/{file}/entfernen"), heading="Beleg entfernen?"),
    State("evidence-detach", "jonas", of(HALF, "belege/{file}/entfernen?antwort=13.1"), heading="Zuordnung"),
    State("check-incomplete", "jonas", of(HALF, "pruefen"), heading="Prüfen und abschließen"),
    State("check-error", "sven", of("signed", "pruefen"), unsure_who, "Prüfen und abschließen", BOTH),
    State("check-complete", "karin", of(COMPLETED, "pruefen"), heading="Prüfen und abschließen"),
    State("check-filtered", "karin", of(COMPLETED, "pruefen?nur=erklaert"), heading="Prüfen und abschließen"),
    State("check-chapter", "karin", of(COMPLETED, "pruefen?nur=society"), heading="Prüfen und abschließen"),
    State("settings", "jonas", of(HALF, "einstellungen"), heading="Einstellungen der Erklärung"),
    State("joint-goal", "gesine", "/cluster/{joint_goal}/ziel", heading="Was 8 Unternehmen", javascript=BOTH),
    State("joint-goal-none", "lena", "/cluster/{cockpit_empty}/ziel", heading="zusammen sparen"),
    State(
        "joint-goal-error",
        "lena",
        "/cluster/{cockpit_empty}/ziel/aendern",
        press("Speichern"),
        "Gemeinsames Ziel",
        BOTH,
    ),
    State("joint-goal-edit", "gesine", "/cluster/{joint_goal}/ziel/aendern", heading="Gemeinsames Ziel"),
    State("joint-goal-member", "jonas", OWN_GOAL, heading="zusammen sparen"),
    State("residues", "renate", RESIDUES, heading="Reststoffe", javascript=BOTH),
    State("residues-none", "leo", "/unternehmen/{company}/reststoffe", heading="Reststoffe"),
    State("residue-new", "renate", f"{RESIDUES}/neu?art=search", heading="Reststoff suchen"),
    State(
        "residue-error",
        "renate",
        f"{RESIDUES}/neu?art=offer",
        press("Den Mitgliedern zeigen"),
        "Reststoff anbieten",
        BOTH,
    ),
    State("residue-code", "renate", f"{RESIDUES}/neu?art=offer", code_searched, "Reststoff anbieten", BOTH),
    State("residue-edit", "renate", f"{RESIDUES}/{{residue_own}}", heading="Angebot"),
    State(
        "residue-ask", "renate", f"{RESIDUES}/{{residue_other}}/anfragen", heading="Anfragen: Späne für Wege"
    ),
    State("residue-inquiries", "renate", f"{RESIDUES}/anfragen", heading="Anfragen zu Reststoffen"),
    State("residue-report", "renate", f"{RESIDUES}/{{residue_other}}/melden", heading="Melden: Späne"),
    State(
        "residue-passed-on", "renate", f"{RESIDUES}/{{residue_own}}/weitergegeben", heading="Weitergegeben"
    ),
    State("residue-sheet", "renate", f"{RESIDUES}/blatt", heading="Reststoffe für das Treffen"),
    State("residue-board", "rolf", "/cluster/{residue_cluster}/reststoffe", heading="Reststoffe"),
    State(
        "residue-sheet-manager", "rolf", "/cluster/{residue_cluster}/reststoffe/blatt", heading="Reststoffe"
    ),
    State(
        "residue-take-down",
        "rolf",
        "/cluster/{residue_cluster}/reststoffe/{residue_own}/herunternehmen",
        press("Von der Liste nehmen"),
        "Von der Liste nehmen: Buchenspäne",
        BOTH,
    ),
    State(
        "residue-neighbours",
        "rolf",
        "/cluster/{residue_cluster}/reststoffe/nachbarn",
        heading="Nachbarnetzwerke",
    ),
    State(
        "residue-neighbour-error",
        "rolf",
        "/cluster/{residue_cluster}/reststoffe/nachbarn",
        press("Nachbarschaft vorschlagen"),
        "Nachbarnetzwerke",
        BOTH,
    ),
    State("measure-list", "jonas", MEASURE_LIST, heading="Maßnahmen einlesen"),
    State("measure-list-rows", "jonas", MEASURE_LIST, measures_pasted, "Liste prüfen", BOTH),
    State(
        "measure-edit",
        "jonas",
        "/unternehmen/{half_company}/massnahmen/{own_measure}",
        heading="Maßnahme",
    ),
    State("measures", "jonas", "/unternehmen/{half_company}/massnahmen", heading="Maßnahmen"),
    State("measure", "jonas", "/unternehmen/{half_company}/massnahmen/neu", measure_noted, "Maßnahme", BOTH),
    State("measure-new", "jonas", "/unternehmen/{half_company}/massnahmen/neu", heading="Maßnahme eintragen"),
    State(
        "measure-error",
        "jonas",
        "/unternehmen/{half_company}/massnahmen/neu",
        press("Speichern"),
        "Maßnahme eintragen",
        BOTH,
    ),
    State("examples-public", path="/beispiele/{examples}-netz-der-beispiele", heading="Gute Beispiele"),
    State("example-public", path="/beispiele/{examples}/{example_of_other}", heading=EXAMPLE),
    State("example-card", path="/beispiele/{examples}/karte", heading="Gute Beispiele: Netz der Beispiele"),
    State("examples", "bea", "/cluster/{examples}/beispiele", heading="Gute Beispiele"),
    State("awards", "bea", AWARDS, heading="Auszeichnungen"),
    State("award-new", "bea", f"{AWARDS}/neu", press("Speichern"), "Neue Auszeichnung", BOTH),
    State("award", "bea", f"{AWARDS}/{{award_judged}}", heading="Klimapreis der Jury"),
    State("award-decided", "bea", f"{AWARDS}/{{award_decided}}", heading="Klimapreis vergeben"),
    State("award-change", "bea", f"{AWARDS}/{{award_open}}/aendern", heading="Auszeichnung ändern"),
    State(
        "award-propose",
        "bea",
        f"{AWARDS}/{{award_open}}/vorschlagen",
        press("Fragen"),
        "Ein Mitglied vorschlagen",
    ),
    State(
        "award-nomination", "bea", f"{AWARDS}/{{award_judged}}/vorschlaege/{{nomination}}", heading=EXAMPLE
    ),
    State("award-result", "bea", f"{AWARDS}/{{award_judged}}/ergebnis", heading="Punkte der Jury"),
    State("company-awards", "wiebke", OWN_AWARDS, heading="Auszeichnungen"),
    State(
        "nominate",
        "wiebke",
        f"{OWN_AWARDS}/{{award_open}}/vorschlagen",
        press("Vorschlagen"),
        "Vorschlagen: Klimapreis offen",
        BOTH,
    ),
    State(
        "own-nomination",
        "ottilie",
        "/unternehmen/{example_teller}/auszeichnungen/{award_judged}/vorschlag",
        heading=EXAMPLE,
    ),
    State("jury", path=f"/jury/{JURY_TOKEN}", heading="Klimapreis der Jury"),
    State("jury-sheet", path=f"/jury/{JURY_TOKEN}/{{nomination}}", heading=EXAMPLE, javascript=BOTH),
    State("jury-unknown", path="/jury/nichts", heading="Dieser Link öffnet nichts"),
    State("working-groups", "bea", GROUPS, heading="Arbeitsgruppen"),
    State("working-group-new", "bea", f"{GROUPS}/neu", press("Speichern"), "Neue Arbeitsgruppe", BOTH),
    State("working-group", "bea", f"{GROUPS}/{{working_group}}", heading="Arbeitsgruppe ändern"),
    State(
        "company-groups", "wiebke", "/unternehmen/{example_reader}/arbeitsgruppen", heading="Arbeitsgruppen"
    ),
    State("example-waiting", "bea", "/cluster/{examples}/beispiele/{waiting_example}", heading=EXAMPLE),
    State(
        "example-returned-error",
        "bea",
        "/cluster/{examples}/beispiele/{waiting_example}",
        example_given_back,
        EXAMPLE,
        BOTH,
    ),
    State("company-examples", "wiebke", "/unternehmen/{example_reader}/beispiele", heading="Gute Beispiele"),
    State(
        "company-example",
        "wiebke",
        "/unternehmen/{example_reader}/beispiele/{example_of_other}",
        heading=EXAMPLE,
    ),
    State("own-example", "wiebke", OWN_EXAMPLE, heading=EXAMPLE),
    State("own-example-edit", "wiebke", f"{OWN_EXAMPLE}/aendern", heading="Gutes Beispiel schreiben"),
    State("assessment-empty", "leo", of(EMPTY, "selbsteinschaetzung/"), heading="Selbsteinschätzung"),
    State("assessment-half", "jonas", of(HALF, "selbsteinschaetzung/"), heading="Selbsteinschätzung"),
    State("assessment-edit", "jonas", of(HALF, "selbsteinschaetzung/4"), heading="Wertschöpfungskette"),
    State(
        "assessment-error",
        "jonas",
        of(HALF, "selbsteinschaetzung/4"),
        measure_error,
        "Wertschöpfungskette",
    ),
    State(
        "assessment-collision",
        "jonas",
        of(HALF, "selbsteinschaetzung/5"),
        measure_collided,
        "Verantwortung",
    ),
    State("assessment-viewer", "vera", of(HALF, "selbsteinschaetzung/5"), heading="Verantwortung"),
    State("locked", "karin", of(COMPLETED, "kriterien/1"), locked, "Ihre Eingaben sind noch da"),
    State("version-finished", "petra", of(DONE, "pruefen"), finished, "ist fertig", BOTH),
    State("version-submitted", "quentin", of("review", "versionen/2"), heading="ist eingereicht"),
    State("overview-finished", "petra", of(DONE, "pruefen"), seen_from_afar, "erklärung für"),
    State("overview-signing", "sigrid", of("signing"), heading="erklärung für"),
    State("overview-submitted", "quentin", of("review"), heading="erklärung für"),
    State("overview-changes", "quentin", of("review_back"), heading="erklärung für", javascript=BOTH),
    State("criterion-remarks", "quentin", of("review_back", "kriterien/5"), heading="Verantwortung"),
    State("change-request", "quentin", of("review_back", "anmerkungen"), heading="Verantwortung"),
    State(
        "change-request-error",
        "quentin",
        of("review_back", "anmerkungen"),
        press("Speichern, weiter zu den Änderungen"),
        "Verantwortung",
        BOTH,
    ),
    State(
        "change-request-changes",
        "quentin",
        of("review_back", "aenderungen"),
        heading="Das haben Sie geändert",
    ),
    State(
        "remark-history", "quentin", of("review_back", "pruefverlauf"), heading="Anmerkungen", javascript=BOTH
    ),
    State("criterion-accepted", "quentin", of("review_back", "kriterien/6"), heading="Regeln"),
    State("remarks", "quentin", of("review_back", "anmerkungen/5"), heading="Anmerkungen", javascript=BOTH),
    State(
        "remarks-error",
        "quentin",
        of("review_back", "anmerkungen/5"),
        remark_without_words,
        "Anmerkungen",
    ),
    State("sign-off", "sigrid", of("signing", "bestaetigung"), heading="bestätigen", javascript=BOTH),
    State("sign-off-error", "sigrid", of("signing", "bestaetigung"), no_reason, "bestätigen", BOTH),
    State("sign-off-link", "", "/bestaetigung/{signing_token}", heading="bestätigen"),
    State("sign-off-link-unknown", "", "/bestaetigung/x", heading="kennen wir nicht"),
    State(
        "sign-off-rule",
        "quentin",
        "/unternehmen/{review_back_company}/bestaetigung",
        heading="Bestätigung durch eine Person",
    ),
    State("publication", "paula", of("published", "veroeffentlichung"), heading="Veröffentlichung"),
    State(
        "publication-changed",
        "paula",
        of("published", "veroeffentlichung"),
        changed_meanwhile,
        "Veröffentlichung",
    ),
    State("publication-again", "pia", of("hidden", "veroeffentlichung"), heading="Veröffentlichung"),
    State("publication-none", "quentin", of("review", "veroeffentlichung"), heading="Veröffentlichung"),
    State(
        "publication-ending",
        "paula",
        of("published", "veroeffentlichung/zuruecknehmen"),
        heading="Veröffentlichung zurücknehmen?",
    ),
    State("recall", "quentin", of("review_back", "zurueckholen"), heading="Erklärung zurückholen?"),
    State("overview-published", "paula", of("published"), heading="erklärung für"),
    State("files", "jonas", of(HALF, "dateien"), heading="als Datei"),
    State("files-versions", "paula", of("published", "dateien"), heading="als Datei"),
    State("public", path="/berichte", heading="Veröffentlichte Erklärungen", javascript=BOTH),
    State("origin", path="/pruefen", heading="Erklärung prüfen", javascript=BOTH),
    State("origin-typo", path="/pruefen?code=abc", heading="Erklärung prüfen"),
    State("origin-published", path="/p/{code}", heading="Erklärung prüfen", javascript=BOTH),
    State("origin-withdrawn", path="/p/{code_taken_back}", heading="Erklärung prüfen"),
    State("origin-not-published", path="/p/0000-0000-0000", heading="Erklärung prüfen"),
    State(
        "origin-unchanged",
        path="/p/{code}",
        go=uploaded(lambda world: world.published_data),
        heading="Erklärung prüfen",
        javascript=BOTH,
    ),
    State(
        "origin-changed",
        path="/pruefen",
        go=uploaded(lambda world: world.published_data.replace(b"Papier Paulsen", b"Papier Pohl")),
        heading="Erklärung prüfen",
    ),
    State("origin-no-file", path="/pruefen", go=press("Datei prüfen"), heading="Erklärung prüfen"),
    State("public-narrowed", "", "/berichte?suche=papier&jahr=2025", heading="Veröffentlichte Erklärungen"),
    State("public-no-match", "", "/berichte?suche=niemand", heading="Veröffentlichte Erklärungen"),
    State("public-cluster", "", "/berichte/cluster/{open_list}-offene-liste", heading="Erklärungen"),
    State("public-cluster-empty", "", "/berichte/cluster/{empty_list}-leere-liste", heading="Erklärungen"),
    State("public-declaration", "", "/berichte/{slug}", heading="20 Kriterien des DNK"),
    State("search-engines", "paula", "/unternehmen/{publisher}/suchmaschinen", heading="Suchmaschinen"),
    State("public-gone", "", "/berichte/{taken_back}", heading="gibt es nicht mehr"),
    State("criterion-finished", "petra", of(DONE, "kriterien/12"), heading="Ressourcenmanagement"),
    State("cockpit", "mara", "/cluster/{cockpit}/", heading="Erklärungen für 2025", javascript=BOTH),
    State("cockpit-filtered", "mara", "/cluster/{cockpit}/", filtered, "Erklärungen für 2025"),
    State("cockpit-empty", "lena", "/cluster/{cockpit_empty}/", heading="Erklärungen für"),
    State(
        "cockpit-english",
        "mara",
        "/cluster/{cockpit}/",
        heading="Declarations for 2025",
        options={"locale": "en-GB"},
    ),
    State("heat-map", "mara", "/cluster/{cockpit}/waermebild", heading="Wärmebild", javascript=BOTH),
    State("heat-map-asked", "mara", "/cluster/{cockpit}/waermebild?kriterium=11", heading="Wärmebild"),
    State("cockpit-member", "mara", "/cluster/{cockpit}/mitglieder/{cockpit_member}", heading="Adler GmbH"),
    State(
        "numbers-preview",
        "zita",
        "/cluster/{numbers}/zahlen?jahr=2025",
        numbers_prepared,
        "Zahlen für 2025",
        javascript=BOTH,
    ),
    State(
        "numbers", "zita", "/cluster/{numbers}/zahlen?jahr=2024", numbers_released, "Zahlen für 2024", BOTH
    ),
    State(
        "numbers-error",
        "zita",
        "/cluster/{numbers}/zahlen?jahr=2024",
        withdrawn_without_reason,
        "Zahlen für 2024",
    ),
    State("message", "mara", "/cluster/{cockpit}/nachricht", heading="Nachricht an Mitglieder"),
    State(
        "message-error", "mara", "/cluster/{cockpit}/nachricht", bad_message, "Nachricht an Mitglieder", BOTH
    ),
    State("message-preview", "mara", "/cluster/{cockpit}/nachricht", previewed, "Vorschau", BOTH),
    State("message-sent", "mara", "/cluster/{cockpit}/nachricht", message_sent, "Erklärungen für 2025"),
    State("review-queue", "ruth", "/cluster/{review_cluster}/pruefung/", heading="Prüfung"),
    State(
        "review-queue-filtered",
        "ruth",
        "/cluster/{review_cluster}/pruefung/?prueft=0&runde=1",
        heading="Prüfung",
    ),
    State(
        "review-conflict",
        "ruth",
        "/cluster/{review_cluster}/pruefung/interessenkonflikt/{review_back_company}",
        heading="Interessenkonflikt mit",
    ),
    State("review-overview", "ruth", review(), heading="Quenzel & Marschall"),
    State("review-overview-noted", "ruth", review("?zuerst=auffaelliges"), heading="Quenzel & Marschall"),
    State("review-overview-back", "ruth", review("", "review_back"), heading="Quenzel & Marschall"),
    State("review-criterion", "ruth", review("13"), heading="Klimarelevante Emissionen", javascript=BOTH),
    State(
        "review-evidence",
        "ruth",
        review("13"),
        second_page_beside_the_figure,
        "Klimarelevante Emissionen",
        BOTH,
    ),
    State(
        "review-criterion-english",
        "ruth",
        review("13"),
        heading="missions",
        options={"locale": "en-GB"},
    ),
    State(
        "review-remark",
        "ruth",
        review("13?anmerkung=13.2"),
        heading="Klimarelevante Emissionen",
        javascript=BOTH,
    ),
    State(
        "review-keys", "ruth", review("11"), lambda page, _world: page.keyboard.press("?"), "Inanspruchnahme"
    ),
    State("review-criterion-tables", "ruth", review("12"), heading="Ressourcenmanagement"),
    State("review-general", "ruth", review("general"), heading="Allgemeine Informationen"),
    State("review-criterion-back", "ruth", review("5", "review_back"), heading="Verantwortung"),
    State("review-wish", "ruth", review("14"), wish_without_remark, "Arbeitnehmerrechte", BOTH),
    State("review-collision", "ruth", review("4"), verdicts_collided, "Wertschöpfungskette"),
    State("review-out-of-reach", "ruth", review("16"), out_of_reach, "Ihr Text ist noch da"),
    State(
        "review-request-changes",
        "ruth",
        review("aenderungen-anfordern"),
        heading="Änderungen anfordern",
    ),
    State(
        "review-request-refused",
        "ruth",
        review("aenderungen-anfordern"),
        day_that_is_over,
        "Änderungen anfordern",
    ),
    State("review-draft", "ruth", review("entwuerfe/{review_draft}"), heading="Entwurf ändern"),
    State("review-approve", "ruth", review("freigeben"), heading="Freigeben"),
    State("review-approve-refused", "ruth", review("freigeben", "review_back"), heading="Freigeben"),
    State("review-withdraw", "ruth", review("freigabe-zurueckziehen", "review_back"), heading="zurückziehen"),
    State("stock", "ruth", STOCK, heading="Textbausteine"),
    State("stock-new", "ruth", STOCK + "neu", heading="Neuer Textbaustein"),
    State("stock-error", "ruth", STOCK + "neu", press("Speichern"), "Neuer Textbaustein"),
    State("stock-edit", "ruth", STOCK + "{review_stock}", heading="Textbaustein ändern"),
    State("stock-collision", "ruth", STOCK + "{review_stock}", stock_collided, "Textbaustein ändern"),
    State("account", "jonas", "/konto", heading="Ihr Konto"),
    State("password", "jonas", "/konto/passwort", heading="Passwort ändern"),
    State("password-error", "jonas", "/konto/passwort", press("Passwort speichern"), "Passwort ändern"),
    State("operation", "oskar", "/betrieb", heading="Betrieb"),
    State("operation-outbox", "oskar", "/betrieb/post", press("Test-E-Mail senden"), "E-Mails", BOTH),
    State("operation-clusters", "oskar", "/betrieb/cluster", press("Cluster anlegen"), "Cluster", BOTH),
    State(
        "operation-ending-last",
        "oskar",
        "/betrieb/cluster/{cockpit}/leitung/{manager}/entfernen",
        nobody_left,
        "Mara",
    ),
    State("operation-people", "oskar", "/betrieb/personen", heading="Personen", javascript=BOTH),
    State("operation-people-none", "oskar", "/betrieb/personen?suche=niemand", heading="Personen"),
    State("operation-person", "oskar", "/betrieb/personen/{manager}", heading="Mara"),
    State(
        "operation-person-lock", "oskar", "/betrieb/personen/{manager}/sperren", confirmed, "Konto sperren?"
    ),
    State(
        "operation-person-factors",
        "oskar",
        "/betrieb/personen/{manager}/zweiter-faktor",
        confirmed_and("Ja, zurücksetzen"),
        "Zweiten Faktor zurücksetzen?",
        BOTH,
    ),
    State(
        "operation-person-joins", "oskar", "/betrieb/personen/{manager}/betrieb", confirmed, "In den Betrieb"
    ),
    State(
        "operation-person-erase",
        "oskar",
        "/betrieb/personen/{manager}/loeschen",
        confirmed_and("Konto endgültig löschen"),
        "Konto löschen?",
        BOTH,
    ),
    State("operation-person-gone", "oskar", "/betrieb/personen/987654", heading="gibt es nicht mehr"),
    State("operation-companies", "oskar", "/betrieb/unternehmen", heading="Unternehmen"),
    State("operation-company", "oskar", "/betrieb/unternehmen/1"),
    State("operation-company-delete", "oskar", "/betrieb/unternehmen/1/loeschen"),
    State(
        "operation-cluster-delete", "oskar", "/betrieb/cluster/{cockpit}/loeschen", press("Cluster löschen")
    ),
    State("operation-cluster", "oskar", "/betrieb/cluster/{cockpit}", heading="Metall und Handwerk"),
    State("legal-texts", "oskar", "/betrieb/texte", heading="Texte"),
    State("legal-text", "oskar", "/betrieb/texte/imprint/en", heading="Impressum auf Englisch"),
    State(
        "legal-text-preview", "oskar", "/betrieb/texte/privacy/de", skeleton_previewed, "Datenschutz", BOTH
    ),
    State(
        "legal-text-conflict",
        "oskar",
        "/betrieb/texte/accessibility/de",
        legal_text_collided,
        "Barrierefreiheit",
    ),
    State("cluster-report", "mara", "/cluster/{cockpit}/bericht", report_in_english, "Bericht 2025", BOTH),
    State("cluster-members", "mara", "/cluster/{cockpit}/mitglieder", heading="Mitglieder"),
    State("cluster-members-empty", "lena", "/cluster/{cockpit_empty}/mitglieder", heading="Mitglieder"),
    State("invitations", "mara", "/cluster/{cockpit}/einladungen", heading="Einladungen", javascript=BOTH),
    State("invitations-empty", "lena", "/cluster/{cockpit_empty}/einladungen", heading="Einladungen"),
    State(
        "invitation-links",
        "mara",
        "/cluster/{cockpit}/einladungen",
        press("2 Links anzeigen"),
        "Links zum Weitergeben",
    ),
    State("invitations-remind", "mara", "/cluster/{cockpit}/einladungen/erinnern", heading="erinnern"),
    State(
        "invitation-single",
        "mara",
        "/cluster/{cockpit}/einladungen/{company_invitation}",
        heading="Einladung",
    ),
    State("sent-messages", "mara", "/cluster/{cockpit}/nachrichten", heading="Gesendete Nachrichten"),
    State("sent-message", "mara", "/cluster/{cockpit}/nachrichten/{message}", heading="Workshop"),
    State("company-invite", "mara", "/cluster/{cockpit}/mitglieder/einladen", heading="Unternehmen einladen"),
    State(
        "company-invite-error",
        "mara",
        "/cluster/{cockpit}/mitglieder/einladen",
        press("Einladung senden"),
        "Unternehmen einladen",
    ),
    State("self-checks", "jonas", of(HALF, "schnellchecks/"), heading="Schnellchecks"),
    State("self-check", "jonas", of(HALF, "schnellchecks/energy"), heading="Energie"),
    State(
        "self-check-result", "jonas", of(HALF, "schnellchecks/circular"), checked_through, "Kreislauf", BOTH
    ),
    State("self-check-begun", "jonas", of(HALF, "schnellchecks/energy/ergebnis"), heading="Energie"),
    State("figure-file", "jonas", of(HALF, "kennzahlen/import"), heading="Kennzahlen als Datei"),
    State(
        "figure-file-checked", "jonas", of(HALF, "kennzahlen/import"), figures_listed, "Vorschau der", BOTH
    ),
    State("offline", "jonas", of(HALF, "fragebogen/offline"), heading="Fragebogen offline ausfüllen"),
    State(
        "offline-checked",
        "jonas",
        of(HALF, "fragebogen/offline"),
        questionnaire_returned,
        "Vorschau des Fragebogens",
        BOTH,
    ),
    State("company-list", "mara", "/cluster/{cockpit}/mitglieder/liste", heading="Mehrere Unternehmen"),
    State(
        "company-list-error",
        "mara",
        "/cluster/{cockpit}/mitglieder/liste",
        press("Liste prüfen"),
        "Mehrere Unternehmen",
    ),
    State(
        "company-list-checked", "mara", "/cluster/{cockpit}/mitglieder/liste", listed, "Liste prüfen", BOTH
    ),
    State("company-list-mail", "mara", "/cluster/{cockpit}/mitglieder/liste", list_in_mail, "So kommt die"),
    State("team", "mara", "/cluster/{cockpit}/team", heading="Team"),
    State("team-invite", "mara", "/cluster/{cockpit}/team/einladen", heading="Person einladen"),
    State("team-person", "mara", "/cluster/{cockpit}/team/{manager}", heading="Mara"),
    State("team-ending", "mara", "/cluster/{cockpit}/team/{manager}/entfernen", heading="Nicht mehr für"),
    State(
        "team-ending-last",
        "mara",
        "/cluster/{cockpit}/team/{manager}/entfernen",
        nobody_left,
        "Nicht mehr für",
    ),
    State("trail", "jonas", "/unternehmen/{half_company}/protokoll", heading="Protokoll", javascript=BOTH),
    State("trail-none", "leo", "/unternehmen/{company}/protokoll", heading="Protokoll"),
    State("trail-cluster", "mara", "/cluster/{cockpit}/protokoll", heading="Protokoll"),
    State("outbox", "oskar", "/betrieb/post", heading="E-Mails"),
    State("erase", "mehmet", "/konto/loeschen", confirmed, "Konto löschen"),
    State("erase-error", "mehmet", "/konto/loeschen", not_sure, "Konto löschen", BOTH),
    State("erase-needed", "jonas", "/konto/loeschen", confirmed, "Konto löschen"),
    State("reminders-stop", "", "/erinnerungen/abbestellen/{reminder}", heading="Keine Erinnerungen mehr?"),
    State(
        "reminders-stopped",
        "",
        "/erinnerungen/abbestellen/{reminder}",
        press("Erinnerungen abschalten"),
        "abgeschaltet",
    ),
    State("cluster-details", "mara", "/cluster/{cockpit}/team/angaben", heading="Angaben zum Cluster"),
    State("workshop", "lena", "/cluster/{cockpit_empty}/raum", heading="Workshop"),
    State("workshop-open", "mara", "/cluster/{cockpit}/raum", heading="Workshop"),
    State("workshop-wall", "mara", "/cluster/{cockpit}/raum/wand", heading="Metall und Handwerk"),
    State("room-code", "", "/raum", press("Weiter"), "Sie sind in einem Workshop?"),
    State("room-company", "", "/raum/ABCD2345", press("Einladung schicken"), "Ihr Unternehmen anmelden"),
    State("room-sent", "", "/raum/ABCD2345/unterwegs", heading="Sehen Sie in Ihr Postfach"),
    State("polls", "mara", "/cluster/{cockpit}/umfragen", heading="Umfragen"),
    State("poll-new", "mara", "/cluster/{cockpit}/umfragen/neu", press("Speichern"), "Neue Umfrage", BOTH),
    State("poll-draft", "mara", "/cluster/{cockpit}/umfragen/{poll_draft}", heading="Was hält Sie auf?"),
    State("poll-change", "mara", "/cluster/{cockpit}/umfragen/{poll_draft}/aendern", heading="Frage ändern"),
    State("poll-texts", "mara", "/cluster/{cockpit}/umfragen/{poll_texts}", heading="Was wünschen Sie sich?"),
    State("poll-pair", "mara", "/cluster/{cockpit}/umfragen/{poll_pair}", heading="Wie sicher sind Sie"),
    State(
        "poll-wall", "mara", "/cluster/{cockpit}/umfragen/{poll_open}/wand?still=1", heading="Was hält Sie"
    ),
    State(
        "poll-wall-pair", "mara", "/cluster/{cockpit}/umfragen/{poll_pair}/wand?still=1", heading="Wie sicher"
    ),
    State(
        "poll-wall-texts",
        "mara",
        "/cluster/{cockpit}/umfragen/{poll_texts}/wand?still=1",
        heading="Was wünschen",
    ),
    State("poll-code", "", "/u", press("Weiter"), "An einer Umfrage teilnehmen"),
    State("poll-answer", "", "/u/7K7Q", press("Antwort senden"), "Was hält Sie auf?", BOTH),
    State("poll-answer-text", "", "/u/7K4Q", press("Antwort senden"), "Was wünschen Sie sich?"),
    State("poll-thanks", "", "/u/7K7Q/danke", heading="Danke"),
    State("poll-closed", "", "/u/7K6Q", heading="geschlossen"),
    State("poll-members-only", "", "/u/7K5Q", heading="Was hält Sie auf?"),
    State("poll-member", "adele", "/u/7K5Q", heading="Was hält Sie auf?"),
    State(
        "company-decline",
        "",
        "/einladung/unternehmen/{company_invited}/ablehnen",
        heading="Einladung ablehnen",
    ),
    State("cohorts", "mara", "/cluster/{cockpit}/kohorten", heading="Kohorten"),
    State("cohort-new", "mara", "/cluster/{cockpit}/kohorten/neu", heading="Neue Kohorte"),
    State(
        "cohort-error",
        "mara",
        "/cluster/{cockpit}/kohorten/neu",
        press("Vorlage „5 Treffen, 15 Wochen“ ab dem ersten Tag"),
        "Neue Kohorte",
    ),
    State("cohort", "mara", "/cluster/{cockpit}/kohorten/{cohort}", heading="Alle Mitglieder"),
    State(
        "cohort-delete", "mara", "/cluster/{cockpit}/kohorten/{cohort}/loeschen", heading="Kohorte löschen?"
    ),
    State(
        "cohort-companies",
        "mara",
        "/cluster/{cockpit}/kohorten/{cohort}/unternehmen",
        heading="Wer gehört dazu?",
    ),
    State("company-join", "", "/einladung/unternehmen/{company_invited}", heading="Metall und Handwerk"),
    State(
        "company-join-error",
        "",
        "/einladung/unternehmen/{company_invited}",
        press("Einwilligen und beitreten"),
        "Metall und Handwerk",
        BOTH,
    ),
    State(
        "company-join-owner",
        "leo",
        "/einladung/unternehmen/{company_invited_owner}",
        heading="Metall und Handwerk",
    ),
    State("consents", "adele", "/unternehmen/{cockpit_member}/cluster", heading="Cluster"),
    State("consents-none", "leo", "/unternehmen/{company}/cluster", heading="Cluster"),
    State(
        "consent", "adele", "/unternehmen/{cockpit_member}/cluster/{consent}", heading="Kennzahlen in Summen"
    ),
    State(
        "consent-error",
        "adele",
        "/unternehmen/{cockpit_member}/cluster/{consent}",
        no_figures_year,
        "Kennzahlen in Summen",
    ),
    State(
        "consent-renewal",
        "adele",
        "/unternehmen/{cockpit_member}/cluster/{consent}/zustimmung",
        heading="Was darf das Cluster außerdem?",
    ),
    State("consents-noted", "nora", "/unternehmen/{noted}/cluster", heading="Cluster"),
    State(
        "consent-choice",
        "nora",
        "/unternehmen/{noted}/cluster/{noted_consent}/erlaubnis/support",
        heading="Teilnahme und Notizen",
    ),
    State("member-file", "mara", "/cluster/{cockpit}/mitglieder/{noted}", heading="Notenblatt GmbH"),
    State("notes", "mara", "/cluster/{cockpit}/mitglieder/{noted}/notizen", heading="Notizen des Teams"),
    State(
        "notes-error",
        "mara",
        "/cluster/{cockpit}/mitglieder/{noted}/notizen",
        press("Notiz speichern"),
        "Notizen des Teams",
    ),
    State("note", "mara", "/cluster/{cockpit}/mitglieder/{noted}/notizen/{note}", heading="Notiz ändern"),
    State(
        "member-removal",
        "mara",
        "/cluster/{cockpit}/mitglieder/{noted}/herausnehmen",
        press("Aus dem Cluster nehmen"),
        "aus dem Cluster nehmen?",
    ),
    State("meetings", "mara", "/cluster/{cockpit}/teilnahme", heading="Teilnahme an Terminen"),
    State("attendance", "mara", "/cluster/{cockpit}/teilnahme/{milestone}", heading="Auftakt"),
    State("years", "mara", "/cluster/{cockpit}/jahre", heading="Jahre"),
    State("handover", "mara", "/cluster/{cockpit}/team/uebergeben", heading="Das Cluster übergeben"),
    State(
        "withdrawal",
        "adele",
        "/unternehmen/{cockpit_member}/cluster/{consent}/widerruf",
        heading="Einwilligung widerrufen",
    ),
)


def cases() -> Iterator[Any]:
    for state in STATES:
        for javascript in state.javascript:
            yield pytest.param(
                state, javascript, id=state.name + ("" if javascript else "-without-javascript")
            )


@pytest.mark.parametrize(("state", "javascript"), list(cases()))
def test_a_page(
    tabs: Tabs,
    shot: Shot,
    signed_in: Callable[[Visitor, str], None],
    world: World,
    axe: str,
    state: State,
    javascript: bool,
) -> None:
    with tabs.open(javascript=javascript, **state.options) as (visitor, page):
        if state.who:
            signed_in(visitor, state.who)
            if state.options.get("locale") == "en-GB":
                page.goto("/sprache/en")
        page.goto(state.path.format_map(vars(world)))
        if state.go:
            state.go(page, world)
        expect(page.get_by_role("heading", level=1)).to_contain_text(state.heading)
        check(page, axe, shot, f"{state.name}{'' if javascript else '-plain'}")
        if state.name in DARK and javascript:
            check_dark(page, shot, state.name)
        expected = state.options.get("locale", "de")[:2]
        assert page.locator("html").get_attribute("lang") == expected


def check(page: Page, axe: str, shot: Shot, name: str) -> None:
    """The page as it is and with everything unfolded, wide and narrow."""
    page.wait_for_load_state()  # the heading is there before the styles are
    for width in WIDTHS:
        if page.viewport_size != (size := {"width": width, "height": HEIGHT}):
            page.set_viewport_size(size)  # which arranges the page anew even if it is of that size
        shot(page, f"{name}-{width}")
        page.evaluate(OPEN_ALL)
        if width == min(WIDTHS):
            assert page.evaluate(OVERFLOW) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.evaluate(FEW_ALIKE)
        if width == WIDTHS[0]:
            page.evaluate(axe)
        page.evaluate(UNCOVER)
        violations = page.evaluate(RUN if width == WIDTHS[0] else RUN_AGAIN)
        if page.locator(MENUS).count():
            page.evaluate(OPEN_MENUS)
            violations += page.evaluate(RUN_AGAIN, MENUS)
        assert violations == [], f"{width} px: {json.dumps(violations, indent=1, ensure_ascii=False)}"


def check_dark(page: Page, shot: Shot, name: str) -> None:
    """The page that `check` unfolded, in the dark scheme: its ground is dark, its words can be read."""
    page.emulate_media(color_scheme="dark")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        shot(page, f"{name}-dark-{width}")
        assert page.evaluate(GROUND) == "rgb(18, 25, 25)"
        violations = page.evaluate(CONTRAST)
        assert violations == [], f"{width} px: {json.dumps(violations, indent=1, ensure_ascii=False)}"
    page.emulate_media(color_scheme="light")


# What is no page, what has a test of its own below, and where `change_requests.begin` leads.
NO_PAGES = re.compile(
    r"health\.|static|languages\.choose|.*[._](pdf|json|csv|xlsx)$|cockpit\.reviews|"
    r"figure_files\.(export|template)|offline\.download$|.*\.open_file$|review\.page_picture$|security\.(logout|reset_password)|set_up\.|"
    r"public\.(data|file|logo|colours|xlsx|feed|cluster_feed|cluster_by_number)|robots\.|(look|public)\.(logo|portrait)$|"
    r"public_examples\.(by_number|feed)$|(examples|examples_of_company|own_examples|public_examples)\.picture$|"
    r"residue_pictures\.|(awards|awards_of_company)\.certificate$|"
    r"(firm|cohort)_calendar\.|cluster_report\.file$|cohorts\.moved$|change_requests\.show$|files\.inside$|(files|review)\.(draft|version)_(file|seal)$|origin\.(seal|keys)$"
)


def test_no_page_is_forgotten(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    world = World(1, 1, 1, 1, 1, 1)
    seen = {
        adapter.match(state.path.format_map(vars(world)).partition("?")[0], method="GET")[0]
        for state in STATES
        if state.name != "not-found"
    }
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert {endpoint for endpoint in pages if not NO_PAGES.match(endpoint)} == seen


def test_a_new_password(visit: Visit, shot: Shot, server: Server, world: World, axe: str) -> None:
    """The page behind the link of the mail."""
    page = visit().page("/passwort-vergessen")
    page.get_by_label("E-Mail-Adresse").fill("karin@example.org")
    page.get_by_role("button", name="Link anfordern").click()
    outbox = server.instance / "outbox"
    links: list[str] = []

    def look() -> bool:
        texts = (file.read_text("utf-8") for file in outbox.glob("*"))
        links[:] = [
            link for text in texts for link in re.findall(r"https?://\S+(/passwort-vergessen/\S+)", text)
        ]
        return bool(links)

    wait_for(look, what="the mail")
    page.goto(links[0])
    check(page, axe, shot, "new-password")
    page.get_by_label("Neues Passwort", exact=True).fill("kurz")
    page.get_by_label("Neues Passwort wiederholen").fill("kurz")
    page.get_by_role("button", name="Passwort speichern").click()
    expect(page.get_by_role("alert")).to_contain_text("mindestens 12 Zeichen", ignore_case=True)
    check(page, axe, shot, "new-password-error")


UNSENT = """person => {
  const page = { path: "/konto", title: "Kriterium 1 – dnk-tool", words: "Noch nicht gespeichert." };
  const draft = { value: '["x"]', base: '[""]', at: 1, ...page };
  localStorage.setItem(`dnk-draft:${person}-d1-k1:text`, JSON.stringify(draft));
}"""


def test_the_question_before_a_sign_out(visit: Visit, shot: Shot, world: World, axe: str) -> None:
    visitor = visit()
    visitor.come_in("karin")
    page = visitor.page("/konto")
    sign_out = page.get_by_role("banner").get_by_role("button", name="Abmelden")
    page.evaluate(UNSENT, page.locator("form[data-sign-out]").first.get_attribute("data-sign-out"))
    sign_out.click()
    expect(page.get_by_role("dialog").get_by_role("textbox")).to_have_value("Noch nicht gespeichert.")
    check(page, axe, shot, "sign-out-question")


def test_a_pdf_on_its_way(
    visit: Visit,
    shot: Shot,
    signed_in: Callable[[Visitor, str], None],
    server: Server,
    world: World,
    axe: str,
) -> None:
    """The page that waits, with and without script; the file; and what other pages say of it."""
    draft, visitor, plain = f"/erklaerungen/{world.published}/entwurf.pdf", visit(), visit(javascript=False)
    signed_in(visitor, "paula")
    signed_in(plain, "paula")
    page = visitor.page()

    def is_there() -> bool:
        answer = visitor.context.request.get(f"{draft}?fassung=kurz")
        return answer.headers["content-type"] == "application/pdf"

    wait_for(is_there, what="the short form, and with it the child that renders")
    with server.holding_prints():
        page.goto(draft)
        check(page, axe, shot, "pdf-waiting")
        expect(page.get_by_role("heading", level=1)).to_have_text("Ihr PDF wird gerade erstellt")
        expect(page.get_by_role("progressbar")).to_be_visible()
        without_script = plain.page(draft)
        expect(without_script.get_by_role("progressbar")).to_be_visible()
        elsewhere = visitor.page("/konto")
        expect(elsewhere.get_by_text("PDF fertig")).to_have_count(0)
    with without_script.expect_download() as second:
        pass
    expect(page.get_by_role("heading", level=1)).to_have_text("Ihr PDF ist fertig")
    check(page, axe, shot, "pdf-ready")
    with page.expect_download() as first:
        page.get_by_role("link", name="Noch einmal herunterladen").click()
    assert Path(first.value.path()).read_bytes()[:5] == Path(second.value.path()).read_bytes()[:5] == b"%PDF-"
    expect(elsewhere.get_by_text("PDF fertig")).to_be_visible()
    check(elsewhere, axe, shot, "pdf-notice")
    files = plain.page(f"/erklaerungen/{world.published}/dateien?stand=entwurf")
    with files.expect_download() as short:
        files.get_by_role("link", name="Kurzfassung als PDF").click()
    assert "-Kurzfassung.pdf" in short.value.suggested_filename


def test_the_first_start(new_server: Callable[..., Server], visit: Visit, shot: Shot, axe: str) -> None:
    server = new_server()
    address = re.search(r"(/einrichten\?token=\S+)", server.start())
    assert address
    page = visit(at=server).page(address[1])
    check(page, axe, shot, "set-up")
    page.get_by_role("button", name="Konto anlegen").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check(page, axe, shot, "set-up-error")
