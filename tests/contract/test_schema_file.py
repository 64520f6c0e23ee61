"""The published schemas of the file format are those that the code reads by."""

import json
from pathlib import Path

import jsonschema
import pytest

from dnk_tool.domain.declarations.document_schema import json_schema

DOCS = Path(__file__).parents[2] / "docs"
FILES = {1: DOCS / "dnk-declaration.schema.json", 2: DOCS / "dnk-declaration-2.schema.json"}


@pytest.mark.parametrize("version", FILES)
def test_the_schema_file_is_the_schema_of_the_code(version: int) -> None:
    """To renew it, write `json.dumps(json_schema(version), indent=2, ensure_ascii=False)` and a line end."""
    text = json.dumps(json_schema(version), indent=2, ensure_ascii=False) + "\n"
    assert FILES[version].read_text(encoding="utf-8") == text


@pytest.mark.parametrize("version", FILES)
def test_the_schema_is_a_schema(version: int) -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema(version))
    assert json_schema(version)["title"] == f"dnk-declaration, version {version}"
