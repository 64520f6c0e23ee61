"""Task lists of the overview: company, each area, additional sections, last steps."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue import Criterion, Section, Selection
from dnk_tool.catalogue.standard.model import Area
from dnk_tool.domain.answers.completeness import Completeness, CompletionStatus
from dnk_tool.web.declarations.task_list import section_task_row
from dnk_tool.web.review.company_side.review_state import CompanyReviewState

TaskRow = dict[str, str]

GENERAL_SECTION = "general"


@dataclass(frozen=True)
class OverviewTasks:
    """Builds the rows of the overview's task lists.

    `whole`: completeness by section; `parts`: the same with the status that counts during a review. `odd`:
    open and all findings about figures. `undecided`: how many figures are calculated otherwise today.
    `missing`: how many gaps the final check lists.
    """

    situation: CompanyReviewState
    selection: Selection
    whole: Mapping[str, Completeness]
    parts: Mapping[str, Completeness]
    odd: tuple[int, int]
    undecided: int
    missing: int
    lacks_profile: bool
    has_cluster: bool

    @property
    def unconfirmed(self) -> int:
        """How many answers were taken over from an earlier year and are not confirmed."""
        return sum(len(part.unconfirmed) for part in self.whole.values())

    @property
    def finished(self) -> int:
        """How many criteria are completely answered; open remarks of a review are not considered."""
        return self._count(self.whole, CompletionStatus.DONE)

    @property
    def queried(self) -> int:
        """How many criteria have an open remark."""
        return self._count(self.parts, CompletionStatus.QUERIED)

    @property
    def is_empty(self) -> bool:
        """Whether no criterion is begun."""
        return self._count(self.whole, CompletionStatus.OPEN) == len(self.selection.criteria)

    def _count(self, parts: Mapping[str, Completeness], status: CompletionStatus) -> int:
        return sum(parts[criterion.ref].status is status for criterion in self.selection.criteria)

    def company(self) -> list[TaskRow]:
        """Rows of the company's profile and the general information."""
        declaration = self.situation.declaration
        profile = {
            "title": _("Profil des Unternehmens"),
            "href": url_for("profile.edit", organisation_id=declaration.organisation_id),
            "hint": "",
            "status": _("In Arbeit") if self.lacks_profile else _("Fertig"),
            "kind": "progress" if self.lacks_profile else "done",
        }
        return [profile, self._row(self.selection.section_by_ref[GENERAL_SECTION])]

    def area(self, area: Area) -> list[TaskRow]:
        """Rows of an area's criteria."""
        return [self._row(self.selection.section_by_ref[str(number)]) for number in area.criteria]

    def additional(self) -> list[TaskRow]:
        """Rows of sections that are not criteria, without the general information."""
        return [
            self._row(section)
            for section in self.selection.sections
            if not isinstance(section, Criterion) and section.ref != GENERAL_SECTION
        ]

    def last_steps(self) -> list[TaskRow]:
        """Rows of odd figures, if any, and of the final check."""
        return [*self._odd_figures(), *self._recalculated(), self._final_check()]

    def _row(self, section: Section) -> TaskRow:
        declaration, badge = self.situation.declaration, self.situation.badge(section.ref)
        return section_task_row(declaration.id, section, self.parts[section.ref], badge)

    def _odd_figures(self) -> list[TaskRow]:
        still_open, total = self.odd
        if not total:
            return []
        hint = ngettext("%(num)d Hinweis ist offen", "%(num)d Hinweise sind offen", still_open)
        return [
            {
                "title": _("Auffällige Zahlen ansehen"),
                "href": url_for("plausibility.show", declaration_id=self.situation.declaration.id),
                "hint": hint if still_open else _("alle begründet"),
                "status": _("Offen") if still_open else _("Fertig"),
                "kind": "open" if still_open else "done",
            }
        ]

    def _recalculated(self) -> list[TaskRow]:
        if not self.undecided:
            return []
        hint = ngettext("Eine Zahl ist zu entscheiden", "%(num)d Zahlen sind zu entscheiden", self.undecided)
        return [
            {
                "title": _("Zahlen, die wir heute anders rechnen"),
                "href": url_for("recalculated.show", declaration_id=self.situation.declaration.id),
                "hint": hint,
                "status": _("Offen"),
                "kind": "open",
            }
        ]

    def _final_check(self) -> TaskRow:
        hints, criteria = self._hints(), self.selection.criteria
        is_ready = not hints and all(
            self.whole[criterion.ref].status is CompletionStatus.DONE for criterion in criteria
        )
        hand_in, finish = _("Angaben prüfen und einreichen"), _("Angaben prüfen und abschließen")
        return {
            "title": hand_in if self.has_cluster else finish,
            "href": url_for("finish.check", declaration_id=self.situation.declaration.id),
            "hint": " · ".join(hints),
            "status": _("Bereit") if is_ready else _("Offen"),
            "kind": "progress" if is_ready else "open",
        }

    def _hints(self) -> list[str]:
        """What is still missing before the final check."""
        missing = self.missing
        waiting = len(self.situation.unanswered_change_requests())
        unconfirmed = self.unconfirmed
        texts = (
            (missing, ngettext("%(num)d Angabe fehlt noch", "%(num)d Angaben fehlen noch", missing)),
            (
                waiting,
                ngettext(
                    "%(num)d Anmerkung wartet auf Ihre Antwort",
                    "%(num)d Anmerkungen warten auf Ihre Antwort",
                    waiting,
                ),
            ),
            (
                unconfirmed,
                ngettext(
                    "%(num)d übernommene Angabe noch zu prüfen",
                    "%(num)d übernommene Angaben noch zu prüfen",
                    unconfirmed,
                ),
            ),
        )
        return [text for count, text in texts if count]
