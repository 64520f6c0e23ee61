"""The pages of neighbouring clusters: proposed and accepted, no name across, asked by itself."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.exchange.residues import NoticeKind
from dnk_tool.store.clusters import choices
from dnk_tool.store.exchange import neighbours, residues
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.residues import NeighbourPair
from dnk_tool.store.tables.mail import Mail
from tests.integration.conftest import NOW
from tests.integration.exchange.residue_members import ResidueFirm, a_notice, as_firm, show, told_canaries
from tests.support.app import (
    World,
    add_consent,
    count_statements,
    database_session,
    form_fields,
    post,
)
from tests.support.browsers import signed_in

# The other side's company and people; "A GmbH" of the manager's cluster asks "B GmbH" of the outsider's.
OWN_CANARIES, THEIR_CANARIES = ("A GmbH", "owner@example.org"), ("B GmbH", "stranger@example.org")
AGREE = re.compile(r'action="([^"]+/zustimmen[^"]*)"')


@pytest.fixture
def firms(app: Flask, world: World) -> tuple[ResidueFirm, ResidueFirm]:
    """A company of each cluster, both of which let neighbours see their residues; the other one offers."""
    with database_session(app) as session:
        own = as_firm(session, world.cluster, world.own, "owner", crosses=True)
        other = as_firm(session, world.foreign_cluster, world.foreign, "stranger", crosses=True)
        show(session, other, a_notice(title="Eichenspäne"), datetime.now(UTC))
        for firm in (own, other):
            session.expunge(firm.consent)
    return own, other


def name_of(app: Flask, cluster_id: int) -> str:
    with database_session(app) as session:
        return session.get_one(Cluster, cluster_id).name


def become_neighbours(app: Flask, world: World) -> None:
    with database_session(app) as session:
        neighbours.propose(session, world.cluster, world.foreign_cluster, now=NOW)
        pair = session.scalars(select(NeighbourPair)).one()
        pair.accepted_at = NOW


def mails_to(app: Flask, recipient: str) -> list[str]:
    with database_session(app) as session:
        found = session.scalars(select(Mail).where(Mail.recipient == recipient).order_by(Mail.id))
        return [f"{mail.subject}\n{mail.body}" for mail in found]


def test_one_manager_proposes_the_other_accepts_and_either_ends_it(
    app: Flask, world: World, firms: tuple[ResidueFirm, ResidueFirm]
) -> None:
    manager, outsider, owner = (signed_in(app, name) for name in ("manager", "outsider", "owner"))
    page, other = (
        f"/cluster/{cluster}/reststoffe/nachbarn" for cluster in (world.cluster, world.foreign_cluster)
    )
    board = f"/unternehmen/{world.own}/reststoffe"
    wrong = post(manager, page, {"name": "Netz, das es nicht gibt"})
    assert wrong.status_code == 422
    assert "gibt es kein anderes Cluster" in wrong.text
    assert form_fields(wrong.text)["name"] == ["Netz, das es nicht gibt"]
    name = name_of(app, world.foreign_cluster)
    assert "ist gefragt" in post(manager, page, {"name": name}, follow_redirects=True).text
    assert "Eichenspäne" not in owner.get(board).text
    [mail] = mails_to(app, "outsider@example.org")
    assert "möchte Nachbarnetzwerk werden" in mail
    assert f"/cluster/{world.foreign_cluster}/reststoffe/nachbarn" in mail
    assert "Annehmen" in outsider.get(other).text
    accepted = post(outsider, f"{other}/{world.cluster}/annehmen", follow_redirects=True).text
    assert "ist jetzt ein Nachbarnetzwerk" in accepted
    post(outsider, f"{other}/{world.cluster}/annehmen")
    assert len([mail for mail in mails_to(app, "manager@example.org") if "ist angenommen" in mail]) == 1
    for read in (owner.get(board).text, manager.get(f"/cluster/{world.cluster}/reststoffe").text):
        assert f"aus einem Nachbarnetzwerk: {name}" in read
        assert "Blatt für das Treffen" not in read, "paper holds what the own members show, which is nothing"
    assert "Blatt für das Treffen" in outsider.get(f"/cluster/{world.foreign_cluster}/reststoffe").text
    ended = post(outsider, f"{other}/{world.cluster}/beenden", follow_redirects=True).text
    assert "Kein Mitglied sieht mehr" in ended
    assert "Eichenspäne" not in owner.get(board).text
    assert post(outsider, f"{other}/{world.cluster}/beenden").status_code == 404
    assert "ist beendet" in mails_to(app, "manager@example.org")[-1]
    assert "Leitung des Nachbarnetzwerks" in manager.get(f"/cluster/{world.cluster}/protokoll").text


def test_no_name_crosses_before_both_agreed(
    app: Flask, world: World, firms: tuple[ResidueFirm, ResidueFirm]
) -> None:
    become_neighbours(app, world)
    asker, other = signed_in(app, "owner"), signed_in(app, "stranger")
    leads = {world.cluster: signed_in(app, "manager"), world.foreign_cluster: signed_in(app, "outsider")}
    own, theirs = f"/unternehmen/{world.own}/reststoffe", f"/unternehmen/{world.foreign}/reststoffe"
    with database_session(app) as session:
        show(session, firms[0], a_notice(NoticeKind.SEARCH, title="Späne für Wege"), datetime.now(UTC))
        notices = residues.posted_notices(session, world.cluster, with_neighbours=True)
        by_kind = {each.notice.kind: each.id for each in notices}
    offer = by_kind[NoticeKind.OFFER]

    def opened() -> dict[str, str]:
        paths = [(asker, f"{own}{rest}") for rest in ("", "/anfragen", "/blatt", f"/{offer}/anfragen")]
        paths.append((asker, f"{own}/{offer}/melden"))
        for cluster, lead in leads.items():
            about = f"/cluster/{cluster}/reststoffe"
            paths += [(lead, about), (lead, f"{about}/blatt"), (lead, f"{about}.csv")]
        answers = {path: client.get(path) for client, path in paths}
        assert {answer.status_code for answer in answers.values()} == {200}
        return {path: answer.text for path, answer in answers.items()}

    assert told_canaries(opened(), THEIR_CANARIES) == []
    assert "aus einem Nachbarnetzwerk" in opened()[own]
    assert "Eichenspäne" not in opened()[f"{own}/blatt"], "paper is not taken back"
    post(asker, f"{own}/{offer}/melden", {"reason": "Das ist Werbung."})
    sent = post(asker, f"{own}/{offer}/anfragen", {"message": "Geht es einmal im Monat?"})
    assert sent.status_code == 303
    received = {"board": other.get(theirs).text, "inquiries": other.get(f"{theirs}/anfragen").text}
    assert told_canaries(received, OWN_CANARIES) == []
    assert f"aus einem Nachbarnetzwerk: {name_of(app, world.cluster)}" in received["inquiries"]
    assert told_canaries(opened(), THEIR_CANARIES) == []
    letters = {
        who: "\n".join(mails_to(app, f"{who}@example.org")) for who in ("stranger", "outsider", "manager")
    }
    assert f"cluster={world.foreign_cluster}" in letters["stranger"], "the page of its own cluster"
    assert told_canaries(letters, OWN_CANARIES) == []
    assert "Mitglied eines Nachbarnetzwerks" in letters["outsider"], "the managers of the notice's cluster"
    assert name_of(app, world.cluster) not in letters["outsider"]
    assert letters["manager"] == ""
    [path] = AGREE.findall(received["inquiries"])
    assert "Beide haben zugestimmt" in post(other, path, follow_redirects=True).text
    assert {line.split(":")[0] for line in told_canaries(opened(), THEIR_CANARIES)} == {f"{own}/anfragen"}
    assert "A GmbH" in other.get(f"{theirs}/anfragen").text


def test_managers_introduce_across_without_learning_who_it_is(
    app: Flask, world: World, firms: tuple[ResidueFirm, ResidueFirm]
) -> None:
    become_neighbours(app, world)
    with database_session(app) as session:
        show(session, firms[0], a_notice(NoticeKind.SEARCH, title="Späne für Wege"), datetime.now(UTC))
    lead, about = signed_in(app, "manager"), f"/cluster/{world.cluster}/reststoffe"
    page = lead.get(about).text
    pair = dict(re.findall(r'name="(offer|search)" value="([0-9]+)"', page))
    assert told_canaries({about: page}, THEIR_CANARIES) == []
    named = f"aus einem Nachbarnetzwerk: {name_of(app, world.foreign_cluster)}"
    assert page.count(named) == 2, "beside the pair and the notice"
    said = post(lead, f"{about}/bekannt-machen", pair, follow_redirects=True).text
    assert "Beide Unternehmen sind gefragt" in said
    assert told_canaries({about: said}, THEIR_CANARIES) == []
    for who, cluster, canaries in (
        ("owner", world.cluster, THEIR_CANARIES),
        ("stranger", world.foreign_cluster, OWN_CANARIES),
    ):
        [mail] = mails_to(app, f"{who}@example.org")
        assert f"cluster={cluster}" in mail
        assert told_canaries({who: mail}, canaries) == []


def test_the_permission_is_asked_by_itself_and_needs_the_one_for_residues(
    app: Flask, world: World, firms: tuple[ResidueFirm, ResidueFirm]
) -> None:
    owner, about = signed_in(app, "owner"), f"/unternehmen/{world.own}/cluster"
    place = f"{about}/{firms[0].consent.id}/erlaubnis"
    assert "Reststoffe auch in Nachbarnetzwerken" in owner.get(about).text
    asked = owner.get(f"{place}/residue-neighbours").text
    assert "Auch Mitglieder benachbarter Netzwerke sehen Ihre Einträge" in asked
    assert f'href="{place}/residue-neighbours"' in owner.get(f"{place}/residues").text
    post(owner, f"{place}/residues", {"answer": "no"})
    assert "Reststoffe auch in Nachbarnetzwerken: nicht erlaubt" in owner.get(about).text, "the history"
    for answer in (
        owner.get(f"{place}/residue-neighbours"),
        post(owner, f"{place}/residue-neighbours", {"answer": "yes"}),
    ):
        assert answer.location == f"{place}/residues"
    with database_session(app) as session:
        assert choices.choices_of(session, firms[0].consent.id) == set()


def test_who_keeps_its_residues_at_home_reads_why_it_cannot_ask(
    app: Flask, world: World, firms: tuple[ResidueFirm, ResidueFirm]
) -> None:
    become_neighbours(app, world)
    with database_session(app) as session:
        choices.replace_choices(session, firms[0].consent.id, [ConsentChoice.RESIDUES])
        [posted] = residues.posted_notices(session, world.foreign_cluster)
    owner, board = signed_in(app, "owner"), f"/unternehmen/{world.own}/reststoffe"
    page = owner.get(board).text
    assert "Eichenspäne" in page
    assert f"{posted.id}/anfragen" not in page
    assert "wenn auch Ihre Einträge dort zu sehen sein dürfen" in page
    refused = post(owner, f"{board}/{posted.id}/anfragen", {"message": "Geht 1 t?"})
    assert refused.status_code == 422
    assert "Geht 1 t?" in refused.text
    assert "Der Eintrag ist aus einem Nachbarnetzwerk." in refused.text


def test_a_page_takes_as_many_statements_with_many_neighbours(
    app: Flask, world: World, firms: tuple[ResidueFirm, ResidueFirm]
) -> None:
    become_neighbours(app, world)
    owner, lead = signed_in(app, "owner"), signed_in(app, "manager")
    pages = (
        (owner, f"/unternehmen/{world.own}/reststoffe"),
        (lead, f"/cluster/{world.cluster}/reststoffe"),
        (lead, f"/cluster/{world.cluster}/reststoffe/nachbarn"),
    )

    def statements() -> list[int]:
        taken = []
        for client, path in pages:
            with count_statements(app) as run:
                assert client.get(path).status_code == 200
            taken.append(len(run))
        return taken

    few = statements()
    with database_session(app) as session:
        for at in range(8):
            further = Cluster(name=f"Netz {at}", created_at=NOW)
            session.add(further)
            session.flush()
            neighbours.propose(session, further.id, world.cluster, now=NOW)
            show(session, firms[1], a_notice(title=f"Späne {at}"), datetime.now(UTC))
    assert statements() == few
    assert max(few) <= 15, few


def test_a_company_of_both_clusters_reads_its_notice_once_and_does_not_ask_itself(
    app: Flask, world: World, firms: tuple[ResidueFirm, ResidueFirm]
) -> None:
    become_neighbours(app, world)
    with database_session(app) as session:
        add_consent(session, world.own, world.foreign_cluster)
        twice = as_firm(session, world.foreign_cluster, world.own, "owner", crosses=True)
        notice = show(session, twice, a_notice(title="Doppelspäne"), datetime.now(UTC))
    owner, about = signed_in(app, "owner"), f"/unternehmen/{world.own}/reststoffe"
    for cluster in (world.cluster, world.foreign_cluster):
        page = owner.get(f"{about}?cluster={cluster}").text
        assert page.count(f"{notice}/anfragen") == 0
        assert ("Doppelspäne" in page) == (cluster == world.foreign_cluster)
        assert owner.get(f"{about}/{notice}/anfragen?cluster={cluster}").status_code == 404
    assert "Eichenspäne" in owner.get(f"{about}?cluster={world.cluster}").text


def test_the_ids_of_a_neighbour_are_no_ids_of_the_own_cluster(
    app: Flask, world: World, firms: tuple[ResidueFirm, ResidueFirm]
) -> None:
    become_neighbours(app, world)
    with database_session(app) as session:
        [posted] = residues.posted_notices(session, world.foreign_cluster)
    lead, about = signed_in(app, "manager"), f"/cluster/{world.cluster}/reststoffe"
    page = lead.get(about).text
    assert "Eichenspäne" in page
    assert "herunternehmen" not in page
    assert lead.get(f"{about}/{posted.id}/herunternehmen").status_code == 404
    assert post(lead, f"{about}/{posted.id}/herunternehmen", {"reason": "Weg"}).status_code == 404
    assert post(lead, f"{about}/{posted.id}/stehen-lassen").status_code == 404
    assert "Eichenspäne" not in lead.get(f"{about}.csv").text
    owner, own = signed_in(app, "owner"), f"/unternehmen/{world.own}/reststoffe"
    elsewhere = owner.get(f"{own}?cluster={world.foreign_cluster}")
    assert "Eichenspäne" not in elsewhere.text, "the address names no cluster that it is no member of"
