"""The general information names what the profile keeps as keys, and leaves out what is empty."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from dnk_tool.catalogue import load_sectors
from dnk_tool.domain.organisation import Profile
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import Language
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import ExportOptions
from dnk_tool.report.view.model import Issue
from tests.support.documents import PROFILE, full_document

FINAL = Issue(2, date(2026, 3, 2), False, "ab12cd34" * 8)


def lines_of(profile: Profile, language: Language = "de") -> dict[str, list[str]]:
    """The lines that are printed for each part of the profile, on its page or in the imprint."""
    document = full_document(profile=profile)
    view = compose(document, FINAL, ExportOptions(language=language))
    lines = {
        entry.label: [line for block in entry.prose for line in block.lines]
        for entry in (*view.general.entries, *view.contact)
    }
    derived = document.selection.catalogue.derived
    return {
        key.removeprefix("organisation."): lines[label.to(language)]
        for key, label in derived
        if label.to(language) in lines
    }


def test_the_sector_is_printed_by_name_and_number() -> None:
    assert lines_of(PROFILE)["sector"] == ["Herstellung von Metallerzeugnissen (WZ\u00a02008:\u00a025)"]
    (english,) = lines_of(PROFILE, "en")["sector"]
    assert english == f"{load_sectors().former.divisions['25'].label.en} (WZ\u00a02008:\u00a025)"


def test_13_a_sector_of_wz_2025_is_printed_with_its_classification() -> None:
    profile = replace(PROFILE, sector="WZ 2025: 43.21")
    assert lines_of(profile)["sector"] == ["Elektroinstallation (WZ\u00a02025:\u00a043.21)"]
    assert lines_of(profile, "en")["sector"] == ["Electrical installation (WZ\u00a02025:\u00a043.21)"]


def test_a_sector_in_own_words_stays_as_it_is() -> None:
    assert lines_of(replace(PROFILE, sector="Drechslerei"))["sector"] == ["Drechslerei"]


def test_the_legal_form_is_printed_by_name() -> None:
    key, form = next(iter(load_sectors().legal_forms.items()))
    assert lines_of(replace(PROFILE, legal_form=key))["legal-form"] == [form.label.de]
    assert lines_of(replace(PROFILE, legal_form="GmbH in Gründung"))["legal-form"] == ["GmbH in Gründung"]


def test_sites_are_a_list_and_the_turnover_has_its_unit() -> None:
    general = lines_of(PROFILE)
    assert general["sites"] == [
        "Werk und Verwaltung, Werkstraße 12, 73033 Göppingen",
        "Lager, Am Bahnhof 3, 73054 Eislingen",
    ]
    assert general["turnover"] == ["7,4\u00a0Mio.\u00a0EUR"]
    assert lines_of(replace(PROFILE, turnover=Quantity(Decimal(486), "TEUR")))["turnover"] == [
        "486\u00a0TEUR"
    ]


def test_what_the_profile_does_not_know_is_left_out() -> None:
    general = lines_of(Profile("Neu"))
    assert not {"legal-form", "sector", "sites", "turnover", "address"} & set(general)


def test_14_the_page_begins_with_what_the_company_does_and_leaves_the_rest_to_the_imprint() -> None:
    view = compose(full_document(), FINAL)
    labels = [entry.label for entry in view.general.entries]
    assert labels[0] == "Geschäftsmodell"
    assert labels[-2:] == ["Geltungsbereich", "Ergänzende Hinweise"]
    assert not {"Sprache der Erklärung", "Berichtsjahr", "E-Mail", "Ansprechperson"} & set(labels)
    contact = {entry.label: entry.prose[0] for entry in view.contact}
    assert list(contact) == ["Anschrift und Sitz", "Ansprechperson", "E-Mail", "Telefon", "Website"]
    assert contact["Anschrift und Sitz"].lines == (PROFILE.address.replace("\n", ", "),)


@pytest.mark.parametrize(
    ("website", "shown", "target"),
    [
        ("https://www.muster.example/", "www.muster.example", "https://www.muster.example/"),
        ("muster.example/über-uns", "muster.example/über-uns", "https://muster.example/über-uns"),
        ("javascript:alert(1)", "javascript:alert(1)", ""),
        ("https://muster.example/?a=<b>", "https://muster.example/?a=<b>", ""),
        ("noch keine", "noch keine", ""),
    ],
)
def test_14_the_website_is_printed_and_linked_if_it_is_one(website: str, shown: str, target: str) -> None:
    view = compose(full_document(profile=replace(PROFILE, website=website)), FINAL)
    for entries in (view.general.facts, view.contact):
        (block,) = next(entry.prose for entry in entries if entry.label == "Website")
        assert (block.lines, "".join(link.target for link in block.links)) == ((shown,), target)


def test_14_the_address_of_the_contact_person_is_a_link_on_cover_and_imprint() -> None:
    view = compose(full_document(), FINAL)
    mail = full_document().sheet().answer("general.contact-email").text
    for entries, label in ((view.cover.facts, "Ansprechperson"), (view.contact, "E-Mail")):
        (block,) = next(entry.prose for entry in entries if entry.label == label)
        assert [(text, link.target) for text, link, _ in block.pieces(0) if link] == [
            (mail, f"mailto:{mail}")
        ]
