"""What a cluster's team does first: at most five lines, each with a count, a reason and one action."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.clusters.cockpit import ClusterTask, MemberStage
from dnk_tool.language import LOCAL_TIME_ZONE, format_long_date
from dnk_tool.store.clusters.cockpit import MemberSummary
from dnk_tool.store.clusters.cockpit_sums import MemberCounts
from dnk_tool.web.clusters.cockpit.member_list_query import MemberListQuery
from dnk_tool.web.http.languages import current_language

MAX_STEPS = 5
LIST = "cockpit.show"


@dataclass(frozen=True)
class FirstStep:
    """A line: how many, what with them, why, and where the action leads."""

    count: int
    text: str
    reason: str
    action: str
    href: str


def first_steps(
    shown: MemberListQuery,
    tally: MemberCounts,
    longest: Mapping[ClusterTask, Sequence[MemberSummary]],
    milestone: FirstStep | None,
) -> list[FirstStep]:
    """The steps that are due. `longest`: for each task the member that waits longest.

    `milestone`: who is not ready for the next one, before everything else.
    """
    steps = (
        *([milestone] if milestone else []),
        _reviews(shown, tally.waiting, longest[ClusterTask.REVIEW]),
        _overdue(shown, tally.tasks[ClusterTask.OVERDUE]),
        _unanswered(shown, tally.stages[MemberStage.CHANGES_REQUESTED]),
        _silent(shown, tally.tasks[ClusterTask.SILENT], longest[ClusterTask.SILENT]),
        _not_submitted(shown, tally.stages[MemberStage.FINISHED]),
    )
    return [step for step in steps if step.count][:MAX_STEPS]


def _reviews(shown: MemberListQuery, count: int, longest: Sequence[MemberSummary]) -> FirstStep:
    return FirstStep(
        count,
        ngettext("wartet auf Prüfung", "warten auf Prüfung", count),
        _longest_review(shown, longest),
        _("Prüfung öffnen"),
        url_for("review.queue", cluster_id=shown.view.cluster_id),
    )


def _longest_review(shown: MemberListQuery, longest: Sequence[MemberSummary]) -> str:
    if not longest:
        return ""
    [member, *_others] = longest
    days = (shown.view.now - member.waits_since(ClusterTask.REVIEW)).days
    words = (
        ngettext(
            "am längsten %(company)s, seit %(num)d Tag",
            "am längsten %(company)s, seit %(num)d Tagen",
            days,
            company=member.name,
        )
        if days
        else _("am längsten %(company)s, seit heute", company=member.name)
    )
    if member.year != shown.view.year:
        words = _("%(words)s, für %(year)s", words=words, year=member.year)
    return str(words)


def _overdue(shown: MemberListQuery, count: int) -> FirstStep:
    due = shown.due
    day = format_long_date(due, current_language()) if due else ""
    return FirstStep(
        count,
        ngettext("ist überfällig", "sind überfällig", count),
        _("die Frist war am %(day)s", day=day) if day else "",
        _("Ansehen und schreiben"),
        shown.address_with_only(LIST, task=ClusterTask.OVERDUE, anchor="mitglieder"),
    )


def _unanswered(shown: MemberListQuery, count: int) -> FirstStep:
    return FirstStep(
        count,
        ngettext(
            "hat auf Anmerkungen noch nicht geantwortet",
            "haben auf Anmerkungen noch nicht geantwortet",
            count,
        ),
        _("Sie haben Änderungen angefordert"),
        _("Ansehen und schreiben"),
        shown.address_with_only(LIST, stage=MemberStage.CHANGES_REQUESTED, anchor="mitglieder"),
    )


def _silent(shown: MemberListQuery, count: int, longest: Sequence[MemberSummary]) -> FirstStep:
    reason = ""
    if longest:
        day = format_long_date(longest[0].active_at.astimezone(LOCAL_TIME_ZONE).date(), current_language())
        reason = _("am längsten %(company)s, zuletzt am %(day)s", company=longest[0].name, day=day)
    return FirstStep(
        count,
        ngettext("ist still seit drei Wochen", "sind still seit drei Wochen", count),
        reason,
        _("Anrufliste"),
        shown.address_with_only(LIST, task=ClusterTask.SILENT, anchor="mitglieder"),
    )


def _not_submitted(shown: MemberListQuery, count: int) -> FirstStep:
    return FirstStep(
        count,
        ngettext(
            "ist fertig, hat aber noch nicht eingereicht",
            "sind fertig, haben aber noch nicht eingereicht",
            count,
        ),
        _("die Erklärung ist abgeschlossen, aber nicht bei Ihnen"),
        _("Ansehen und schreiben"),
        shown.address_with_only(LIST, stage=MemberStage.FINISHED, anchor="mitglieder"),
    )
