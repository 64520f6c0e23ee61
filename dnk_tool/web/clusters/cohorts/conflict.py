"""What somebody else stored of a cohort while its form was open, in lines beside what was typed."""

from collections.abc import Iterator

from flask_babel import gettext as _

from dnk_tool.domain.clusters.cohorts import sections_text
from dnk_tool.language import format_short_date
from dnk_tool.services.clusters.cohort_content import CohortData, MilestoneData
from dnk_tool.web.clusters.cohorts.form import criteria_refs
from dnk_tool.web.http.languages import current_language


def stored_differently(mine: CohortData, theirs: CohortData) -> list[str]:
    """What is stored now where it differs from what was typed; milestones that were deleted last."""
    typed = {one.id: one for one in mine.milestones if one.id}
    stored = {one.id for one in theirs.milestones}
    return [
        *_frame(mine, theirs),
        *(_milestone(one) for one in theirs.milestones if one not in mine.milestones),
        *(_deleted(one) for key, one in typed.items() if key not in stored),
    ]


def _frame(mine: CohortData, theirs: CohortData) -> Iterator[str]:
    language, nothing = current_language(), _("ohne")
    if mine.name != theirs.name:
        yield _("Name: %(name)s", name=theirs.name)
    for label, typed, day in (
        (_("Erster Tag"), mine.starts, theirs.starts),
        (_("Einreichen bis"), mine.due, theirs.due),
    ):
        if typed != day:
            yield f"{label}: {format_short_date(day, language) if day else nothing}"
    if mine.indicator_set != theirs.indicator_set:
        yield _("Ein anderes empfohlenes Indikatorenset")


def _milestone(one: MilestoneData) -> str:
    criteria = sections_text(tuple(one.sections), criteria_refs())
    parts = [
        one.title,
        format_short_date(one.day, current_language()),
        _("Kriterien %(numbers)s", numbers=criteria) if criteria else "",
        one.place,
        one.note,
    ]
    return ", ".join(part for part in parts if part)


def _deleted(one: MilestoneData) -> str:
    return str(
        _("„%(title)s“ ist gelöscht. Wenn Sie speichern, entsteht der Termin von Neuem.", title=one.title)
    )
