"""Conflict of interest: nobody reviews their own company, or one for which a conflict is marked."""

from collections.abc import Collection

from flask_babel import gettext as _

from dnk_tool.domain.permissions import companies_kept_from
from dnk_tool.web.http.access import current_actor, current_subject


def has_conflict_of_interest() -> bool:
    """Whether the address names a review that is closed to the person because of a conflict of interest."""
    subject = current_subject()
    if subject.cluster_id is None:
        return False
    return subject.organisation_id in companies_kept_from(current_actor(), subject.cluster_id)


def conflict_message(companies: Collection[int] = ()) -> str:
    """Why the review of these companies is closed to the person, and what a team of one can do.

    By default of the company that the address names.
    """
    actor, subject = current_actor(), current_subject()
    companies = companies or {subject.organisation_id or 0}
    marked = actor.conflicts.get(subject.cluster_id or 0, frozenset())
    reasons = []
    if not actor.roles.keys().isdisjoint(companies):
        reasons.append(
            _(
                "Was ein Unternehmen einreicht, für das Sie selbst arbeiten, prüft jemand anderes aus dem "
                "Team."
            )
        )
    if not marked.isdisjoint(companies):
        reasons.append(
            _(
                "Wo für Sie ein Interessenkonflikt eingetragen ist, prüft jemand anderes aus dem Team. "
                "Den Eintrag nimmt das Clustermanagement zurück."
            )
        )
    reasons.append(
        _(
            "Gibt es dort noch niemanden, kann das Clustermanagement unter „Team“ eine zweite Person zur "
            "Prüfung einladen."
        )
    )
    return " ".join(map(str, reasons))
