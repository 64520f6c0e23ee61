"""A member answers a poll with its name, changes the answer until the poll is closed, and takes it back.

The form with which somebody answers a poll, and its page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectMultipleField

from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.exchange.polls import Attribution, PollAnswer, PollRefused, choice_labels
from dnk_tool.services.exchange import poll_answers as answer_service
from dnk_tool.services.exchange.poll_answers import PollChanged, PollClosed, answering_companies
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange import poll_answers
from dnk_tool.store.exchange.polls import question_of
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.polls import PollCompanyAnswer, PollRow
from dnk_tool.web.exchange.polls.words import problem_text
from dnk_tool.web.http.access import current_actor, current_affiliations
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
