"""Texts about the variant at hand: its name, what it leaves out and where to find the rest."""

from collections.abc import Iterator

from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.edition import Variant
from dnk_tool.report.view.general_information import contact, written_language
from dnk_tool.report.view.model import Issue


def variant_label(variant: Variant, words: TextFormatter) -> str:
    """The name of a variant; empty for the whole declaration."""
    _ = words.gettext
    return {
        Variant.FULL: "",
        Variant.SHORT: _("Kurzfassung"),
        Variant.INTERNAL: _("Interne Fassung"),
        Variant.SECTION: _("Auszug"),
    }[variant]


def warnings(variant: Variant, words: TextFormatter, issue: Issue) -> tuple[str, ...]:
    """The warnings for each page against passing on internal versions and drafts by mistake."""
    _ = words.gettext
    inside = (_("Intern – nicht zur Weitergabe"),) if variant is Variant.INTERNAL else ()
    return (*inside, *((_("Entwurf – nicht freigegeben"),) if issue.is_draft else ()))


def notice(variant: Variant, source: RenderContext, issue: Issue) -> Iterator[str]:
    """Sentences on what the variant holds and where to find the rest; none for the whole declaration."""
    words = source.words
    _ = words.gettext
    year = source.document.reporting_year
    if variant is Variant.SHORT:
        yield _(
            "Diese Kurzfassung der Erklärung für %(year)s nennt Profil, Kennzahlen, Ziele und zu jedem "
            "Kriterium, ob berichtet oder begründet wird. Die Texte, Tabellen und Rechenwege stehen in der "
            "vollständigen Erklärung."
        ) % {"year": year}
        yield from _full_version_hint(source, issue)
        if words.on_paper:
            yield _(
                "Dieser PDF-Datei sind alle Angaben der vollständigen Erklärung als Daten beigefügt, die "
                "Kennzahlen auch als Excel-Tabelle: in Ihrem PDF-Programm unter „Anlagen“."
            )
    elif variant is Variant.INTERNAL:
        yield _(
            "Diese Fassung ist nur für Menschen im Unternehmen bestimmt. Zuständigkeiten und Quellen stehen "
            "in keiner fertigen Version; die Selbsteinschätzung nur, wenn das Unternehmen sie veröffentlicht."
        )
    elif variant is Variant.SECTION:
        yield _(
            "Dies ist ein Auszug aus der Erklärung für %(year)s. Er ersetzt nicht die ganze Erklärung."
        ) % {"year": year}
        yield from _full_version_hint(source, issue)


def _full_version_hint(source: RenderContext, issue: Issue) -> Iterator[str]:
    """Where to find the whole declaration: the check page, and the company's contact."""
    words = source.words
    _ = words.gettext
    if issue.is_final and issue.check_at:
        yield _("Ob diese Version aktuell und veröffentlicht ist, sagt die Prüfseite: %(address)s") % {
            "address": issue.check_at.partition("://")[2]
        }
    if asked := contact(source):
        yield _("Die vollständige Erklärung erhalten Sie beim Unternehmen: %(contact)s") % {"contact": asked}


def language_note(source: RenderContext) -> Iterator[str]:
    """The note that headings are translated and the company's text is not; none if languages are equal."""
    if source.words.language == source.document.language:
        return
    _ = source.words.gettext
    yield _(
        "Überschriften und Beschriftungen sind in dieser Fassung übersetzt; die Angaben des Unternehmens "
        "stehen in der Sprache, in der sie geschrieben sind: %(language)s."
    ) % {"language": written_language(source)}
