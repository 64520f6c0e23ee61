"""The published schema of the file format is the one that the code reads by."""

import json
from pathlib import Path

import jsonschema

from dnk_tool.domain.declarations.document_schema import json_schema

FILE = Path(__file__).parents[2] / "docs" / "dnk-declaration.schema.json"


def test_the_schema_file_is_the_schema_of_the_code() -> None:
    """To renew the file, write `json.dumps(schema(), indent=2, ensure_ascii=False)` and a line end."""
    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    assert FILE.read_text(encoding="utf-8") == text


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
