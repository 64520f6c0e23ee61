"""Describes errors for the log: where and of which kind, without their messages, which may quote people."""

import re
import traceback
from collections.abc import Iterator

# The first table of a statement; its values are placeholders.
_STATEMENT = re.compile(
    r'\s*(\w+)\b(?:.*?\b(?:FROM|INTO|UPDATE|JOIN)\s+|\s+)"?(\w+)', re.DOTALL | re.IGNORECASE
)
# SQLite names columns or a constraint, never values.
_SQLITE_CONSTRAINT = re.compile(r"[A-Z ]+ constraint failed: ([\w., ]+)")


def redacted_traceback(error: BaseException) -> str:
    """The frames and kinds of an error and its causes, as Python prints them but without messages.

    A message may quote what somebody typed, and a database quotes the row that it refused. The line that
    raised the error stands in the last frame. Of an error of the database its code, the constraint, and the
    statement's verb and table are told.
    """
    return "\n".join(_blocks(error, set()))


def _blocks(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None and id(earlier) not in seen:
        yield from _blocks(earlier, seen)
        yield "After this error came:"
    frames = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=True)
    yield "".join(frames.format()) + " ".join([type(error).__name__, *_database_details(error)])
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _blocks(part, seen)


def _database_details(error: BaseException) -> Iterator[str]:
    """What an error of SQLAlchemy or of a database driver says about itself, as far as it is ours."""
    if statement := getattr(error, "statement", None):
        verb_and_table = _STATEMENT.match(str(statement))
        yield f"({' '.join(verb_and_table.groups())})" if verb_and_table else "(statement)"
    for source in (error, getattr(error, "orig", None)):
        of_sqlite = _SQLITE_CONSTRAINT.fullmatch(str(source)) if hasattr(source, "sqlite_errorname") else None
        codes = (
            getattr(source, "sqlite_errorname", None),
            of_sqlite and of_sqlite[1],
            getattr(source, "sqlstate", None),
            getattr(getattr(source, "diag", None), "constraint_name", None),
        )
        yield from (str(code) for code in codes if code)
