"""Somebody with the code of a poll answers it: without an account, or for a member with its name."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectMultipleField

from dnk_tool.domain.clusters.wall_codes import POLL_CODE_LENGTH, typed_code
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.exchange.polls import Attribution, PollAnswer, PollRefused, PollState, choice_labels
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.exchange import poll_answers as answer_service
from dnk_tool.services.exchange.poll_answers import PollChanged, PollClosed, answering_companies
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange import poll_answers, polls
from dnk_tool.store.exchange.polls import question_of
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.polls import PollCompanyAnswer, PollRow
from dnk_tool.web.clusters.workshop.wall_code import WallCodePage
from dnk_tool.web.exchange.polls.words import problem_text
from dnk_tool.web.http import rate_limits
from dnk_tool.web.http.access import current_actor, current_affiliations, permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import ProseField, seen_version

TAKE_BACK = "take-back"


LONGEST_TYPED = 2_000  # what is longer than the poll allows stays in the field with a message


class AnswerForm(FlaskForm):
    """An answer. `version`: of the question that was read; `seen`: of the answer that it replaces."""

    chosen = SelectMultipleField(validate_choice=False, choices=[])
    text = ProseField(longest=LONGEST_TYPED)
    member = HiddenField()
    action = HiddenField()
    ticket = HiddenField()
    version = HiddenField(default="0")
    seen = HiddenField(default="0")

    @property
    def places(self) -> tuple[int, ...]:
        """The places that were chosen; what is no number counts as none that the poll has."""
        numbers = [whole_number(value) for value in self.chosen.data or ()]
        return tuple(-1 if number is None else number for number in numbers)


@dataclass(frozen=True, slots=True)
class CompanyChoice:
    """A member for which the person may answer, and what it answered so far."""

    id: int
    name: str
    stored: PollCompanyAnswer | None

    @property
    def answer(self) -> PollAnswer | None:
        """What the company answered; None as long as it did not."""
        return PollAnswer(tuple(self.stored.chosen), self.stored.text) if self.stored else None


def company_choices(poll: PollRow) -> list[CompanyChoice]:
    """The members for which the person may answer a poll with names."""
    if poll.attribution is not Attribution.NAMED:
        return []
    names = current_affiliations().organisations
    found = []
    for key in answering_companies(db(), poll, current_actor()):
        consent = clusters.find_consent(db(), key, poll.cluster_id)
        stored = poll_answers.find_answer(db(), poll.id, consent.id) if consent else None
        found.append(CompanyChoice(key, names.get(key, ""), stored))
    return found


def chosen_company(choices: Sequence[CompanyChoice]) -> CompanyChoice | None:
    """The company that the request names, or the only one."""
    asked = whole_number(request.values.get("member"))
    only = choices[0] if len(choices) == 1 else None
    return next((each for each in choices if each.id == asked), only)


def answer_page(poll: PollRow, cluster: Cluster, form: AnswerForm, **values: Any) -> str:
    """The question with its answers. `values`: what the page says besides."""
    question = question_of(poll)
    labels = list(enumerate(choice_labels(question)))
    return render_template(
        "exchange/polls/ask.html",
        cluster=cluster,
        poll=poll,
        form=form,
        options=[{"value": place, "label": label} for place, label in labels],
        is_named=poll.attribution is Attribution.NAMED,
        **{"errors": (), "is_changed": False, "theirs": None, "company": None, "is_open": True, **values},
    )


def member_page(poll: PollRow, cluster: Cluster) -> ResponseReturnValue:
    """The question with the company's answer so far; who is no member hears how members take part."""
    choices = company_choices(poll)
    company = chosen_company(choices)
    if not answer_service.is_open(poll, cluster) and not (company and company.stored):
        return render_template("exchange/polls/closed.html", cluster=cluster), 410
    if not choices:
        is_stranger = current_actor().user_id is not None
        return render_template(
            "exchange/polls/members_only.html", cluster=cluster, poll=poll, is_stranger=is_stranger
        )
    if company is None:
        return render_template("exchange/polls/companies.html", cluster=cluster, poll=poll, choices=choices)
    return _page(poll, cluster, company, AnswerForm(formdata=None, data=_values(poll, company)))


def save_for_member(poll: PollRow, cluster: Cluster) -> ResponseReturnValue:
    """Keep or change the company's answer, or take it back."""
    company, form = chosen_company(company_choices(poll)), AnswerForm()
    if company is None or not form.validate():
        return member_page(poll, cluster)
    if form.action.data == TAKE_BACK:
        answer_service.withdraw_company_answer(db(), poll.id, company.id, actor=current_actor())
        flash(_("Die Antwort ist zurückgenommen und zählt nicht mehr."), "success")
        return redirect(_address(poll, company), 303)
    try:
        _save(poll, company, form)
    except PollClosed:
        return render_template("exchange/polls/closed.html", cluster=cluster), 410
    except PollChanged:
        form.version.data = str(poll.version)
        return _page(poll, cluster, company, form, is_changed=True), 409
    except PollRefused as refused:
        form.chosen.errors = [problem_text(refused.problem)]
        return _page(poll, cluster, company, form, errors=field_errors(form)), 422
    except ConflictError as error:
        form.seen.data = str(error.conflict.version)
        return _page(poll, cluster, company, form, theirs=error.conflict.theirs), 409
    flash(
        _("Die Antwort ist gespeichert. Sie können sie ändern, bis die Umfrage geschlossen wird."), "success"
    )
    return redirect(_address(poll, company), 303)


def _page(poll: PollRow, cluster: Cluster, company: CompanyChoice, form: AnswerForm, **values: object) -> str:
    is_open = answer_service.is_open(poll, cluster)
    return answer_page(poll, cluster, form, company=company, is_open=is_open, **values)


def _save(poll: PollRow, company: CompanyChoice, form: AnswerForm) -> None:
    answer_service.save_company_answer(
        db(),
        poll.id,
        company.id,
        form.places,
        form.text.data or "",
        seen=seen_version(form),
        seen_answer=whole_number(form.seen.data) or 0,
        actor=current_actor(),
    )


def _address(poll: PollRow, company: CompanyChoice) -> str:
    return url_for("poll.ask", code=poll.code, member=company.id)


def _values(poll: PollRow, company: CompanyChoice) -> dict[str, object]:
    answer = company.answer or PollAnswer()
    return {
        "chosen": [str(place) for place in answer.chosen],
        "text": answer.text,
        "version": str(poll.version),
        "seen": str(company.stored.version if company.stored else 0),
    }


blueprint = Blueprint("poll", __name__, url_prefix="/u")

ANSWERED = "1"  # all that the cookie says
COOKIE_DAYS = 30


@blueprint.route("", methods=["GET", "POST"])
@permit(Permission.BY_LINK)
def enter() -> ResponseReturnValue:
    """Take the code of a poll."""
    return _code_page().take(
        _("Zu diesem Code gibt es keine Umfrage. Vergleichen Sie ihn mit dem an der Wand: vier Zeichen.")
    )


@blueprint.get("/<code>")
@permit(Permission.BY_LINK)
def ask(code: str) -> ResponseReturnValue:
    """The question; who has answered hears that instead, on this device or for the company."""
    found = _found(code)
    if found is None:
        return _unknown_page()
    poll, cluster = found
    if poll.attribution is Attribution.NAMED:
        return member_page(poll, cluster)
    if poll.state is not PollState.OPEN:
        return closed_page(cluster)
    if _has_answered(poll):
        return render_template("exchange/polls/thanks.html", cluster=cluster, poll=poll, is_second=True)
    form = AnswerForm(formdata=None, data={"ticket": secrets.token_hex(16), "version": str(poll.version)})
    return answer_page(poll, cluster, form)


@blueprint.post("/<code>")
@permit(Permission.BY_LINK)
def answer(code: str) -> ResponseReturnValue:
    """Count an anonymous answer, or keep that of a member."""
    found = _found(code)
    if found is None:
        return _unknown_page()
    poll, cluster = found
    if poll.attribution is Attribution.NAMED:
        return save_for_member(poll, cluster)
    if _has_answered(poll):
        return redirect(url_for("poll.ask", code=poll.code), 303)
    return _count(poll, cluster)


@blueprint.get("/<code>/danke")
@permit(Permission.BY_LINK)
def thanks(code: str) -> ResponseReturnValue:
    found = _found(code)
    if found is None:
        return _unknown_page()
    return render_template("exchange/polls/thanks.html", cluster=found[1], poll=found[0], is_second=False)


def _count(poll: PollRow, cluster: Cluster) -> ResponseReturnValue:
    form = AnswerForm()
    if not form.validate():
        return answer_page(poll, cluster, form, errors=field_errors(form)), 422
    seen, ticket = seen_version(form), (form.ticket.data or secrets.token_hex(16))[:64]
    try:
        answer_service.count_device_answer(
            db(), poll.id, form.places, form.text.data or "", seen=seen, ticket=ticket
        )
    except PollClosed:
        return closed_page(cluster)
    except PollChanged:
        form.version.data = str(poll.version)
        return answer_page(poll, cluster, form, is_changed=True), 409
    except PollRefused as refused:
        form.chosen.errors = [problem_text(refused.problem)]
        return answer_page(poll, cluster, form, errors=field_errors(form)), 422
    return _with_cookie(redirect(url_for("poll.thanks", code=poll.code), 303), poll)


def closed_page(cluster: Cluster) -> ResponseReturnValue:
    """The page of a poll that takes no answers any more."""
    return render_template("exchange/polls/closed.html", cluster=cluster), 410


def _found(code: str) -> tuple[PollRow, Cluster] | None:
    """The poll with this code and its cluster; None if there is none, which is counted."""
    asked = typed_code(code, POLL_CODE_LENGTH)
    found = polls.find_by_code(db(), asked) if asked else None
    if found is None:
        rate_limits.count_wrong_link()
    return found


def _code_page() -> WallCodePage:
    return WallCodePage("exchange/polls/enter.html", "poll", _found)


def _unknown_page() -> ResponseReturnValue:
    return _code_page().refuse(
        _("Diese Umfrage gibt es nicht. Vergleichen Sie den Code mit dem an der Wand: vier Zeichen.")
    )


def _cookie_name(poll: PollRow) -> str:
    return f"dnk-umfrage-{poll.code}"


def _has_answered(poll: PollRow) -> bool:
    return request.cookies.get(_cookie_name(poll)) == ANSWERED


def _with_cookie(response: Response, poll: PollRow) -> Response:
    """Let this browser know for 30 days that the poll is answered; it says the same on every device."""
    response.set_cookie(
        _cookie_name(poll),
        ANSWERED,
        max_age=COOKIE_DAYS * 24 * 3600,
        path=url_for("poll.ask", code=poll.code),
        secure=current_app.config["DNK_DEVICE_COOKIE"].startswith("__Host-"),
        httponly=True,
        samesite="Lax",
    )
    return response
