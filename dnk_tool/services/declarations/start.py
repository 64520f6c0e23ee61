"""Starts declarations and changes their settings: indicator set, language, options."""

from dataclasses import asdict
from typing import Any

from dnk_tool.catalogue import selection_for
from dnk_tool.domain.answers.answer import Answer
from dnk_tool.domain.answers.values import YEARS_AHEAD
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import Stored, is_change
from dnk_tool.domain.permissions import Permission, Subject, require
from dnk_tool.language import local_day
from dnk_tool.services.editing import progress
from dnk_tool.services.editing.locks import open_for_editing
from dnk_tool.services.editing.settings import DeclarationSettings, settings_of
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.answers.versioned_rows import put
from dnk_tool.store.answers.writer import AnswerWriter
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.people import standing_answers
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Organisation


class YearTaken(Exception):
    """The company has a declaration of this edition for the year already: `existing`."""

    def __init__(self, existing: Declaration) -> None:
        self.existing = existing
        super().__init__(f"declaration {existing.id} is for {existing.reporting_year}")


class YearAhead(Exception):
    """The reporting year is too far ahead; `latest` is the last one possible today."""

    def __init__(self, latest: int) -> None:
        self.latest = latest
        super().__init__(f"declarations are possible up to {latest}")


def start_declaration(
    work: Work,
    organisation: Organisation,
    *,
    edition: str,
    reporting_year: int,
    settings: DeclarationSettings,
    event: EventKind = EventKind.CREATED,
    follows: int | None = None,
) -> Declaration:
    """Start a declaration of the company, empty but for what the profile says for each of them.

    `follows`: the year of the declaration that it continues, recorded with the event. Raises
    NotPermitted, YearAhead, YearTaken, and ValueError for an unknown edition, set or option.
    """
    require(Permission.ORGANISATION_EDIT, work.actor, Subject(organisation.id))
    latest = local_day(work.now).year + YEARS_AHEAD
    if reporting_year > latest:
        raise YearAhead(latest)
    selection_for(edition, settings.indicator_set, settings.options)
    declarations.lock_organisation(work.session, organisation.id)
    existing = declarations.of_year(work.session, organisation.id, edition, reporting_year)
    if existing:
        raise YearTaken(existing)
    declaration = Declaration(
        organisation_id=organisation.id,
        edition=edition,
        reporting_year=reporting_year,
        created_at=work.now,
        changed_at=work.now,
    )
    _write(declaration, settings)
    work.session.add(declaration)
    work.session.flush()
    detail: dict[str, Any] = {} if follows is None else {"follows": follows}
    history.record_declaration_event(
        work.session, declaration, event, actor_id=work.actor.user_id, now=work.now, **detail
    )
    work.session.refresh(declaration, ["organisation"])
    if event is EventKind.CREATED:
        _begin_with_profile(work, declaration)
    progress.refresh_progress(work.session, declaration)
    return declaration


def _begin_with_profile(work: Work, declaration: Declaration) -> None:
    """Answer what the company's profile says already: contact person, and what the declaration covers."""
    texts = standing_answers(work.session, declaration.organisation_id)
    if not texts:
        return
    writer = AnswerWriter(work.session, declaration, work.actor.user_id, work.now)
    for ref, text in texts.items():
        if ref in writer.selection.items:
            put(writer.answers, ref, Answer(text=text))


def change_settings(
    work: Work, declaration: Declaration, settings: DeclarationSettings, *, seen: str
) -> None:
    """Change the declaration's settings; answers that are no longer asked for stay stored.

    `seen`: the `mark` of the settings that the sender had seen. Raises NotPermitted, Locked, ConflictError,
    and ValueError for an unknown set or option.
    """
    open_for_editing(work.session, declaration, work.actor)
    selection_for(declaration.edition, settings.indicator_set, settings.options)
    current = settings_of(declaration)
    if not is_change(Stored(current, current.mark), seen, settings):
        return
    _write(declaration, settings)
    progress.refresh_progress(work.session, declaration)
    history.record_declaration_event(
        work.session,
        declaration,
        EventKind.SETTINGS_CHANGED,
        actor_id=work.actor.user_id,
        now=work.now,
        fields=changed_fields(current, settings),
    )


def changed_fields(before: DeclarationSettings, after: DeclarationSettings) -> dict[str, list[Any]]:
    """The settings that differ, each with its old and new value, as JSON for the event."""
    old, new = (asdict(settings) | {"options": sorted(settings.options)} for settings in (before, after))
    return {name: [old[name], new[name]] for name in old if old[name] != new[name]}


def _write(declaration: Declaration, settings: DeclarationSettings) -> None:
    declaration.indicator_set = settings.indicator_set
    declaration.language = settings.language
    declaration.options = sorted(settings.options)
    declaration.publishes_assessment = settings.publishes_assessment
    declaration.has_material_flow = settings.has_material_flow
