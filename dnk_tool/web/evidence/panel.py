"""The files of one target, as other pages show them (`evidence/panel.html`)."""

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
    """A target's files, the address that manages them, and whether the person may add more."""

    rows: list[rows.EvidenceListRow]
    href: str
    may_add: bool


def evidence_panel(target: EvidenceTarget) -> EvidencePanel:
    """Read the panel of a target, in at most four queries."""
    here = [visible_file for visible_file in rows.visible_files() if target in visible_file.targets]
    return EvidencePanel(
        rows.evidence_list_rows(here) if here else [], rows.add_evidence_url(target), can_add(target)
    )


def can_add(target: EvidenceTarget) -> bool:
    """Whether the person may add files to the target now."""
    try:
        require_evidence_editable(db(), current_declaration(), target, current_actor())
    except (NotPermitted, Locked, LookupError):
        return False
    return True
