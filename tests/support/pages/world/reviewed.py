"""Declarations that are finished: reviewed, to be signed off, published."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import Answer
from dnk_tool.domain.declarations import states
from dnk_tool.domain.declarations.document import canonical_json, fingerprint
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.version_code import version_code
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.domain.evidence import EvidenceTarget
from dnk_tool.domain.permissions import SHELL, Actor, Role
from dnk_tool.domain.review import Audience, ReviewSide, Verdict
from dnk_tool.report.view.branding import Branding
from dnk_tool.services.accounts import lifecycle as account_lifecycle
from dnk_tool.services.answers import save as answer_saving
from dnk_tool.services.declarations import branding, sign_off_links, submission
from dnk_tool.services.declarations import sign_off as sign_off_steps
from dnk_tool.services.evidence.files import EvidenceDetails
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.publication.quotations import allow_quotation
from dnk_tool.services.work import Work
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.evidence.file_blob_store import FileBlobStore
from dnk_tool.store.review import remarks
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.store.tables.organisations import Membership
from dnk_tool.store.tables.review import Approval, RemarkRow, StockRemark
from tests.hostile_pages import page_pdf
from tests.support import cockpit_members, evidence, review_scenario
from tests.support.app import (
    add_consent,
    add_member,
    make_cluster,
)
from tests.support.files.evidence_files import image


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


def add_complete_company(session: Session, owner: str, name: str, *, requires_sign_off: bool) -> Declaration:
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
    signed = add_complete_company(session, "sven", "Schreinerei Seidel", requires_sign_off=True)
    inside = add_complete_company(session, "sigrid", "Gießerei Sandmann", requires_sign_off=True)
    outside = add_complete_company(session, "otto", "Ofenbau Ostermann", requires_sign_off=True)
    sigrid = by_email(session, "sigrid@example.org")
    assert sigrid is not None
    actor = owner_of(session, inside, "sigrid")
    sign_off_steps.request_sign_off(Work(session, actor, now), inside, None, sigrid)
    chefin = {"email": "chefin@example.org", "name": "Carla Chefin"}
    boss = account_lifecycle.guest_account(session, **chefin, language="de", now=now)
    session.flush()
    actor = owner_of(session, outside, "otto")
    sign_off_steps.request_sign_off(Work(session, actor, now), outside, None, boss)
    _row, token = sign_off_links.create_sign_off_link(
        Work(session, actor, now), outside, boss, name="Carla Chefin"
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
        declaration = add_complete_company(session, owner, name, requires_sign_off=False)
        actor = owner_of(session, declaration, owner)
        add_foreword(session, declaration, actor, now=now)
        submission.submit(Work(session, actor, now), declaration, cluster_id=None)
        publications[key] = declaration.id
        publications[slug] = publishing_steps.publish(Work(session, actor, now), declaration).slug
        frozen = declarations.snapshot(session, declaration.id, 1)
        assert frozen is not None
        publications["code" if key == "published" else "code_taken_back"] = version_code(frozen.sha256)
        publications.setdefault("published_data", frozen.content)
    publishing_steps.unpublish(Work(session, actor, now), declaration)
    published = session.get_one(Declaration, publications["published"])
    actor = owner_of(session, published, "paula")
    allow_quotation(Work(session, actor, now), published, is_allowed=True)
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
    answer_saving.save_section(Work(session, actor, now), declaration, section, said)
    look = Branding(portrait=image("JPEG", (540, 672)))
    branding.change_branding(Work(session, actor, now), declaration.organisation, look, seen=0)


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
    publishing_steps.publish(Work(session, SHELL, now), before)
