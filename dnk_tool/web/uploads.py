"""Uploaded tables: their bytes, the names of their columns, and messages if one cannot be read."""

import string
from contextlib import closing
from decimal import Decimal
from enum import StrEnum

from flask import request
from flask_babel import gettext as _

from dnk_tool.language import format_number
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.services.uploads.csv_tables import MAX_FILE_BYTES, MAX_ROWS, TableFault, UnreadableTable
from dnk_tool.services.uploads.virus_scan import ScanFault, chosen_scanner
from dnk_tool.web.http import security_events
from dnk_tool.web.http.languages import current_language


def uploaded_bytes() -> bytes:
    """The content of the posted field `file`; empty if none was chosen."""
    file = request.files.get("file")
    if file is None:
        return b""
    with closing(file):
        return bytes(file.read())


def column_name(head: str, place: int) -> str:
    """The heading of a column, or its letter in a spreadsheet."""
    return head or str(_("Spalte %(letter)s", letter=column_letter(place)))


def column_letter(place: int) -> str:
    """The letter of a column in a spreadsheet, such as "AB"."""
    letters = string.ascii_uppercase
    high, low = divmod(place, len(letters))
    return (letters[high - 1] if high else "") + letters[low]


def record_refused_file(reason: StrEnum) -> None:
    """Record that a file was refused; not for one that only has to wait."""
    if reason.name != "BUSY":
        security_events.record(SecurityEvent.FILE_REFUSED, reason=reason.value)


def heic_text() -> str:
    """What helps with a photo in the format HEIC, which many phones use."""
    return str(
        _(
            "Dieses Foto ist im Format HEIC, das wir nicht lesen können. Speichern Sie das Foto als JPG, und "
            "laden Sie dieses hoch. Beim iPhone hilft für alle weiteren Fotos: Einstellungen, Kamera, "
            "Formate, „Maximale Kompatibilität“."
        )
    )


def scan_fault_text(fault: str) -> str:
    """Why a file is refused that the virus scanner was to look at, and what helps; `fault`: a ScanFault."""
    words: dict[str, str] = {
        ScanFault.INFECTED: _(
            "Der Virenscanner hat in dieser Datei etwas gefunden. Wir haben sie nicht angenommen und nichts "
            "davon behalten. Prüfen Sie das Gerät, von dem sie kommt, oder fragen Sie Ihre IT."
        ),
        ScanFault.NOT_SCANNED: _(
            "Der Virenscanner antwortet gerade nicht, und ungeprüft nehmen wir keine Dateien an. Versuchen "
            "Sie es in einigen Minuten noch einmal."
        ),
        ScanFault.TOO_LARGE_TO_SCAN: _(
            "Die Datei ist größer, als der Virenscanner sie prüft. Verkleinern oder teilen Sie sie."
        ),
    }
    return str(words[fault])


def scan_note(*, for_reader: bool = False) -> str:
    """What people should know of files that no virus scanner looked at; "" if one looks at all of them.

    `for_reader`: for whoever opens them, in few words.
    """
    scanner = chosen_scanner()
    if scanner and scanner.is_required:
        return ""
    if for_reader:
        return str(_("vielleicht nicht auf Viren geprüft") if scanner else _("nicht auf Viren geprüft"))
    if scanner:
        return str(
            _(
                "Dateien werden hier auf Viren geprüft, außer wenn der Virenscanner gerade nicht erreichbar "
                "ist. Laden Sie nur hoch, was Sie kennen."
            )
        )
    return str(
        _(
            "Dateien werden hier nicht auf Viren geprüft. Laden Sie nur hoch, was Sie kennen und wovon Sie "
            "wissen, woher es kommt."
        )
    )


def table_fault_text(unreadable: UnreadableTable, columns: str, *, most_bytes: int = MAX_FILE_BYTES) -> str:
    """Why the table cannot be read, and what helps; `columns` names the columns needed."""
    most = Decimal(most_bytes) / 1_000_000
    words: dict[TableFault, str] = {
        TableFault.EMPTY: _("In dieser Datei steht nichts. Wählen Sie eine andere."),
        TableFault.TOO_LARGE: _(
            "Diese Datei ist zu groß. Möglich ist %(most)s MB. Kopieren Sie nur die Spalten mit "
            "%(columns)s in eine neue Tabelle.",
            most=format_number(most, current_language()),
            columns=columns,
        ),
        TableFault.TOO_MANY_ROWS: _(
            "Diese Liste hat zu viele Zeilen. Möglich sind %(most)s; teilen Sie sie auf.",
            most=format_number(Decimal(MAX_ROWS), current_language()),
        ),
        TableFault.NO_TABLE: _(
            "Das ist keine Tabelle. Speichern Sie sie als CSV oder als Excel-Datei (.xlsx)."
        ),
        TableFault.PDF: _(
            "Das ist ein PDF, keine Tabelle. Wir brauchen die Tabelle selbst, als Excel-Datei (.xlsx) oder "
            "CSV. Meist hat sie, wer das PDF geschickt hat."
        ),
        TableFault.PICTURE: _(
            "Das ist ein Bild, keine Tabelle. Wir brauchen die Tabelle selbst, als Excel-Datei (.xlsx) oder "
            "CSV."
        ),
        TableFault.OPEN_QUOTE: _open_quote(unreadable.line),
        TableFault.OLD_EXCEL: _(
            "Das ist eine alte Excel-Datei oder eine mit Passwort. Speichern Sie sie ohne Passwort als .xlsx "
            "oder als CSV."
        ),
        TableFault.BROKEN: _(
            "Diese Excel-Datei lässt sich nicht lesen. Öffnen Sie sie, und speichern Sie sie als CSV."
        ),
        TableFault.BUSY: _(
            "Gerade werden andere Listen gelesen. Versuchen Sie es in einer halben Minute noch einmal."
        ),
    }
    return words.get(unreadable.fault) or scan_fault_text(unreadable.fault)


def _open_quote(line: int) -> str:
    if line:
        return str(
            _(
                "In Zeile %(number)s beginnt ein Anführungszeichen, das nirgends aufhört. Entfernen Sie es.",
                number=line,
            )
        )
    return str(_("In der Datei beginnt ein Anführungszeichen, das nirgends aufhört. Entfernen Sie es."))
