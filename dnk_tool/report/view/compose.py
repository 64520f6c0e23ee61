"""Builds the view of a declaration from its document and the issue to print.

The page on which anybody verifies a version: its address, texts, and the address as a QR code.
"""

import re

from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.text import truncated
from dnk_tool.language import LOCALES, format_long_date
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.assurance import assurance_facts
from dnk_tool.report.view.back_matter import imprint, index_note, statements
from dnk_tool.report.view.branding import DEFAULT_BRANDING, Branding
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.edition import FULL_EXPORT, ExportOptions, Variant
from dnk_tool.report.view.general_information import contact_entries, linked_contact, listed_facts
from dnk_tool.report.view.glossary import glossary, linked_terms
from dnk_tool.report.view.links import linked_parts, targets_of
from dnk_tool.report.view.model import Cover, DeclarationView, Issue
from dnk_tool.report.view.parts import LabelledText
from dnk_tool.report.view.qr_code import VerificationLink, qr_path
from dnk_tool.report.view.variants.bodies import body_of
from dnk_tool.report.view.variants.notices import language_note, notice, variant_label, warnings

FOOTER_LENGTH = 60  # two lines of the footer
COVER_NAME_LENGTH = 100  # the cover has little space; the imprint has the whole name


def verification_link(words: TextFormatter, issue: Issue) -> VerificationLink | None:
    """The check page of a final version with its QR code; None if not final or no address is known."""
    if not (issue.is_final and issue.check_at):
        return None
    _ = words.gettext
    path, size = qr_path(issue.check_at)
    return VerificationLink(
        title=_("Ist diese Erklärung echt und aktuell?"),
        lead=_(
            "Die Prüfseite sagt, ob diese Version veröffentlicht ist, ob es eine neuere gibt und ob Daten "
            "und Seiten einer PDF-Datei unverändert sind:"
        ),
        address=issue.check_at,
        address_text=issue.check_at.partition("://")[2],
        alt=_("QR-Code der Prüfseite %(address)s") % {"address": issue.check_at},
        path=path,
        size=size,
    )


def compose(
    document: Document,
    issue: Issue,
    edition: ExportOptions = FULL_EXPORT,
    look: Branding = DEFAULT_BRANDING,
    *,
    on_paper: bool = True,
) -> DeclarationView:
    """Build the view, by default in the declaration's language; `on_paper`: for the embedded fonts.

    The company's own words stay in the language of the document. Only the catalogue and the fonts' character
    tables are read, and no clock: the same input always gives the same view.
    """
    words = TextFormatter(edition.language or document.language, on_paper=on_paper)
    has_questions = look.has_questions or issue.is_draft or issue.is_pending
    source = RenderContext(document, words, look.palette.text, has_questions)
    body = body_of(source, issue, edition)
    has_contact = bool(body.general) or edition.variant is Variant.SHORT
    is_excerpt = edition.variant is Variant.SECTION
    reach = contact_entries(source, has_website=not is_excerpt) if has_contact else ()
    words.printable_text(document.organisation.name)  # cover and imprint print it: count its characters once
    catalogue, replaced = document.selection.catalogue, words.replaced
    cover = _cover(source, issue)
    edges = imprint(source, issue)
    words.replaced = replaced  # these repeat text of the chapters: count its characters once
    label = variant_label(edition.variant, words)
    terms = source.presentation.glossary if edition.variant in (Variant.FULL, Variant.SHORT) else ()
    explained = glossary(terms, words, cover, *body.glossary_texts)
    targets = targets_of(body.parts, linked_terms(terms, explained))
    title = f"{words.catalogue_text(catalogue.title)} {document.reporting_year} – {cover.company}"
    return DeclarationView(
        language=LOCALES[words.language].replace("_", "-"),
        content_language=LOCALES[document.language].replace("_", "-"),
        title=f"{title} ({label})" if label else title,
        author=cover.company,
        footer=f"{truncated(cover.company, FOOTER_LENGTH)}{NO_BREAK}·{NO_BREAK}{document.reporting_year}",
        edition=_version_label(source, issue),
        page_words=page_words(words),
        draft_mark="\n".join(warnings(edition.variant, words, issue)),
        issued_on=issue.issued_on.isoformat(),
        cover=cover,
        glance=body.glance,
        general_title=words.catalogue_text(catalogue.general.title),
        general=body.general,
        counts=body.counts,
        parts=linked_parts(body.parts, targets),
        ratings=body.ratings,
        index=body.index,
        annex=body.annex,
        glossary=explained,
        imprint=() if is_excerpt else edges,
        statements=() if is_excerpt else (*statements(source, issue), *language_note(source)),
        check=None if is_excerpt else verification_link(words, issue),
        variant=edition.variant,
        mark=label,
        notice=(*notice(edition.variant, source, issue), *(language_note(source) if is_excerpt else ())),
        digests=body.digests,
        index_note=index_note(body.index, source),
        contact=reach,
        look=look,
        foreword=body.foreword,
    )


def _cover(source: RenderContext, issue: Issue) -> Cover:
    words, document = source.words, source.document
    _ = words.gettext
    catalogue = document.selection.catalogue
    indicators = words.catalogue_text(catalogue.indicator_set(document.indicator_set).title)
    said = (
        (_("Version"), _version_label(source, issue)),
        *assurance_facts(words, issue, longest=COVER_NAME_LENGTH),
    )
    facts = (
        LabelledText(_("Leistungsindikatoren"), words.paragraph(indicators)),
        LabelledText(_("Ansprechperson"), linked_contact(source)),
        *(LabelledText(label, words.paragraph(text)) for label, text in said),
    )
    return Cover(
        company=" ".join(words.printable_text(document.organisation.name).split()),
        title=_with_unbroken_numbers(words.catalogue_text(catalogue.title)),
        year=str(document.reporting_year),
        facts=tuple(entry for entry in facts if entry.prose),
        listed=listed_facts(source),
    )


def _with_unbroken_numbers(title: str) -> str:
    """The title with a no-break space after each number."""
    return re.sub(r"(\d) ", rf"\1{NO_BREAK}", title)


def _version_label(source: RenderContext, issue: Issue) -> str:
    words = source.words
    on = format_long_date(issue.issued_on, words.language)
    if issue.is_draft:
        return words.gettext("Entwurf vom %(day)s") % {"day": on}
    if issue.version is None:
        return words.gettext("Stand vom %(day)s") % {"day": on}
    if issue.is_pending:
        said = words.gettext("Version %(version)s vom %(day)s, nicht freigegeben")
    else:
        said = words.gettext("Version %(version)s vom %(day)s")
    return said % {"version": issue.version, "day": on}


def page_words(words: TextFormatter) -> tuple[str, str]:
    """The words before the page number and before the number of pages."""
    marked = words.gettext("Seite %(page)s von %(pages)s") % {"page": "\n", "pages": "\n"}
    before, between, *_ = marked.split("\n")
    return before, between
