"""Parses the bytes of a `dnk-declaration` file, and reports every place that does not fit the format."""

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from dnk_tool.domain.declarations.document_schema import SHAPES, DocumentShape, FirstVersionShape
from dnk_tool.domain.schema_types import NOT_A_DATE

MAX_BYTES = 10_000_000
MAX_PROBLEMS = 200


@dataclass(frozen=True, slots=True)
class DocumentProblem:
    """A fault at one place of the file: a path, a code to translate, and the detail that it concerns."""

    path: str
    code: str
    detail: str = ""


class DocumentError(ValueError):
    """The file is no valid declaration; `problems` is never empty, and holds 200 at most."""

    def __init__(self, problems: list[DocumentProblem]) -> None:
        self.problems = problems[:MAX_PROBLEMS]
        super().__init__(
            "; ".join(f"{problem.path}: {problem.code} {problem.detail}" for problem in self.problems)
        )


def parse_document(content: bytes) -> DocumentShape:
    """Parse the file by the shapes of the version that it names; refs are not looked up yet.

    Raises DocumentError. A version that does not exist is a fault of the first version's shape.
    """
    if len(content) > MAX_BYTES:
        raise DocumentError([DocumentProblem("", "too-large", str(MAX_BYTES // 1_000_000))])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DocumentError([DocumentProblem("", "not-utf-8")]) from None
    shape = _shape_of(_checked_syntax(text))
    try:
        return shape.model_validate_json(text)
    except ValidationError as error:
        problems = [
            _problem_from_error(detail) for detail in error.errors(include_url=False, include_input=False)
        ]
        raise DocumentError(problems) from None


class _DuplicateKey(Exception):
    pass


def _shape_of(data: Any) -> type[DocumentShape]:
    """The shape of the version that the data name."""
    version = data.get("version") if isinstance(data, dict) else None
    return SHAPES.get(version, FirstVersionShape) if type(version) is int else FirstVersionShape


def _checked_syntax(text: str) -> Any:
    """The data; rejects what Pydantic's parser accepts: repeated names, and constants that JSON lacks."""
    try:
        return json.loads(text, object_pairs_hook=_reject_duplicate_keys, parse_constant=_reject_constant)
    except _DuplicateKey as error:
        raise DocumentError([DocumentProblem(str(error), "double-key")]) from None
    except json.JSONDecodeError as error:
        where = f"{error.lineno}:{error.colno}"
        raise DocumentError([DocumentProblem("", "not-json", where)]) from None
    except (RecursionError, ValueError):
        raise DocumentError([DocumentProblem("", "not-json", "1:1")]) from None


def _reject_duplicate_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values_by_name: dict[str, Any] = {}
    for name, value in pairs:
        if name in values_by_name:
            # Half an emoji, which JSON can write and UTF-8 cannot, would break the page that shows the name.
            raise _DuplicateKey(name[:80].encode("utf-8", "replace").decode("utf-8"))
        values_by_name[name] = value
    return values_by_name


def _reject_constant(constant: str) -> NoReturn:
    raise ValueError(constant)


_CODES = {
    "json_invalid": "not-json",
    "missing": "missing",
    "extra_forbidden": "unknown-key",
    "unexpected_keyword_argument": "unknown-key",
    "literal_error": "not-allowed",
    "enum": "not-allowed",
    "string_pattern_mismatch": "not-a-number",
    NOT_A_DATE: NOT_A_DATE,
    "string_too_long": "too-long",
    "string_too_short": "empty",
    "too_long": "too-many",
    "greater_than_equal": "out-of-range",
    "less_than_equal": "out-of-range",
}
_LIMITS = ("expected", "max_length", "le", "ge")


def _problem_from_error(error: ErrorDetails) -> DocumentProblem:
    path = ""
    for part in error["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f"{'.' if path else ''}{part}"
    context = error.get("ctx") or {}
    detail = next((str(context[name]) for name in _LIMITS if name in context), "")
    if error["type"] == "json_invalid":
        detail = ":".join(re.findall(r"\d+", str(context.get("error")))[-2:])
    return DocumentProblem(path[:200], _CODES.get(error["type"], "wrong-type"), detail[:120])
