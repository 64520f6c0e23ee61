"""The page of a finished version: what it holds, what to do with it, who sees it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.colours import AREA_COLOURS
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.scope3_parts import reckoned_categories
from dnk_tool.domain.permissions import Permission, Role
from dnk_tool.domain.precision import sum_of_shown
from dnk_tool.language import format_number, local_day
from dnk_tool.services.declarations.branding import company_branding, version_branding
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.declarations.versions import Version, version
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.declarations.dashboard import emissions_stated
from dnk_tool.web.declarations.overview import SHOWN_OUTCOMES, may_begin_next
from dnk_tool.web.exports.ready_pdf import ready_pdf
from dnk_tool.web.http.access import current_account, current_declaration, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail.mails import public_base_url
from dnk_tool.web.text.amounts import unit_text

READERS = frozenset({Role.OWNER, Role.EDITOR, Role.VIEWER})
MOST_NAMES = 8
_SCOPE_3 = "ghg.scope3.gross"

blueprint = Blueprint("version_page", __name__, url_prefix="/erklaerungen/<int:declaration_id>/versionen")


@dataclass(frozen=True, slots=True)
class VersionCounts:
    """What a version says in numbers. `scopes`: those whose emissions are added up, such as "1 + 2".

    `scope3`: the names of its categories that are in the sum.
    """

    reported: int
    explained: int
    emissions: str = ""
    unit: str = ""
    scopes: str = ""
    scope3: tuple[str, ...] = ()


@blueprint.get("/<int:number>")
@permit(Permission.DECLARATION_VIEW)
def show(declaration_id: int, number: int) -> ResponseReturnValue:
    """Show a version that is finished or that a cluster reads; any other one is told by the overview."""
    declaration, frozen = current_declaration(), version(db(), declaration_id, number) or abort(404)
    if frozen.outcome not in SHOWN_OUTCOMES:
        return redirect(url_for("overview.show", declaration_id=declaration_id), 303)
    look, current = (
        version_branding(db(), frozen.snapshot),
        company_branding(db(), declaration.organisation_id)[0],
    )
    return render_template(
        "declarations/whole/version.html",
        declaration=declaration,
        version=frozen,
        counts=_counts(read_document(frozen.snapshot.content)),
        pdf=ready_pdf(frozen),
        look=look,
        # There is an address for the current logo only.
        logo_address=url_for("look.logo", organisation_id=declaration.organisation_id)
        if look.logo and look.logo == current.logo
        else "",
        areas=AREA_COLOURS,
        readers=_reader_names(declaration),
        mail=_mail_link(declaration, frozen),
        may_begin_next=may_begin_next(declaration),
    )


def _counts(document: Document) -> VersionCounts:
    sheet, language = document.sheet(), current_language()
    points = [
        requirement
        for section in sheet.selection.sections
        for requirement in section.all_requirements
        if requirement.is_explainable
    ]
    explained = sum(sheet.is_explained(requirement) for requirement in points)
    reported, stated = len(points) - explained, emissions_stated(sheet)
    if not stated:
        return VersionCounts(reported, explained)
    key, amount = next(iter(stated.items()))
    total = sum_of_shown((part.value for part in stated.values()), amount.unit)
    return VersionCounts(
        reported,
        explained,
        format_number(total, language),
        unit_text(sheet.selection.catalogue.datapoints[key], amount.unit, language),
        " + ".join(sorted({key.split(".")[1].removeprefix("scope") for key in stated})),
        tuple(name.to(language) for name in reckoned_categories(document)) if _SCOPE_3 in stated else (),
    )


def _reader_names(declaration: Declaration) -> str:
    """Who reads it in the company: names, at most MOST_NAMES of them."""
    today = local_day(datetime.now(UTC))
    people = accounts.people_with_roles(db(), declaration.organisation_id, READERS, today=today)
    names = [person.name or person.email for person in people if person.active]
    said = ", ".join(names[:MOST_NAMES])
    return f"{said} …" if len(names) > MOST_NAMES else said


def _mail_link(declaration: Declaration, frozen: Version) -> str:
    """A link that opens the person's own mail program with a letter to change; the PDF is attached there."""
    address = ""
    if frozen.publication:
        path = url_for("public.show", slug=frozen.publication.slug)
        address = "\n\n" + _("Sie steht auch hier: %(address)s", address=public_base_url() + path)
    values = {"company": declaration.organisation.name, "year": declaration.reporting_year}
    subject = _("Nachhaltigkeitserklärung %(year)s von %(company)s", **values)
    body = _(
        "Guten Tag,\n\nanbei erhalten Sie die Nachhaltigkeitserklärung von %(company)s für %(year)s "
        "nach den 20 Kriterien des DNK.",
        **values,
    )
    end = _("Freundliche Grüße")
    text = f"{body}{address}\n\n{end}\n{current_account().name or ''}"
    return "mailto:?" + urlencode({"subject": subject, "body": text}, quote_via=quote)
