"""Mails about a declaration: sign-off requested and decided, submitted, recalled."""

from typing import cast

from flask import url_for

from dnk_tool.domain.declarations.states import State
from dnk_tool.language import Language, format_long_date, local_day
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import versions
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Declaration, SignOff
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails


def send_sign_off_request(
    declaration: Declaration, signatory: Account, *, by: Account, link: tuple[Invitation, str] | None
) -> None:
    """Ask for the sign-off: members on the declaration's page, others by a link of their own."""
    invitation, token = link or (None, "")
    path = (
        url_for("sign_offs.show", token=token)
        if invitation
        else url_for("sign_off.show", declaration_id=declaration.id)
    )
    language = cast(Language, invitation.language if invitation else signatory.language)
    to = Account(email=signatory.email, name=signatory.name, language=language)
    written = mails.render_mail(
        "sign_off/sign_off",
        to,
        sender=by.name or by.email,
        company=declaration.organisation.name,
        year=declaration.reporting_year,
        until=format_long_date(local_day(invitation.expires_at), language) if invitation else "",
        link=mails.public_base_url() + path,
    )
    mails.queue_mail(written, recipient=to.email, language=language, reply_to=by.email)


def notify_asker_of_decision(declaration: Declaration, sign_off: SignOff, *, by: Account) -> None:
    """Tell the person who asked for the sign-off its result, unless they gave it themselves."""
    asker = db().get(Account, sign_off.asked_by) if sign_off.asked_by else None
    if asker is None or asker.id == sign_off.signatory_id:
        return
    mails.notify_accounts(
        f"sign_off/sign_off_{sign_off.decision}",
        [asker],
        reply_to=by.email,
        name=by.name or by.email,
        company=declaration.organisation.name,
        year=declaration.reporting_year,
        reason=sign_off.reason,
        is_submitted=declaration.state is State.SUBMITTED,
        link=mails.public_base_url() + url_for("overview.show", declaration_id=declaration.id),
    )


def notify_reviewers_of_submission(declaration: Declaration, *, by: Account) -> None:
    """Tell the cluster's team, but nobody with a conflict of interest, that a version was submitted.

    Does nothing in other states.
    """
    if declaration.state is not State.SUBMITTED or declaration.cluster_id is None:
        return
    db().flush()
    path = f"/cluster/{declaration.cluster_id}/pruefung/{declaration.id}/"
    mails.notify_accounts(
        "review/submitted",
        clusters.staff_for_company(db(), declaration.cluster_id, declaration.organisation_id),
        reply_to=by.email,
        company=declaration.organisation.name,
        year=declaration.reporting_year,
        number=len(versions.submitted_to(db(), declaration.id, declaration.cluster_id)),
        cluster=getattr(clusters.by_id(db(), declaration.cluster_id), "name", ""),
        link=mails.public_base_url() + path,
    )


def notify_reviewers_of_recall(declaration: Declaration, cluster_id: int, *, by: Account) -> None:
    """Tell the cluster's team of the recall, but nobody with a conflict of interest."""
    mails.notify_accounts(
        "review/recalled",
        clusters.staff_for_company(db(), cluster_id, declaration.organisation_id),
        reply_to=by.email,
        company=declaration.organisation.name,
        year=declaration.reporting_year,
        cluster=getattr(clusters.by_id(db(), cluster_id), "name", ""),
        link=mails.public_base_url() + url_for("review.queue", cluster_id=cluster_id),
    )
