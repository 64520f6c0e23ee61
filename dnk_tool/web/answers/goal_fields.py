"""Form fields for reviewing last year's goals, on a criterion's page or on the page of all goals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from werkzeug.datastructures import MultiDict
from wtforms import Form, HiddenField, RadioField

from dnk_tool.catalogue import Aspect, Section
from dnk_tool.domain.answers.goals import NO_GOAL_REVIEW, Goal, GoalOutcome, GoalReview, goal_text
from dnk_tool.domain.editing import Conflict, VersionedEdit
from dnk_tool.report.text.marked_text import without_signs
from dnk_tool.services.editing.settings import settings_of
from dnk_tool.store.answers.goals import StoredGoalReview
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.text.form_errors import FieldError
from dnk_tool.web.text.form_fields import ProseField, seen_version
from dnk_tool.web.text.labels import label_of


class GoalForm(Form):
    """Whether a goal was reached, why, and the outlook; `version` is the one that the page showed."""

    outcome = RadioField(choices=[goal_outcome.value for goal_outcome in GoalOutcome], validate_choice=False)
    reason = ProseField()
    outlook = ProseField()
    version = HiddenField(default="0")

    @property
    def review(self) -> GoalReview:
        """The review as entered; an unknown outcome counts as none."""
        chosen = self.outcome.data
        outcome = GoalOutcome(chosen) if chosen in list(GoalOutcome) else None
        return GoalReview(outcome, self.reason.data or "", self.outlook.data or "")


@dataclass(frozen=True)
class GoalPage:
    """One goal with its form. `theirs`: a review that somebody else saved while the page was open."""

    aspect: Aspect
    section: Section | None
    name: str
    year: int
    text: str
    form: GoalForm
    saved: GoalReview
    theirs: GoalReview | None = None

    @property
    def outcome_options(self) -> list[dict[str, str]]:
        """Options for the outcome."""
        return [
            {"value": goal_outcome.value, "label": label_of(goal_outcome)} for goal_outcome in GoalOutcome
        ]

    def error(self, part: str) -> str:
        """The first message of the field, or ""."""
        errors = self.form[part].errors
        return str(errors[0]) if errors else ""


def goal_field_prefix(ref: str) -> str:
    """The name prefix of a goal's fields, from the aspect's ref."""
    return f"goal-{ref}"


def goal_pages(
    asked: Iterable[Goal],
    stored: Mapping[str, StoredGoalReview],
    declaration: Declaration,
    *,
    section: Section | None = None,
    sent: Mapping[str, GoalForm] | None = None,
    conflicts: Mapping[str, Conflict[GoalReview]] | None = None,
) -> dict[str, GoalPage]:
    """Pair each goal with its stored review, by aspect; forms in `sent` keep what was typed."""
    pages: dict[str, GoalPage] = {}
    for goal in asked:
        ref = goal.aspect.ref
        stored_review = stored.get(ref, StoredGoalReview(NO_GOAL_REVIEW, goal.year, 0)).for_year(goal.year)
        conflict = (conflicts or {}).get(ref)
        form = (sent or {}).get(ref) or _form(ref, stored_review)
        if conflict:
            form.version.data = str(conflict.version)
        pages[ref] = GoalPage(
            aspect=goal.aspect,
            section=section,
            name=goal_field_prefix(ref),
            year=goal.year,
            text=goal_text(replace(goal, text=without_signs(goal.text)), settings_of(declaration).language),
            form=form,
            saved=stored_review.review,
            theirs=conflict.theirs if conflict else None,
        )
    return pages


def posted_goal_forms(section: Section, sent: MultiDict[str, str]) -> dict[str, GoalForm]:
    """Read and validate the goal forms that a page sent, by aspect."""
    forms = {
        aspect.ref: GoalForm(sent, prefix=f"{goal_field_prefix(aspect.ref)}-")
        for aspect in section.aspects
        if aspect.holds_goals and f"{goal_field_prefix(aspect.ref)}-version" in sent
    }
    for form in forms.values():
        form.validate()
    return forms


def valid_goal_reviews(forms: Mapping[str, GoalForm]) -> dict[str, VersionedEdit[GoalReview]]:
    """The reviews from all forms without errors, by aspect."""
    return {
        ref: VersionedEdit(form.review, seen_version(form)) for ref, form in forms.items() if not form.errors
    }


def goal_errors(forms: Mapping[str, GoalForm]) -> tuple[FieldError, ...]:
    """All messages, for the error summary."""
    return tuple(
        FieldError(field.id, str(field.errors[0]))
        for form in forms.values()
        for field in form
        if field.errors
    )


def _form(ref: str, stored: StoredGoalReview) -> GoalForm:
    review = stored.review
    return GoalForm(
        prefix=f"{goal_field_prefix(ref)}-",
        data={
            "outcome": review.outcome.value if review.outcome else "",
            "reason": review.reason,
            "outlook": review.outlook,
            "version": str(stored.version),
        },
    )
