"""What the members of a cluster tell each other: examples, awards, working groups, residues."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.exchange.awards import JurorSheet
from dnk_tool.domain.exchange.residues import NoticeKind
from dnk_tool.domain.exchange.working_groups import GroupDate, GroupLink, WorkingGroupContent
from dnk_tool.domain.permissions import SHELL, ClusterRole, Role
from dnk_tool.services.exchange import jury, residue_inquiries, residues, working_groups
from dnk_tool.services.exchange.examples import withdraw_example
from dnk_tool.services.work import Work
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.exchange import neighbours
from dnk_tool.store.invitations.queries import hash_token
from dnk_tool.store.tables.clusters import Cluster
from tests.integration.exchange import award_rounds, residue_members, told_examples
from tests.support.app import (
    add_consent,
    make_cluster,
    make_organisation,
)
from tests.support.files.evidence_files import image

JURY_TOKEN = "seventeen-sheets-of-paper"


def add_told_examples(session: Session) -> dict[str, int]:
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
    withdraw_example(Work(session, SHELL, datetime.now(UTC)), company, own.id)
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
    by = award_rounds.by_shell(session)
    judged = award_rounds.open_round(by, cluster, name="Klimapreis der Jury")
    nomination = award_rounds.nominate(by, teller, judged.id, example_id=example)
    award_rounds.nominate(by, reader, judged.id)
    award_rounds.begin_judging(by, cluster, judged)
    juror, token = award_rounds.invite_juror(by, cluster, judged.id)
    jury.save_sheet(session, token, nomination, JurorSheet((5, 3), word="Stark"), seen=0, now=by.now)
    juror.token_hash = hash_token(JURY_TOKEN)
    group = WorkingGroupContent(
        "Abwärme und Netze",
        "Wer Wärme übrig hat.",
        (GroupDate(date(2099, 10, 14), "15:00", "https://video.example/abwaerme"),),
        (GroupLink("Protokolle", "https://ablage.example/"),),
        ("12",),
    )
    made = working_groups.create_group(by, cluster, group)
    working_groups.join_group(by, teller, made.id)
    opened = award_rounds.open_round(by, cluster, name="Klimapreis offen")
    decided = award_rounds.open_round(by, cluster, name="Klimapreis vergeben")
    for company in (teller, reader):
        award_rounds.nominate(by, company, decided.id)
    award_rounds.begin_judging(by, cluster, decided)
    award_rounds.invite_juror(by, cluster, decided.id)
    award_rounds.decide(by, cluster, decided)
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
    work = Work(session, other.actor, now)
    residue_inquiries.ask(work, other.id, cluster.id, offer, "Geht 1 t im Monat?")
    residues.report_notice(work, other.id, cluster.id, offer, "Das ist Werbung.")
    places = {"residue_cluster": cluster.id, "residue_firm": own.id}
    return places | {"residue_own": offer, "residue_other": search}
