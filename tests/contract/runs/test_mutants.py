"""The mutants of `make mutation` can be made: each changes a place that exists, for tests that exist."""

import ast
from pathlib import Path

import pytest

from tests.runs import mutation

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("mutant", mutation.mutants(), ids=lambda mutant: mutant.breaks)
def test_a_mutant_can_be_made(mutant: mutation.Mutant) -> None:
    source = (ROOT / mutant.file).read_text("utf-8")
    assert source.count(mutant.before) == 1
    changed = source.replace(mutant.before, mutant.after)
    assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(source))
    assert mutant.tests
    assert [test for test in mutant.tests if not (ROOT / test).exists()] == []


def test_a_mutant_that_no_test_notices_is_told(tmp_path: Path) -> None:
    (tmp_path / "sums.py").write_text("def double(x):\n    return x * 2\n")
    (tmp_path / "test_sums.py").write_text(
        "from sums import double\ndef test_it():\n    assert double(2) == 4\n"
    )
    worse = mutation.Mutant("", "sums.py", "x * 2", "x * 3", ("test_sums.py",))
    alike = mutation.Mutant("", "sums.py", "x * 2", "x + 2", ("test_sums.py",))
    assert mutation.is_noticed(worse, tmp_path)
    assert not mutation.is_noticed(alike, tmp_path)
    with pytest.raises(ValueError, match="does not hold this once"):
        mutation.is_noticed(mutation.Mutant("", "sums.py", "gone", "", ("test_sums.py",)), tmp_path)
    assert "x * 2" in (tmp_path / "sums.py").read_text()
