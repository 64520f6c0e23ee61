"""Large declarations that strangers hand in are checked in a child, with its limits."""

import json
from pathlib import Path
from typing import Any

import pytest

from dnk_tool.domain.declarations.document import canonical_json
from dnk_tool.services.uploads import declarations
from dnk_tool.services.uploads.declarations import (
    MAX_BYTES_HERE,
    DeclarationFileFault,
    UnreadableDeclaration,
    canonical_declaration,
    read_declaration_file,
)

CRAFT = Path(__file__).parents[2] / "data" / "craft.json"


@pytest.fixture
def in_child_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the file is parsed in this process."""
    monkeypatch.setattr(declarations, "is_newer", lambda _data: pytest.fail("it is parsed here"))
    monkeypatch.setattr(declarations, "read_document", lambda _data: pytest.fail("it is parsed here"))


def large(**changes: Any) -> bytes:
    """A file that is longer than those that are read in the server's own process."""
    document = json.loads(CRAFT.read_bytes()) | changes
    return json.dumps(document).encode() + b" " * MAX_BYTES_HERE


def import_fault(content: bytes) -> UnreadableDeclaration:
    with pytest.raises(UnreadableDeclaration) as caught:
        canonical_declaration(content)
    return caught.value


@pytest.mark.usefixtures("in_child_only")
def test_f16_a_large_file_is_the_same_declaration() -> None:
    assert canonical_declaration(large()) == CRAFT.read_bytes()


def test_f16_a_large_file_can_be_imported() -> None:
    assert canonical_json(read_declaration_file(large())) == CRAFT.read_bytes()


@pytest.mark.usefixtures("in_child_only")
def test_f16_faults_of_a_large_file_are_told_as_those_of_a_small_one() -> None:
    wrong = import_fault(large(reporting_year="bald", unknown=1))
    assert wrong.fault is DeclarationFileFault.INVALID
    assert {problem.path for problem in wrong.problems} == {"reporting_year", "unknown"}
    assert import_fault(large(version=99)).fault is DeclarationFileFault.NEWER
    assert import_fault(b"{" + b" " * MAX_BYTES_HERE).fault is DeclarationFileFault.DAMAGED


@pytest.mark.usefixtures("in_child_only")
def test_f16_a_file_that_takes_too_much_ends_the_child_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declarations, "MEMORY", 150_000_000)
    hostile = b'{"a":[' + b'{"b":[1]},' * 900_000 + b"0]}"
    assert import_fault(hostile).fault is DeclarationFileFault.DAMAGED
