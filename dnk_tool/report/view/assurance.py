"""Texts on who reviewed and confirmed a version and where to check it. Drafts and pending ones have none."""

from collections.abc import Iterator
from dataclasses import replace

from dnk_tool.domain.text import truncated
from dnk_tool.language import format_long_date
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.view.model import Confirmation, Issue, Review


def assurance_facts(words: TextFormatter, issue: Issue, *, longest: int = 1_000) -> Iterator[tuple[str, str]]:
    """Labels and texts on review and confirmation, for cover and imprint; none unless the issue is final.

    Names are cut at `longest` characters.
    """
    if not issue.is_final:
        return
    _ = words.gettext
    review, confirmation = issue.review, issue.confirmation
    if review:
        review = replace(review, cluster=truncated(review.cluster, longest), by=truncated(review.by, longest))
    yield _("Prüfung"), _review_text(words, review) if review else _("ohne Prüfung durch Dritte")
    if confirmation:
        confirmation = replace(confirmation, by=truncated(confirmation.by, longest))
        yield _("Bestätigung"), _confirmation_text(words, confirmation)


def assurance_statements(words: TextFormatter, issue: Issue) -> Iterator[str]:
    """Sentences on who vouches for the declaration and what was not reviewed."""
    _ = words.gettext
    yield _("Alle Angaben stammen vom Unternehmen selbst.")
    if issue.is_pending:
        yield _("Diese Version ist weder abgeschlossen noch freigegeben.")
    if not issue.is_final:
        yield _("Die Erklärung trägt kein Signet des DNK-Büros und wurde von ihm nicht geprüft.")
        return
    if issue.review:
        yield _(
            "Geprüft wurde, ob die Erklärung formal vollständig ist; ob die Angaben stimmen, war nicht Teil "
            "der Prüfung."
        )
        yield _("Die Erklärung trägt kein Signet des DNK-Büros und wurde von ihm nicht geprüft.")
    else:
        yield _(
            "Die Erklärung wurde ohne Prüfung durch Dritte erstellt; sie trägt kein Signet des DNK-Büros und "
            "wurde von ihm nicht geprüft."
        )


def _review_text(words: TextFormatter, review: Review) -> str:
    about = {
        "cluster": words.printable_text(review.cluster),
        "day": format_long_date(review.on, words.language),
    }
    said = words.gettext("Formal vollständig, geprüft von %(cluster)s am %(day)s") % about
    return f"{said} ({words.printable_text(review.by)})" if review.by else said


def _confirmation_text(words: TextFormatter, confirmation: Confirmation) -> str:
    on = format_long_date(confirmation.on, words.language)
    if not confirmation.by:
        return on
    about = {"name": words.printable_text(confirmation.by), "day": on}
    return words.gettext("durch %(name)s am %(day)s") % about
