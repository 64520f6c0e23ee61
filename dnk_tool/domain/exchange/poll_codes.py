"""The code of a poll: four signs that one reads off a wall and types on a phone."""

import secrets

from dnk_tool.domain.clusters.room_codes import SIGNS, is_code, without_separators

CODE_LENGTH = 4


def new_code() -> str:
    """Draw the code of a poll, one of about 920,000; whoever knows it can answer, and see nothing else."""
    return "".join(secrets.choice(SIGNS) for _ in range(CODE_LENGTH))


def typed_code(typed: str) -> str | None:
    """The code in what a person typed, in any case and with blanks or dashes; None if it cannot be one."""
    code = without_separators(typed)
    return code if is_code(code, CODE_LENGTH) else None
