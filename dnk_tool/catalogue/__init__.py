"""The content of a standard: areas, criteria, aspects, indicators and datapoints as frozen values."""

from dnk_tool.catalogue.problems import CatalogueError, Problem
from dnk_tool.catalogue.sectors import Division, Sectors, SectorSection, load_sectors
from dnk_tool.catalogue.standard.item_model import (
    Choice,
    Column,
    Datapoint,
    Item,
    ItemKind,
    Table,
    UnitFamily,
)
from dnk_tool.catalogue.standard.loader import editions, load_catalogue
from dnk_tool.catalogue.standard.model import (
    Aspect,
    Catalogue,
    Criterion,
    Detail,
    Indicator,
    IndicatorBlock,
    Requirement,
    Section,
)
from dnk_tool.catalogue.standard.selection import Selection, selection_for
from dnk_tool.catalogue.values import NO_TEXT, Text

__all__ = [
    "NO_TEXT",
    "Aspect",
    "Catalogue",
    "CatalogueError",
    "Choice",
    "Column",
    "Criterion",
    "Datapoint",
    "Detail",
    "Division",
    "Indicator",
    "IndicatorBlock",
    "Item",
    "ItemKind",
    "Problem",
    "Requirement",
    "Section",
    "SectorSection",
    "Sectors",
    "Selection",
    "Table",
    "Text",
    "UnitFamily",
    "editions",
    "load_catalogue",
    "load_sectors",
    "selection_for",
]
