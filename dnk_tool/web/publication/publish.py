"""The owner's page to publish a version, to let others read its texts as examples, and to withdraw it.

Where texts of a publication may stand as examples before other companies, and how that looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.catalogue import Criterion, Section, load_catalogue
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.clusters.consent_editions import EDITIONS_WITH_PUBLIC_LIST
from dnk_tool.domain.declarations.states import TransitionNotAllowed
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.permissions import Permission
from dnk_tool.report.view.requirements import requirement_anchor
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.publication.quotations import allow_quotation, own_quotation
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import sign_offs, versions
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.publication import Publication
from dnk_tool.web.answers.proposals.quotations import QuotationLink, quotation_link
from dnk_tool.web.http.access import current_actor, current_declaration, current_work, permit
from dnk_tool.web.http.headers import is_indexing_allowed
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails
from dnk_tool.web.publication import any_published

blueprint = Blueprint(
    "publication", __name__, url_prefix="/erklaerungen/<int:declaration_id>/veroeffentlichung"
)

ANSWERS = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class QuotedPoint:
    """An aspect whose text may be quoted, and the address of the text."""

    title: Text
    href: str


@dataclass(frozen=True, slots=True)
class QuotedSection:
    """A section with the aspects whose texts may be quoted. `number`: of a criterion, or ""."""

    number: str
    title: Text
    points: Sequence[QuotedPoint]


@dataclass(frozen=True, slots=True)
class QuotedTexts:
    """The texts that may be quoted, and one of them as others see it; None without any."""

    sections: Sequence[QuotedSection]
    example: QuotationLink | None

    @property
    def count(self) -> int:
        """The number of texts."""
        return sum(len(section.points) for section in self.sections)


def quoted_texts(declaration: Declaration, publication: Publication) -> QuotedTexts:
    """The texts of the declaration's publication that other companies may read as examples."""
    refs = (publication.quotable_refs or "").split()
    catalogue = load_catalogue(declaration.edition)
    sections = [_quoted_section(one, publication) for one in catalogue.sections]
    first = own_quotation(db(), publication, refs[0]) if refs else None
    return QuotedTexts(
        [one for one in sections if one.points],
        quotation_link(first, catalogue.requirements[refs[0]]) if first else None,
    )


def _quoted_section(section: Section, publication: Publication) -> QuotedSection:
    refs = frozenset((publication.quotable_refs or "").split())
    return QuotedSection(
        str(section.number) if isinstance(section, Criterion) else "",
        section.title,
        [
            QuotedPoint(
                one.title, url_for("public.show", slug=publication.slug, _anchor=requirement_anchor(one))
            )
            for one in section.all_requirements
            if one.ref in refs
        ],
    )


@blueprint.get("")
@permit(Permission.DECLARATION_PUBLISH)
def show(declaration_id: int) -> ResponseReturnValue:
    return _page()


@blueprint.post("")
@permit(Permission.DECLARATION_PUBLISH)
@creates
def publish(declaration_id: int) -> ResponseReturnValue:
    is_asked, now = sign_offs.publication(db(), declaration_id) is None, datetime.now(UTC)
    try:
        publication = publishing_steps.publish(Work(db(), current_actor(), now), current_declaration())
    except TransitionNotAllowed:
        flash(_("Veröffentlichen können Sie, was abgeschlossen oder freigegeben ist."), "error")
        return _redirect_to_publication(declaration_id)
    any_published.expire_published_flag()
    # The answer stays when a newer version is published, and when a colleague was a moment faster.
    if is_asked and publication.published_at == now:
        _allow_quotation(is_allowed=ANSWERS.get(request.form.get("quotable", ""), False))
    flash(_("Die Erklärung ist veröffentlicht. Jeder kann sie jetzt lesen."), "success")
    return _redirect_to_publication(declaration_id)


@blueprint.post("/beispiel")
@permit(Permission.DECLARATION_PUBLISH)
def change_quotable(declaration_id: int) -> ResponseReturnValue:
    """Save whether other companies may read texts of the publication as examples."""
    if sign_offs.publication(db(), declaration_id) is None:
        return _redirect_to_publication(declaration_id)
    answer, seen = request.form.get("quotable", ""), request.form.get("known", "")
    if answer not in ANSWERS:
        return _page(answer, error=_("Wählen Sie eine der beiden Antworten.")), 422
    try:
        _allow_quotation(is_allowed=ANSWERS[answer], seen=ANSWERS.get(seen))
    except ConflictError:
        error = _(
            "Das hat inzwischen jemand anders geändert. Lesen Sie, was jetzt gilt, und speichern Sie neu."
        )
        return _page(answer, error=error), 409
    flash(_("Gespeichert."), "success")
    return _redirect_to_publication(declaration_id)


@blueprint.get("/zuruecknehmen")
@permit(Permission.DECLARATION_PUBLISH)
def ask_to_withdraw(declaration_id: int) -> ResponseReturnValue:
    publication = sign_offs.publication(db(), declaration_id)
    if publication is None:
        return _redirect_to_publication(declaration_id)
    return render_template(
        "publication/unpublish.html",
        declaration=current_declaration(),
        version=publication.version,
        is_quotable=publication.is_quotable,
    )


@blueprint.post("/zuruecknehmen")
@permit(Permission.DECLARATION_PUBLISH)
def withdraw(declaration_id: int) -> ResponseReturnValue:
    publishing_steps.unpublish(current_work(), current_declaration())
    any_published.expire_published_flag()
    flash(_("Die Veröffentlichung ist zurückgenommen. Unter der Adresse steht nichts mehr."), "success")
    return _redirect_to_publication(declaration_id)


def _page(answer: str | None = None, *, error: str = "") -> str:
    """The page; `answer`: the posted one about examples, with what is wrong with it."""
    declaration = current_declaration()
    publication = sign_offs.publication(db(), declaration.id)
    newest = publishing_steps.publishable_version(versions.versions(db(), declaration.id))
    known = "yes" if _is_quotable(publication) else "no"
    return render_template(
        "publication/publish.html",
        declaration=declaration,
        publication=publication,
        version=newest if newest and not (publication and publication.version == newest.number) else None,
        lists=[
            (cluster.name, consent.edition in EDITIONS_WITH_PUBLIC_LIST)
            for cluster, consent in clusters.of_organisation(db(), declaration.organisation_id)
            if cluster.has_public_list
        ],
        may_be_indexed=is_indexing_allowed(),
        known=known,
        quotable=known if answer is None else answer,
        quoted=quoted_texts(declaration, publication) if publication and publication.is_quotable else None,
        error=error,
        errors=[{"text": error, "href": "#quotable"}] if error else [],
        address=mails.public_base_url() + url_for("public.show", slug=publication.slug)
        if publication
        else "",
    )


def _is_quotable(publication: Publication | None) -> bool:
    """The publication's answer; of what is still to be published, whether search engines may show it."""
    if publication is not None:
        return publication.is_quotable
    return current_declaration().organisation.is_findable and is_indexing_allowed()


def _allow_quotation(*, is_allowed: bool, seen: bool | None = None) -> None:
    allow_quotation(current_work(), current_declaration(), is_allowed=is_allowed, seen=seen)


def _redirect_to_publication(declaration_id: int) -> ResponseReturnValue:
    return redirect(url_for("publication.show", declaration_id=declaration_id), 303)
