"""What a text that others read without a name must not hold, and what looks like it but is fine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.domain.exchange.residues import MAX_AREAS, TextFault, text_faults, typed_areas

COMPANY = "Metallbau Brandt KG"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Fragen Sie bei Metallbau Brandt nach", TextFault.COMPANY_NAME),
        ("METALLBAU  BRANDT, Tor 2", TextFault.COMPANY_NAME),
        ("jonas@metall.example", TextFault.CONTACT),
        ("siehe www.metall.de", TextFault.CONTACT),
        ("unter metall-iserlohn.de", TextFault.CONTACT),
        ("Tel. 02371 123456", TextFault.CONTACT),
        ("+49 2371 1234", TextFault.CONTACT),
        ("für 20 € die Tonne", TextFault.PRICE),
        ("EUR 15 je Ballen", TextFault.PRICE),
        ("50 Cent das Kilo", TextFault.PRICE),
    ],
)
def test_what_tells_too_much(text: str, fault: TextFault) -> None:
    assert text_faults(text, COMPANY) == (fault,)


@pytest.mark.parametrize(
    "text",
    [
        "Späne aus dem Metallbau, ölfrei",
        "200 Euro-Paletten, auch beschädigt",
        "EUR-Paletten und Gitterboxen",
        "wie 03 01 05 oder 12 01 03",
        "0,5 bis 2,25 t, Container 7 m³",
        "Kommt ins Lager. Das geht das ganze Jahr.",
    ],
)
def test_what_is_fine(text: str) -> None:
    assert text_faults(text, COMPANY) == ()


def test_a_company_of_common_words_is_found_by_its_whole_name() -> None:
    assert text_faults("von der Sohn & Co. KG", "Co. KG") == (TextFault.COMPANY_NAME,)
    assert text_faults("nichts", "Co. KG") == ()


def test_areas_as_people_type_them() -> None:
    assert typed_areas("32, 33") == ("32", "33")
    assert typed_areas("32…; 33... 32") == ("32", "33")
    assert typed_areas("") == ()
    for wrong in ("33607", "3", "OWL", "٣٢", ", ".join(str(10 + at) for at in range(MAX_AREAS + 1))):
        assert typed_areas(wrong) is None


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    areas = typed_areas(text)
    assert areas is None or all(len(area) == 2 and area.isdigit() for area in areas)
    text_faults(text, COMPANY)
    text_faults(COMPANY, text)
