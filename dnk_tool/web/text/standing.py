"""Says what law or a standard says today, when it was looked up and where, and when that was long ago."""

from datetime import UTC, date, datetime, timedelta

from flask_babel import gettext as _

from dnk_tool.catalogue.values import Standing
from dnk_tool.language import format_long_date, local_day
from dnk_tool.web.http.languages import current_language

STAYS_FRESH = timedelta(days=365)


def standing_note(standing: Standing, today: date | None = None) -> str:
    """The text with its day and source, and the advice to look it up where it is older than a year."""
    language = current_language()
    said: str = _(
        "%(text)s Stand: %(day)s; Quelle: %(source)s.",
        text=standing.text.to(language),
        day=format_long_date(standing.as_of, language),
        source=standing.source.to(language),
    )
    if (today or local_day(datetime.now(UTC))) - standing.as_of <= STAYS_FRESH:
        return said
    advice = _("Das ist mehr als ein Jahr her. Sehen Sie bitte nach, ob es noch gilt.")
    return f"{said} {advice}"
