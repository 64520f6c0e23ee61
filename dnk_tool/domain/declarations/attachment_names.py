"""How a declaration travels inside its own PDF: the names and types of the files that are attached there."""

import re

DATA_MEDIA_TYPE = "application/json"
FIGURES_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What associated files are to a document, in the words of PDF/A-3.
SOURCE_RELATIONSHIP, DATA_RELATIONSHIP = "Source", "Data"

_DATA_FILE_NAME = re.compile(r"erklaerung-[0-9]{4}\.json")


def data_file_name(year: int) -> str:
    """The name of the canonical document."""
    return f"erklaerung-{year}.json"


def figures_file_name(year: int) -> str:
    """The name of the workbook of all figures."""
    return f"kennzahlen-{year}.xlsx"


def is_data_file_name(name: str) -> bool:
    """Whether a file of that name can be the canonical document of some year."""
    return bool(_DATA_FILE_NAME.fullmatch(name))
