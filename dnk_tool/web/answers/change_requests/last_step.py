"""The last step before a version is submitted again."""

from flask import render_template
from flask.typing import ResponseReturnValue

from dnk_tool.domain.answers.completeness import declaration_completeness
from dnk_tool.domain.permissions import Permission
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.answers.change_requests.changes import all_changes
from dnk_tool.web.answers.change_requests.pages import blueprint, current_situation
from dnk_tool.web.answers.change_requests.steps import change_request_steps, deadline_of
from dnk_tool.web.declarations.submit_form import SubmitDeclarationForm, default_form_data, submit_choices
from dnk_tool.web.http.access import current_declaration, permit
from dnk_tool.web.http.transactions import db


@blueprint.get("/aenderungen")
@permit(Permission.DECLARATION_VIEW)
def changes(declaration_id: int) -> ResponseReturnValue:
    """Show what has changed since the reviewers read it, and the form that submits it again.

    What that refuses, such as a missing tick, stands beside the same form on the page of the final check.
    """
    declaration, situation = current_declaration(), current_situation()
    content = declarations.read_content(db(), declaration)
    steps = change_request_steps(situation)
    waiting = [step for step in steps if step.is_waiting]
    is_complete = not any(part.gaps for part in declaration_completeness(content.sheet))
    choices = submit_choices(declaration)
    profile = content.sheet.profile
    return render_template(
        "answers/change_requests/changes.html",
        declaration=declaration,
        situation=situation,
        steps=steps,
        deadline=deadline_of(situation),
        waiting=waiting,
        may_submit=is_complete and not waiting and situation.is_in_review,
        choices=choices,
        form=SubmitDeclarationForm(formdata=None, data=default_form_data(declaration, choices)),
        errors=(),
        has_new_profile=situation.submitted is not None and situation.submitted.organisation != profile,
        changes=all_changes(situation.submitted, content.sheet),
        number=0,
        area="",
    )
