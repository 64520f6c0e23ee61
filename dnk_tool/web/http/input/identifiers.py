"""Numbers in addresses that no row can have, because the database cannot count so far."""

from collections.abc import Mapping
from typing import Any

MAX_ID = 2**31 - 1


def has_possible_ids(view_args: Mapping[str, Any] | None) -> bool:
    """Whether each number that an address names fits into a column for ids."""
    return all(value <= MAX_ID for value in (view_args or {}).values() if isinstance(value, int))
