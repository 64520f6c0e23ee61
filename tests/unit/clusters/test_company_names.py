"""Which names are taken for those of the same company, measured on pairs of which we know it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.domain.clusters.company_list import check
from dnk_tool.domain.clusters.company_list.check import SimilarNames, are_similar, bare_name

SAME = [
    ("Tischlerei Sommer", "Tischlerei Sommer GmbH"),
    ("Tischlerei Sommer GmbH & Co. KG", "Tischlerei Sommer"),
    ("Müller & Söhne OHG", "Mueller und Soehne"),
    ("Feinkost Detmold e. K.", "Feinkost Detmold"),
    ("Hof Lütke-Berg", "Hof Lütke Berg GbR"),
    ("Dachdeckerei Meier", "Dachdeckerei Meyer"),
    ("Molkerei Steinheim eG", "Molkrei Steinheim"),
    ("Bäckerei Krüger", "Bäckerei Krüger Detmold"),
    ("Verlag Lippische Blätter", "Lippische Blätter Verlag GmbH"),
    ("Polster Rietberg GmbH", "POLSTER RIETBERG gmbh"),
    ("Anders Straßenbau AG", "Anders Strassenbau"),
    ("Roth Ltd.", "Roth Limited"),
]
OTHERS = [
    ("Bäckerei Krüger", "Bäckerei Kruse"),
    ("Stadtwerke Bielefeld", "Stadtwerke Herford"),
    ("Autohaus Meier", "Autohaus Beckmann"),
    ("Elektro Hansen GmbH", "Elektro Sommer GmbH"),
    ("Firma 17 GmbH", "Firma 18 GmbH"),
    ("Werk Süd GmbH", "Werk Nord GmbH"),
    ("Beck GmbH", "Roth GmbH"),
    ("Holz AG", "Holzbau AG"),
    ("Rot GmbH", "Rot Holz KG"),
    ("Senne Lack", "Senne Lager"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_company_is_recognised(one: str, other: str) -> None:
    assert SimilarNames([one]).find(other) == one
    assert SimilarNames([other]).find(one) == other


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_two_companies_are_not_taken_for_one(one: str, other: str) -> None:
    assert SimilarNames([one]).find(other) is None
    assert SimilarNames([other]).find(one) is None


@pytest.mark.parametrize("name", ["GmbH", "AG", "&", "...", "KG & Co", "e. V."])
def test_a_name_of_nothing_but_a_legal_form_stays(name: str) -> None:
    assert bare_name(name)
    assert SimilarNames(["Beck GmbH"]).find(name) is None


@settings(max_examples=50)
@given(st.text(min_size=1, max_size=40), st.lists(st.text(min_size=1, max_size=40), max_size=5))
def test_a_name_is_found_among_any_others(name: str, others: list[str]) -> None:
    found = SimilarNames([name, *others]).find(name)
    assert found is not None
    assert are_similar(bare_name(found), bare_name(name))


def test_a_name_is_compared_with_few_of_a_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = ("Bäckerei", "Tischlerei", "Autohaus", "Elektro")
    places = ("Nord", "Süd", "Detmold", "Lage", "Senne")
    many = [
        f"{kind} {one}{two}mann {place}"
        for kind in kinds
        for place in places
        for one in "bdfgh"
        for two in "aeiouäöüly"
    ]
    compared = []
    monkeypatch.setattr(
        check, "are_similar", lambda one, other: compared.append(1) or are_similar(one, other)
    )
    known = SimilarNames(many)
    assert len(many) == 1_000
    for name in many:
        assert known.find(f"{name} GmbH") == name
        known.find(f"{name} {name[::-1]}")
    assert len(compared) < 100 * len(many)
