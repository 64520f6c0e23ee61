"""The answer to a page that saves by itself: new versions, and one sentence for its status line."""

from datetime import UTC, datetime

from flask import Response, jsonify
from flask_babel import gettext as _

from dnk_tool.language import moment
from dnk_tool.services.answering import Outcome
from dnk_tool.web.languages import current_language


def autosaved(outcome: Outcome, *, is_readable: bool) -> Response:
    """What web/assets/app.js is told; `is_readable`: whether all that was sent could be read."""
    clock = moment(datetime.now(UTC), current_language()).rsplit(", ", 1)[-1]
    if outcome.collisions:
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
    versions = {**outcome.caught_up, **outcome.versions}
    return jsonify(status=status, message=message, saved_at=clock, versions=versions)
