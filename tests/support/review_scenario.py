"""What tests of the review share: a company that has submitted, its cluster, and the steps of a round."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.declarations.document import Document, canonical_json, fingerprint
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.domain.permissions import SHELL, Actor, ClusterRole, Role
from dnk_tool.domain.review import Audience, ReviewSide, Verdict
from dnk_tool.services.answers.save import SectionEdit, save_section
from dnk_tool.services.declarations import submission
from dnk_tool.services.declarations.documents import import_document
from dnk_tool.services.review import drafts
from dnk_tool.services.review import remarks as review_remarks
from dnk_tool.services.review import verdicts as review_verdicts
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.clusters.choices import replace_choices
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import remarks
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.store.tables.review import RemarkRow
from tests.support import row_cache
from tests.support.app import add_consent, database_session, make_cluster

CRAFT = Path(__file__).parents[1] / "data/craft.json"
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)

YES, NO = Verdict.ACCEPTED, Verdict.CHANGE_NEEDED


def days_later(days: int) -> datetime:
    return NOW + timedelta(days=days)


@dataclass(frozen=True)
class ReviewScenario:
    """A declaration without gaps, submitted to a cluster with two reviewers, and who acts."""

    declaration_id: int
    organisation_id: int
    cluster_id: int
    owner: Actor
    karin: Actor
    rolf: Actor

    def declaration(self, session: Session) -> Declaration:
        declaration = declarations.by_id(session, self.declaration_id)
        assert declaration is not None
        return declaration


def import_craft(session: Session) -> Declaration:
    """A company that answered everything, and wants no sign-off."""
    declaration = import_document(Work(session, SHELL, NOW), read_document(CRAFT.read_bytes()))
    declaration.organisation.requires_sign_off = False
    session.flush()
    return declaration


def make_review_scenario(session: Session, manager: str = "karin", reviewer: str = "rolf") -> ReviewScenario:
    """The company has submitted its first version, and nobody has judged anything."""
    staff = {manager: ClusterRole.MANAGER, reviewer: ClusterRole.REVIEWER}

    def write(session: Session) -> None:
        declaration = import_craft(session)
        cluster = make_cluster(session, "Cluster Nord", **staff)
        add_consent(session, declaration.organisation_id, cluster.id)
        submit(session, _load_scenario(session, manager, reviewer))

    row_cache.write_or_restore(session, ("case", manager, reviewer), write)
    return _load_scenario(session, manager, reviewer)


def _load_scenario(session: Session, manager: str, reviewer: str) -> ReviewScenario:
    declaration = session.scalars(select(Declaration).order_by(Declaration.id.desc())).first()
    cluster_id = session.scalar(select(func.max(Cluster.id)))
    assert declaration is not None
    assert cluster_id is not None
    ids = {account.name: account.id for account, _role in clusters.staff(session, cluster_id)}
    return ReviewScenario(
        declaration.id,
        declaration.organisation_id,
        cluster_id,
        Actor(None, {declaration.organisation_id: Role.OWNER}),
        Actor(ids[manager.title()], clusters={cluster_id: ClusterRole.MANAGER}),
        Actor(ids[reviewer.title()], clusters={cluster_id: ClusterRole.REVIEWER}),
    )


def document_of_year_before(**texts: str) -> Document:
    """The craft's declaration of the year before, with other texts by ref ("13.1" is `k13_1`)."""
    now = read_document(CRAFT.read_bytes())
    year = now.reporting_year - 1
    refs = {name.removeprefix("k").replace("_", "."): text for name, text in texts.items()}
    said = {ref: Answer(Disclosure.COMPLY, text) for ref, text in refs.items()}
    figures = {key: figure for key, figure in now.figures.items() if key[0] <= year}
    return replace(now, reporting_year=year, answers={**now.answers, **said}, figures=figures)


def add_year_before(
    session: Session, declaration: Declaration, document: Document, cluster_id: int | None, version: int = 1
) -> Declaration:
    """A frozen version of the company's year before, submitted to the cluster, if one is given."""
    before = session.scalars(
        select(Declaration).where(
            Declaration.organisation_id == declaration.organisation_id,
            Declaration.reporting_year == document.reporting_year,
        )
    ).one_or_none() or Declaration(
        organisation_id=declaration.organisation_id,
        edition=document.edition,
        reporting_year=document.reporting_year,
        indicator_set=document.indicator_set,
        language=document.language,
        created_at=NOW,
        changed_at=NOW,
    )
    session.add(before)
    session.flush()
    content = canonical_json(document)
    session.add(
        Snapshot(
            declaration_id=before.id,
            version=version,
            content=content,
            sha256=fingerprint(content),
            finished_at=NOW,
            submitted_at=NOW if cluster_id else None,
            cluster_id=cluster_id,
        )
    )
    session.flush()
    return before


def allow_year_before(session: Session, organisation_id: int, *, is_allowed: bool = True) -> None:
    """Let the company allow all its clusters last year beside a review, or take that back."""
    choices = (ConsentChoice.EARLIER_VERSION,) if is_allowed else ()
    for consent in session.scalars(select(Consent).where(Consent.organisation_id == organisation_id)):
        replace_choices(session, consent.id, choices)


def submit(session: Session, case: ReviewScenario, *, now: datetime = NOW) -> None:
    submission.submit(Work(session, case.owner, now), case.declaration(session), cluster_id=case.cluster_id)
    session.flush()


def section_refs(session: Session, case: ReviewScenario) -> list[str]:
    return [section.ref for section in declarations.selection_of(case.declaration(session)).sections]


def write_remark(
    session: Session,
    case: ReviewScenario,
    section: str,
    text: str = "Bitte ergänzen.",
    *,
    audience: Audience = Audience.SHARED,
    side: ReviewSide = ReviewSide.REVIEWERS,
    actor: Actor | None = None,
    now: datetime = NOW,
    ref: str = "",
) -> RemarkRow:
    """Begin a thread on a section, by default one that the company can read."""
    declaration = case.declaration(session)
    return review_remarks.start_thread(
        Work(session, actor or (case.karin if side is ReviewSide.REVIEWERS else case.owner), now),
        declaration,
        declarations.selection_of(declaration).section_by_ref[section],
        text,
        audience=audience,
        side=side,
        version=declaration.version,
        ref=ref,
    )


def give_verdict(
    session: Session,
    case: ReviewScenario,
    section: str,
    verdict: Verdict,
    *,
    seen: int = 0,
    actor: Actor | None = None,
    now: datetime = NOW,
    **more: Any,
) -> None:
    declaration = case.declaration(session)
    review_verdicts.give_verdict(
        Work(session, actor or case.karin, now),
        declaration,
        declarations.selection_of(declaration).section_by_ref[section],
        verdict,
        seen=seen,
        **more,
    )
    session.flush()


def give_all_verdicts(
    session: Session, case: ReviewScenario, wanting: Iterable[str], *, now: datetime = NOW
) -> None:
    """Say of some sections, with a remark, that they need a change, and accept the others."""
    for ref in section_refs(session, case):
        if ref in wanting:
            write_remark(session, case, ref, f"Bitte ergänzen Sie {ref}.", now=now)
        give_verdict(session, case, ref, NO if ref in wanting else YES, now=now)


def request_changes(session: Session, case: ReviewScenario, *, now: datetime = NOW) -> list[str]:
    sections = review_verdicts.request_changes(Work(session, case.karin, now), case.declaration(session))
    session.flush()
    return [section.ref for section in sections]


def save_text(
    session: Session,
    case: ReviewScenario,
    section_ref: str,
    text: str,
    *,
    aspect: int = 0,
    now: datetime = NOW,
) -> None:
    """Change a text of a section, by default the first, as the company does on its page."""
    declaration = case.declaration(session)
    section = declarations.selection_of(declaration).section_by_ref[section_ref]
    ref = section.aspects[aspect].ref
    version = declarations.read_content(session, declaration).version(ref)
    answer = VersionedEdit(Answer(Disclosure.COMPLY, text), version)
    save_section(Work(session, case.owner, now), declaration, section, SectionEdit({ref: answer}))
    session.flush()


def answer_all_remarks(
    session: Session, case: ReviewScenario, text: str = "Ergänzt.", *, now: datetime = NOW
) -> None:
    """Publish the reviewers' drafts, and answer each of their open threads, from the company."""
    declaration = case.declaration(session)
    drafts.publish_drafts(session, declaration, now=now)
    for thread in remarks.threads(session, case.declaration_id, ReviewSide.COMPANY):
        if thread.is_open and thread.first.side is ReviewSide.REVIEWERS:
            review_remarks.answer_thread(
                Work(session, case.owner, now),
                declaration,
                thread,
                text,
                side=ReviewSide.COMPANY,
                version=declaration.version,
            )
    session.flush()


def read_threads(
    session: Session, case: ReviewScenario, side: ReviewSide = ReviewSide.REVIEWERS
) -> list[RemarkThread]:
    """The threads that a side reads."""
    session.flush()
    cluster_id = case.cluster_id if side is ReviewSide.REVIEWERS else None
    return remarks.threads(session, case.declaration_id, side, cluster_id=cluster_id)


def threads_of(app: Flask, case: ReviewScenario) -> list[RemarkThread]:
    """The threads that the cluster's people read."""
    with database_session(app) as session:
        return read_threads(session, case)
