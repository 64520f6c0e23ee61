"""The reviewers' queue: submitted declarations, longest wait first, and those with the companies."""

from datetime import UTC, datetime

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.review import ReviewSide
from dnk_tool.language import LOCAL_TIME_ZONE
from dnk_tool.store.review import queue as review_queue
from dnk_tool.store.review import remarks
from dnk_tool.store.review.queue import SubmittedDeclaration
from dnk_tool.web.http import conflict_of_interest
from dnk_tool.web.http.access import current_actor, current_cluster
from dnk_tool.web.http.cluster_pages import cluster_page
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.current_round import blueprint
from dnk_tool.web.text.labels import label_of

STATES_WITH_REVIEWERS = (State.SUBMITTED,)
STATES_WITH_COMPANY = (State.CHANGES_REQUESTED, State.SIGNING, State.REOPENED)


@blueprint.get("/")
@cluster_page(_l("Prüfung"), Permission.CLUSTER_VIEW, position=20)
def queue(cluster_id: int) -> ResponseReturnValue:
    submitted_declarations = review_queue.submitted_declarations(
        db(), cluster_id, [*STATES_WITH_REVIEWERS, *STATES_WITH_COMPANY]
    )
    counts = remarks.open_counts(
        db(),
        [submitted_declaration.declaration_id for submitted_declaration in submitted_declarations],
        ReviewSide.REVIEWERS,
        cluster_id=cluster_id,
    )
    rows = {
        submitted_declaration: _row(
            submitted_declaration, sum(counts.get(submitted_declaration.declaration_id, {}).values())
        )
        for submitted_declaration in submitted_declarations
    }
    return render_template(
        "review/queue.html",
        cluster=current_cluster(),
        why_not=conflict_of_interest.conflict_message()
        if any(_is_own(submitted_declaration) for submitted_declaration in submitted_declarations)
        else "",
        waiting=[
            rows[submitted_declaration]
            for submitted_declaration in submitted_declarations
            if submitted_declaration.state in STATES_WITH_REVIEWERS
        ],
        back=[
            rows[submitted_declaration]
            for submitted_declaration in submitted_declarations
            if submitted_declaration.state in STATES_WITH_COMPANY
        ],
    )


def _row(case: SubmittedDeclaration, remarks_open: int) -> dict[str, str]:
    is_here = case.state in STATES_WITH_REVIEWERS
    bits = [_("von anderen zu prüfen")] if _is_own(case) else []
    bits.append(_("Version %(version)s", version=case.version))
    if is_here:
        bits.append(waiting_time(case.submitted_at))
    if remarks_open:
        bits.append(ngettext("%(num)d offene Anmerkung", "%(num)d offene Anmerkungen", remarks_open))
    return {
        "title": f"{case.company} – {case.year}",
        "href": "" if _is_own(case) else _review_url(case),
        "hint": " · ".join(bits),
        "status": _("Zu prüfen") if is_here else label_of(case.state),
        "kind": "attention" if is_here else "open",
    }


def _is_own(case: SubmittedDeclaration) -> bool:
    """Whether the reader works for the company and so may not review it."""
    return case.organisation_id in current_actor().roles


def _review_url(case: SubmittedDeclaration) -> str:
    return url_for("review.show", cluster_id=current_cluster().id, declaration_id=case.declaration_id)


def waiting_time(since: datetime | None) -> str:
    """How many calendar days a declaration has waited, in words."""
    if since is None:
        return ""
    today = datetime.now(UTC).astimezone(LOCAL_TIME_ZONE).date()
    days = (today - since.astimezone(LOCAL_TIME_ZONE).date()).days
    if days <= 0:
        return str(_("heute eingereicht"))
    return str(ngettext("wartet seit %(num)d Tag", "wartet seit %(num)d Tagen", days))
