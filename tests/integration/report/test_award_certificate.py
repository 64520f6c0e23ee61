"""The certificate of an award: one sheet, sound for every reader, whatever names stand on it."""

import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from dnk_tool.catalogue import load_catalogue
from dnk_tool.domain.colours import AREA_COLOURS
from dnk_tool.language import Language
from dnk_tool.report.files.award_certificate import AwardCertificate, certificate_html, rosette
from dnk_tool.report.renderer import render_page
from tests.support.files.pdf_accessibility import accessibility_failures

USUAL = AwardCertificate(
    language="de",
    company="Möbelwerk Eich GmbH",
    title="Alte Küchen kommen zurück",
    prize="1. Preis",
    award="Klimapreis Weserbergland",
    year=2026,
    cluster="Klimanetzwerk Weserbergland",
    given_on=date(2026, 12, 1),
)
HOSTILE = '<script>alert(1)</script>{{ 7*7 }}\u202e\u0000✔ 😀 & "“'
CASES = {
    "usual": USUAL,
    "english": replace(USUAL, language="en"),
    "words": replace(
        USUAL, company="Genossenschaftliche Wärmeversorgung und Gebäudereinigung Oberes Weserbergland eG",
        title="Wie wir mit der Abwärme der Nachbarn heizen und dabei noch alle Fahrräder reparieren",
    ),
    "longest": replace(
        USUAL, company="Wärme " * 35, title="WÄRME " * 20, prize="Preis " * 13, award="Klima " * 20,
        cluster="Netz " * 40,
    ),
    "endless": replace(
        USUAL, company="Wärme " * 83, title="Abwärme " * 15, prize="Preis " * 13, award="Klima " * 20,
        cluster="Netz " * 40,
    ),
    "one word": replace(
        USUAL, company="W" * 500, title="a" * 120, prize="P" * 80, award="K" * 120, cluster="N" * 200
    ),
    "hostile": replace(USUAL, company=HOSTILE, title=HOSTILE, prize=HOSTILE, award=HOSTILE, cluster=HOSTILE),
}  # fmt: skip


def text_of_sheet(certificate: AwardCertificate, path: Path) -> str:
    """The text of the sheet, whose PDF is then at the path."""
    path.write_bytes(render_page(certificate_html(certificate), issued_on=certificate.given_on, seconds=-1))
    return subprocess.run(
        ["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True
    ).stdout


@pytest.mark.parametrize("case", CASES)
def test_it_is_one_sheet_that_all_can_read_and_keep(case: str, tmp_path: Path) -> None:
    path = tmp_path / "certificate.pdf"
    text = text_of_sheet(CASES[case], path)
    assert accessibility_failures(path, has_contents=False, least_bookmarks=1) == []
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) == 1
        assert str(pdf.Root.Lang) == {"de": "de-DE", "en": "en-GB"}[CASES[case].language]
    assert {"de": "1. Dezember 2026", "en": "1 December 2026"}[CASES[case].language] in text


def test_names_stay_names(tmp_path: Path) -> None:
    text = " ".join(text_of_sheet(CASES["hostile"], tmp_path / "certificate.pdf").split())
    assert text.count("<script>alert(1)</script>{{ 7*7 }}") == 5
    assert "\u202e" not in text


@pytest.mark.parametrize("language", ["de", "en"])
def test_it_says_who_won_what_and_for_what(language: Language, tmp_path: Path) -> None:
    text = text_of_sheet(replace(USUAL, language=language), tmp_path / "certificate.pdf")
    for words in (USUAL.company, USUAL.title, USUAL.prize, f"{USUAL.award} {USUAL.year}", USUAL.cluster):
        assert words in text
    assert ("Urkunde" in text, "Certificate" in text) == (language == "de", language == "en")


def test_the_rosette_has_a_ray_for_each_criterion_in_the_colour_of_its_area() -> None:
    assert [ray.colour for ray in rosette()] == [
        AREA_COLOURS[criterion.area] for criterion in load_catalogue("dnk-2017").criteria
    ]
