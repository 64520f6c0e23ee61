"""Rows of evidence lists.

The files of one target, as other pages show them (`evidence/panel.html`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import url_for

from dnk_tool.domain.evidence import Evidence, EvidenceTarget
from dnk_tool.domain.permissions import NotPermitted
from dnk_tool.language import local_day
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.evidence.access import may_open_evidence, require_evidence_editable
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.evidence import queries as evidence
from dnk_tool.web.evidence.labels import size_text, validity_text
from dnk_tool.web.evidence.routes import quota
from dnk_tool.web.evidence.targets import TargetNames, target_names, target_query
from dnk_tool.web.http.access import current_actor, current_declaration
from dnk_tool.web.http.transactions import db


@dataclass(frozen=True)
class EvidenceListRow:
    """One file. `belongs`: title and address of each target; `notice`: text and kind of a tag."""

    evidence: Evidence
    open_href: str
    edit_href: str
    size: str
    by: str
    belongs: tuple[tuple[str, str], ...]
    notice: tuple[str, str]


@dataclass(frozen=True)
class StorageUsage:
    """Used share of the company's quota, as text and in per cent."""

    used: str
    quota: str
    percent: int

    @property
    def is_short(self) -> bool:
        """Whether at least 90 % of the quota are used."""
        return self.percent >= 90


def visible_files() -> list[Evidence]:
    """The year's files that the person may open, latest first."""
    declaration, actor = current_declaration(), current_actor()
    evidences = evidence.of_declaration(db(), declaration)
    return [file for file in evidences if may_open_evidence(declaration, file.targets, actor)]


def visible_targets(file: Evidence) -> list[EvidenceTarget]:
    """The file's targets that the person may see."""
    declaration, actor = current_declaration(), current_actor()
    return [target for target in file.targets if may_open_evidence(declaration, (target,), actor)]


def evidence_list_rows(files: Sequence[Evidence], names: TargetNames | None = None) -> list[EvidenceListRow]:
    """Rows of the files; at most two more queries."""
    names = names or target_names(target for file in files for target in file.targets)
    by = {file.uploaded_by for file in files if file.uploaded_by is not None}
    people = accounts.names_of(db(), by) if by else {}
    today = local_day(datetime.now(UTC))
    return [
        EvidenceListRow(
            file,
            evidence_url("evidence.open_file", file),
            evidence_url("evidence.edit", file),
            size_text(file.size),
            people.get(file.uploaded_by or 0, ""),
            tuple((names.title(target), names.href(target)) for target in visible_targets(file)),
            validity_text(file.validity(today)),
        )
        for file in files
    ]


def evidence_url(endpoint: str, file: Evidence, **more: Any) -> str:
    """The address of a view about the file."""
    return url_for(endpoint, declaration_id=current_declaration().id, file_id=file.id, **more)


def add_evidence_url(target: EvidenceTarget) -> str:
    """The address of the page that adds files to the target."""
    query: dict[str, Any] = target_query(target)
    return url_for("evidence.add", declaration_id=current_declaration().id, **query)


def storage_usage() -> StorageUsage:
    """Read the storage usage; one query."""
    used, most = evidence.used_bytes(db(), current_declaration().organisation_id), quota()
    return StorageUsage(size_text(used) if used else "0 kB", size_text(most), min(100, used * 100 // most))


@dataclass(frozen=True)
class EvidencePanel:
    """A target's files, the address that manages them, and whether the person may add more."""

    rows: list[EvidenceListRow]
    href: str
    may_add: bool


def evidence_panel(target: EvidenceTarget) -> EvidencePanel:
    """Read the panel of a target, in at most four queries."""
    here = [visible_file for visible_file in visible_files() if target in visible_file.targets]
    return EvidencePanel(evidence_list_rows(here) if here else [], add_evidence_url(target), can_add(target))


def can_add(target: EvidenceTarget) -> bool:
    """Whether the person may add files to the target now."""
    try:
        require_evidence_editable(db(), current_declaration(), target, current_actor())
    except (NotPermitted, Locked, LookupError):
        return False
    return True
