"""The name that somebody types before a company or a cluster is deleted, or a member leaves."""

from dnk_tool.domain.text import normalised


class OtherName(Exception):
    """The typed name is not that of the company or the cluster."""


def require_typed_name(typed: str, name: str) -> None:
    """Raise OtherName unless the name was typed, in small or capital letters."""
    if normalised(typed).casefold() != normalised(name).casefold():
        raise OtherName(typed)
