"""Stores the set of global warming potentials that a company chose for its inventory of a year."""

from dnk_tool.catalogue.factors.model import GWP_SETS
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import Stored, is_change
from dnk_tool.services.editing.locks import open_for_editing
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.tables.declarations import Declaration


def choose_gwp_set(work: Work, declaration: Declaration, gwp_set: str, *, seen: str) -> None:
    """Store the set for the whole inventory; no line and no figure changes.

    `seen`: the set that the sender had seen, "" for none. Raises NotPermitted, Locked, ConflictError, and
    ValueError for an unknown set.
    """
    if gwp_set not in GWP_SETS:
        raise ValueError(gwp_set)
    open_for_editing(work.session, declaration, work.actor)
    before = declaration.gwp_set
    if not is_change(Stored(before, before), seen, gwp_set):
        return
    declaration.gwp_set = gwp_set
    work.session.flush()
    history.record_declaration_event(
        work.session,
        declaration,
        EventKind.SETTINGS_CHANGED,
        actor_id=work.actor.user_id,
        now=work.now,
        fields={"gwp_set": [before, gwp_set]},
    )
