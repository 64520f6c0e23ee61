"""The buttons on a criterion's page that take over last year's answers or confirm them."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import flash, request
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue import Section
from dnk_tool.domain.answers.take_over import narrative_refs
from dnk_tool.services.answers import take_over
from dnk_tool.services.work import Work
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.declarations.last_year_summary import flash_taken_over
from dnk_tool.web.http.access import current_actor
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_fields import field_name

# These buttons save the page first; the value holds the action that follows and the answer's ref.
TAKE_PREFIX, CONFIRM_PREFIX, ALL_ANSWERS = "take:", "confirm:", "*"


def is_take_over_action(action: str) -> bool:
    """Whether the pressed button takes over or confirms answers."""
    return action.startswith((TAKE_PREFIX, CONFIRM_PREFIX))


def perform_take_over_action(
    declaration: Declaration, section: Section, action: str, *, written: Mapping[str, int]
) -> str | None:
    """Take over or confirm, flash the result, and return the anchor to go on from.

    `written`: the new versions of what the same press has saved. Returns None for the top of the page.
    """
    kind = TAKE_PREFIX if action.startswith(TAKE_PREFIX) else CONFIRM_PREFIX
    ref = action.removeprefix(kind)
    refs = None if ref == ALL_ANSWERS else (ref,)
    actor, now = current_actor(), datetime.now(UTC)
    if kind == TAKE_PREFIX:
        flash_taken_over(len(take_over.take_over(Work(db(), actor, now), declaration, section, refs=refs)))
    else:
        seen = {**_seen_versions(section), **written}
        try:
            confirmed = take_over.confirm_taken_over(
                Work(db(), actor, now), declaration, section, refs=refs, seen=seen
            )
        except take_over.BlanksLeft:
            flash(
                _(
                    "Gespeichert. Ersetzen Sie zuerst jedes „…“ durch Ihre eigene Angabe, "
                    "oder streichen Sie den Satz."
                ),
                "info",
            )
        else:
            flash_confirmed(len(confirmed))
        if ref == ALL_ANSWERS:
            return "done"  # the dock
    known = {requirement.ref: requirement.ref for requirement in section.all_requirements}
    known |= {
        item.ref: item.ref if item.method else requirement.ref
        for requirement in section.all_requirements
        for item in requirement.items
    }
    return field_name(known[ref]) if ref in known else None


def _seen_versions(section: Section) -> dict[str, int]:
    """The versions of the section's answers that the sent page showed."""
    refs = [ref for requirement in section.all_requirements for ref in narrative_refs(requirement)]
    sent = {ref: request.form.get(f"{field_name(ref)}-version", type=int) for ref in refs}
    return {ref: version for ref, version in sent.items() if version is not None}


def flash_confirmed(count: int) -> None:
    """Flash how many answers were confirmed; zero if others changed or confirmed them before."""
    if count:
        text = ngettext(
            "Gespeichert. %(num)d Angabe gilt jetzt als geprüft.",
            "Gespeichert. %(num)d Angaben gelten jetzt als geprüft.",
            count,
        )
        flash(text, "success")
    else:
        flash(
            _("Gespeichert. Zu bestätigen war hier nichts mehr: Es ist schon geändert oder geprüft."), "info"
        )
