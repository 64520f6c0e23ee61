"""The form of a poll's question."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField

from dnk_tool.catalogue.poll_questions import SuppliedQuestion
from dnk_tool.domain.exchange.polls import (
    LONGEST_QUESTION,
    Attribution,
    PollKind,
    PollProblem,
    PollQuestion,
    PollRefused,
    check_question,
)
from dnk_tool.domain.uploads import single_line
from dnk_tool.web.clusters.cockpit.overview import newest_catalogue
from dnk_tool.web.exchange.polls.words import ATTRIBUTION_HINTS, ATTRIBUTIONS, KIND_HINTS, KINDS, problem_text
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.form_fields import LineField, ProseField
from dnk_tool.web.text.options import Option, pair_options, section_options

LONGEST_CHOICES = 2_000


class ChosenField(HiddenField):
    """The value of one of the options; anything else counts as the first one."""

    def __init__(self, *, known: Iterable[str], **named: Any) -> None:
        self.known = tuple(known)
        super().__init__(default=self.known[0], **named)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = next((each for each in self.known if each in valuelist), self.known[0])


class PollForm(FlaskForm):
    """A question with its answers, one in a line. `version`: the one that the page showed."""

    question = LineField(longest=LONGEST_QUESTION)
    kind = ChosenField(known=PollKind)
    choices = ProseField(longest=LONGEST_CHOICES)
    attribution = ChosenField(known=Attribution)
    criterion = LineField(longest=40)
    version = HiddenField(default="0")

    def validate(self, extra_validators: Any = None) -> bool:
        """Judge the question as a whole, too, and tell at the field what is wrong with it."""
        if not super().validate(extra_validators):
            return False
        try:
            check_question(self.asked)
        except PollRefused as refused:
            field = self.question if refused.problem is PollProblem.NO_QUESTION else self.choices
            field.errors = [problem_text(refused.problem)]
            return False
        return True

    @property
    def asked(self) -> PollQuestion:
        """What is entered; only of a form whose fields are valid."""
        lines = (single_line(line) for line in (self.choices.data or "").split("\n"))
        known = {each.ref for each in newest_catalogue().criteria}
        return PollQuestion(
            self.question.data or "",
            PollKind(self.kind.data),
            tuple(line for line in lines if line),
            Attribution(self.attribution.data),
            self.criterion.data if self.criterion.data in known else "",
        )


def question_values(question: PollQuestion, version: int) -> dict[str, str]:
    """The fields of a question as it is."""
    return {
        "question": question.text,
        "kind": question.kind,
        "choices": "\n".join(question.options),
        "attribution": question.attribution,
        "criterion": question.section,
        "version": str(version),
    }


def supplied_values(supplied: SuppliedQuestion) -> dict[str, str]:
    """The fields of a question of the program, in the page's language."""
    language = current_language()
    return {
        "question": supplied.question.to(language),
        "kind": supplied.kind,
        "choices": "\n".join(option.to(language) for option in supplied.options),
    }


def form_options() -> dict[str, list[Option]]:
    """The options of the form's fields, by name."""
    return {
        "kinds": [{"value": kind, "label": KINDS[kind], "hint": KIND_HINTS[kind]} for kind in PollKind],
        "attributions": [
            {"value": each, "label": ATTRIBUTIONS[each], "hint": ATTRIBUTION_HINTS[each]}
            for each in Attribution
        ],
        "criteria": pair_options((), blank=_("zu keinem")) + section_options(newest_catalogue().criteria),
    }
