"""The files of one thing, as another page shows them beside it: `evidence/here.html`."""

from dataclasses import dataclass

from dnk_tool.domain.evidence import Target
from dnk_tool.domain.permissions import NotPermitted
from dnk_tool.services.answers.save import Locked
from dnk_tool.services.evidence.access import check
from dnk_tool.web.evidence import rows
from dnk_tool.web.http.access import current_actor, current_declaration
from dnk_tool.web.http.transactions import db


@dataclass(frozen=True)
class Beside:
    """The files of a thing, where they are looked after, and whether the person may add some now."""

    rows: list[rows.Row]
    href: str
    may_add: bool


def files_beside(target: Target) -> Beside:
    """The files of the thing, in four statements at most."""
    here = [one for one in rows.visible() if target in one.targets]
    return Beside(rows.rows(here) if here else [], rows.add_href(target), may_add(target))


def may_add(target: Target) -> bool:
    """Whether the person may add files to the thing now."""
    try:
        check(db(), current_declaration(), target, current_actor())
    except (NotPermitted, Locked, LookupError):
        return False
    return True
