"""Nobody reviews what their own company submitted: whether that is in the way here, and the words for it."""

from flask_babel import gettext as _

from dnk_tool.domain.permissions import insider
from dnk_tool.web.http.access import current_actor, current_subject


def has_conflict_of_interest() -> bool:
    """Whether the address names a review of a company for which the person works."""
    subject = current_subject()
    return subject.cluster_id is not None and insider(current_actor(), subject)


def conflict_message() -> str:
    """Why the review stays closed, and what to do in a team of one."""
    return str(
        _(
            "Was ein Unternehmen einreicht, für das Sie selbst arbeiten, prüft jemand anderes aus dem Team. "
            "Gibt es dort noch niemanden: Das Clustermanagement kann unter „Team“ eine zweite Person zur "
            "Prüfung einladen."
        )
    )
