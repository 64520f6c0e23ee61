"""What law says today: each law dated, read within a year, and shown at places that there are."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from dnk_tool.catalogue.laws import Law, build_laws, law_words, load_laws
from dnk_tool.catalogue.values import NO_TEXT
from dnk_tool.paths import criteria_folder, templates_folder

LAWS = load_laws()
OWN = criteria_folder() / "law.yaml"
CALL = re.compile(r'laws\("(pages/[a-z-]+)"')


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS.keys())
def test_what_is_checked_has_a_day_and_a_threshold_and_nothing_else_has_a_day(law: Law) -> None:
    has_day = law.since is not None or bool(law.amounts)
    assert has_day is law.is_checked
    assert law.applies_to != NO_TEXT or not law.is_checked
    assert law.address.startswith("https://")
    assert law.source.de
    assert law.source.en


def test_the_laws_of_the_year_are_there() -> None:
    days = {key: law.since for key, law in LAWS.items() if law.since}
    assert days == {
        "voluntary-standard": date(2026, 9, 24),
        "value-chain-cap": date(2027, 1, 1),
        "environmental-claims": date(2026, 9, 27),
        "supply-chain-act": date(2024, 1, 1),
    }
    assert {key for key, law in LAWS.items() if not law.is_checked} == {
        "pay-transparency",
        "deforestation-free-wood",
    }
    assert "2026/1560" in LAWS["voluntary-standard"].source.de
    assert "1.000 Beschäftigten" in LAWS["value-chain-cap"].applies_to.de
    assert "1.000 Beschäftigten" in LAWS["supply-chain-act"].applies_to.de
    for claim in ("umweltfreundlich", "Siegel", "siegel", "klimaneutral", "Plan"):
        assert claim.lower() in LAWS["environmental-claims"].text.de.lower()


@pytest.mark.parametrize(
    ("year", "amount"),
    [(2021, None), (2022, None), (2023, "12.00"), (2025, "12.82"), (2026, "13.90"), (2031, "14.60")],
)  # fmt: skip
def test_the_minimum_wage_is_that_of_the_year(year: int, amount: str | None) -> None:
    known = LAWS["minimum-wage"].amount_in(year)
    assert (known.value if known else None) == (Decimal(amount) if amount else None)


def test_each_page_named_in_the_file_shows_it_and_no_page_asks_for_another() -> None:
    named = {place for law in LAWS.values() for place in law.places if place.startswith("pages/")}
    shown = {
        place
        for path in templates_folder().rglob("*.html")
        for place in CALL.findall(path.read_text("utf-8"))
    }
    assert named == shown


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("  read: '2026-11-27'\n", "", "read: is missing or is not a day"),
        ("    address: https://eur-lex.europa.eu/eli/reg_del/2026/1560/oj\n", "", "address: is missing"),
        ("  since: '2026-09-24'\n", "", "says not from when and for whom"),
        ("  since: '2026-09-24'\n", "  since: soon\n", "since: is missing or is not a day"),
        ("  checked: true\n", "  checked: false\n", "has a day that nobody has checked"),
        ("  since: '2026-09-24'\n", "  since: '2026-09-24'\n  sinse: '2026'\n", "is no key of this file"),
        ("key: value-chain-cap", "key: voluntary-standard", "'voluntary-standard' stands twice"),
        ("mindestens {amount} Euro", "mindestens 13,90 Euro", "amounts that no text names"),
    ],
)
def test_the_reader_finds_what_a_law_lacks(tmp_path: Path, wrong: str, right: str, said: str) -> None:
    content = OWN.read_text("utf-8")
    assert wrong in content
    (tmp_path / "law.yaml").write_text(content.replace(wrong, right, 1), "utf-8")
    assert said in "\n".join(str(problem) for problem in build_laws(tmp_path)[1])


def test_other_files_name_days_and_thresholds_by_the_key_of_a_law() -> None:
    words = law_words(LAWS.values())
    assert words["supply-chain-act.since"].de == "1. Januar 2024"
    assert words["supply-chain-act.since"].en == "1 January 2024"
    assert words["supply-chain-act.applies-to"] == LAWS["supply-chain-act"].applies_to
    assert "pay-transparency.since" not in words, "what is unchecked has no day"
