"""What law or a standard says today, in the page's language: when it was read, where, and how sure it is."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flask_babel import gettext as _

from dnk_tool.catalogue.laws import AMOUNT, Law, load_laws
from dnk_tool.catalogue.values import Standing
from dnk_tool.language import format_long_date, format_number, local_day
from dnk_tool.web.http.languages import current_language

STAYS_FRESH = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class LawNote:
    """A law as one paragraph: its name, what it says, when it was read, its source with address."""

    name: str
    text: str
    reading: str
    source: str
    address: str


def is_stale(read: date, today: date) -> bool:
    """Whether a day of reading is more than a year ago."""
    return today - read > STAYS_FRESH


def standing_note(standing: Standing, today: date | None = None) -> str:
    """The text with its day and source, and the advice to look it up where it is older than a year."""
    language = current_language()
    said: str = _(
        "%(text)s Stand: %(day)s; Quelle: %(source)s.",
        text=standing.text.to(language),
        day=format_long_date(standing.as_of, language),
        source=standing.source.to(language),
    )
    return _with_advice(said, standing.as_of, today)


def standing_day(standing: Standing, today: date | None = None) -> str:
    """The day alone, for a page that shows the source as a link; with advice where it is long ago."""
    said: str = _("Stand: %(day)s.", day=format_long_date(standing.as_of, current_language()))
    return _with_advice(said, standing.as_of, today)


def law_notes(place: str, year: int | None = None, today: date | None = None) -> list[LawNote]:
    """The laws that are shown at a place; those with amounts only where one is known for the year."""
    now, language, notes = today or local_day(datetime.now(UTC)), current_language(), []
    for law in load_laws().values():
        if place in law.places and (said := _law_text(law, year, now)):
            read = format_long_date(law.read, language)
            reading = _("Stand: %(day)s.", day=read) if law.is_checked else _("Gelesen: %(day)s.", day=read)
            reading = _with_advice(str(reading), law.read, now)
            notes.append(LawNote(law.name.to(language), said, reading, law.source.to(language), law.address))
    return notes


def _law_text(law: Law, year: int | None, today: date) -> str:
    """What the law says, from when and for whom; one that nobody has checked is never said to apply.

    Empty for one with amounts where none is known for the year.
    """
    language = current_language()
    text, whom = law.text.to(language), law.applies_to.to(language)
    if law.amounts:
        amount = law.amount_in(year) if year else None
        if amount is None:
            return ""
        text = text.replace(AMOUNT, format_number(amount.value, language))
        return str(_("im Jahr %(year)s für %(whom)s: %(text)s", year=year, whom=whom, text=text))
    if law.since is None:
        return str(_("Stand nicht geprüft: %(text)s", text=text))
    day = format_long_date(law.since, language)
    if law.since <= today:
        return str(_("seit %(day)s für %(whom)s: %(text)s", day=day, whom=whom, text=text))
    return str(_("ab %(day)s für %(whom)s: %(text)s", day=day, whom=whom, text=text))


def _with_advice(said: str, read: date, today: date | None) -> str:
    if not is_stale(read, today or local_day(datetime.now(UTC))):
        return said
    advice = _("Das ist mehr als ein Jahr her. Sehen Sie bitte nach, ob es noch gilt.")
    return f"{said} {advice}"
