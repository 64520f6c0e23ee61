"""The page on which anybody verifies a version: its address, texts, and the address as a QR code."""

from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.view.model import Issue
from dnk_tool.report.view.qr_code import VerificationLink, qr_path


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
