"""How a declaration travels inside its own PDF: the names and types of the files that are attached there."""

import re

DATA_TYPE = "application/json"
FIGURES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What associated files are to a document, in the words of PDF/A-3.
SOURCE, DATA = "Source", "Data"

_DATA_NAME = re.compile(r"erklaerung-[0-9]{4}\.json")


def data_name(year: int) -> str:
    """The name of the canonical document."""
    return f"erklaerung-{year}.json"


def figures_name(year: int) -> str:
    """The name of the workbook of all figures."""
    return f"kennzahlen-{year}.xlsx"


def is_data_name(name: str) -> bool:
    """Whether a file of that name can be the canonical document of some year."""
    return bool(_DATA_NAME.fullmatch(name))
