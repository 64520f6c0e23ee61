"""Codes that one reads off a wall and types on a phone: of a workshop room, and of a poll."""

import re
import secrets

# Without I, L, O, 0 and 1, which look alike on a wall.
SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
ROOM_CODE_LENGTH = 8  # nobody guesses one of 850 thousand million
POLL_CODE_LENGTH = 4  # 920 thousand codes: guessing one lets somebody answer that poll, and see nothing else
_SEPARATORS = re.compile(r"[\s\u2010-\u2015-]+")


def new_code(length: int) -> str:
    """A random code of so many signs."""
    return "".join(secrets.choice(SIGNS) for _ in range(length))


def typed_code(typed: str, length: int) -> str | None:
    """The code in what a person typed, in any case and with blanks or dashes; None if it cannot be one."""
    code = _SEPARATORS.sub("", typed).upper()
    return code if len(code) == length and set(code) <= set(SIGNS) else None


def readable_code(code: str) -> str:
    """The code in two halves, to be read aloud."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"
