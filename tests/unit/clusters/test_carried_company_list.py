"""A list of companies comes back from its page as it was carried, however long, and to nobody else."""

from dataclasses import replace

import pytest

from dnk_tool.domain.clusters.company_list.columns import CompanyColumn
from dnk_tool.domain.clusters.company_list.rows import RowDecision
from dnk_tool.services.clusters import company_list
from dnk_tool.services.uploads.csv_tables import MAX_ROWS, TableFault, UnreadableTable
from tests.journey import forty_companies

KEY, PLACE = "a secret key", (7, 3)


def test_a_list_comes_back_with_all_that_was_said_of_it() -> None:
    it = replace(
        company_list.read_company_list(forty_companies.company_workbook(), "en"),
        edits={34: {CompanyColumn.EMAIL: "p@feinkost.example"}},
        decisions={41: RowDecision.INVITE},
        is_confirmed=True,
        cohort_id=5,
    )
    text = company_list.carry(KEY, it, PLACE)
    assert company_list.carried(KEY, text, PLACE) == it
    assert company_list.carried(KEY, text, (7, 4)) is None
    assert company_list.carried(KEY, text, (8, 3)) is None
    assert company_list.carried("another key", text, PLACE) is None
    assert [sheet.name for sheet in it.sheets] == ["Deckblatt", "Mitglieder"]
    assert it.sheet == 1


def test_a_list_of_the_greatest_length_fits_into_its_page() -> None:
    row = "Unternehmen {0} an der Straße {0};a{0}@firma{0}.example;Kim Name{0};0521 {0}\n"
    content = "Firma;Mail;Kontakt;Tel\n" + "".join(map(row.format, range(MAX_ROWS)))
    it = company_list.read_company_list(content.encode(), "de")
    text = company_list.carry(KEY, it, PLACE)
    assert len(text) < company_list.MAX_CARRIED_BYTES / 3
    assert company_list.carried(KEY, text, PLACE) == it


def test_other_sheets_stay_behind_where_there_is_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    it = company_list.read_company_list(forty_companies.company_workbook(), "de")
    alone = company_list.carry(KEY, replace(it, sheets=(it.sheets[1],), sheet=0), PLACE)
    monkeypatch.setattr(company_list, "MAX_CARRIED_BYTES", len(alone))
    carried = company_list.carried(KEY, company_list.carry(KEY, it, PLACE), PLACE)
    assert carried is not None
    assert [sheet.name for sheet in carried.sheets] == ["Mitglieder"]
    monkeypatch.setattr(company_list, "MAX_CARRIED_BYTES", 100)
    with pytest.raises(UnreadableTable) as caught:
        company_list.carry(KEY, it, PLACE)
    assert caught.value.fault is TableFault.TOO_LARGE
