"""Why a file is not taken and what helps, and how large it is, in the words of the page."""

from decimal import ROUND_HALF_UP, Decimal

from flask_babel import gettext as _

from dnk_tool.domain.evidence import MOST_AT_ONCE, FileKind, Refusal, Validity, ending_of
from dnk_tool.language import number
from dnk_tool.web.evidence.routes import MEGABYTE, largest_file, largest_upload
from dnk_tool.web.http.languages import current_language

ACCEPT = ",".join(f".{ending}" for ending in (*FileKind, "jpeg"))


def kinds_hint() -> str:
    """What may be uploaded, in one sentence."""
    return str(
        _(
            "PDF, Bilder (JPG, PNG, WebP), Excel, Word, PowerPoint, OpenDocument, CSV oder Text. "
            "Höchstens %(size)s MB je Datei, zusammen %(all)s MB und %(count)s Dateien auf einmal.",
            size=largest_file() // MEGABYTE,
            all=largest_upload() // MEGABYTE,
            count=MOST_AT_ONCE,
        )
    )


def size_text(size: int) -> str:
    """A number of bytes for people: "340 kB", "1,2 MB"."""
    if size < MEGABYTE:
        return f"{number(Decimal(max(1, round(size / 1000))), current_language())} kB"
    rounded = (Decimal(size) / MEGABYTE).quantize(Decimal("0.1"), ROUND_HALF_UP)
    text = number(
        rounded.quantize(Decimal(1)) if rounded == rounded.to_integral() else rounded, current_language()
    )
    return f"{text} MB"


def refusal_text(name: str, why: Refusal) -> str:
    """What is wrong with the file of that name, and what to do."""
    words: dict[Refusal, str] = {
        Refusal.KIND: _kind_text(name),
        Refusal.EMPTY: _("Die Datei ist leer. Prüfen Sie, ob Sie die richtige ausgewählt haben."),
        Refusal.TOO_LARGE: _(
            "Die Datei ist zu groß. Möglich sind %(size)s MB. Scannen Sie in Graustufen oder mit 200 dpi, "
            "oder teilen Sie die Datei.",
            size=largest_file() // MEGABYTE,
        ),
        Refusal.OTHER_CONTENT: _(
            "Der Inhalt passt nicht zur Endung. Öffnen Sie die Datei, und speichern Sie sie als PDF."
        ),
        Refusal.BROKEN: _(
            "Die Datei ist beschädigt oder unvollständig. Öffnen und speichern Sie sie neu, am besten als "
            "PDF."
        ),
        Refusal.ENCRYPTED: _(
            "Die Datei ist mit einem Passwort geschützt. Speichern Sie sie ohne Passwort, und laden Sie sie "
            "dann hoch."
        ),
        Refusal.MACROS: _(
            "Die Datei enthält Makros, also kleine Programme. Speichern Sie sie ohne Makros oder als PDF."
        ),
        Refusal.SCRIPTS: _(
            "Die Datei enthält Teile, die beim Öffnen etwas ausführen könnten. Drucken Sie sie als PDF, und "
            "laden Sie dieses hoch."
        ),
        Refusal.LINKED: _(
            "Die Datei ist mit anderen Dateien oder Adressen verknüpft. Lösen Sie die Verknüpfungen, oder "
            "speichern Sie sie als PDF."
        ),
        Refusal.UNPACKED: _("Die Datei enthält ungewöhnlich viele Daten. Speichern Sie sie als PDF."),
        Refusal.PIXELS: _(
            "Das Bild hat mehr als 40 Millionen Bildpunkte. Verkleinern Sie es, oder scannen Sie mit 200 dpi."
        ),
        Refusal.MOVING: _("Bewegte Bilder nehmen wir nicht an. Speichern Sie ein einzelnes Bild."),
        Refusal.NO_TEXT: _(
            "Die Datei ist keine Textdatei. Speichern Sie sie im Programm, aus dem sie kommt, als PDF oder "
            "CSV."
        ),
        Refusal.TOO_MUCH: _("Die Datei ist zu aufwendig zu lesen. Speichern Sie sie kleiner oder als PDF."),
        Refusal.BUSY: _(
            "Gerade werden viele Dateien geprüft. Versuchen Sie es in einer halben Minute noch einmal."
        ),
    }
    return str(words[why])


def _kind_text(name: str) -> str:
    ending = ending_of(name)
    if ending in ("heic", "heif"):
        return str(
            _("HEIC-Bilder nehmen wir nicht an. Speichern Sie das Foto als JPG, und laden Sie dieses hoch.")
        )
    if ending in ("doc", "xls", "ppt", "docm", "xlsm", "pptm", "rtf", "pages", "numbers"):
        return str(
            _("Diese Art von Datei nehmen wir nicht an. Speichern Sie sie als PDF oder im neuen Format.")
        )
    if ending in ("zip", "rar", "7z"):
        return str(_("Archive nehmen wir nicht an. Laden Sie die Dateien darin einzeln hoch."))
    if ending in ("eml", "msg"):
        return str(
            _("E-Mails nehmen wir nicht an. Drucken Sie die E-Mail als PDF, und laden Sie dieses hoch.")
        )
    return str(_("Diese Art von Datei nehmen wir nicht an. Speichern Sie sie als PDF."))


def validity_text(found: Validity) -> tuple[str, str]:
    """What to notice about a date, and the kind of its tag; nothing while it holds."""
    if found is Validity.PASSED:
        return str(_("abgelaufen")), "attention"
    if found is Validity.ENDS_THIS_YEAR:
        return str(_("läuft dieses Jahr ab")), "explained"
    return "", ""
