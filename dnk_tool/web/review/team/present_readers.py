"""Who of the team has opened a declaration in the last ten minutes: information, never a lock."""

import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from dnk_tool.catalogue import Criterion, Section
from dnk_tool.domain.review import READING_TIME
from dnk_tool.language import LOCAL_TIME_ZONE, Language
from dnk_tool.services.review import presence
from dnk_tool.services.review.presence import NOTE_EVERY
from dnk_tool.services.work import Work
from dnk_tool.store.database import write_session
from dnk_tool.store.review import openings
from dnk_tool.store.review.openings import PresentReader
from dnk_tool.web.http.access import current_actor, current_cluster, current_declaration, current_subject
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db, is_safe, session_factory

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.05  # the page does not wait for a note that may fail


def present_readers(declaration_ids: Collection[int]) -> Sequence[PresentReader]:
    """Who has opened one of these declarations lately, the reader included, latest first."""
    since = datetime.now(UTC) - READING_TIME
    return openings.present_readers(db(), current_cluster().id, declaration_ids, since=since)


def open_section(section: Section, sections: Iterable[Section]) -> list[str]:
    """Note that the reader has opened a part of the declaration; returns what others are reading, in words.

    `sections`: all parts of the version. A person is noted once a minute at most.
    """
    readers = present_readers([current_declaration().id])
    own = next((one for one in readers if one.account_id == current_actor().user_id), None)
    if is_safe() and (own is None or datetime.now(UTC) - own.opened_at >= NOTE_EVERY):
        _note(section)
    return reading_texts(readers, sections)


def reading_texts(readers: Iterable[PresentReader], sections: Iterable[Section] = ()) -> list[str]:
    """What others than the reader are reading, a sentence for each."""
    by_ref, language = {section.ref: section for section in sections}, current_language()
    return [
        _reading_text(one, by_ref.get(one.section), language)
        for one in readers
        if one.account_id != current_actor().user_id
    ]


def _reading_text(reader: PresentReader, section: Section | None, language: Language) -> str:
    since = f"{reader.opened_at.astimezone(LOCAL_TIME_ZONE):%H:%M}"
    if isinstance(section, Criterion):
        words = _("%(name)s liest gerade Kriterium %(number)s", name=reader.name, number=section.number)
    elif section is not None:
        words = _("%(name)s liest gerade „%(title)s“", name=reader.name, title=section.title.to(language))
    else:
        words = _("%(name)s liest gerade", name=reader.name)
    return str(_("%(words)s (geöffnet um %(time)s)", words=words, time=since))


def _note(section: Section) -> None:
    """Note it in a transaction of its own, as a GET writes nothing else; a failure is logged and ignored."""
    subject, actor, now = current_subject(), current_actor(), datetime.now(UTC)
    try:
        with write_session(session_factory(), patience=PATIENCE_SECONDS) as session, session.begin():
            presence.note_opening(Work(session, actor, now), subject, section.ref)
    except SQLAlchemyError:
        log.warning("it could not be noted who reads a declaration")
