"""The forms of awards, and what was typed as domain values."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, Form, HiddenField, RadioField, SelectField, ValidationError

from dnk_tool.domain.exchange.awards import (
    LONGEST_AWARD_NAME,
    LONGEST_CRITERION,
    LONGEST_NOMINATION_LINE,
    LONGEST_NOMINATION_TITLE,
    LONGEST_WORD,
    MOST_CRITERIA,
    POINTS,
    WHOLE_WEIGHT,
    AwardContent,
    AwardCriterion,
    AwardProblem,
    AwardRefused,
    JurorSheet,
    NominationContent,
    check_award,
)
from dnk_tool.domain.exchange.examples import FIVE_LINES, ExamplePart, plain_text
from dnk_tool.language import Language, known_language
from dnk_tool.web.exchange.awards.words import PROBLEMS
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.text.form_fields import (
    DayField,
    LineField,
    ProseField,
    RowsField,
    WholeNumberField,
    YearField,
)
from dnk_tool.web.text.mail_address import MailAddressField

TEXTS = ("title", *(part.value for part in FIVE_LINES))
OWN_WORDS = ""  # nothing chosen: the five lines count
LONGEST_NAME = 200


class CriterionRow(Form):
    """A criterion with its weight in percent; an empty row is none."""

    name = LineField(longest=LONGEST_CRITERION)
    weight = WholeNumberField()


class AwardForm(FlaskForm):
    """A round of an award."""

    name = LineField(longest=LONGEST_AWARD_NAME)
    year = YearField()
    nominate_until = DayField()
    judge_until = DayField()
    criteria = RowsField(CriterionRow, most=MOST_CRITERIA, min_entries=MOST_CRITERIA)
    version = HiddenField(default="0")

    def validate_year(self, field: YearField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_("Geben Sie das Jahr der Auszeichnung ein, zum Beispiel 2026."))

    def validate_nominate_until(self, field: DayField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_("Geben Sie den letzten Tag für Vorschläge ein, zum Beispiel 31.12.2026."))

    def validate_judge_until(self, field: DayField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_("Geben Sie den Tag ein, bis zu dem die Jury liest."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Judge the round as a whole, too, and tell at the field what is wrong with it."""
        if not super().validate(extra_validators):
            return False
        try:
            check_award(self.content)
        except AwardRefused as refused:
            self._field_of(refused.problem).errors = [str(self._words_of(refused.problem))]
            return False
        return True

    def _words_of(self, problem: AwardProblem) -> Any:
        total = sum(criterion.weight for criterion in self.content.criteria)
        if problem is AwardProblem.NOT_WHOLE and total != WHOLE_WEIGHT:
            return _("Die Gewichte ergeben zusammen %(sum)s, nicht 100. Bitte ändern Sie sie.", sum=total)
        return PROBLEMS[problem]

    def _field_of(self, problem: AwardProblem) -> Any:
        """The field of what is wrong; of a criterion, the first that lacks something."""
        rows = [entry.form for entry in self.criteria.entries]
        first = rows[0]
        nameless = (row.name for row in rows if row.weight.data and not row.name.data)
        weightless = (row.weight for row in rows if row.name.data and not row.weight.data)
        return {
            AwardProblem.NO_NAME: self.name,
            AwardProblem.NO_CRITERIA: next(nameless, first.name),
            AwardProblem.CRITERION_TWICE: next(_repeated(rows), first.name),
            AwardProblem.NOT_WHOLE: next(weightless, first.weight),
            AwardProblem.JURY_BEFORE_NOMINATIONS: self.judge_until,
        }[problem]

    @property
    def content(self) -> AwardContent:
        """What is entered; only of a form whose fields are valid."""
        first, last = self.nominate_until.data, self.judge_until.data
        if first is None or last is None or self.year.data is None:
            raise ValueError("a valid form has its days")
        rows = (entry.form for entry in self.criteria.entries)
        criteria = tuple(
            AwardCriterion(plain_text(row.name.data or ""), row.weight.data or 0)
            for row in rows
            if row.name.data or row.weight.data
        )
        return AwardContent(plain_text(self.name.data or ""), self.year.data, first, last, criteria)


def _repeated(rows: Iterable[Any]) -> Iterator[Any]:
    """The fields whose name an earlier row has."""
    names: set[str] = set()
    for row in rows:
        name = plain_text(row.name.data or "").casefold()
        if name and name in names:
            yield row.name
        names.add(name)


def award_values(content: AwardContent, version: int) -> dict[str, Any]:
    """The fields of a round as it is."""
    return {
        "name": content.name,
        "year": content.year,
        "nominate_until": content.nominate_until,
        "judge_until": content.judge_until,
        "criteria": [{"name": one.name, "weight": one.weight} for one in content.criteria],
        "version": str(version),
    }


class NominationForm(FlaskForm):
    """A member's nomination: one of its published examples, or a title and five lines."""

    example = SelectField(validate_choice=False, default=OWN_WORDS)
    title = LineField(longest=LONGEST_NOMINATION_TITLE)
    before = ProseField(longest=LONGEST_NOMINATION_LINE)
    idea = ProseField(longest=LONGEST_NOMINATION_LINE)
    done = ProseField(longest=LONGEST_NOMINATION_LINE)
    effort = ProseField(longest=LONGEST_NOMINATION_LINE)
    advice = ProseField(longest=LONGEST_NOMINATION_LINE)
    is_public = BooleanField()
    version = HiddenField(default="0")

    @property
    def example_id(self) -> int | None:
        """The id of the chosen example; None for words of its own."""
        return whole_number(self.example.data)

    @property
    def content(self) -> NominationContent:
        """The texts as typed, without signs that a page must not show."""
        texts: dict[str, str] = {name: plain_text(self[name].data or "") for name in TEXTS}
        return NominationContent(**texts, is_public=bool(self.is_public.data))

    def say_missing(self, parts: tuple[ExamplePart, ...]) -> None:
        """Tell at each of these fields that it is needed."""
        for part in parts:
            self[part.value].errors = [_("Bitte füllen Sie diese Zeile aus, oder wählen Sie ein Beispiel.")]


def nomination_values(content: NominationContent, example_id: int | None, version: int) -> dict[str, Any]:
    """The fields of a nomination as it is."""
    values: dict[str, Any] = {name: getattr(content, name) for name in TEXTS}
    chosen = str(example_id) if example_id else OWN_WORDS
    return values | {"is_public": content.is_public, "example": chosen, "version": str(version)}


class ProposalForm(FlaskForm):
    """Whom a manager asks to stand: a member with one of its examples, or a member with a title."""

    member = SelectField(validate_choice=False)
    title = LineField(longest=LONGEST_NOMINATION_TITLE)

    @property
    def chosen(self) -> tuple[int | None, int | None]:
        """The membership and the example that are chosen; None for neither."""
        consent, _sign, example = (self.member.data or "").partition("/")
        return whole_number(consent), whole_number(example)

    @property
    def plain_title(self) -> str:
        """The title as typed, without signs that a page must not show."""
        return plain_text(self.title.data or "")


class JurorForm(FlaskForm):
    """Whom a manager invites to the jury."""

    email = MailAddressField()
    name = LineField(longest=LONGEST_NAME)
    language = RadioField(choices=["de", "en"], validate_choice=False)

    def validate_name(self, field: LineField) -> None:
        if not plain_text(field.data or ""):
            raise ValidationError(_("Geben Sie den Namen ein. Er steht auf dem Bogen."))

    @property
    def juror_name(self) -> str:
        """The name as typed, without signs that a page must not show."""
        return plain_text(self.name.data or "")

    @property
    def mail_language(self) -> Language:
        return known_language(self.language.data)


class SheetForm(FlaskForm):
    """What a juror says of one nomination; the points are read beside it, one for each criterion."""

    abstains = BooleanField()
    word = ProseField(longest=LONGEST_WORD)
    version = HiddenField(default="0")

    def sheet(self, criteria: int) -> JurorSheet:
        """What is entered; points that are none of 1 to 5 count as none yet."""
        typed = (whole_number(request.form.get(f"points-{place}")) for place in range(criteria))
        points = tuple(one if one in POINTS else None for one in typed)
        return JurorSheet(points, bool(self.abstains.data), plain_text(self.word.data or ""))
