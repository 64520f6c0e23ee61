"""Publishes approved or finished versions, and withdraws publications."""

import re
import secrets
import unicodedata
from collections.abc import Iterable

from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.states import Action, EventKind, TransitionNotAllowed
from dnk_tool.domain.organisation import company_size
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.declarations.transitions import apply_transition, begin_transition
from dnk_tool.services.editing.locks import lock_company
from dnk_tool.services.publication.quotations import refs_of_texts
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import versions
from dnk_tool.store.declarations.versions import FINAL, Version
from dnk_tool.store.name_sorting import folded_text
from dnk_tool.store.publication import proofs, publications
from dnk_tool.store.publication.quotable_versions import forbid_quotations_of_company
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.store.tables.publication import Publication

# Without characters that look alike; eight of them cannot be guessed.
SLUG_CHARACTERS = "abcdefghjkmnpqrstuvwxyz23456789"
SUFFIX_LENGTH, MAX_NAME_LENGTH = 8, 50
MAX_SEARCH_NAME_LENGTH = 500
TRANSLITERATION = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "&": " und "})


def publish(work: Work, declaration: Declaration) -> Publication:
    """Publish the newest approved or finished version; it replaces an earlier one at the same address.

    Raises NotPermitted, and TransitionNotAllowed if there is no such version.
    """
    step = begin_transition(work.session, declaration, Action.PUBLISH, work.actor)
    publication = publications.of_declaration(work.session, declaration.id)
    newest = publishable_version(versions.versions(work.session, declaration.id))
    if newest is None:
        raise TransitionNotAllowed(declaration.state, Action.PUBLISH)
    if publication and publication.revoked_at is None and publication.version == newest.number:
        return publication
    if publication is None:
        publication = Publication(declaration_id=declaration.id, slug=_slug(declaration))
        work.session.add(publication)
    publication.version, publication.published_at, publication.published_by = (
        newest.number,
        work.now,
        work.actor.user_id,
    )
    document = read_document(newest.snapshot.content)
    _describe(publication, document)
    if publication.is_quotable:
        publication.quotable_refs = refs_of_texts(document)
    proofs.mark_published(work.session, newest.snapshot.id, now=work.now)
    publication.revoked_at = publication.revoked_by = None
    apply_transition(work, declaration, step, version=newest.number)
    return publication


def publishable_version(frozen_versions: Iterable[Version]) -> Version | None:
    """The newest version that is approved or finished; there may be a later one that is not."""
    return max(
        (version for version in frozen_versions if version.outcome in FINAL),
        key=lambda version: version.number,
        default=None,
    )


def unpublish(work: Work, declaration: Declaration) -> None:
    """Withdraw the publication, if any, so that nobody can read it any more. Raises NotPermitted."""
    step = begin_transition(work.session, declaration, Action.UNPUBLISH, work.actor)
    publication = publications.of_declaration(work.session, declaration.id)
    if publication is None or publication.revoked_at is not None:
        return
    publication.revoked_at, publication.revoked_by = work.now, work.actor.user_id
    publication.quotable_refs = None
    apply_transition(work, declaration, step, version=publication.version)


def set_findable(work: Work, organisation: Organisation, *, is_findable: bool) -> None:
    """Set whether search engines may show the company's public pages; if not, nobody may quote them either.

    Quotations can be allowed anew. Raises NotPermitted.
    """
    lock_company(work.session, organisation.id, Permission.ORGANISATION_OWN, work.actor)
    before = organisation.is_findable
    if before == is_findable:
        return
    organisation.is_findable = is_findable
    changed = {"is_findable": [before, is_findable]}
    if not is_findable and forbid_quotations_of_company(work.session, organisation.id):
        changed["is_quotable"] = [True, False]
    history.record_event(
        work.session,
        EventKind.PROFILE_CHANGED,
        organisation_id=organisation.id,
        actor_id=work.actor.user_id,
        now=work.now,
        fields=changed,
    )


def _describe(publication: Publication, document: Document) -> None:
    """Copy what lists show and search from the published version, so that later changes do not count."""
    company = document.organisation
    publication.company = company.name
    publication.search_name = search_name(company.name)
    publication.reporting_year = document.reporting_year
    publication.sector = company.sector
    publication.size = company_size(company.employees)
    publication.indicator_set = document.indicator_set


def search_name(company: str) -> str:
    """The company's name as it is searched and sorted."""
    return " ".join(folded_text(company).split())[:MAX_SEARCH_NAME_LENGTH]


def slugify(name: str, *, otherwise: str) -> str:
    """The name as a readable part of an address, such as tischlerei-sommer-gmbh.

    `otherwise`: returned for a name without any letter a-z or digit.
    """
    plain = (
        unicodedata.normalize("NFKD", name.lower().translate(TRANSLITERATION))
        .encode("ascii", "ignore")
        .decode()
    )
    return re.sub(r"[^a-z0-9]+", "-", plain)[:MAX_NAME_LENGTH].strip("-") or otherwise


def _slug(declaration: Declaration) -> str:
    """A new address that nobody can guess, such as tischlerei-sommer-gmbh-2025-k3f9x2ab."""
    name = slugify(declaration.organisation.name, otherwise="erklaerung")
    chance = "".join(secrets.choice(SLUG_CHARACTERS) for _ in range(SUFFIX_LENGTH))
    return f"{name}-{declaration.reporting_year}-{chance}"
