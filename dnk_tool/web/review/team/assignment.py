"""The review of a declaration is assigned, taken over and given back; what nobody has is shared out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.mail import NewsFrequency, address_in
from dnk_tool.domain.permissions import Permission, can
from dnk_tool.language import local_day
from dnk_tool.services.review import assignments
from dnk_tool.services.review.assignments import AssignmentChanged, NotAReviewer
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.mail import news
from dnk_tool.store.review import team
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.access import (
    current_account,
    current_actor,
    current_cluster,
    current_declaration,
    current_subject,
    permit,
)
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails
from dnk_tool.web.review.current_round import blueprint, overview_url
from dnk_tool.web.review.team.form_values import account_number
from dnk_tool.web.text.options import Option, pair_options

BACK_TO_QUEUE = "liste"


@dataclass(frozen=True)
class AssignmentPanel:
    """To whom the review of the declaration is assigned, and to whom it can be.

    `kept_out`: who has a conflict of interest, for managers only.
    """

    account_id: int | None
    name: str
    colleagues: Sequence[Option]
    kept_out: Sequence[str] = ()

    @property
    def is_own(self) -> bool:
        """Whether it is the reader's."""
        return self.account_id is not None and self.account_id == current_actor().user_id


def assignment_panel() -> AssignmentPanel:
    """Read it for the declaration of the address."""
    cluster_id, declaration = current_cluster().id, current_declaration()
    today = local_day(datetime.now(UTC))
    members = team.members_for(db(), declaration.id, cluster_id, declaration.organisation_id, today=today)
    held_by = next((one for one in members if one.is_assigned), None)
    others = [
        (str(one.account_id), one.name)
        for one in members
        if one.may_review and not one.is_assigned and one.account_id != current_actor().user_id
    ]
    kept_out: Sequence[str] = ()
    if can(Permission.CLUSTER_LEAD, current_actor(), current_subject()):
        kept_out = [one.name for one in members if one.has_conflict]
        if held_by and held_by.account_id != current_actor().user_id:
            others.append(("", _("noch niemand")))
    return AssignmentPanel(
        held_by.account_id if held_by else None,
        held_by.name if held_by else "",
        pair_options(others),
        kept_out,
    )


@blueprint.post("/<int:declaration_id>/zuweisung")
@permit(Permission.REVIEW)
def assign(cluster_id: int, declaration_id: int) -> ResponseReturnValue:
    """Assign the review to the person that the form names, or to nobody."""
    declaration, now = current_declaration(), datetime.now(UTC)
    wanted, seen = (
        account_number(request.form.get("person", "")),
        account_number(request.form.get("seen", "")),
    )
    try:
        account = assignments.assign_review(Work(db(), current_actor(), now), declaration, wanted, seen=seen)
    except AssignmentChanged as error:
        name = accounts.name_of(db(), error.account_id)
        flash(
            _("Inzwischen prüft %(name)s diese Erklärung. Es ist nichts geändert.", name=name)
            if name
            else _("Inzwischen ist diese Prüfung niemandem mehr zugewiesen. Es ist nichts geändert."),
            "warning",
        )
        return _redirect_back()
    except NotAReviewer:
        flash(_("Diese Person kann diese Erklärung nicht prüfen. Wählen Sie jemand anderen."), "warning")
        return _redirect_back()
    if account is not None:
        tell_assignees([(account, declaration)], now=now)
    flash(_assigned_text(declaration, wanted, account), "success")
    return _redirect_back()


@blueprint.post("/verteilen")
@permit(Permission.CLUSTER_LEAD)
def share_out(cluster_id: int) -> ResponseReturnValue:
    """Share out among the team what waits and nobody has."""
    now = datetime.now(UTC)
    given = assignments.share_out_reviews(Work(db(), current_actor(), now), cluster_id)
    tell_assignees(given, now=now)
    if not given:
        flash(_("Es wartet nichts, das noch niemand hat und das jemand aus dem Team prüfen kann."), "warning")
        return redirect(url_for("review.queue", cluster_id=cluster_id), 303)
    counts: dict[str, int] = {}
    for account, _declaration in given:
        counts[_name(account)] = counts.get(_name(account), 0) + 1
    flash(
        ngettext(
            "%(num)d Prüfung ist verteilt: %(shares)s.",
            "%(num)d Prüfungen sind verteilt: %(shares)s.",
            len(given),
            shares=", ".join(f"{name} {count}" for name, count in sorted(counts.items())),
        ),
        "success",
    )
    return redirect(url_for("review.queue", cluster_id=cluster_id), 303)


def tell_assignees(given: Iterable[tuple[Account, Declaration]], *, now: datetime) -> None:
    """Tell others what was assigned to them: in one mail at once, in their next daily one, or not at all."""
    cluster, at_once = current_cluster(), dict[Account, list[Declaration]]()
    for account, declaration in given:
        if account.id == current_actor().user_id:
            continue
        if account.cluster_news is NewsFrequency.NOW:
            at_once.setdefault(account, []).append(declaration)
        elif account.cluster_news is NewsFrequency.DAILY:
            company, year = declaration.organisation.name, declaration.reporting_year
            news.add_assignment(
                db(),
                account.id,
                cluster.id,
                declaration_id=declaration.id,
                company=company,
                year=year,
                now=now,
            )
    for account, held in at_once.items():
        mails.notify_accounts(
            "review/assigned",
            [account],
            reply_to=current_account().email or address_in(cluster.contact),
            sender=_name(current_account()),
            cluster=cluster.name,
            cases=[(declaration.organisation.name, declaration.reporting_year) for declaration in held],
            link=mails.public_base_url() + url_for("review.queue", cluster_id=cluster.id),
        )


def _assigned_text(declaration: Declaration, wanted: int | None, account: Account | None) -> str:
    """What is assigned to whom now; without `account` the person had it already."""
    what = f"{declaration.organisation.name} – {declaration.reporting_year}"
    if wanted is None:
        return str(_("Die Prüfung von %(declaration)s hat jetzt noch niemand.", declaration=what))
    if wanted == current_actor().user_id:
        return str(_("Die Prüfung von %(declaration)s liegt jetzt bei Ihnen.", declaration=what))
    name = _name(account) if account else accounts.name_of(db(), wanted)
    told = str(_("Die Prüfung von %(declaration)s liegt jetzt bei %(name)s.", declaration=what, name=name))
    if account is None or account.cluster_news is NewsFrequency.NEVER:
        return told
    return f"{told} {_('Die Person erfährt es per E-Mail.')}"


def _name(account: Account) -> str:
    return account.name or account.email


def _redirect_back() -> ResponseReturnValue:
    if request.form.get("back") == BACK_TO_QUEUE:
        return redirect(url_for("review.queue", cluster_id=current_cluster().id), 303)
    return redirect(overview_url(), 303)
