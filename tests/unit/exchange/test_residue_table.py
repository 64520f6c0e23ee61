"""The table of codes that go together: its own faults are found, and each entry has a source."""

from pathlib import Path

from dnk_tool.catalogue.residue_pairs import build_residue_pairs, load_residue_pairs
from dnk_tool.paths import criteria_folder

WASTE = "waste-codes.yaml"
WRONG = """\
as_of: '2026-12-01'
materials:
- {key: wood, label: {de: Holz, en: Wood}, codes: ['03 01 05', '99 99 99']}
- {key: paper, label: {de: Papier, en: Paper}, codes: ['03 01 05']}
pairs:
- {key: oil, codes: ['13 02 05'], why: {de: 'Öl', en: Oil}, source: Nirgends}
"""


def test_each_entry_says_why_and_where_it_stands() -> None:
    pairs = load_residue_pairs().pairs
    assert len(pairs) >= 10
    assert all(pair.source and pair.why.de != pair.why.en for pair in pairs)


def test_unknown_and_hazardous_codes_and_repetitions_are_found(tmp_path: Path) -> None:
    (tmp_path / WASTE).write_bytes((criteria_folder() / WASTE).read_bytes())
    (tmp_path / "residue-pairs.yaml").write_text(WRONG, "utf-8")
    said = " ".join(problem.message for problem in build_residue_pairs(tmp_path)[1])
    for expected in ("'99 99 99'", "'13 02 05'", "'03 01 05' stands twice", "needs two codes"):
        assert expected in said
