"""Messages about rows of an uploaded company list."""

from flask_babel import gettext as _

from dnk_tool.domain.clusters.company_list import (
    LONGEST_COMPANY,
    CompanyHintKind,
    CompanyRowFault,
    CompanyRowHint,
    RejectedCompanyRow,
)


def rejected_row_text(row: RejectedCompanyRow) -> str:
    """Why the row is rejected and how to correct it."""
    detail = row.detail
    words: dict[CompanyRowFault, str] = {
        CompanyRowFault.NO_ADDRESS: _("Es steht keine E-Mail-Adresse da."),
        CompanyRowFault.INVALID_ADDRESS: _("„%(text)s“ ist keine E-Mail-Adresse.", text=detail),
        CompanyRowFault.NO_COMPANY: _("Es fehlt der Name des Unternehmens."),
        CompanyRowFault.TOO_LONG: _("Ein Name ist länger als %(most)s Zeichen.", most=LONGEST_COMPANY),
        CompanyRowFault.UNKNOWN_LANGUAGE: _(
            "Die Sprache „%(text)s“ gibt es hier nicht. Möglich sind de und en.", text=detail
        ),
        CompanyRowFault.TWICE: _(
            "Dieses Unternehmen steht mit derselben Adresse schon in Zeile %(number)s.", number=detail
        ),
        CompanyRowFault.MEMBER: _("Gehört schon zum Cluster."),
        CompanyRowFault.INVITED: _("Ist schon eingeladen. Die Einladung steht unter „Mitglieder“."),
    }
    return words[row.fault]


def row_hint_text(hint: CompanyRowHint) -> str:
    """What may be a mistake in a row that will be invited."""
    detail = hint.detail
    words: dict[CompanyHintKind, str] = {
        CompanyHintKind.INVITED_ELSEWHERE: _(
            "Dieses Unternehmen ist schon eingeladen, an %(email)s. Auch jene Einladung gilt weiter; unter "
            "„Mitglieder“ können Sie sie zurücknehmen.",
            email=detail,
        ),
        CompanyHintKind.ADDRESS_KNOWN: _(
            "An diese Adresse ging schon eine Einladung für „%(company)s“.", company=detail
        ),
        CompanyHintKind.COMPANY_TWICE: _(
            "Dieses Unternehmen steht mit einer anderen Adresse auch in Zeile %(number)s.", number=detail
        ),
        CompanyHintKind.ADDRESS_TWICE: _(
            "Diese Adresse steht für ein anderes Unternehmen auch in Zeile %(number)s.", number=detail
        ),
    }
    return words[hint.kind]
