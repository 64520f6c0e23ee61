"""Values of forms about people of the team."""

from dnk_tool.web.http.input.numbers import whole_number


def account_number(text: str) -> int | None:
    """The number of an account; None for an empty field, 0 for what cannot be one."""
    if not text:
        return None
    return whole_number(text) or 0
