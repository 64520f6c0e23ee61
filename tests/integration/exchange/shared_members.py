"""A member that shares whatever can be shared, in words that stand nowhere else, and those who might read."""

import io
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.declarations.document import Document, canonical_json, fingerprint
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.exchange.polls import Attribution, PollKind, PollQuestion
from dnk_tool.domain.exchange.working_groups import WorkingGroupContent
from dnk_tool.domain.permissions import SHELL, Role
from dnk_tool.services.aggregates import joint_goals
from dnk_tool.services.exchange import polls, working_groups
from dnk_tool.services.publication import publish as publishing
from dnk_tool.services.publication.quotations import allow_quotation
from dnk_tool.services.work import Work
from dnk_tool.store.aggregates import confirmations
from dnk_tool.store.clusters import choices
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange import neighbours
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.clusters import Cluster, Cohort, Consent, Milestone
from dnk_tool.store.tables.consents import MemberNote
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.store.tables.exchange.polls import PollCompanyAnswer
from dnk_tool.store.tables.joint_goals import JointSumRow
from dnk_tool.store.tables.organisations import Organisation
from tests.integration.aggregates import joint_goal_members
from tests.integration.exchange import award_rounds, residue_members, told_examples
from tests.support.app import World, add_consent, declaration_of, make_organisation, sign_in
from tests.support.cockpit_members import add_declaration
from tests.support.review_scenario import CRAFT, NOW, add_year_before, document_of_year_before

NAME = "Reiherbau Lauenau"  # of the company; it stands in none of the words
OTHERS = 6  # members besides, so that a sum over all has enough companies

# The word that tells each thing that is shared, by its key in docs/who-sees-what.md; or the name alone.
WORDS = {
    "profile": "Kanarisektor",
    "support": "Kanarinotiz",
    "earlier-version": "Kanarivorjahr",
    "measures": "Kanarisumme",
    "examples": "Kanaribeispiel",
    "residues": "Kanarispan",
    "residue-neighbours": "Kanarispan",
    "nomination": "Kanarivorschlag",
    "working-group": NAME,
    "cluster-list": NAME,
    "named-answer": "Kanarimeinung",
    "publication": "Kanarikapitel",
    "quotation": "Kanarikapitel",
}
# A sum has no words: this is how pages and files write its kilowatt hours, and no random id by chance.
SUM_KWH = 4_711_000
SPELLINGS = {"Kanarisumme": re.compile(r"(?<![\w.,])(4\.711|4711000)(?!\w)|>4711<")}
ASPECT = "1.1"


@dataclass(frozen=True)
class Sharing:
    """What the company of the world shares, by number. `rounds`: its nominations by award; `values`: what
    else stands in addresses, by its name there.
    """

    world: World
    reader: int
    reader_declaration: int
    published: int
    poll: int
    group: int
    rounds: Mapping[int, int]
    values: Mapping[str, object]

    def place_of(self, reader: str) -> dict[str, int]:
        """The company, declaration and cluster at which somebody reads."""
        own = {
            "member": (self.reader, self.reader_declaration, self.world.cluster),
            "stranger": (self.world.foreign, self.world.foreign_declaration, self.world.foreign_cluster),
        }
        usual = self.world.own, self.world.own_declaration, self.world.cluster
        place = own.get(reader, usual)
        if reader == "outsider":
            place = (*usual[:2], self.world.foreign_cluster)
        return dict(zip(("organisation_id", "declaration_id", "cluster_id"), place, strict=True))


def told_words(text: str) -> set[str]:
    """Which of the words a text tells."""
    words = {*WORDS.values()} - {NAME}
    return {word for word in words if (SPELLINGS[word].search(text) if word in SPELLINGS else word in text)}


def share_everything(session: Session, world: World) -> Sharing:
    """Give each yes there is, and write what each is about; only the sum of measures is not made yet."""
    company, cluster = session.get_one(Organisation, world.own), session.get_one(Cluster, world.cluster)
    company.name, company.sector, company.employees = NAME, f"{WORDS['profile']} und mehr", 12
    cluster.has_public_list = True
    consent = sharing_consent(session, world)
    choices.replace_choices(session, consent.id, list(ConsentChoice))
    confirmations.add(session, [world.own], by=None, now=NOW)
    session.add(MemberNote(consent_id=consent.id, text=WORDS["support"], written_at=NOW))
    _submit_two_years(session, world)
    reader = _add_reader(session, world)
    _add_measures(session, cluster, world)
    published, slug = _publish(session, world)
    poll, code = _answer_by_name(session, cluster, consent)
    rounds, token = _nominate(session, cluster, world)
    values = {
        "example_id": _tell_example(session, world),
        "notice_id": _show_residue(session, world, consent),
        "poll_id": poll,
        "code": code,
        "token": token,
        "slug": slug,
        "group_id": (group := _join_group(session, cluster, world)),
        "number": world.cluster,
        "name": "cluster-nord",
        **_plan_meeting(session, world),
    }
    return Sharing(
        world, reader.id, declaration_of(session, reader).id, published, poll, group, rounds, values
    )


def sharing_consent(session: Session, world: World, organisation_id: int | None = None) -> Consent:
    """The standing membership of the company that shares, or of another one."""
    consent = clusters.find_consent(session, organisation_id or world.own, world.cluster)
    assert consent is not None
    return consent


def make_sum(session: Session, world: World) -> None:
    """Add up the measures of the members, and write a sum that stands nowhere else."""
    cluster = session.get_one(Cluster, world.cluster)
    made = joint_goals.make_sum(Work(session, SHELL, datetime.now(UTC)), cluster)
    row = session.get_one(JointSumRow, made.id)
    content = deepcopy(row.content)
    content["total"]["sums"]["energy"]["value"] = str(SUM_KWH)
    row.content = content


def clients(app: Flask) -> dict[str, FlaskClient]:
    """A browser of everybody who might read; nobody is signed in for the jury, whose link is the key."""
    found = {"visitor": app.test_client(), "jury": app.test_client()}
    for reader, name in (
        ("member", "neighbour"),
        ("team", "manager"),
        ("reviewer", "reviewer"),
        ("stranger", "stranger"),
        ("outsider", "outsider"),
        ("operator", "operator"),
    ):
        found[reader] = app.test_client()
        sign_in(found[reader], f"{name}@example.org")
    return found


def picture() -> bytes:
    """A small JPEG."""
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(target, "JPEG")
    return target.getvalue()


def _add_reader(session: Session, world: World) -> Organisation:
    """Another member, which may do what the sharing company does."""
    reader = make_organisation(session, "Nachbar GmbH", neighbour=Role.OWNER)
    add_consent(session, reader.id, world.cluster)
    residue_members.as_firm(session, world.cluster, reader.id, "neighbour")
    measures.add(session, reader.id, told_examples.MEASURE, by=None, now=NOW)  # so that the example fits
    return reader


def _submit_two_years(session: Session, world: World) -> None:
    """The declaration is in review, and so was the one of the year before."""
    declaration = session.get_one(Declaration, world.own_declaration)
    _freeze(session, declaration, read_document(CRAFT.read_bytes()), world.cluster)
    declaration.state, declaration.submitted_at, declaration.version = State.SUBMITTED, NOW, 1
    before = replace(
        document_of_year_before(k1_1=WORDS["earlier-version"]),
        edition=declaration.edition,
        reporting_year=declaration.reporting_year - 1,
    )
    add_year_before(session, declaration, before, world.cluster)


def _freeze(
    session: Session, declaration: Declaration, document: Document, cluster_id: int | None = None
) -> None:
    content = canonical_json(document)
    session.add(
        Snapshot(
            declaration_id=declaration.id,
            version=1,
            content=content,
            sha256=fingerprint(content),
            finished_at=NOW,
            submitted_at=NOW if cluster_id else None,
            cluster_id=cluster_id,
        )
    )
    session.flush()


def _publish(session: Session, world: World) -> tuple[int, str]:
    """A declaration of an earlier year that everybody may read and others may quote; its id and address."""
    document = read_document(CRAFT.read_bytes())
    said = Answer(Disclosure.COMPLY, f"{WORDS['publication']} steht hier.")
    document = replace(
        document,
        reporting_year=2022,
        figures={},
        answers={**document.answers, ASPECT: said},
        organisation=replace(document.organisation, name=NAME),
    )
    declaration = add_declaration(
        session, world.own, changed_at=NOW, year=document.reporting_year, state=State.FINISHED
    )
    _freeze(session, declaration, document)
    slug = publishing.publish(Work(session, SHELL, NOW), declaration).slug
    session.flush()
    allow_quotation(Work(session, SHELL, NOW), declaration, is_allowed=True)
    return declaration.id, slug


def _tell_example(session: Session, world: World) -> int:
    content = replace(told_examples.CONTENT, title=WORDS["examples"])
    return told_examples.tell_example(session, world.own, world.cluster, content, picture=picture()).id


def _show_residue(session: Session, world: World, consent: Consent) -> int:
    """A notice with a photo, which members of a neighbouring cluster see, too."""
    residue_members.as_firm(session, world.foreign_cluster, world.foreign, "stranger", crosses=True)
    neighbours.propose(session, world.foreign_cluster, world.cluster, now=NOW)
    pair = neighbours.find_pair(session, world.cluster, world.foreign_cluster)
    assert pair is not None
    pair.accepted_at = NOW
    session.flush()
    firm = residue_members.ResidueFirm(world.own, consent, SHELL)
    notice = replace(residue_members.a_notice(title=WORDS["residues"]), picture_alt="Späne")
    return residue_members.show(session, firm, notice, NOW, picture=picture())


def _add_measures(session: Session, cluster: Cluster, world: World) -> None:
    """Measures of the company and of others that count for the cluster's goal."""
    joint_goals.save_goal(Work(session, SHELL, NOW), cluster, joint_goal_members.GOAL, seen=0)
    joint_goal_members.add_members(session, cluster.id, OTHERS)
    own = joint_goal_members.a_measure(95_000, cluster_id=cluster.id, cost=20_000)
    measures.add(session, world.own, own, by=None, now=NOW)


def _answer_by_name(session: Session, cluster: Cluster, consent: Consent) -> tuple[int, str]:
    """A poll of members in the report, which all of them answered; its id and its code."""
    question = PollQuestion("Was fehlt?", PollKind.TEXT, attribution=Attribution.NAMED)
    row = polls.create_poll(Work(session, SHELL, NOW), cluster, question)
    polls.open_poll(Work(session, SHELL, NOW), cluster, row.id)
    row.in_report = True
    everybody = select(Consent.id).where(Consent.cluster_id == cluster.id)
    for key in session.scalars(everybody).all():
        text = WORDS["named-answer"] if key == consent.id else "Mehr Zeit"
        session.add(
            PollCompanyAnswer(
                poll_id=row.id, consent_id=key, chosen=[], text=text, is_released=True, version=1
            )
        )
    session.flush()
    return row.id, row.code


def _nominate(session: Session, cluster: Cluster, world: World) -> tuple[dict[int, int], str]:
    """A round that a jury reads and one that was decided, with what stands in them; the link of a juror."""
    by = award_rounds.by_shell(session)
    content = replace(award_rounds.WORDS, title=WORDS["nomination"])
    found, token = {}, ""
    for name in ("Klimapreis", "Kreislaufpreis"):
        award = award_rounds.open_round(by, cluster, name=name)
        found[award.id] = award_rounds.nominate(by, world.own, award.id, content=content)
        award_rounds.begin_judging(by, cluster, award)
        if token:
            award_rounds.decide(by, cluster, award)
        else:
            token = award_rounds.invite_juror(by, cluster, award.id)[1]
    return found, token


def _plan_meeting(session: Session, world: World) -> dict[str, int]:
    """A cohort with a day at which the team notes who was there."""
    year = {"reporting_year": 2025, "is_default": True, "created_at": NOW}
    cohort = Cohort(cluster_id=world.cluster, **year)
    session.add(cohort)
    session.flush()
    milestone = Milestone(cohort_id=cohort.id, day=NOW.date(), title="Auftakt", sections=[])
    session.add(milestone)
    session.flush()
    return {"cohort_id": cohort.id, "milestone_id": milestone.id}


def _join_group(session: Session, cluster: Cluster, world: World) -> int:
    content = WorkingGroupContent("Abwärme", criteria=("1",))
    row = working_groups.create_group(Work(session, SHELL, NOW), cluster, content)
    working_groups.join_group(Work(session, SHELL, NOW), world.own, row.id)
    return row.id
