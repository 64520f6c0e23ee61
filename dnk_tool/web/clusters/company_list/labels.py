"""The words of a list of companies: its columns, the faults of its rows, and what to decide."""

from collections.abc import Mapping
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.clusters.company_list.columns import CompanyColumn
from dnk_tool.domain.clusters.company_list.rows import (
    LONGEST_COMPANY,
    CheckedRow,
    CompanyListPreview,
    CompanyQuestion,
    CompanyRowFault,
    RowDecision,
)
from dnk_tool.language import format_short_date
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.options import Option


def column_texts() -> dict[CompanyColumn, str]:
    """What the columns can hold, in words."""
    return {
        CompanyColumn.COMPANY: _("Unternehmen"),
        CompanyColumn.EMAIL: _("E-Mail"),
        CompanyColumn.NAME: _("Ansprechperson"),
        CompanyColumn.FIRST_NAME: _("Vorname"),
        CompanyColumn.LANGUAGE: _("Sprache"),
        CompanyColumn.COHORT: _("Kohorte"),
    }


def row_text(one: CheckedRow) -> str:
    """What is wrong with the row, or to be decided about it; "" for nothing."""
    if one.fault:
        return _fault_text(one.fault, str(one.detail))
    return _question_text(one.question, one.detail) if one.question else ""


def _fault_text(fault: CompanyRowFault, detail: str) -> str:
    words: Mapping[CompanyRowFault, str] = {
        CompanyRowFault.NO_ADDRESS: _("Es steht keine E-Mail-Adresse da."),
        CompanyRowFault.PHONE_NUMBER: _("Das ist eine Telefonnummer."),
        CompanyRowFault.NO_DOT: _("Nach dem @ fehlt ein Punkt, etwa vor „de“."),
        CompanyRowFault.TWO_DOTS: _("Zwei Punkte stehen nacheinander."),
        CompanyRowFault.INVALID_ADDRESS: _("Das ist keine E-Mail-Adresse."),
        CompanyRowFault.NO_COMPANY: _("Es fehlt der Name des Unternehmens."),
        CompanyRowFault.LONG_COMPANY: _("Der Name ist länger als %(most)s Zeichen.", most=LONGEST_COMPANY),
        CompanyRowFault.LONG_NAME: _(
            "Der Name der Ansprechperson ist länger als %(most)s Zeichen.", most=LONGEST_COMPANY
        ),
        CompanyRowFault.UNKNOWN_LANGUAGE: _("Diese Sprache gibt es hier nicht. Möglich sind de und en."),
        CompanyRowFault.UNKNOWN_COHORT: _(
            "Diese Kohorte steht nicht zur Wahl. Schreiben Sie ihren Namen und ihr Jahr, zum Beispiel "
            "„Herbst, 2025“, oder lassen Sie das Feld leer."
        ),
        CompanyRowFault.TWICE: _("Steht mit derselben Adresse schon in Zeile %(number)s.", number=detail),
        CompanyRowFault.MEMBER: _("Gehört schon zum Cluster."),
        CompanyRowFault.INVITED: _("Ist schon eingeladen. Die Einladung steht unter „Mitglieder“."),
    }
    return str(words[fault])


def _question_text(question: CompanyQuestion, detail: str | date) -> str:
    day = format_short_date(detail, current_language()) if isinstance(detail, date) else ""
    words: Mapping[CompanyQuestion, str] = {
        CompanyQuestion.WITHDRAWN: _("Hat am %(day)s die Einwilligung widerrufen.", day=day),
        CompanyQuestion.DECLINED: _("Hat am %(day)s abgesagt.", day=day),
        CompanyQuestion.SIMILAR_MEMBER: _("Heißt fast wie das Mitglied „%(company)s“.", company=detail),
        CompanyQuestion.INVITED_ELSEWHERE: _(
            "Ist schon eingeladen, an %(email)s. Auch jene Einladung gilt weiter.", email=detail
        ),
        CompanyQuestion.SIMILAR_INVITED: _("Heißt fast wie „%(company)s“, schon eingeladen.", company=detail),
        CompanyQuestion.COMPANY_TWICE: _(
            "Steht mit einer anderen Adresse in Zeile %(number)s.", number=detail
        ),
        CompanyQuestion.SIMILAR_ROW: _("Heißt fast wie Zeile %(row)s.", row=detail),
        CompanyQuestion.ADDRESS_KNOWN: _(
            "An diese Adresse ging schon eine Einladung für „%(company)s“.", company=detail
        ),
        CompanyQuestion.ADDRESS_TWICE: _(
            "Diese Adresse steht für ein anderes Unternehmen in Zeile %(number)s.", number=detail
        ),
    }
    return str(words[question])


def is_about_address(one: CheckedRow) -> bool:
    """Whether the fault or question of the row is about its address."""
    if one.fault:
        return one.fault.column is CompanyColumn.EMAIL
    return one.question in (
        CompanyQuestion.ADDRESS_KNOWN,
        CompanyQuestion.ADDRESS_TWICE,
        CompanyQuestion.INVITED_ELSEWHERE,
    )


def decision_options(question: CompanyQuestion) -> list[Option]:
    """What can be decided about the row; first what holds as long as nobody decides."""
    is_same = {"value": RowDecision.LEAVE_OUT.value, "label": _("auslassen, ist dasselbe")}
    is_other = {"value": RowDecision.INVITE.value, "label": _("einladen, ist ein anderes")}
    leave_out = {"value": RowDecision.LEAVE_OUT.value, "label": _("auslassen")}
    invite = {"value": RowDecision.INVITE.value, "label": _("einladen")}
    also = {"value": RowDecision.INVITE.value, "label": _("auch an diese Adresse einladen")}
    if question in (CompanyQuestion.WITHDRAWN, CompanyQuestion.DECLINED):
        again = {"value": RowDecision.INVITE.value, "label": _("trotzdem einladen")}
        return [{"value": RowDecision.LEAVE_OUT.value, "label": _("nicht einladen")}, again]
    if question.is_invited:
        return [invite, leave_out]
    if question in (CompanyQuestion.INVITED_ELSEWHERE, CompanyQuestion.COMPANY_TWICE):
        return [leave_out, also]
    return [is_same, is_other]


def count_texts(shown: CompanyListPreview) -> list[str]:
    """How many rows are of each kind, in words. Each row counts once."""
    invited, faulty, undecided = len(shown.invited), len(shown.faulty), len(shown.undecided)
    left_out = len(shown.left_out) - faulty - undecided
    texts = [ngettext("%(num)d bereit zum Einladen", "%(num)d bereit zum Einladen", invited)]
    if faulty:
        texts.append(ngettext("%(num)d zu verbessern", "%(num)d zu verbessern", faulty))
    if undecided:
        texts.append(ngettext("%(num)d zu entscheiden", "%(num)d zu entscheiden", undecided))
    if left_out:
        texts.append(ngettext("%(num)d ausgelassen", "%(num)d ausgelassen", left_out))
    return [str(text) for text in texts]
