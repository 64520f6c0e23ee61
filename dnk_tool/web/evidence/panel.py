"""The files of one thing, as another page shows them beside it: `evidence/panel.html`."""

from dataclasses import dataclass

from dnk_tool.domain.evidence import EvidenceTarget
from dnk_tool.domain.permissions import NotPermitted
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.evidence.access import require_evidence_editable
from dnk_tool.web.evidence import rows
from dnk_tool.web.http.access import current_actor, current_declaration
from dnk_tool.web.http.transactions import db


@dataclass(frozen=True)
class EvidencePanel:
    """The files of a thing, where they are looked after, and whether the person may add some now."""

    rows: list[rows.EvidenceListRow]
    href: str
    may_add: bool


def evidence_panel(target: EvidenceTarget) -> EvidencePanel:
    """The files of the thing, in four statements at most."""
    here = [visible_file for visible_file in rows.visible_files() if target in visible_file.targets]
    return EvidencePanel(
        rows.evidence_list_rows(here) if here else [], rows.add_evidence_url(target), can_add(target)
    )


def can_add(target: EvidenceTarget) -> bool:
    """Whether the person may add files to the thing now."""
    try:
        require_evidence_editable(db(), current_declaration(), target, current_actor())
    except (NotPermitted, Locked, LookupError):
        return False
    return True
