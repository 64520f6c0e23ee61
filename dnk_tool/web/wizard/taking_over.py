"""The buttons of a criterion's page that take answers of the year before over, or confirm them."""

from datetime import UTC, datetime

from flask import flash
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue import Section
from dnk_tool.services import taking_over
from dnk_tool.store.models import Declaration
from dnk_tool.web.access import current_actor
from dnk_tool.web.transactions import db
from dnk_tool.web.wizard.forms import field_name

# Such a button saves the page first: its value says what to do after that, and to which answer.
TAKE, CONFIRM, ALL = "take:", "confirm:", "*"


def is_requested(action: str) -> bool:
    """Whether one of these buttons was pressed."""
    return action.startswith((TAKE, CONFIRM))


def perform(declaration: Declaration, section: Section, action: str) -> str | None:
    """Do what the button says, tell it, and give the anchor of the answer; None for a whole section."""
    kind = TAKE if action.startswith(TAKE) else CONFIRM
    ref = action.removeprefix(kind)
    refs = None if ref == ALL else (ref,)
    do = taking_over.take_over if kind == TAKE else taking_over.confirm
    done = do(db(), declaration, section, refs=refs, actor=current_actor(), now=datetime.now(UTC))
    if kind == TAKE:
        tell_taken(len(done))
    elif done:
        flash(_("Gespeichert. Diese Angaben gelten jetzt als geprüft."), "success")
    known = {one.ref: one.ref for one in section.all_requirements}
    known |= {item.ref: one.ref for one in section.all_requirements for item in one.items}
    return field_name(known[ref]) if ref in known else None


def tell_taken(count: int) -> None:
    """Say how much was taken over."""
    if count:
        text = ngettext(
            "%(num)d Angabe ist übernommen. Bitte prüfen Sie, ob sie noch stimmt.",
            "%(num)d Angaben sind übernommen. Bitte prüfen Sie, ob sie noch stimmen.",
            count,
        )
        flash(text, "success")
    else:
        flash(_("Hier steht schon etwas. Es wurde nichts überschrieben."), "info")
