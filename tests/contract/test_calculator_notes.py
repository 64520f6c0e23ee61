"""Whatever a calculation notes has a sentence, in both languages, and none of the sentences is left over."""

import pytest
from flask import Flask
from flask_babel import force_locale

from dnk_tool.domain.figures.calculators import CalculationNote, NoteCode
from dnk_tool.web.figures.calculators.notes import NOTE_TEXTS, note_text

SEVERAL = (1, 2)


def test_every_note_has_a_sentence() -> None:
    assert set(NOTE_TEXTS) == set(NoteCode)


@pytest.mark.parametrize("code", NoteCode)
def test_the_sentence_says_how_many_lines_and_is_translated(app: Flask, code: NoteCode) -> None:
    said = {}
    for language in ("de", "en"):
        with app.test_request_context(), force_locale(language):
            said[language] = note_text(CalculationNote(code, "energy.total", SEVERAL))
    assert said["de"].endswith(".")
    assert said["de"] != said["en"]
    numbers = {language: "2" in text.split() for language, text in said.items()}
    assert numbers["de"] == numbers["en"]
