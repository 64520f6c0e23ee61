"""Values of forms about people of the team."""


def account_number(text: str) -> int | None:
    """The number of an account; None for an empty field, 0 for what cannot be one."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
