"""The JSON response to an autosave: new versions, and one sentence for the status line."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Response, jsonify, render_template
from flask_babel import gettext as _

from dnk_tool.language import format_timestamp
from dnk_tool.services.answers.goals import GoalReviewSaveOutcome
from dnk_tool.services.answers.save import SectionSaveOutcome
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.answers.goal_fields import goal_field_prefix
from dnk_tool.web.answers.part_links import part_links
from dnk_tool.web.declarations.gaps import own_gap_lines
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.form_errors import FieldError
from dnk_tool.web.text.section_parts import SectionPart

NO_GOALS_SAVED = GoalReviewSaveOutcome()


def autosave_response(
    outcome: SectionSaveOutcome,
    goals: GoalReviewSaveOutcome = NO_GOALS_SAVED,
    *,
    is_readable: bool,
    errors: Sequence[FieldError] = (),
    is_clash: bool = False,
    readings: Mapping[str, str] | None = None,
    fields: Mapping[str, str] | None = None,
    sentences: Mapping[str, Any] | None = None,
) -> Response:
    """Tell `web/assets/app.js` the result.

    `is_readable`: whether all fields could be read; `errors`: those that could not.

    `goals`: the result of saving goal reviews. `readings`: how the numbers just saved were read, by
    datapoint. `fields`: what now looks odd at each field, as HTML; `sentences`: the versions of the sentences
    about it, and `is_clash` whether one of them was changed by somebody else.
    """
    clock = format_timestamp(datetime.now(UTC), current_language()).rsplit(", ", 1)[-1]
    if outcome.conflicts or goals.conflicts or is_clash:
        status = "conflict"
        message = _("Zwei Fassungen: Jemand anderes hat dasselbe geändert. Beide sind da.")
        action = _("Beide ansehen")
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
        fields=dict(fields or {}),
    )


def progress_fields(
    declaration: Declaration, part: SectionPart, outcome: SectionSaveOutcome
) -> dict[str, str]:
    """What the tabs, the dock and the list above it say of the section after a save, as HTML.

    `part`: the page that was saved.
    """
    sheet, told = outcome.sheet, outcome.completeness
    gaps = own_gap_lines(told, declaration, sheet, here=part.url(declaration.id))
    links = part_links(declaration, sheet.selection.section_by_ref[part.section.ref], sheet, part)
    return {
        name: render_template(
            f"answers/criterion/{name}.html", completeness=told, gaps=gaps, links=links, is_refused=False
        ).strip()
        for name in ("progress", "missing", "links")
    }
