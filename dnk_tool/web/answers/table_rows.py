"""Adds and removes table rows by plain submit buttons, so that it works without a script."""

import re
from dataclasses import dataclass

from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from dnk_tool.web.text.form_fields import field_name

_ACTION = re.compile(r"(add|remove)-row:([\w.-]{1,80}?)(?::(\d{1,4}))?")


@dataclass(frozen=True, slots=True)
class RowAction:
    """The pressed row button: the table's ref, and the index of the row to remove; None to add one."""

    ref: str
    removed: int | None

    @property
    def is_added(self) -> bool:
        return self.removed is None


def requested_row(sent: ImmutableMultiDict[str, str]) -> RowAction | None:
    """The row action in a posted form; None if no row button was pressed."""
    match = _ACTION.fullmatch(sent.get("action", ""))
    if not match:
        return None
    kind, ref, index = match.groups()
    if (kind == "remove") != (index is not None):
        return None
    return RowAction(ref, int(index) if index else None)


def without_removed_row(sent: ImmutableMultiDict[str, str], row: RowAction | None) -> MultiDict[str, str]:
    """The posted fields without those of the removed row."""
    kept: MultiDict[str, str] = MultiDict(sent)
    if row and row.removed is not None:
        prefix = f"{field_name(row.ref)}-rows-{row.removed}-"
        for name in [name for name in kept if name.startswith(prefix)]:
            kept.poplist(name)
    return kept
