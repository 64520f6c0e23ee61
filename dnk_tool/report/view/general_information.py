"""Builds the general information of a declaration: company, reporting year, contact."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from dnk_tool.catalogue import load_sectors
from dnk_tool.catalogue.standard.item_model import ItemKind
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.organisation import BOUNDARY_REF, STANDING_REFS, Site, company_size
from dnk_tool.labels import label
from dnk_tool.language import LANGUAGES
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.text.prose import Block, BlockKind, Prose
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.figures.field_tables import item_prose
from dnk_tool.report.view.foreword import FOREWORD_REFS
from dnk_tool.report.view.links import contact_prose, mail_prose, web_prose
from dnk_tool.report.view.parts import GeneralView, LabelledText

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
BUSINESS_MODEL = "general.business-model"
CONTACT_NAME, CONTACT_ROLE = "general.contact-name", "general.contact-role"
CONTACT_MAIL = "general.contact-email"
CONTACT_REFS = tuple(ref for ref in STANDING_REFS if ref != BOUNDARY_REF)
# What the box of the company's facts names of its profile; year and indicators stand on the cover.
PORTRAIT = (
    "organisation.legal-form",
    "organisation.sector",
    "organisation.employees",
    "organisation.size",
    "organisation.turnover",
    "organisation.sites",
    "organisation.website",
)
# What a print says on its cover, and which language it is in: files without a cover list it.
LISTED = (
    "organisation.name",
    "declaration.reporting-year",
    "declaration.indicator-set",
    "declaration.language",
)
MOST_SHORT_LINES, LONGEST_SHORT_LINE = 4, 160


def general_view(source: RenderContext) -> GeneralView:
    """Who the company is and what the declaration covers, led by what the company does.

    Facts from the profile and details; empty ones are left out unless required.
    """
    words, selection = source.words, source.document.selection
    labels = dict(selection.catalogue.derived)
    lead: list[LabelledText] = []
    facts: list[LabelledText] = []
    texts: list[LabelledText] = []
    for key in PORTRAIT:
        if prose := _DERIVED[key](source):
            entry = LabelledText(_label(key, labels, words), prose)
            (facts if _is_short(prose) else texts).append(entry)
    for detail in selection.catalogue.general.details:
        (item,) = detail.items
        prose = item_prose(item, source.sheet, words)
        if detail.ref in CONTACT_REFS or detail.ref in FOREWORD_REFS or not (prose or item.required):
            continue
        entry = LabelledText(words.catalogue_text(item.printed), prose)
        if detail.ref == BUSINESS_MODEL:
            lead.append(entry)
        elif item.kind is ItemKind.TEXT and not item.is_short:
            texts.append(entry)
        else:
            facts.append(entry)
    return GeneralView(tuple(lead), tuple(facts), tuple(texts))


def listed_facts(source: RenderContext) -> tuple[LabelledText, ...]:
    """Name, year, indicators and language, for files without a cover."""
    labels = dict(source.document.selection.catalogue.derived)
    return tuple(
        LabelledText(_label(key, labels, source.words), _DERIVED[key](source))
        for key in LISTED
        if key in labels
    )


def contact_entries(source: RenderContext, *, has_website: bool = True) -> tuple[LabelledText, ...]:
    """Where to reach the company, each in one line; what is empty is left out unless required."""
    words, catalogue = source.words, source.document.selection.catalogue
    labels = dict(catalogue.derived)
    entries = []
    if address := words.printable_text(source.document.organisation.address):
        lines = words.paragraph(", ".join(line.strip(" ,") for line in address.splitlines() if line.strip()))
        entries.append(LabelledText(_label("organisation.address", labels, words), lines))
    for detail in catalogue.general.details:
        (item,) = detail.items
        if detail.ref not in CONTACT_REFS or detail.ref == CONTACT_ROLE:
            continue
        said = _line(item.ref, source)
        if detail.ref == CONTACT_NAME:
            said = ", ".join(filter(None, (said, _line(CONTACT_ROLE, source))))
        if said or item.required:
            prose = mail_prose(said) if detail.ref == CONTACT_MAIL else words.paragraph(said)
            entries.append(LabelledText(words.catalogue_text(item.printed), prose))
    if has_website and (website := _website(source)):
        entries.append(LabelledText(_label("organisation.website", labels, words), website))
    return tuple(entries)


def _line(ref: str, source: RenderContext) -> str:
    return source.words.printable_text(source.sheet.answer(ref).text).replace("\n", " ")


def _label(key: str, labels: Mapping[str, Text], words: TextFormatter) -> str:
    """What the standard calls a part of the profile; it does not ask for the website."""
    return words.catalogue_text(labels[key]) if key in labels else words.gettext("Website")


def _is_short(prose: Prose) -> bool:
    lines = [line for block in prose for line in block.lines]
    return len(lines) <= MOST_SHORT_LINES and all(len(line) <= LONGEST_SHORT_LINE for line in lines)


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
    return ", ".join(filter(None, (_line(CONTACT_NAME, source), _line(CONTACT_MAIL, source))))


def linked_contact(source: RenderContext) -> Prose:
    """The same with a link to the address."""
    return contact_prose(_line(CONTACT_NAME, source), _line(CONTACT_MAIL, source))


def _name(source: RenderContext) -> Prose:
    return source.words.paragraph(source.words.printable_text(source.document.organisation.name))


def written_language(source: RenderContext) -> str:
    """The name of the language in which the company writes."""
    _ = source.words.gettext
    names = dict(zip(LANGUAGES, (_("Deutsch"), _("Englisch")), strict=True))
    return names[source.document.language]


def _website(source: RenderContext) -> Prose:
    return web_prose(source.words.printable_text(source.document.organisation.website))


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
    return (Block(BlockKind.LIST, sites),) if sites else ()


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
    return source.words.paragraph(written_language(source))


_DERIVED: dict[str, Callable[[RenderContext], Prose]] = {
    "organisation.name": _name,
    "organisation.legal-form": _legal_form,
    "organisation.sector": _sector,
    "organisation.employees": _employees,
    "organisation.size": _size,
    "organisation.sites": _sites,
    "organisation.turnover": _turnover,
    "organisation.website": _website,
    "declaration.reporting-year": _year,
    "declaration.indicator-set": _indicator_set,
    "declaration.language": _language,
}
