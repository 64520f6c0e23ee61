"""Files as the pages list them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import url_for

from dnk_tool.domain.evidence import Evidence, Target
from dnk_tool.language import local_day
from dnk_tool.services.evidence.access import may_see
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.evidence import queries as evidence
from dnk_tool.web.evidence.labels import size_text, validity_text
from dnk_tool.web.evidence.routes import quota
from dnk_tool.web.evidence.targets import Names, names_for, query_of
from dnk_tool.web.http.access import current_actor, current_declaration
from dnk_tool.web.http.transactions import db


@dataclass(frozen=True)
class Row:
    """One file; `belongs` are title and address of what it belongs to, `notice` text and kind of a tag."""

    evidence: Evidence
    open_href: str
    edit_href: str
    size: str
    by: str
    belongs: tuple[tuple[str, str], ...]
    notice: tuple[str, str]


@dataclass(frozen=True)
class Room:
    """How much of the company's quota is taken, in words and in per cent."""

    used: str
    quota: str
    percent: int

    @property
    def is_short(self) -> bool:
        return self.percent >= 90


def visible() -> list[Evidence]:
    """The files of the year that the person may see, latest first."""
    declaration, actor = current_declaration(), current_actor()
    found = evidence.of_declaration(db(), declaration)
    return [one for one in found if may_see(declaration, one.targets, actor)]


def told(one: Evidence) -> list[Target]:
    """What of all that a file belongs to the person may know of."""
    declaration, actor = current_declaration(), current_actor()
    return [target for target in one.targets if may_see(declaration, (target,), actor)]


def rows(files: Sequence[Evidence], names: Names | None = None) -> list[Row]:
    """The files with all that a list shows; two more statements at most."""
    names = names or names_for(target for one in files for target in one.targets)
    by = {one.uploaded_by for one in files if one.uploaded_by is not None}
    people = accounts.names_of(db(), by) if by else {}
    today = local_day(datetime.now(UTC))
    return [
        Row(
            one,
            href("evidence.open_file", one),
            href("evidence.edit", one),
            size_text(one.size),
            people.get(one.uploaded_by or 0, ""),
            tuple((names.title(target), names.href(target)) for target in told(one)),
            validity_text(one.validity(today)),
        )
        for one in files
    ]


def href(endpoint: str, one: Evidence, **more: Any) -> str:
    return url_for(endpoint, declaration_id=current_declaration().id, file_id=one.id, **more)


def add_href(target: Target) -> str:
    """Where files are added to the thing."""
    query: dict[str, Any] = query_of(target)
    return url_for("evidence.add", declaration_id=current_declaration().id, **query)


def room() -> Room:
    """How much room is taken; one statement."""
    used, most = evidence.used(db(), current_declaration().organisation_id), quota()
    return Room(size_text(used) if used else "0 kB", size_text(most), min(100, used * 100 // most))
