"""The cohorts that a company may be invited into."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from dnk_tool.language import local_day
from dnk_tool.store.clusters import cohorts


def cohort_choices(session: Session, cluster_id: int, *, now: datetime) -> list[tuple[str, str]]:
    """The choices of a select: none, then each cohort whose final day is not over; of archived years none."""
    today = local_day(now)
    running = [
        one
        for one in cohorts.of_cluster(session, cluster_id)
        if one.archived_at is None and (one.due is None or one.due >= today)
    ]
    named = [(str(one.id), f"{one.name or _('Alle Mitglieder')}, {one.reporting_year}") for one in running]
    return [("", _("noch keine")), *named]


def cohort_names(choices: Sequence[tuple[str, str]]) -> Mapping[str, int]:
    """The ids of these cohorts by what a list may call them: with the year, or only by a name of one year."""
    with_year = [(label.casefold(), int(value)) for value, label in choices if value]
    names = [label.rpartition(", ")[0] for label, _id in with_year]
    return {
        **{name: id_ for name, (_label, id_) in zip(names, with_year, strict=True) if names.count(name) == 1},
        **dict(with_year),
    }
