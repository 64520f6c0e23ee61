"""The milestones of the cohorts that are looked at: in the filter, and the next one among the first steps."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue import Criterion
from dnk_tool.domain.clusters.cohorts import sections_text
from dnk_tool.language import format_long_date, format_short_date, local_day
from dnk_tool.store.clusters import cohorts
from dnk_tool.store.clusters.criterion_progress import MemberSigns
from dnk_tool.store.tables.clusters import Milestone
from dnk_tool.web.clusters.cockpit.first_steps import LIST, FirstStep
from dnk_tool.web.clusters.cockpit.member_list_query import SEPARATOR, MemberListQuery
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.options import Option, pair_options, with_current

AHEAD = timedelta(days=7)


def shown_milestones(shown: MemberListQuery) -> list[Milestone]:
    """The milestones of the cohorts that are looked at, by day."""
    of_year = shown.years.of_year(shown.view.year)
    keys = [shown.view.cohort_id] if shown.view.cohort_id else [cohort.id for cohort in of_year]
    by_cohort = cohorts.milestones_by_cohort(db(), keys) if keys else {}
    found = [milestone for of_cohort in by_cohort.values() for milestone in of_cohort]
    return sorted(found, key=lambda milestone: (milestone.day, milestone.id))


def milestone_options(
    milestones: Sequence[Milestone], criteria: Sequence[Criterion], lacking: Sequence[str]
) -> list[Option]:
    """An option for each milestone, whose value is its criteria; the chosen criteria if they are of none."""
    known = tuple(criterion.ref for criterion in criteria)
    options = pair_options(
        (
            (SEPARATOR.join(ref for ref in known if ref in milestone.sections), _label(milestone, known))
            for milestone in milestones
            if milestone.sections
        ),
        _("alle"),
    )
    return with_current(options, SEPARATOR.join(lacking))


def next_milestone_step(
    shown: MemberListQuery,
    milestones: Sequence[Milestone],
    criteria: Sequence[Criterion],
    members: Iterable[MemberSigns],
) -> FirstStep | None:
    """Who is not ready for the next milestone, if it is in the week to come."""
    today = local_day(shown.view.now)
    following = [
        milestone
        for milestone in milestones
        if milestone.sections and today <= milestone.day <= today + AHEAD
    ]
    if not following:
        return None
    [milestone, *_later] = following
    known = tuple(criterion.ref for criterion in criteria)
    theirs = (member for member in members if member.cohort_id == milestone.cohort_id)
    count = sum(not member.is_ready(milestone.sections) for member in theirs)
    return FirstStep(
        count,
        ngettext(
            "ist für „%(title)s“ noch nicht bereit",
            "sind für „%(title)s“ noch nicht bereit",
            count,
            title=milestone.title,
        ),
        _(
            "am %(day)s; es fehlt etwas in Kriterium %(criteria)s",
            day=format_long_date(milestone.day, current_language()),
            criteria=sections_text(milestone.sections, known),
        ),
        _("Ansehen und schreiben"),
        not_ready_url(shown, milestone, known),
    )


def not_ready_url(shown: MemberListQuery, milestone: Milestone, known: Sequence[str]) -> str:
    """The address of the cohort's members that are not ready for the milestone; `known`: all criteria."""
    of_cohort = replace(shown, view=replace(shown.view, cohort_id=milestone.cohort_id))
    lacking = tuple(ref for ref in known if ref in milestone.sections)
    return of_cohort.address_with_only(LIST, lacking=lacking, anchor="mitglieder")


def _label(milestone: Milestone, known: tuple[str, ...]) -> str:
    words = _(
        "%(title)s, %(day)s (%(criteria)s)",
        title=milestone.title,
        day=format_short_date(milestone.day, current_language()),
        criteria=sections_text(milestone.sections, known),
    )
    return str(words)
