"""Mails about awards: to jurors, to a member that is asked to stand, and to all who stood, at the end."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter

from flask import url_for

from dnk_tool.domain.mail import address_in
from dnk_tool.domain.permissions import Role
from dnk_tool.language import local_day
from dnk_tool.services.accounts import action_limits
from dnk_tool.services.accounts.action_limits import LimitedAction
from dnk_tool.store import people as memberships
from dnk_tool.store.accounts.queries import people_with_roles
from dnk_tool.store.exchange import jury
from dnk_tool.store.exchange.nominations import ShownNomination
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.awards import AwardRow, JurorRow
from dnk_tool.web.http.access import current_account
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails


def invite(cluster: Cluster, award: AwardRow, juror: JurorRow, token: str) -> None:
    """Mail a juror the link to the sheets, in the language that the manager chose."""
    link = mails.public_base_url() + url_for("jury.show", token=token)
    juror.mail = mails.queue_mail(
        mails.render_mail(
            "exchange/juror_invited", _addressed(juror), award=award, cluster=cluster.name, link=link
        ),
        recipient=juror.email,
        language=juror.language,
        reply_to=_team_address(cluster),
    )


def tell_jury(cluster: Cluster, award: AwardRow) -> None:
    """Mail the jurors that the nominations can be read now; the link stands in the mail of before."""
    jurors = jury.of_award(db(), award.id)
    _count([juror.email for juror in jurors])
    for juror in jurors:
        mails.queue_mail(
            mails.render_mail(
                "exchange/jury_begins", _addressed(juror), award=award, cluster=cluster.name, juror=juror
            ),
            recipient=juror.email,
            language=juror.language,
            reply_to=_team_address(cluster),
        )


def ask_member(cluster: Cluster, award: AwardRow, organisation_id: int) -> None:
    """Mail the owners of a company that the manager would like it to stand; no word of what."""
    today = local_day(datetime.now(UTC))
    mails.notify_accounts(
        "exchange/award_proposed",
        people_with_roles(db(), organisation_id, (Role.OWNER,), today=today),
        reply_to=_team_address(cluster),
        cluster=cluster.name,
        award=award,
        link=mails.public_base_url()
        + url_for("awards_of_company.edit", organisation_id=organisation_id, award_id=award.id),
    )


def tell_of_decision(
    cluster: Cluster, award: AwardRow, told: Iterable[ShownNomination], *, is_change: bool
) -> None:
    """Mail the owners of each company what the decision means for it; of the others no word."""
    by_company = {one.organisation_id: one for one in told}
    owners = memberships.active_owners_of_companies(db(), by_company)
    _count(list({owner.email for _company, owner in owners}))
    for company, group in groupby(owners, key=itemgetter(0)):
        shown = by_company[company.id]
        mails.notify_accounts(
            "exchange/award_decided",
            [owner for _company, owner in group],
            reply_to=_team_address(cluster),
            cluster=cluster.name,
            award=award,
            company=shown.company,
            prize=shown.prize,
            is_public=shown.is_public,
            is_change=is_change,
            link=mails.public_base_url() + url_for("awards_of_company.show", organisation_id=company.id),
        )


def _addressed(juror: JurorRow) -> Account:
    """The juror as an account, which is never stored: a mail is written to one."""
    return Account(email=juror.email, name=juror.name, language=juror.language)


def _count(recipients: Sequence[str]) -> None:
    """Count mails to these people; raises ActionLimitReached if one would get too many in a day."""
    sender, message = current_account().id, LimitedAction.MESSAGE
    action_limits.count_mails(db(), message, sender=sender, recipients=recipients, now=datetime.now(UTC))


def _team_address(cluster: Cluster) -> str:
    return address_in(cluster.contact) or current_account().email
