"""The general information names what the profile keeps as keys, and leaves out what is empty."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from dnk_tool.catalogue import load_sectors
from dnk_tool.domain.organisation import Profile
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import Language
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import ExportOptions
from dnk_tool.report.view.model import Issue
from tests.support.documents import PROFILE, full_document

FINAL = Issue(2, date(2026, 3, 2), False, "ab12cd34" * 8)


def printed(profile: Profile, language: Language = "de") -> dict[str, list[str]]:
    """The lines that are printed for each part of the profile."""
    document = full_document(profile=profile)
    lines = {
        entry.label: [line for block in entry.prose for line in block.lines]
        for entry in compose(document, FINAL, ExportOptions(language=language)).general
    }
    derived = document.selection.catalogue.derived
    return {
        key.removeprefix("organisation."): lines[label.to(language)]
        for key, label in derived
        if label.to(language) in lines
    }


def test_the_sector_is_printed_by_name_and_number() -> None:
    assert printed(PROFILE)["sector"] == ["Herstellung von Metallerzeugnissen (WZ\u00a02008:\u00a025)"]
    (english,) = printed(PROFILE, "en")["sector"]
    assert english == f"{load_sectors().former.divisions['25'].label.en} (WZ\u00a02008:\u00a025)"


def test_13_a_sector_of_wz_2025_is_printed_with_its_classification() -> None:
    profile = replace(PROFILE, sector="WZ 2025: 43.21")
    assert printed(profile)["sector"] == ["Elektroinstallation (WZ\u00a02025:\u00a043.21)"]
    assert printed(profile, "en")["sector"] == ["Electrical installation (WZ\u00a02025:\u00a043.21)"]


def test_a_sector_in_own_words_stays_as_it_is() -> None:
    assert printed(replace(PROFILE, sector="Drechslerei"))["sector"] == ["Drechslerei"]


def test_the_legal_form_is_printed_by_name() -> None:
    key, form = next(iter(load_sectors().legal_forms.items()))
    assert printed(replace(PROFILE, legal_form=key))["legal-form"] == [form.label.de]
    assert printed(replace(PROFILE, legal_form="GmbH in Gründung"))["legal-form"] == ["GmbH in Gründung"]


def test_sites_are_a_list_and_the_turnover_has_its_unit() -> None:
    general = printed(PROFILE)
    assert general["sites"] == [
        "Werk und Verwaltung, Werkstraße 12, 73033 Göppingen",
        "Lager, Am Bahnhof 3, 73054 Eislingen",
    ]
    assert general["turnover"] == ["7,4\u00a0Mio.\u00a0EUR"]
    assert printed(replace(PROFILE, turnover=Quantity(Decimal(486), "TEUR")))["turnover"] == ["486\u00a0TEUR"]


def test_what_the_profile_does_not_know_is_left_out() -> None:
    general = printed(Profile("Neu"))
    assert general["name"] == ["Neu"]
    assert not {"legal-form", "sector", "sites", "turnover", "address"} & set(general)
