"""German words are divided as the official spelling has it."""

import pytest

from dnk_tool.report.engine.hyphenation import hyphenated


@pytest.mark.parametrize(
    "divided",
    [
        "Mit-ar-bei-te-rin-nen",
        "Nach-hal-tig-keits-stra-te-gie",
        "Wert-schöp-fungs-ket-te",
        "Um-welt-be-lan-ge",
        "Treib-haus-gas-emis-sio-nen",
        "Lie-fer-ket-ten-sorg-falts-pflich-ten-ge-setz",
        "Chan-cen-ge-rech-tig-keit",
        "Ge-schäfts-füh-rung",
        "Ener-gie-ein-spa-rung",
        "Stra-ßen-ver-kehr",
    ],
)
def test_words_are_divided_rightly(divided: str) -> None:
    assert hyphenated(divided.replace("-", "")) == divided


def test_english_is_untouched() -> None:
    assert hyphenated("sustainability", "en-GB") == "sus-tain-ab-il-ity"
