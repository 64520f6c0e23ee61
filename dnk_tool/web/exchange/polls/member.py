"""A member answers a poll with its name, changes the answer until the poll is closed, and takes it back."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.editing.outcomes import ConflictError
from dnk_tool.domain.exchange.polls import PollAnswer, PollRefused
from dnk_tool.services.exchange import poll_answers as answer_service
from dnk_tool.services.exchange.poll_answers import PollChanged, PollClosed
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.polls import PollRow
from dnk_tool.web.exchange.polls.answer_form import (
    AnswerForm,
    CompanyChoice,
    answer_page,
    chosen_company,
    company_choices,
)
from dnk_tool.web.exchange.polls.words import problem_text
from dnk_tool.web.http.access import current_actor
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import seen_version

TAKE_BACK = "take-back"


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
