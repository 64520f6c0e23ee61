"""The interface's words for what is wrong with a row of a list of companies."""

from flask_babel import gettext as _

from dnk_tool.domain.clusters.company_list import LONGEST_COMPANY, BadRow, Hint, RowFault, RowHint


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
