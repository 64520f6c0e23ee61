"""Mails about awards: to jurors with their link, and to a member that a manager asks to stand."""

from datetime import UTC, datetime

from flask import url_for

from dnk_tool.domain.mail import address_in
from dnk_tool.domain.permissions import Role
from dnk_tool.language import local_day
from dnk_tool.store.accounts.queries import people_with_roles
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.awards import AwardRow, JurorRow
from dnk_tool.web.http.access import current_account
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails


def invite(cluster: Cluster, award: AwardRow, juror: JurorRow, token: str) -> None:
    """Mail a juror the link to the sheets, in the language that the manager chose."""
    link = mails.public_base_url() + url_for("jury.show", token=token)
    addressed = Account(email=juror.email, name=juror.name, language=juror.language)  # is never stored
    mails.queue_mail(
        mails.render_mail("exchange/juror_invited", addressed, award=award, cluster=cluster.name, link=link),
        recipient=juror.email,
        language=juror.language,
        reply_to=_team_address(cluster),
    )


def ask_member(cluster: Cluster, award: AwardRow, organisation_id: int) -> None:
    """Mail the owners of a company that the manager would like it to stand; no word of what."""
    mails.notify_accounts(
        "exchange/award_proposed",
        people_with_roles(db(), organisation_id, (Role.OWNER,), today=local_day(datetime.now(UTC))),
        reply_to=_team_address(cluster),
        cluster=cluster.name,
        award=award,
        link=mails.public_base_url()
        + url_for("awards_of_company.edit", organisation_id=organisation_id, award_id=award.id),
    )


def _team_address(cluster: Cluster) -> str:
    return address_in(cluster.contact) or current_account().email
