"""The cohorts that a company may be invited into."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from dnk_tool.language import local_day
from dnk_tool.store.clusters import cohorts


def cohort_choices(session: Session, cluster_id: int, *, now: datetime) -> list[tuple[str, str]]:
    """The choices of a select: none, then each cohort whose final day is not over."""
    today = local_day(now)
    running = [one for one in cohorts.of_cluster(session, cluster_id) if one.due is None or one.due >= today]
    named = [(str(one.id), f"{one.name or _('Alle Mitglieder')}, {one.reporting_year}") for one in running]
    return [("", _("noch keine")), *named]


def chosen_id(value: str | None) -> int | None:
    """The id of the chosen cohort; None for none, and for what is no id."""
    text = value or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
