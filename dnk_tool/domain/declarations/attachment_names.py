"""The names and types of the files that are attached to the PDF of a declaration."""

import re

DATA_MEDIA_TYPE = "application/json"
FIGURES_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The relationships of associated files to a document (PDF/A-3).
SOURCE_RELATIONSHIP, DATA_RELATIONSHIP = "Source", "Data"

_DATA_FILE_NAME = re.compile(r"erklaerung-[0-9]{4}\.json")


def data_file_name(year: int) -> str:
    """The name of the canonical document: `erklaerung-2026.json`."""
    return f"erklaerung-{year}.json"


def figures_file_name(year: int) -> str:
    """The name of the workbook of all figures: `kennzahlen-2026.xlsx`."""
    return f"kennzahlen-{year}.xlsx"


def is_data_file_name(name: str) -> bool:
    """Whether a file of that name can be the canonical document of some year."""
    return bool(_DATA_FILE_NAME.fullmatch(name))
