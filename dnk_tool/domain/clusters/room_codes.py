"""The code of a workshop room: eight signs that one reads off a wall and types on a phone."""

import re
import secrets

# Without I, L, O, 0 and 1, which look alike on a wall.
SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8
_SEPARATORS = re.compile(r"[\s\u2010-\u2015-]+")


def new_code() -> str:
    """A code that nobody can guess: one of 850 thousand million."""
    return "".join(secrets.choice(SIGNS) for _ in range(CODE_LENGTH))


def typed_code(typed: str) -> str | None:
    """The code in what a person typed, in any case and with blanks or dashes; None if it cannot be one."""
    code = without_separators(typed)
    return code if is_code(code, CODE_LENGTH) else None


def without_separators(typed: str) -> str:
    """What a person typed in capitals, without blanks and dashes."""
    return _SEPARATORS.sub("", typed).upper()


def is_code(text: str, length: int) -> bool:
    """Whether the text has so many signs and each of them is one of `SIGNS`."""
    return len(text) == length and set(text) <= set(SIGNS)


def readable_code(code: str) -> str:
    """The code in two halves, to be read aloud."""
    half = CODE_LENGTH // 2
    return f"{code[:half]}-{code[half:]}"
