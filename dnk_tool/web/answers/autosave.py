"""The JSON response to an autosave: new versions, and one sentence for the status line."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, jsonify
from flask_babel import gettext as _

from dnk_tool.language import format_timestamp
from dnk_tool.services.answers.goals import GoalReviewSaveOutcome
from dnk_tool.services.answers.save import SectionSaveOutcome
from dnk_tool.web.answers.goal_fields import goal_field_prefix
from dnk_tool.web.http.languages import current_language

NO_GOALS_SAVED = GoalReviewSaveOutcome()


def autosave_response(
    outcome: SectionSaveOutcome,
    goals: GoalReviewSaveOutcome = NO_GOALS_SAVED,
    *,
    is_readable: bool,
    is_clash: bool = False,
    readings: Mapping[str, str] | None = None,
    fields: Mapping[str, str] | None = None,
    sentences: Mapping[str, Any] | None = None,
) -> Response:
    """Tell `web/assets/app.js` the result. `is_readable`: whether all fields could be read.

    `goals`: the result of saving goal reviews. `readings`: how the numbers just saved were read, by
    datapoint. `fields`: what now looks odd at each field, as HTML; `sentences`: the versions of the sentences
    about it, and `is_clash` whether one of them was changed by somebody else.
    """
    clock = format_timestamp(datetime.now(UTC), current_language()).rsplit(", ", 1)[-1]
    if outcome.conflicts or goals.conflicts or is_clash:
        status = "conflict"
        message = _(
            "Jemand anderes hat dasselbe geändert. Bitte speichern Sie; dann sehen Sie beide Fassungen."
        )
    elif not is_readable:
        status = "invalid"
        message = _(
            "Gespeichert um %(time)s, bis auf eine Angabe. Bitte prüfen Sie deren Schreibweise.", time=clock
        )
    else:
        status, message = "saved", _("Gespeichert um %(time)s", time=clock)
    versions: dict[str, Any] = {**outcome.already_stored, **outcome.versions}
    versions |= dict(sentences or {})
    versions |= {goal_field_prefix(ref): version for ref, version in goals.versions.items()}
    return jsonify(
        status=status,
        message=message,
        saved_at=clock,
        versions=versions,
        readings=dict(readings or {}),
        fields=dict(fields or {}),
    )
