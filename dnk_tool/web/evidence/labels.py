"""Messages about evidence: why a file is rejected, sizes, and validity."""

from decimal import ROUND_HALF_UP, Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.evidence import (
    MAX_FILES_AT_ONCE,
    EvidenceFileType,
    EvidenceValidity,
    FileRejectionReason,
    file_extension,
)
from dnk_tool.language import format_number
from dnk_tool.services.evidence.files import AddedEvidence
from dnk_tool.web.evidence.routes import MEGABYTE, largest_file, largest_upload
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.uploads import heic_text, scan_fault_text

ACCEPT = ",".join(f".{ending}" for ending in (*EvidenceFileType, "jpeg"))


def kinds_hint() -> str:
    """One sentence on permitted file types, sizes and number."""
    return str(
        _(
            "PDF, Bilder (JPG, PNG, WebP), Excel, Word, PowerPoint, OpenDocument, CSV oder Text. "
            "Höchstens %(size)s MB je Datei, zusammen %(all)s MB und %(count)s Dateien auf einmal.",
            size=largest_file() // MEGABYTE,
            all=largest_upload() // MEGABYTE,
            count=MAX_FILES_AT_ONCE,
        )
    )


def size_text(size: int) -> str:
    """A number of bytes in kB or MB (decimal): "340 kB", "1,2 MB"."""
    if size < MEGABYTE:
        return f"{format_number(Decimal(max(1, round(size / 1000))), current_language())} kB"
    rounded = (Decimal(size) / MEGABYTE).quantize(Decimal("0.1"), ROUND_HALF_UP)
    text = format_number(
        rounded.quantize(Decimal(1)) if rounded == rounded.to_integral() else rounded, current_language()
    )
    return f"{text} MB"


def file_rejection_text(name: str, why: FileRejectionReason) -> str:
    """Why the file is rejected, and what helps."""
    words: dict[FileRejectionReason, str] = {
        FileRejectionReason.KIND: _kind_text(name),
        FileRejectionReason.EMPTY: _("Die Datei ist leer. Prüfen Sie, ob Sie die richtige ausgewählt haben."),
        FileRejectionReason.TOO_LARGE: _(
            "Die Datei ist zu groß. Möglich sind %(size)s MB. Scannen Sie in Graustufen oder mit 200 dpi, "
            "oder teilen Sie die Datei.",
            size=largest_file() // MEGABYTE,
        ),
        FileRejectionReason.OTHER_CONTENT: _(
            "Der Inhalt passt nicht zur Endung. Öffnen Sie die Datei, und speichern Sie sie als PDF."
        ),
        FileRejectionReason.BROKEN: _(
            "Die Datei ist beschädigt oder unvollständig. Öffnen und speichern Sie sie neu, am besten als "
            "PDF."
        ),
        FileRejectionReason.ENCRYPTED: _(
            "Die Datei ist mit einem Passwort geschützt. Speichern Sie sie ohne Passwort, und laden Sie sie "
            "dann hoch."
        ),
        FileRejectionReason.MACROS: _(
            "Die Datei enthält Makros, also kleine Programme. Speichern Sie sie ohne Makros oder als PDF."
        ),
        FileRejectionReason.SCRIPTS: _(
            "Die Datei enthält Teile, die beim Öffnen etwas ausführen könnten. Drucken Sie sie als PDF, und "
            "laden Sie dieses hoch."
        ),
        FileRejectionReason.LINKED: _(
            "Die Datei ist mit anderen Dateien oder Adressen verknüpft. Lösen Sie die Verknüpfungen, oder "
            "speichern Sie sie als PDF."
        ),
        FileRejectionReason.ACTIONS: _(
            "Dieses PDF tut etwas von selbst, sobald man es öffnet. Drucken Sie es mit „Als PDF drucken“ "
            "neu, und laden Sie das neue hoch."
        ),
        FileRejectionReason.ELSEWHERE: _(
            "Dieses PDF verweist auf andere Dateien oder fremde Rechner. Links auf Webseiten sind in "
            "Ordnung. Drucken Sie es mit „Als PDF drucken“ neu, und laden Sie das neue hoch."
        ),
        FileRejectionReason.FIELDS: _(
            "Dieses Dokument holt beim Öffnen Bilder, Texte oder Daten von anderswo. Markieren Sie in Word "
            "alles, und wandeln Sie die Felder mit Strg+Umschalt+F9 in Text um, oder speichern Sie es als "
            "PDF."
        ),
        FileRejectionReason.FORMULAS: _(
            "Diese Tabelle enthält Formeln, die Adressen, andere Dateien oder Programme aufrufen, zum "
            "Beispiel WEBDIENST, BILD oder DDE. Ersetzen Sie sie durch ihre Werte, oder speichern Sie die "
            "Tabelle als PDF."
        ),
        FileRejectionReason.MARKUP: _(
            "In dieser Datei stehen Befehle für Webseiten (HTML). Entfernen Sie sie, oder speichern Sie die "
            "Datei als PDF."
        ),
        FileRejectionReason.UNPACKED: _(
            "Die Datei enthält ungewöhnlich viele Daten. Speichern Sie sie als PDF."
        ),
        FileRejectionReason.PIXELS: _(
            "Das Bild hat mehr als 40 Millionen Bildpunkte. Verkleinern Sie es, oder scannen Sie mit 200 dpi."
        ),
        FileRejectionReason.MOVING: _(
            "Bewegte Bilder nehmen wir nicht an. Speichern Sie ein einzelnes Bild."
        ),
        FileRejectionReason.HEIC: heic_text(),
        FileRejectionReason.NO_TEXT: _(
            "Die Datei ist keine Textdatei. Speichern Sie sie im Programm, aus dem sie kommt, als PDF oder "
            "CSV."
        ),
        FileRejectionReason.TOO_MUCH: _(
            "Die Datei ist zu aufwendig zu lesen. Speichern Sie sie kleiner oder als PDF."
        ),
        FileRejectionReason.BUSY: _(
            "Gerade werden viele Dateien geprüft. Versuchen Sie es in einer halben Minute noch einmal."
        ),
    }
    return str(words.get(why) or scan_fault_text(why))


def _kind_text(name: str) -> str:
    ending = file_extension(name)
    if ending in ("doc", "xls", "ppt", "docm", "xlsm", "pptm", "rtf", "pages", "numbers"):
        return str(
            _("Diese Art von Datei nehmen wir nicht an. Speichern Sie sie als PDF oder im neuen Format.")
        )
    if ending in ("zip", "rar", "7z"):
        return str(
            _(
                "ZIP-Dateien und andere gepackte Dateien nehmen wir nicht an. "
                "Laden Sie hoch, was darin steckt, jede Datei einzeln."
            )
        )
    if ending in ("eml", "msg"):
        return str(
            _("E-Mails nehmen wir nicht an. Drucken Sie die E-Mail als PDF, und laden Sie dieses hoch.")
        )
    return str(_("Diese Art von Datei nehmen wir nicht an. Speichern Sie sie als PDF."))


def validity_text(evidence_validity: EvidenceValidity) -> tuple[str, str]:
    """Text and tag kind for evidence that has expired or soon will; two empty texts otherwise."""
    if evidence_validity is EvidenceValidity.PASSED:
        return str(_("abgelaufen")), "attention"
    if evidence_validity is EvidenceValidity.ENDS_THIS_YEAR:
        return str(_("läuft dieses Jahr ab")), "explained"
    return "", ""


def added_text(added: AddedEvidence) -> str:
    """How many files were stored, and how many were there already."""
    parts = []
    if added.fresh:
        number = len(added.fresh)
        parts.append(ngettext("%(num)d Beleg ist gespeichert.", "%(num)d Belege sind gespeichert.", number))
    if added.known:
        number = len(added.known)
        parts.append(
            ngettext(
                "%(num)d Datei war schon da und gehört jetzt auch hierher.",
                "%(num)d Dateien waren schon da und gehören jetzt auch hierher.",
                number,
            )
        )
    return " ".join(map(str, parts))
