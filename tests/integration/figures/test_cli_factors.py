"""`dnk factors` lists, checks, compares and imports editions; a faulty table imports nothing."""

import io
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner, Result

from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.cli.factors import factors
from dnk_tool.paths import criteria_folder

HEADS = "key;name_de;name_en;unit;value;gases;boundary;scope;data_year;use;verified" + (
    ";source_title;source_address;licence"
)
DIESEL = "car.diesel.km;Pkw Diesel;Diesel car;km;0,171;CO2, CH4, N2O;direct;1, 3.6;2027;default;true"
PETROL = "car.petrol.km;Pkw Benzin;Petrol car;km;0,16;CO2, CH4, N2O;direct;1, 3.6;2027;default;true"
NEW = "car.cargo-bike.km;Lastenrad;Cargo bike;km;0,01;CO2e;direct;1;2027;optional;"
SOURCE = ";Conversion factors 2026;https://example.org/2026;Open Government Licence v3.0"
GIVEN = ("--edition", "desnz-2027", "--publisher", "DESNZ", "--name", "2026", "--published", "2026-06-11")


@pytest.fixture
def instance(command_instance: Path) -> Path:
    return command_instance


def factors_run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(factors, [str(argument) for argument in arguments])


def table_at(folder: Path, *rows: str) -> Path:
    path = folder / "factors.csv"
    path.write_text("\n".join([HEADS, *(row + SOURCE for row in rows)]), encoding="utf-8")
    return path


@pytest.fixture
def imported(instance: Path, tmp_path: Path) -> Path:
    """The file of an edition that was imported."""
    result = factors_run("import", table_at(tmp_path, DIESEL, PETROL, NEW), *GIVEN)
    assert result.exit_code == 0, result.output
    return instance / "factors" / "desnz-2027.yaml"


def test_factors_are_listed_with_what_the_tool_does_with_them(instance: Path) -> None:
    result = factors_run("list", "--key", "natural-gas")
    assert result.exit_code == 0
    assert "natural-gas.hs  0.18139464 kg-co2e/kWh-hs  ebev-2030  default\n" in result.output
    assert "natural-gas.hs  0.18296 kg-co2e/kWh-hs  2025  desnz-2025  cross-check\n" in result.output
    assert "diesel" not in result.output
    assert "2024  uba-transport-2024  optional, not verified" in factors_run("list").output
    assert factors_run("list", "--key", "natural").exit_code == 1


def test_what_ships_has_no_problem(instance: Path) -> None:
    result = factors_run("check")
    assert result.exit_code == 0, result.output
    assert "ebev-2030: 33 factors (18 default, 15 optional)" in result.output
    assert result.output.endswith("no problems\n")


def test_what_is_not_verified_is_listed_on_demand(instance: Path) -> None:
    assert "unconfirmed  rail.long-distance.pkm  2024" not in factors_run("check").output
    assert "unconfirmed  rail.long-distance.pkm  2024" in factors_run("check", "--marks").output


def test_a_file_is_checked_with_named_places(instance: Path, tmp_path: Path) -> None:
    shipped = criteria_folder() / "factors" / "ipcc-ar5.yaml"
    assert (
        factors_run("check", shipped).output
        == "ipcc-ar5: 23 factors (23 default)\n  10 partial\nno problems\n"
    )
    copy = tmp_path / "ipcc-ar5.yaml"
    copy.write_text(shipped.read_text("utf-8").replace("unit: kg\n", "unit: kilo\n", 1), encoding="utf-8")
    result = factors_run("check", copy)
    assert result.exit_code == 1
    assert "ipcc-ar5.yaml: factors[0].unit: names the unknown unit 'kilo'" in result.output
    assert "1 problem\n" in result.output


def test_own_editions_are_checked_too(instance: Path, imported: Path) -> None:
    assert "desnz-2027: 3 factors (2 default, 1 optional)" in factors_run("check").output
    imported.write_text(imported.read_text("utf-8").replace("'0.171'", "'0'"), encoding="utf-8")
    result = factors_run("check")
    assert result.exit_code == 1
    assert "factors/desnz-2027.yaml: factors[0].value: must be above zero" in result.output


def test_two_editions_are_compared_in_per_cent(instance: Path) -> None:
    result = factors_run("diff", "ipcc-ar5", criteria_folder() / "factors" / "ipcc-ar4.yaml")
    assert result.exit_code == 0, result.output
    assert "~ refrigerant.r410a: 1923.5 kg-co2e/kg (ipcc-ar5) -> 2087.5 kg-co2e/kg, +8.5 %" in result.output
    assert "- gas.methane: 28 kg-co2e/kg" in result.output
    assert result.output.endswith("2 added, 1 removed, 20 changed, 2 as before\n")
    assert "not among the editions: " in factors_run("diff", "ipcc-ar5", "ipcc-ar9").output


def test_an_import_says_what_it_changes(instance: Path, tmp_path: Path) -> None:
    result = factors_run("import", table_at(tmp_path, DIESEL, NEW), *GIVEN)
    assert result.exit_code == 0, result.output
    assert (
        "~ car.diesel.km 2027: 0.17265 kg-co2e/km (desnz-2026-1.2, 2026) -> 0.171 kg-co2e/km, -1 %"
        in result.output
    )
    assert "+ car.cargo-bike.km 2027: 0.01 kg-co2e/km" in result.output
    assert "1 added, 0 removed, 1 changed, 0 as before" in result.output
    assert "Stored lines keep the value" in result.output


def test_what_was_imported_is_proposed_from_its_year_on(instance: Path, imported: Path) -> None:
    all_factors = load_factors(imported.parent)
    for year, expected in ((2026, "0.17265"), (2027, "0.171")):
        factor = all_factors.newest("car.diesel.km", year)
        assert factor is not None
        assert factor.value == Decimal(expected)
    bike = all_factors.newest("car.cargo-bike.km", 2027)
    assert bike is not None
    assert (bike.label.de, bike.label.en, bike.verification.value) == ("Lastenrad", "Cargo bike", "false")
    edition = all_factors.editions["desnz-2027"]
    assert (edition.title, edition.licence.de) == ("Conversion factors 2026", "Open Government Licence v3.0")


def test_nobody_else_can_read_or_write_what_was_imported(imported: Path) -> None:
    assert imported.stat().st_mode & 0o077 == 0
    assert [file.name for file in imported.parent.iterdir()] == ["desnz-2027.yaml"]


def test_the_same_import_once_more_is_no_fault(imported: Path, tmp_path: Path) -> None:
    before = imported.read_bytes()
    assert factors_run("import", table_at(tmp_path, DIESEL, PETROL, NEW), *GIVEN).exit_code == 0
    assert imported.read_bytes() == before


def test_an_edition_is_never_overwritten(imported: Path, tmp_path: Path) -> None:
    before = imported.read_bytes()
    result = factors_run("import", table_at(tmp_path, DIESEL.replace("0,171", "0,18")), *GIVEN)
    assert result.exit_code == 1
    assert "Editions never change" in result.output
    assert imported.read_bytes() == before
    assert [file.name for file in imported.parent.iterdir()] == ["desnz-2027.yaml"]


def test_the_key_of_a_shipped_edition_is_refused(instance: Path, tmp_path: Path) -> None:
    result = factors_run("import", table_at(tmp_path, DIESEL), *GIVEN, "--edition", "desnz-2025")
    assert result.exit_code == 1
    assert "there is an edition 'desnz-2025' already" in result.output


def test_one_faulty_row_imports_nothing_and_every_fault_is_named(instance: Path, tmp_path: Path) -> None:
    table = table_at(
        tmp_path,
        DIESEL,
        PETROL.replace("0,16", "viel"),
        NEW.replace(";km;", ";Meilen;"),
        "van.diesel.km;Transporter;Van;km;0,2;CO2e;direct;1;;default;true",
        "car.hybrid.km;Hybrid;Hybrid;km;0,1;CO2e;upstream;1;2026;default;true",
    )
    result = factors_run("import", table, *GIVEN)
    assert result.exit_code == 1
    assert "factors.csv: row 3.value: is not an exact number" in result.output
    assert "factors.csv: row 4.unit: names the unknown unit 'Meilen'" in result.output
    assert "factors.csv: row 5.data_year: is missing, but the values of 'van.diesel.km'" in result.output
    assert "factors.csv: row 6.boundary: is 'upstream', but 'direct' in 'desnz-2025'" in result.output
    assert not (instance / "factors").exists()


def test_a_missing_year_can_be_given_for_all_rows(instance: Path, tmp_path: Path) -> None:
    table = table_at(tmp_path, DIESEL.replace(";2027;", ";;"))
    assert factors_run("import", table, *GIVEN).exit_code == 1
    assert factors_run("import", table, *GIVEN, "--data-year", "2027").exit_code == 0


def test_a_slipped_decimal_sign_is_pointed_out(instance: Path, tmp_path: Path) -> None:
    result = factors_run("import", table_at(tmp_path, DIESEL.replace("0,171", "17,265")), *GIVEN, "--dry-run")
    assert "please check: unit? decimal sign?" in result.output
    assert not (instance / "factors").exists()


def test_missing_provenance_is_refused(instance: Path, tmp_path: Path) -> None:
    result = factors_run("import", table_at(tmp_path, DIESEL), "--edition", "desnz-2027")
    assert result.exit_code == 1
    assert "edition: publisher: is missing" in result.output
    assert "edition: published: is missing" in result.output


def test_an_excel_file_is_imported_alike(instance: Path, tmp_path: Path) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADS.split(";"))
        cells = (DIESEL + SOURCE).split(";")
        for column, cell in enumerate(cells):
            if column == 4:
                sheet.write_number(1, column, 0.171)
            else:
                sheet.write_string(1, column, cell)
    file = tmp_path / "factors.xlsx"
    file.write_bytes(stream.getvalue())
    result = factors_run("import", file, *GIVEN)
    assert result.exit_code == 0, result.output
    assert "-> 0.171 kg-co2e/km" in result.output


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "cannot be read: it is empty"),
        (b"\x00\x01", "cannot be read: it is no table"),
        (b"key;unit\nx;kWh", "the first row must name the columns; missing: value"),
        (b"key;unit;value\n", "the table has no row for it"),
    ],
)
def test_what_is_no_table_of_factors_is_refused(
    instance: Path, tmp_path: Path, content: bytes, message: str
) -> None:
    file = tmp_path / "factors.csv"
    file.write_bytes(content)
    result = factors_run("import", file, *GIVEN)
    assert result.exit_code == 1
    assert message in result.output
