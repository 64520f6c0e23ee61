"""The interface's words for what is wrong with a list of companies, or with a row of it."""

from decimal import Decimal

from flask_babel import gettext as _

from dnk_tool.domain.company_list import LONGEST_COMPANY, BadRow, Hint, RowFault, RowHint
from dnk_tool.language import number
from dnk_tool.services.tables import LARGEST_FILE, MOST_ROWS, TableFault, UnreadableTable
from dnk_tool.web.languages import current_language


def of_row(row: BadRow) -> str:
    """Why the row is left out, and what helps."""
    detail = row.detail
    words: dict[RowFault, str] = {
        RowFault.NO_ADDRESS: _("Es steht keine E-Mail-Adresse da."),
        RowFault.INVALID_ADDRESS: _("„%(text)s“ ist keine E-Mail-Adresse.", text=detail),
        RowFault.NO_COMPANY: _("Es fehlt der Name des Unternehmens."),
        RowFault.TOO_LONG: _("Ein Name ist länger als %(most)s Zeichen.", most=LONGEST_COMPANY),
        RowFault.UNKNOWN_LANGUAGE: _(
            "Die Sprache „%(text)s“ gibt es hier nicht. Möglich sind de und en.", text=detail
        ),
        RowFault.TWICE: _(
            "Dieses Unternehmen steht mit derselben Adresse schon in Zeile %(number)s.", number=detail
        ),
        RowFault.MEMBER: _("Gehört schon zum Cluster."),
        RowFault.INVITED: _("Ist schon eingeladen. Die Einladung steht unter „Mitglieder“."),
    }
    return words[row.fault]


def of_hint(hint: Hint) -> str:
    """What may be a slip in a row that is invited."""
    detail = hint.detail
    words: dict[RowHint, str] = {
        RowHint.INVITED_ELSEWHERE: _(
            "Dieses Unternehmen ist schon eingeladen, an %(email)s. Auch jene Einladung gilt weiter; unter "
            "„Mitglieder“ können Sie sie zurücknehmen.",
            email=detail,
        ),
        RowHint.ADDRESS_KNOWN: _(
            "An diese Adresse ging schon eine Einladung für „%(company)s“.", company=detail
        ),
        RowHint.COMPANY_TWICE: _(
            "Dieses Unternehmen steht mit einer anderen Adresse auch in Zeile %(number)s.", number=detail
        ),
        RowHint.ADDRESS_TWICE: _(
            "Diese Adresse steht für ein anderes Unternehmen auch in Zeile %(number)s.", number=detail
        ),
    }
    return words[hint.kind]


def of_table(unreadable: UnreadableTable) -> str:
    """Why the file cannot be read, and what helps."""
    words: dict[TableFault, str] = {
        TableFault.EMPTY: _("In dieser Datei steht nichts. Wählen Sie eine andere."),
        TableFault.TOO_LARGE: _(
            "Diese Datei ist zu groß. Möglich ist %(most)s MB. Kopieren Sie nur die Spalten mit "
            "Unternehmen, E-Mail, Name und Sprache in eine neue Tabelle.",
            most=LARGEST_FILE // 1_000_000,
        ),
        TableFault.TOO_MANY_ROWS: _(
            "Diese Liste hat zu viele Zeilen. Möglich sind %(most)s; teilen Sie sie auf.",
            most=number(Decimal(MOST_ROWS), current_language()),
        ),
        TableFault.NO_TABLE: _(
            "Das ist keine Tabelle. Speichern Sie sie als CSV oder als Excel-Datei (.xlsx)."
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
    return words[unreadable.fault]


def _open_quote(line: int) -> str:
    if line:
        return str(
            _(
                "In Zeile %(number)s beginnt ein Anführungszeichen, das nirgends aufhört. Entfernen Sie es.",
                number=line,
            )
        )
    return str(_("In der Datei beginnt ein Anführungszeichen, das nirgends aufhört. Entfernen Sie es."))
