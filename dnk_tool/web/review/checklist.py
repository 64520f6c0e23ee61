"""The checklist of a version: what the pages of a review show of it, and the form that saves it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.review import ChecklistPoint
from dnk_tool.labels import CHECKLIST_QUESTIONS
from dnk_tool.services.review.checklist import save_checklist
from dnk_tool.services.review.errors import NotInReview, VersionSuperseded
from dnk_tool.services.review.round import ReviewRound
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import checklist as stored_checklist
from dnk_tool.store.review.checklist import Tick
from dnk_tool.web.http.access import current_declaration, current_work, permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.current_round import blueprint, overview_url, section_url
from dnk_tool.web.text.labels import label_of


@dataclass(frozen=True, slots=True)
class ChecklistEntry:
    """A point of the checklist in the page's language; `tick` is None while it is open."""

    value: str
    label: str
    hint: str
    tick: Tick | None


@blueprint.post("/<int:declaration_id>/checkliste")
@permit(Permission.REVIEW)
def save_points(cluster_id: int, declaration_id: int) -> ResponseReturnValue:
    try:
        save_sent_checklist()
    except (NotInReview, VersionSuperseded) as error:
        flash(refusal_text(error), "warning")
    else:
        flash(_("Die Checkliste ist gespeichert."), "success")
    return redirect(f"{_page_url(request.form.get('page', ''))}#checklist", 303)


def checklist_entries(review_round: ReviewRound) -> Sequence[ChecklistEntry]:
    """All points of the version under review, ticked or open."""
    ticks = stored_checklist.ticks(db(), current_declaration().id, review_round.version)
    return [
        ChecklistEntry(point.value, label_of(point), _(CHECKLIST_QUESTIONS[point]), ticks.get(point))
        for point in ChecklistPoint
    ]


def open_points_question(entries: Sequence[ChecklistEntry]) -> list[dict[str, str]]:
    """What to answer before the approval while points are open; none once all are ticked."""
    still_open = [number for number, entry in enumerate(entries, 1) if not entry.tick]
    if not still_open:
        return []
    text = ngettext(
        "Ein Punkt der Checkliste ist offen: %(names)s.",
        "%(num)d Punkte der Checkliste sind offen: %(names)s.",
        len(still_open),
        names=", ".join(entries[number - 1].label for number in still_open),
    )
    box = "#point" if still_open[0] == 1 else f"#point-{still_open[0]}"
    return [
        {"text": text, "href": box},
        {
            "text": _("Sie können auch so freigeben: Der Knopf steht unter der Checkliste."),
            "href": "#approve",
        },
    ]


def save_sent_checklist() -> Collection[ChecklistPoint]:
    """Save the points that the form brought; returns the open ones.

    Raises NotInReview and VersionSuperseded.
    """
    return save_checklist(
        current_work(),
        current_declaration(),
        _sent_points("point"),
        seen=_sent_points("seen"),
        version=whole_number(request.form.get("version")),
    )


def refusal_text(error: NotInReview | VersionSuperseded) -> str:
    """Why the checklist was not saved, and what to do."""
    if isinstance(error, VersionSuperseded):
        text = _(
            "Das Unternehmen hat inzwischen Version %(version)s eingereicht. "
            "Bitte gehen Sie die Checkliste für diese Version noch einmal durch.",
            version=error.version,
        )
        return str(text)
    return str(_("Diese Erklärung ist gerade nicht zur Prüfung eingereicht."))


def _sent_points(field: str) -> set[ChecklistPoint]:
    return {ChecklistPoint(value) for value in request.form.getlist(field) if value in list(ChecklistPoint)}


def _page_url(ref: str) -> str:
    """The page that the form stands on: a section, or the overview."""
    if ref in declarations.selection_of(current_declaration()).section_by_ref:
        return section_url(ref)
    return overview_url()
