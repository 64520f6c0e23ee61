"""Conflict of interest: nobody reviews what their own company submitted."""

from flask_babel import gettext as _

from dnk_tool.domain.permissions import insider
from dnk_tool.web.http.access import current_actor, current_subject


def has_conflict_of_interest() -> bool:
    """Whether the address names a review of a company for which the person works."""
    subject = current_subject()
    return subject.cluster_id is not None and insider(current_actor(), subject)


def conflict_message() -> str:
    """Why the review is closed to the person, and what a team of one can do."""
    return str(
        _(
            "Was ein Unternehmen einreicht, für das Sie selbst arbeiten, prüft jemand anderes aus dem Team. "
            "Gibt es dort noch niemanden, kann das Clustermanagement unter „Team“ eine zweite Person zur "
            "Prüfung einladen."
        )
    )
