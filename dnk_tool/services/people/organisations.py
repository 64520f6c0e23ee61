"""Creates companies and changes their profiles."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain import numbers
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import ConflictError, Stored, conflict, is_change
from dnk_tool.domain.organisation import BOUNDARY_REF, STANDING_REFS, Profile, renamed_sites
from dnk_tool.domain.permissions import Permission, Role, require
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.accounts.action_limits import LimitedAction, count_action
from dnk_tool.services.editing import progress
from dnk_tool.services.editing.locks import lock_company
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.figures import sites
from dnk_tool.store.people import replace_standing_answers, standing_answers
from dnk_tool.store.tables.organisations import Membership, Organisation


def create_organisation(
    work: Work, profile: Profile, *, standing: Mapping[str, str] | None = None
) -> Organisation:
    """Create a company with the actor as its owner; on the command line without one.

    `standing`: what its declarations begin with, by ref.

    Raises NotPermitted and ActionLimitReached.
    """
    require(Permission.ORGANISATION_CREATE, work.actor)
    count_action(work.session, LimitedAction.COMPANY, work.actor.user_id, now=work.now)
    organisation = Organisation(created_at=work.now)
    _write(organisation, profile)
    work.session.add(organisation)
    work.session.flush()
    given = {ref: text for ref, text in (standing or {}).items() if text}
    if given:
        replace_standing_answers(work.session, organisation.id, given)
    if work.actor.user_id is not None:
        add_member(work.session, organisation, work.actor.user_id, Role.OWNER, now=work.now)
    return organisation


def add_member(
    session: Session, organisation: Organisation, user_id: int, role: Role, *, now: datetime
) -> None:
    """Give a person a role in a company. Checks no permission and records no event."""
    session.add(Membership(user_id=user_id, organisation_id=organisation.id, role=role, created_at=now))


def update_profile(
    work: Work,
    organisation: Organisation,
    profile: Profile,
    *,
    seen: int,
    standing: Mapping[str, str] | None = None,
) -> Mapping[str, str]:
    """Save the profile. Returns the new names of renamed sites that have figures, by their old names.

    `seen`: the version that the sender knew. `standing`: what new declarations begin with, by ref; None
    leaves it. Figures and other data of a site move to its new name. Raises
    NotPermitted, and ConflictError without writing anything if the profile was changed meanwhile.
    """
    lock_company(work.session, organisation.id, Permission.ORGANISATION_EDIT, work.actor)
    current = declarations.profile_of(organisation)
    stored = Stored(current, organisation.version)
    texts = standing_answers(work.session, organisation.id)
    given = texts if standing is None else {ref: text for ref, text in standing.items() if text}
    if not is_change(stored, seen, profile) and given == texts:
        return {}
    if given != texts:
        if seen != organisation.version:
            raise ConflictError(conflict(stored, profile))
        replace_standing_answers(work.session, organisation.id, given)
    _write(organisation, profile)
    new_names = sites.rename_sites(work.session, organisation.id, renamed_sites(current.sites, profile.sites))
    organisation.version += 1
    progress.refresh_company_progress(work.session, organisation.id)
    history.record_event(
        work.session,
        EventKind.PROFILE_CHANGED,
        organisation_id=organisation.id,
        actor_id=work.actor.user_id,
        now=work.now,
        fields=changed_fields(current, profile) | _changed_standing(texts, given),
    )
    return new_names


def changed_fields(before: Profile, after: Profile) -> dict[str, list[str]]:
    """The fields of the profile that differ: [old, new] as text, by name of the field."""
    return {
        field.name: [_as_text(getattr(before, field.name)), _as_text(getattr(after, field.name))]
        for field in fields(Profile)
        if getattr(before, field.name) != getattr(after, field.name)
    }


def _changed_standing(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[str]]:
    """What changed of the standing answers. Of the contact person the event says nothing but that."""
    changed = {ref for ref in STANDING_REFS if before.get(ref) != after.get(ref)}
    fields: dict[str, list[str]] = {"contact": []} if changed - {BOUNDARY_REF} else {}
    if BOUNDARY_REF in changed:
        fields["reporting_boundary"] = [before.get(BOUNDARY_REF, ""), after.get(BOUNDARY_REF, "")]
    return fields


def _as_text(value: object) -> str:
    if isinstance(value, Quantity):
        return f"{numbers.plain(value.value)} {value.unit}"
    if isinstance(value, tuple):
        return "; ".join(f"{site.name}, {site.address}".strip(", ") for site in value)
    return "" if value is None else str(value)


def _write(organisation: Organisation, profile: Profile) -> None:
    organisation.name = profile.name
    organisation.legal_form = profile.legal_form
    organisation.sector = profile.sector
    organisation.employees = profile.employees
    organisation.turnover_value = profile.turnover.value if profile.turnover else None
    organisation.turnover_unit = profile.turnover.unit if profile.turnover else ""
    organisation.address = profile.address
    organisation.website = profile.website
    organisation.sites = [{"name": site.name, "address": site.address} for site in profile.sites]
