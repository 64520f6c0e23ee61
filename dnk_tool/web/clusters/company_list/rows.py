"""The page with the rows of a list: its columns, faults, questions, and who is invited.

The words of a list of companies: its columns, the faults of its rows, and what to decide.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.clusters.company_list.check import KnownCompanies
from dnk_tool.domain.clusters.company_list.columns import REQUIRED, CompanyColumn, cell_at
from dnk_tool.domain.clusters.company_list.rows import (
    LONGEST_COMPANY,
    CheckedRow,
    CompanyListPreview,
    CompanyQuestion,
    CompanyRowFault,
    RowDecision,
)
from dnk_tool.language import format_short_date
from dnk_tool.services.clusters import company_list
from dnk_tool.services.clusters.company_list import CompanyList
from dnk_tool.web.clusters.cohort_choice import cohort_choices, cohort_names
from dnk_tool.web.clusters.company_list.form import (
    ALL_IN,
    ALL_IN_COHORT,
    carry_list,
    column_errors,
    written_text,
)
from dnk_tool.web.http.access import current_cluster
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import FieldError
from dnk_tool.web.text.options import Option, pair_options
from dnk_tool.web.uploads import column_letter

MOST_SHOWN = 10  # rows with a fault or a question at a time
MOST_GOOD_SHOWN = 50
SAMPLES = 3


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


@dataclass(frozen=True)
class ColumnChoice:
    """One meaning with the columns that it may have, and what stands in the chosen one."""

    id: str
    label: str
    value: str
    options: list[Option]
    samples: list[str]
    is_guessed: bool


@dataclass(frozen=True)
class RowFields:
    """One row with its fields. `note` tells its fault or question, above the field with the key `noted`.

    `more`: further fields, as (key, label, text); `options`: what can be decided; none: only to leave it out.
    """

    number: int
    company: str
    email: str
    note: str
    noted: str
    is_fault: bool
    more: Sequence[tuple[str, str, str]]
    options: list[Option]
    decision: str


def rows_page(it: CompanyList, preview: CompanyListPreview | None = None, *, notice: str = "") -> str:
    """Render the rows; without a preview only the columns, with what is wrong about them."""
    errors, shown = column_errors(it), preview or CompanyListPreview()
    faulty, asked, needless = shown.faulty, _undecided_first(shown.asked), shown.needless
    columns = list(_column_choices(it))
    return render_template(
        "clusters/company_list/rows.html",
        cluster=current_cluster(),
        carried=carry_list(it),
        notice=notice,
        errors=[FieldError(id_, text) for id_, text in errors.items()],
        sheets=_sheet_options(it),
        sheet=it.sheet,
        columns=columns,
        unused=_unused(it),
        is_open=bool(errors or it.guessed or (len(it.sheets) > 1 and not it.is_confirmed)),
        counts=[] if errors else count_texts(shown),
        is_decided=not shown.undecided,
        groups=[
            (name, [_row_fields(one) for one in rows[:MOST_SHOWN]], len(rows))
            for name, rows in (("faulty", faulty), ("asked", asked), ("needless", needless))
        ],
        invited=len(shown.invited),
        good=shown.good[:MOST_GOOD_SHOWN],
        more_good=max(0, len(shown.good) - MOST_GOOD_SHOWN),
        left_out=len(shown.left_out),
    )


def _undecided_first(rows: Sequence[CheckedRow]) -> list[CheckedRow]:
    return sorted(rows, key=lambda one: one.decision is not None)


def _sheet_options(it: CompanyList) -> list[Option]:
    return [
        {"value": place, "label": _("%(name)s (%(count)s Zeilen)", name=sheet.name, count=len(sheet.rows))}
        for place, sheet in enumerate(it.sheets)
    ]


def _column_choices(it: CompanyList) -> Iterator[ColumnChoice]:
    table, guessed = it.table, it.guessed
    columns: list[Option] = [
        {"value": place, "label": _column_text(head, place)} for place, head in enumerate(table.heads)
    ]
    to_join = cohort_options()
    for column, label in column_texts().items():
        if column is CompanyColumn.COHORT and not to_join:
            continue
        place = it.columns.get(column)
        nothing: list[Option] = [{"value": "", "label": _("keine Spalte")}]
        if column is CompanyColumn.LANGUAGE:
            names = {"de": _("alle auf Deutsch"), "en": _("alle auf Englisch")}
            nothing = [{"value": value, "label": names[language]} for value, language in ALL_IN.items()]
        elif column is CompanyColumn.COHORT:
            nothing = _for_all(to_join)
        elif column in REQUIRED and place is not None:
            nothing = []
        unset = f"all-{it.language}" if column is CompanyColumn.LANGUAGE else ""
        if column is CompanyColumn.COHORT and it.cohort_id is not None:
            unset = f"{ALL_IN_COHORT}{it.cohort_id}"
        cells = [cell_at(row, place) for row in table.rows[:SAMPLES]] if place is not None else []
        yield ColumnChoice(
            f"column-{column.value}",
            str(label),
            unset if place is None else str(place),
            nothing + columns,
            [cell or "–" for cell in cells],
            column in guessed,
        )


def _for_all(cohorts: Sequence[Option]) -> list[Option]:
    """The choice of a cohort for all rows that name none."""
    return [
        one
        if one["value"] == ""
        else {
            "value": f"{ALL_IN_COHORT}{one['value']}",
            "label": _("alle in „%(cohort)s“", cohort=one["label"]),
        }
        for one in cohorts
    ]


def _unused(it: CompanyList) -> str:
    """The columns with headings that nothing is read from."""
    used = it.columns.values()
    heads = enumerate(it.table.heads)
    return ", ".join(_column_text(head, place) for place, head in heads if head and place not in used)


def _column_text(head: str, place: int) -> str:
    letter = column_letter(place)
    return f"{letter} „{head}“" if head else str(_("Spalte %(letter)s", letter=letter))


def _row_fields(one: CheckedRow) -> RowFields:
    column = one.fault.column if one.fault else CompanyColumn.COMPANY
    is_further = column in (CompanyColumn.NAME, CompanyColumn.LANGUAGE, CompanyColumn.COHORT)
    noted = column.value if is_further else "email" if is_about_address(one) else "company"
    options = decision_options(one.question) if one.question else []
    return RowFields(
        one.number,
        one.written.company,
        one.written.email,
        row_text(one),
        noted,
        one.fault is not None and not one.fault.needs_nothing,
        [(column.value, column_texts()[column], written_text(one.written, column))] if is_further else [],
        options,
        one.decision.value if one.decision else options[0]["value"] if options else "",
    )


def left_out_rows(preview: CompanyListPreview) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of the file with what is not invited; it can be corrected and read again."""
    columns = [_("Unternehmen"), _("E-Mail"), _("Ansprechperson"), _("Sprache"), _("Kohorte")]
    heading = [*columns, _("Zeile"), _("Grund")]
    return heading, [
        [
            one.written.company,
            one.written.email,
            one.written.name,
            one.written.language,
            one.written.cohort,
            str(one.number),
            row_text(one) or _("auf Wunsch ausgelassen"),
        ]
        for one in preview.left_out
    ]


def cohorts_to_join() -> list[tuple[str, str]]:
    """The choices of cohorts in this cluster; the first is none."""
    return cohort_choices(db(), current_cluster().id, now=datetime.now(UTC))


def cohort_options() -> list[Option]:
    """The options of a select; none at all in a cluster without a cohort that can be joined."""
    [none, *named] = cohorts_to_join()
    return pair_options(named, none[1]) if named else []


def known_companies(cluster_id: int) -> KnownCompanies:
    """What the cluster knows: its companies, and its cohorts by their names."""
    found = company_list.known_companies(db(), cluster_id, now=datetime.now(UTC))
    return replace(found, cohorts=cohort_names(cohorts_to_join()))


def preview_of(it: CompanyList, known: KnownCompanies) -> CompanyListPreview | None:
    """The checked rows; None as long as the columns have errors."""
    return None if column_errors(it) else company_list.check_company_list(it, known)
