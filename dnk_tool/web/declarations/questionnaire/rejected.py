"""Why a field of a questionnaire, or the file as a whole, cannot be taken, and what helps."""

from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.declarations.questionnaire.cells import FieldFault
from dnk_tool.domain.declarations.questionnaire.comparison import RejectedField
from dnk_tool.domain.evidence import FileRejectionReason
from dnk_tool.domain.text import truncated
from dnk_tool.language import format_number
from dnk_tool.services.uploads.questionnaires.client import MAX_FILE_BYTES, NoQuestionnaire
from dnk_tool.web.declarations.questionnaire.rows import entry_title
from dnk_tool.web.evidence.labels import file_rejection_text
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.options import numbered_title

LONGEST_QUOTE = 120  # characters of a text that is left out


def rejected_text(rejected: RejectedField) -> tuple[str, str]:
    """What is left out, and why."""
    detail, entry = truncated(rejected.detail, LONGEST_QUOTE), rejected.entry
    shown = truncated(rejected.shown, LONGEST_QUOTE)
    if rejected.fault is FieldFault.NOT_YOURS and entry:
        return numbered_title(entry.section), _("Diesen Teil dürfen Sie nicht ändern.")
    if rejected.fault is FieldFault.OTHER_DECLARATION:
        count = ngettext("%(num)d Feld", "%(num)d Felder", int(rejected.detail))
        return count, _("Sie gehören zu einer anderen Erklärung und bleiben unbeachtet.")
    words: dict[FieldFault, str] = {
        FieldFault.NOT_ASKED: _(
            "Danach fragt diese Erklärung nicht (%(ref)s). Vielleicht wurde inzwischen das Indikatorenset "
            "gewechselt.",
            ref=detail,
        ),
        FieldFault.OUTSIDE: _(
            "Dieser Text steht in keinem Feld. Schreiben Sie ihn in das Feld der Frage, zu der er gehört."
        ),
        FieldFault.TWICE: _(
            "Dieses Feld steht mehrmals mit verschiedenem Inhalt in der Datei. Löschen Sie, was nicht gilt."
        ),
        FieldFault.OTHER_GOAL: _(
            "Ein Ziel steht hier anders als bei einem früheren Kriterium derselben Datei. Es ist ein und "
            "dasselbe Ziel: Schreiben Sie es überall gleich."
        ),
        FieldFault.LOCKED: _("Dieser Teil ist gesperrt. Es bleibt, was hier steht."),
        FieldFault.NOT_A_NUMBER: _("„%(text)s“ ist keine Zahl.", text=detail),
        FieldFault.IS_A_DAY: _(
            "Das Programm hat aus der Zahl ein Datum gemacht (%(text)s). Stellen Sie die Zelle auf „Zahl“, "
            "und tragen Sie den Wert noch einmal ein.",
            text=detail,
        ),
        FieldFault.LONG_NUMBER: _("Die Zahl „%(text)s“ hat zu viele Stellen.", text=detail),
        FieldFault.NO_UNIT: _("Zum Wert fehlt die Einheit."),
        FieldFault.UNKNOWN_UNIT: _("Die Einheit „%(text)s“ passt hier nicht.", text=detail),
        FieldFault.UNIT_ALONE: _(
            "Die Einheit ist geändert, aber der Wert fehlt. Tragen Sie auch den Wert in dieser Einheit ein."
        ),
        FieldFault.UNKNOWN_QUALITY: _(
            "Die Qualität „%(text)s“ gibt es nicht. Möglich sind: gemessen, berechnet, geschätzt, liegt "
            "nicht vor.",
            text=detail,
        ),
        FieldFault.VALUE_NOT_AVAILABLE: _(
            "Ein Wert und „liegt nicht vor“ schließen sich aus. Ändern Sie die Qualität, oder leeren Sie "
            "den Wert mit einem Strich (-)."
        ),
        FieldFault.LONG_WORDS: _("Ein Text ist länger als %(most)s Zeichen.", most=_count(rejected.detail)),
        FieldFault.UNKNOWN_CHOICE: _("„%(text)s“ steht nicht zur Auswahl.", text=detail),
        FieldFault.NOT_A_YEAR: _("„%(text)s“ ist kein Jahr mit vier Ziffern.", text=detail),
        FieldFault.TOO_MANY_ROWS: _("Das sind zu viele Zeilen. Möglich sind %(most)s.", most=detail),
    }
    title = f"„{shown}“" if shown else entry_title(entry) if entry else ""
    if rejected.row:
        title = _("%(title)s, Zeile %(number)s", title=title, number=rejected.row)
    return title, words[rejected.fault]


def file_text(why: FileRejectionReason) -> str:
    """Why the file cannot be read."""
    words: dict[FileRejectionReason, str] = {
        FileRejectionReason.EMPTY: _("Wählen Sie eine Datei aus, in der etwas steht."),
        FileRejectionReason.KIND: _(
            "Das ist weder eine Word- noch eine Excel-Datei. Speichern Sie den Fragebogen als .docx oder "
            ".xlsx, auch in LibreOffice."
        ),
        FileRejectionReason.TOO_LARGE: _(
            "Diese Datei ist zu groß. Möglich sind %(size)s MB. Entfernen Sie Bilder; übernommen werden nur "
            "Texte und Zahlen.",
            size=MAX_FILE_BYTES // 1_000_000,
        ),
        FileRejectionReason.UNPACKED: _(
            "Die Datei enthält ungewöhnlich viele Daten. Holen Sie den Fragebogen noch einmal, und kopieren "
            "Sie Ihre Texte hinein."
        ),
        FileRejectionReason.BROKEN: _(
            "Die Datei ist beschädigt oder unvollständig. Öffnen Sie sie, und speichern Sie sie neu als "
            ".docx oder .xlsx."
        ),
        FileRejectionReason.OTHER_CONTENT: _(
            "Der Inhalt passt nicht zur Endung. Öffnen Sie die Datei, und speichern Sie sie neu als .docx "
            "oder .xlsx."
        ),
        FileRejectionReason.MACROS: _(
            "Die Datei enthält Makros, also kleine Programme. Speichern Sie sie als .docx oder .xlsx ohne "
            "Makros."
        ),
        FileRejectionReason.SCRIPTS: _(
            "Die Datei enthält Teile, die beim Öffnen etwas ausführen könnten, etwa eingebettete Objekte. "
            "Entfernen Sie sie."
        ),
        FileRejectionReason.LINKED: _(
            "Die Datei ist mit anderen Dateien oder Adressen verknüpft, etwa mit einem Bild oder einer "
            "Vorlage. Lösen Sie die Verknüpfungen."
        ),
        FileRejectionReason.FIELDS: _(
            "Dieses Dokument holt beim Öffnen Bilder, Texte oder Daten von anderswo. Markieren Sie in Word "
            "alles, und wandeln Sie die Felder mit Strg+Umschalt+F9 in Text um."
        ),
        FileRejectionReason.FORMULAS: _(
            "Diese Tabelle enthält Formeln, die Adressen, andere Dateien oder Programme aufrufen. Ersetzen "
            "Sie sie durch ihre Werte."
        ),
        FileRejectionReason.TOO_MUCH: _(
            "Die Datei ist zu aufwendig zu lesen. Holen Sie den Fragebogen noch einmal, und kopieren Sie "
            "Ihre Texte hinein."
        ),
    }
    return words.get(why) or file_rejection_text("", why)


def no_questionnaire_text(none: NoQuestionnaire) -> str:
    """What to do with a file that holds no field of this declaration."""
    if none.is_foreign:
        return str(_("Dieser Fragebogen gehört zu einer anderen Erklärung. Laden Sie ihn dort hoch."))
    return str(
        _(
            "In dieser Datei finden wir keine Felder unseres Fragebogens. Holen Sie ihn hier, und kopieren "
            "Sie Ihre Texte in seine Felder."
        )
    )


def _count(detail: str) -> str:
    return format_number(Decimal(detail), current_language()) if detail.isdigit() else detail
