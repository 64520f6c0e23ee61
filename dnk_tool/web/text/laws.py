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
    """A law as one paragraph, with the address of its source."""

    text: str
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


def law_notes(place: str, year: int | None = None, today: date | None = None) -> list[LawNote]:
    """The laws that are shown at a place; those with amounts only where one is known for the year."""
    now = today or local_day(datetime.now(UTC))
    notes = []
    for law in load_laws().values():
        since, value = _day_and_amount(law, year)
        if place in law.places and (since or not law.is_checked):
            notes.append(LawNote(_with_advice(_law_text(law, since, value, now), law.read, now), law.address))
    return notes


def _day_and_amount(law: Law, year: int | None) -> tuple[date | None, str]:
    if not law.amounts:
        return law.since, ""
    amount = law.amount_in(year) if year else None
    return (amount.since, format_number(amount.value, current_language())) if amount else (None, "")


def _law_text(law: Law, since: date | None, amount: str, today: date) -> str:
    """What the law says; without a day it is said to be unchecked, and never to apply."""
    language = current_language()
    parts = {
        "name": law.name.to(language),
        "text": law.text.to(language).replace(AMOUNT, amount),
        "source": law.source.to(language),
        "read": format_long_date(law.read, language),
    }
    if since is None:
        said = _("%(name)s, Stand nicht geprüft: %(text)s Gelesen am %(read)s: %(source)s.", **parts)
        return str(said)
    parts |= {"day": format_long_date(since, language), "whom": law.applies_to.to(language)}
    if since > today:
        said = _("%(name)s, ab %(day)s für %(whom)s: %(text)s Stand: %(read)s; Quelle: %(source)s.", **parts)
    else:
        said = _(
            "%(name)s, seit %(day)s für %(whom)s: %(text)s Stand: %(read)s; Quelle: %(source)s.", **parts
        )
    return str(said)


def _with_advice(said: str, read: date, today: date | None) -> str:
    if not is_stale(read, today or local_day(datetime.now(UTC))):
        return said
    advice = _("Das ist mehr als ein Jahr her. Sehen Sie bitte nach, ob es noch gilt.")
    return f"{said} {advice}"
