"""The JSON response to an autosave: new versions, and one sentence for the status line."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Response, jsonify, request
from flask_babel import gettext as _

from dnk_tool.domain.editing import Conflict
from dnk_tool.language import format_timestamp
from dnk_tool.services.answers.goals import GoalReviewSaveOutcome
from dnk_tool.services.answers.save import SectionEdit, SectionSaveOutcome
from dnk_tool.web.answers.form_content import ready_made_texts
from dnk_tool.web.answers.goal_fields import goal_field_prefix
from dnk_tool.web.http.access import is_by_oneself
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.form_errors import FieldError

NO_GOALS_SAVED = GoalReviewSaveOutcome()


def autosave_response(
    outcome: SectionSaveOutcome,
    goals: GoalReviewSaveOutcome = NO_GOALS_SAVED,
    *,
    submission: SectionEdit,
    is_readable: bool,
    errors: Sequence[FieldError] = (),
    clashes: Sequence[Conflict[Any]] = (),
    readings: Mapping[str, str] | None = None,
    fields: Mapping[str, str] | None = None,
    sentences: Mapping[str, Any] | None = None,
) -> Response:
    """Tell `web/assets/app.js` the result.

    `is_readable`: whether all fields could be read; `errors`: those that could not.

    `goals`: the result of saving goal reviews. `readings`: how the numbers just saved were read, by
    datapoint. `submission`: what was saved, with ready-made reasons that the page does not show yet.
    `fields`: what now looks odd at each field, as HTML; `sentences`: the versions of the sentences about it,
    `clashes`: those of them that were changed meanwhile.
    """
    clock = _clock(datetime.now(UTC))
    if conflicts := [*outcome.conflicts, *goals.conflicts, *clashes]:
        status, message, action = "conflict", _conflict_message(conflicts), _("Beide ansehen")
    elif not is_readable:
        status = "invalid"
        message = _("Gespeichert um %(time)s, bis auf eine Angabe.", time=clock)
        action = errors[0].text if errors else ""
    else:
        status, message, action = "saved", _("Gespeichert um %(time)s", time=clock), ""
    versions: dict[str, Any] = {**outcome.already_stored, **outcome.versions}
    versions |= dict(sentences or {})
    versions |= {goal_field_prefix(ref): version for ref, version in goals.versions.items()}
    return jsonify(
        status=status,
        message=message,
        action=action,
        href=errors[0].href if errors and status == "invalid" else "",
        versions=versions,
        readings=dict(readings or {}),
        texts=ready_made_texts(submission, request.form),
        fields=dict(fields or {}),
    )


def _clock(moment: datetime) -> str:
    return format_timestamp(moment, current_language()).rsplit(", ", 1)[-1]


def _conflict_message(conflicts: Sequence[Conflict[Any]]) -> str:
    """Name the other version's author: often the reader, in another window."""
    times = [conflict.at for conflict in conflicts if conflict.at and is_by_oneself(conflict.by)]
    if len(times) == len(conflicts):
        own = _(
            "Zwei Fassungen: Die andere haben Sie selbst um %(time)s in einem anderen Fenster geschrieben. "
            "Beide sind da.",
            time=_clock(max(times)),
        )
        return str(own)
    return str(_("Zwei Fassungen: Jemand anderes hat dasselbe geändert. Beide sind da."))
