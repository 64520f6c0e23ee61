"""Builds the general information of a declaration: company, reporting year, contact."""

from collections.abc import Callable
from decimal import Decimal

from dnk_tool.catalogue import load_sectors
from dnk_tool.domain.organisation import Site, company_size
from dnk_tool.labels import label
from dnk_tool.language import LANGUAGES
from dnk_tool.report.text.prose import Block, Prose
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.figures.field_tables import item_prose
from dnk_tool.report.view.parts import LabelledText

FACTS = (
    "organisation.sector",
    "organisation.legal-form",
    "organisation.employees",
    "organisation.turnover",
    "organisation.sites",
    "declaration.indicator-set",
)
SITES_NAMED = 3
COMPANY_TYPE = "general.company-type"


def general_entries(source: RenderContext) -> tuple[LabelledText, ...]:
    """Data from the company's profile, then the details; empty ones are left out unless required."""
    words, selection = source.words, source.document.selection
    entries = []
    for key, title in selection.catalogue.derived:
        if prose := _DERIVED.get(key, _no_prose)(source):
            entries.append(LabelledText(words.catalogue_text(title), prose))
    for detail in selection.catalogue.general.details:
        (item,) = detail.items
        prose = item_prose(item, source.sheet, words)
        if prose or item.required:
            entries.append(LabelledText(words.catalogue_text(detail.title), prose))
    return tuple(entries)


def short_facts(source: RenderContext) -> tuple[LabelledText, ...]:
    """The company's main facts, each in one line; unknown ones are left out."""
    labels = dict(source.document.selection.catalogue.derived)
    said = {key: _DERIVED[key](source) for key in FACTS if key in labels}
    sites = source.document.organisation.sites
    if sites:
        names = [source.words.printable_text(site.name) for site in sites[:SITES_NAMED]]
        more = len(sites) - len(names)
        further = source.words.gettext("%(count)s weitere") % {"count": more} if more else ""
        said["organisation.sites"] = source.words.paragraph(
            ", ".join(name for name in (*names, further) if name)
        )
    return tuple(
        LabelledText(source.words.catalogue_text(labels[key]), prose) for key, prose in said.items() if prose
    )


def contact(source: RenderContext) -> str:
    """Name and address of the contact person in one line; empty if neither is given."""
    answers = (source.sheet.answer(f"general.contact-{part}") for part in ("name", "email"))
    return ", ".join(source.words.printable_text(answer.text) for answer in answers if answer.text)


def _no_prose(source: RenderContext) -> Prose:
    return ()


def _name(source: RenderContext) -> Prose:
    return source.words.prose(source.document.organisation.name)


def _address(source: RenderContext) -> Prose:
    return source.words.prose(source.document.organisation.address)


def _legal_form(source: RenderContext) -> Prose:
    said = source.document.organisation.legal_form
    known = load_sectors().legal_forms.get(said)
    return (
        source.words.paragraph(source.words.catalogue_text(known.label))
        if known
        else source.words.prose(said)
    )


def _sector(source: RenderContext) -> Prose:
    said = source.document.organisation.sector
    known = load_sectors().sector(said)
    if known is None:
        return source.words.prose(said)
    classification = known.classification.replace(" ", NO_BREAK)
    return source.words.paragraph(
        f"{source.words.catalogue_text(known.label)} ({classification}:{NO_BREAK}{known.code})"
    )


def _employees(source: RenderContext) -> Prose:
    employees = source.document.organisation.employees
    return source.words.paragraph("" if employees is None else source.words.number(Decimal(employees)))


def _size(source: RenderContext) -> Prose:
    """The size class; empty where an earlier declaration chose one as its kind of company."""
    size = company_size(source.document.organisation.employees)
    kind = source.document.selection.catalogue.items.get(COMPANY_TYPE)
    chosen = source.sheet.answer(COMPANY_TYPE).value
    if size is None or (kind and any(choice.key == chosen and choice.is_retired for choice in kind.choices)):
        return ()
    return source.words.paragraph(label(size, source.words.language))


def _sites(source: RenderContext) -> Prose:
    sites = tuple(_site(site, source) for site in source.document.organisation.sites)
    return (Block(True, sites),) if sites else ()


def _site(site: Site, source: RenderContext) -> str:
    said = (
        source.words.printable_text(site.name),
        source.words.printable_text(site.address).replace("\n", ", "),
    )
    return ", ".join(part for part in said if part)


def _turnover(source: RenderContext) -> Prose:
    turnover = source.document.organisation.turnover
    if turnover is None:
        return ()
    money = source.document.selection.catalogue.families["money"]
    return source.words.paragraph(source.words.quantity(turnover, money.units.get(turnover.unit)))


def _year(source: RenderContext) -> Prose:
    return source.words.paragraph(str(source.document.reporting_year))


def _indicator_set(source: RenderContext) -> Prose:
    chosen = source.document.selection.catalogue.indicator_set(source.document.indicator_set)
    return source.words.paragraph(source.words.catalogue_text(chosen.title))


def _language(source: RenderContext) -> Prose:
    _ = source.words.gettext
    names = dict(zip(LANGUAGES, (_("Deutsch"), _("Englisch")), strict=True))
    return source.words.paragraph(names[source.document.language])


_DERIVED: dict[str, Callable[[RenderContext], Prose]] = {
    "organisation.name": _name,
    "organisation.address": _address,
    "organisation.legal-form": _legal_form,
    "organisation.sector": _sector,
    "organisation.employees": _employees,
    "organisation.size": _size,
    "organisation.sites": _sites,
    "organisation.turnover": _turnover,
    "declaration.reporting-year": _year,
    "declaration.indicator-set": _indicator_set,
    "declaration.language": _language,
}
