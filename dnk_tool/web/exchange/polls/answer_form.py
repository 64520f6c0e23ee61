"""The form with which somebody answers a poll, and its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectMultipleField

from dnk_tool.domain.exchange.poll_results import choice_labels
from dnk_tool.domain.exchange.polls import Attribution, PollAnswer
from dnk_tool.services.exchange.poll_answers import answering_companies
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange import poll_answers
from dnk_tool.store.exchange.polls import question_of
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.polls import PollCompanyAnswer, PollRow
from dnk_tool.web.http.access import current_actor, current_affiliations
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_fields import ProseField

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
