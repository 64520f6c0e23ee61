"""Quick checks: all questions of a check on one page, the counts, and measures for open points."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from dnk_tool.catalogue import Criterion
from dnk_tool.catalogue.self_checks import Question, SelfCheck, load_self_checks
from dnk_tool.domain.answers.self_check import (
    SelfCheckAnswer,
    SelfCheckAnswers,
    count_answers,
    is_planned,
    open_points,
)
from dnk_tool.domain.editing import ConflictError, Seen, Version
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.answers.self_assessment import assessments_of
from dnk_tool.services.answers.self_checks import AddedMeasures, add_measures, save_self_check_answers
from dnk_tool.store.answers import self_checks
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.http.access import current_declaration, current_work, permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.labels import label_of
from dnk_tool.web.text.options import Option

blueprint = Blueprint("self_checks", __name__, url_prefix="/erklaerungen/<int:declaration_id>/schnellchecks")

MAX_OFFERED_MEASURES = 3
MAX_SEEN_LENGTH = 5_000


@dataclass(frozen=True)
class SelfCheckQuestionRow:
    """A question with the chosen answer, last year's, and a colleague's conflicting one."""

    question: Question
    chosen: str
    last_year: str
    theirs: str


@blueprint.get("/")
@permit(Permission.DECLARATION_VIEW)
def index(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    replies = _replies()
    checks = load_self_checks().values()
    return render_template(
        "answers/self_checks/index.html",
        declaration=declaration,
        tasks=[
            _task_row(check, replies.get((declaration.reporting_year, check.key), {})) for check in checks
        ],
    )


def _task_row(check: SelfCheck, replies: SelfCheckAnswers) -> dict[str, str]:
    """Task-list row of a quick check; links to the result once begun."""
    total, language = len(check.questions), current_language()
    done = total - count_answers(check, replies).unanswered
    begun = _("%(done)s von %(total)s Fragen beantwortet", done=done, total=total)
    status = _("Fertig") if done == total else _("In Arbeit") if done else _("Offen")
    return {
        "title": check.title.to(language),
        "href": _url("result" if done else "show", check),
        "hint": begun if done else check.intro.to(language),
        "status": status,
        "kind": "done" if done == total else "progress" if done else "open",
    }


@blueprint.get("/<check>")
@permit(Permission.DECLARATION_VIEW)
def show(declaration_id: int, check: str) -> ResponseReturnValue:
    self_check, declaration = _self_check_of(check), current_declaration()
    current, before = _replies_of_both_years(self_check)
    version = self_checks.version_of(
        db(), declaration.organisation_id, declaration.reporting_year, self_check.key
    )
    return _page(self_check, current, before, current, version)


@blueprint.post("/<check>")
@permit(Permission.DECLARATION_EDIT)
def save(declaration_id: int, check: str) -> ResponseReturnValue:
    """Save the answers. Returns 409 with the colleague's answers where both changed the same question."""
    self_check = _self_check_of(check)
    try:
        save_self_check_answers(
            current_work(),
            current_declaration(),
            self_check,
            _submitted_replies(self_check),
            seen=_seen_replies(self_check),
        )
    except ConflictError as error:
        db().rollback()
        conflict, before = error.conflict, _replies_of_both_years(self_check)[1]
        page = _page(
            self_check, conflict.mine, before, conflict.theirs, conflict.version, disputed=conflict.parts
        )
        return page, 409
    flash(_("Gespeichert."), "success")
    return redirect(_url("result", self_check), 303)


@blueprint.get("/<check>/ergebnis")
@permit(Permission.DECLARATION_VIEW)
def result(declaration_id: int, check: str) -> ResponseReturnValue:
    self_check, declaration = _self_check_of(check), current_declaration()
    current, before = _replies_of_both_years(self_check)
    assessments = assessments_of(db(), declaration)
    points = open_points(self_check, current)
    planned = [
        point
        for point in points
        if point.criterion in assessments and is_planned(point, assessments[point.criterion])
    ]
    criteria = {criterion.number: criterion for criterion in declarations.selection_of(declaration).criteria}
    return render_template(
        "answers/self_checks/result.html",
        declaration=declaration,
        check=self_check,
        count=count_answers(self_check, current),
        before=count_answers(self_check, before) if before else None,
        criteria=criteria,
        points=points,
        planned=planned,
        offered=[
            _measure_option(open_point, current[open_point.key], criteria)
            for open_point in [point for point in points if point not in planned][:MAX_OFFERED_MEASURES]
        ],
    )


def _measure_option(question: Question, reply: SelfCheckAnswer, criteria: Mapping[int, Criterion]) -> Option:
    """The measure as an option, in the declaration's language; the hint names the question behind it."""
    language, own = current_language(), current_declaration().language
    measure = question.measure.to("en" if own == "en" else "de")
    label = measure if own == language else Markup('<span lang="{}">{}</span>').format(own, measure)
    place = _criterion_text(question.criterion, criteria)
    hint = f"{question.text.to(language)} – {label_of(reply)}. {place}"
    return {"value": question.key, "label": label, "hint": hint}


def _criterion_text(number: int, criteria: Mapping[int, Criterion]) -> str:
    if number not in criteria:
        return str(_("Kriterium %(number)s", number=number))
    title = criteria[number].title.to(current_language())
    return str(_("Kriterium %(number)s: %(title)s", number=number, title=title))


@blueprint.post("/<check>/massnahmen")
@permit(Permission.DECLARATION_EDIT)
@creates
def add(declaration_id: int, check: str) -> ResponseReturnValue:
    """Add the ticked measures to the self-assessment."""
    self_check = _self_check_of(check)
    chosen = request.form.getlist("points")[: len(self_check.questions)]
    if not chosen:
        flash(_("Kreuzen Sie an, was Sie sich vornehmen."), "info")
        return redirect(_url("result", self_check, _anchor="vornehmen"), 303)
    done = add_measures(current_work(), current_declaration(), self_check, chosen)
    _flash_result(done)
    return redirect(_url("result", self_check, _anchor="vornehmen"), 303)


def _flash_result(done: AddedMeasures) -> None:
    number = len(done.added)
    if number:
        text = ngettext(
            "%(num)d Maßnahme steht jetzt in Ihrer Selbsteinschätzung.",
            "%(num)d Maßnahmen stehen jetzt in Ihrer Selbsteinschätzung.",
            number,
        )
        flash(text, "success")
    if done.planned_before:
        flash(_("Was schon unter Ihren Maßnahmen stand, steht dort nicht zweimal."), "info")
    for question in done.full:
        text = _("Bei Kriterium %(number)s stehen schon so viele Maßnahmen, wie möglich sind.")
        flash(text % {"number": question.criterion}, "warning")
    if not (number or done.planned_before or done.full):
        flash(_("Diese Punkte sind inzwischen nicht mehr offen."), "info")


def _self_check_of(key: str) -> SelfCheck:
    self_check = load_self_checks().get(key)
    if self_check is None:
        abort(404)
    return self_check


def _url(view: str, check: SelfCheck, **values: Any) -> str:
    return url_for(f"self_checks.{view}", declaration_id=current_declaration().id, check=check.key, **values)


def _replies() -> dict[tuple[int, str], SelfCheckAnswers]:
    declaration = current_declaration()
    years = (declaration.reporting_year, declaration.reporting_year - 1)
    return self_checks.replies(db(), declaration.organisation_id, years)


def _replies_of_both_years(check: SelfCheck) -> tuple[SelfCheckAnswers, SelfCheckAnswers]:
    """The answers of the declaration's year and of the year before."""
    replies, year = _replies(), current_declaration().reporting_year
    return replies.get((year, check.key), {}), replies.get((year - 1, check.key), {})


def _submitted_replies(check: SelfCheck) -> dict[str, SelfCheckAnswer]:
    """The chosen answers by question; unknown values count as unanswered."""
    sent = {question.key: request.form.get(f"reply-{question.key}", "") for question in check.questions}
    return {key: SelfCheckAnswer(value) for key, value in sent.items() if value in list(SelfCheckAnswer)}


def _seen_replies(check: SelfCheck) -> Seen[SelfCheckAnswers]:
    """The answers, and their version, that the page showed when it was opened."""
    pairs = (pair.partition(":") for pair in request.form.get("shown", "")[:MAX_SEEN_LENGTH].split(","))
    known = {question.key for question in check.questions}
    shown = {
        key: SelfCheckAnswer(value)
        for key, _colon, value in pairs
        if key in known and value in list(SelfCheckAnswer)
    }
    return Seen(whole_number(request.form.get("version")) or 0, shown)


def _page(
    check: SelfCheck,
    chosen: SelfCheckAnswers,
    before: SelfCheckAnswers,
    current: SelfCheckAnswers,
    version: Version,
    *,
    disputed: frozenset[str] = frozenset(),
) -> str:
    def said(replies: SelfCheckAnswers, key: str) -> str:
        return label_of(replies[key]) if key in replies else str(_("offen"))

    lines = [
        SelfCheckQuestionRow(
            question,
            chosen[question.key].value if question.key in chosen else "",
            said(before, question.key) if before else "",
            said(current, question.key) if question.key in disputed else "",
        )
        for question in check.questions
    ]
    return render_template(
        "answers/self_checks/show.html",
        declaration=current_declaration(),
        check=check,
        lines=lines,
        version=version,
        shown=",".join(f"{key}:{reply.value}" for key, reply in current.items()),
        options=[
            {"value": self_check_answer.value, "label": label_of(self_check_answer).capitalize()}
            for self_check_answer in SelfCheckAnswer
        ],
    )
