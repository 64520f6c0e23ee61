"""The demo's cluster: ten members in every state, two reporting years, a review that is under way."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dnk_tool.cli.demo import firms, review
from dnk_tool.cli.demo.firms import TEAM, Demo, Firm
from dnk_tool.cli.demo.members import Member, declaration_of, members
from dnk_tool.domain.permissions import SHELL, Actor, Role
from dnk_tool.services import clusters, contributing, publishing, submitting
from dnk_tool.services.organisations import add_member
from dnk_tool.store.accounts import Account
from dnk_tool.store.clusters import ClusterStaff
from dnk_tool.store.models import Declaration

NAME = "Mittelstand Ostwestfalen"
YEARS_BACK = 400


def seed(
    session: Session,
    *,
    password_hash: str,
    owners: Mapping[Declaration, Account],
    finished: Declaration,
    now: datetime,
) -> None:
    """The cluster and its team; the demo's two companies join it, and eight more.

    `owners` are the two companies' declarations with who owns the company; `finished` is complete and goes
    all the way: submitted, approved, published.
    """
    begun = now - timedelta(days=YEARS_BACK)
    cluster = clusters.create_cluster(session, NAME, actor=SHELL, now=begun)
    cluster.contact = "Karin Weber, Telefon 0521 123456"
    demo = Demo(session, password_hash, now, cluster, {one.email: one for one in owners.values()})
    for email, name, role in TEAM:
        account = demo.account(email, name)
        session.add(ClusterStaff(user_id=account.id, cluster_id=cluster.id, role=role, created_at=begun))
    session.flush()
    year = finished.reporting_year
    for of, days in ((year - 1, 360), (year, 4)):
        clusters.set_deadline(session, cluster, of, demo.ago(days).date(), actor=SHELL, now=begun)
    review.add_stock(demo)
    for declaration, owner in owners.items():
        Firm(demo, declaration.organisation, owner).joins()
    _goes_all_the_way(Firm(demo, finished.organisation, owners[finished]), finished)
    for key, member in members().items():
        STORIES[key](firms.found(demo, member), member, year)


def _goes_all_the_way(firm: Firm, declaration: Declaration) -> None:
    firm.submits(declaration, days=60)
    review.approve(firm.demo, declaration, days=48)
    publishing.publish(firm.demo.session, declaration, actor=firm.actor, now=firm.demo.ago(45))


def _waits_for_review(firm: Firm, member: Member, year: int) -> None:
    _last_year(firm, member, year)
    declaration = firm.writes(declaration_of(member, year), days=40)
    firm.submits(declaration, days=6)
    review.judge(firm.demo, declaration, days=1, until="4")


def _finishes_alone(firm: Firm, member: Member, year: int) -> None:
    _last_year(firm, member, year)
    declaration = firm.writes(declaration_of(member, year), days=70)
    firm.submits(declaration, days=30, is_reviewed=False)


def _last_year(firm: Firm, member: Member, year: int) -> None:
    declaration = firm.writes(declaration_of(member, year - 1), days=185)
    firm.submits(declaration, days=180)
    review.approve(firm.demo, declaration, days=175)


def _has_to_change(firm: Firm, member: Member, year: int) -> None:
    declaration = firm.writes(declaration_of(member, year), days=30)
    firm.submits(declaration, days=15)
    review.request_changes(firm.demo, declaration, days=5)
    review.answer(firm, declaration, "5", days=2)


def _is_in_the_second_round(firm: Firm, member: Member, year: int) -> None:
    declaration = firm.writes(declaration_of(member, year), days=45)
    firm.submits(declaration, days=25)
    review.request_changes(firm.demo, declaration, days=18)
    review.mend(firm, declaration, days=4)
    review.answer(firm, declaration, *review.ANSWERS, days=3)
    firm.submits(declaration, days=2)


def _is_silent(firm: Firm, member: Member, year: int) -> None:
    firm.writes(declaration_of(member, year - 1, criteria=5), days=150)
    firm.writes(declaration_of(member, year, criteria=12), days=33)


def _waits_for_signature(firm: Firm, member: Member, year: int) -> None:
    demo = firm.demo
    editor = demo.account("stefan@demo.example", str(member.words["kuemmert"]))
    add_member(demo.session, firm.organisation, editor.id, Role.EDITOR, now=demo.ago(100))
    declaration = firm.writes(declaration_of(member, year), days=20)
    submitting.submit(
        demo.session,
        declaration,
        cluster_id=demo.cluster.id,
        signatory=firm.owner,
        actor=Actor(editor.id, {firm.organisation.id: Role.EDITOR}),
        now=demo.ago(3),
    )


def _has_not_begun(_firm: Firm, _member: Member, _year: int) -> None:
    """A member without a declaration."""


def _asks_a_colleague(firm: Firm, member: Member, year: int) -> None:
    declaration = firm.writes(declaration_of(member, year, criteria=5), days=9)
    contributing.ask(
        firm.demo.session,
        declaration,
        email="fuhrpark@pflege.example",
        name="Olga Brandt",
        refs=("13.1",),
        message="Können Sie sagen, wie viel die Wagen im letzten Jahr getankt haben?",
        language="de",
        actor=firm.actor,
        now=firm.demo.ago(8),
    )


STORIES: Mapping[str, Callable[[Firm, Member, int], None]] = {
    "baeckerei": _waits_for_review,
    "elektro": _finishes_alone,
    "reinigung": _has_to_change,
    "gartenbau": _is_in_the_second_round,
    "spedition": _is_silent,
    "druckerei": _waits_for_signature,
    "moebel": _has_not_begun,
    "pflege": _asks_a_colleague,
}
