"""Tells a figure that does not apply from one that is missing, by what the company says about it.

The format has no state of its own for it: the chosen reason of an explanation says so, or the first words of
the reason why a figure is not available.
"""

import re

from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.catalogue.standard.model import Requirement
from dnk_tool.domain.answers.answer import Figure, Quality, Sheet

NOT_APPLICABLE_REASON = "not-applicable"  # the key of the reason in catalogue.yaml
_SAID = re.compile(
    r"\s*(?:(?:das|dies|diese \w+|die \w+) )?"
    r"(?:entfällt|entfallen|trifft (?:\w+ ){0,3}nicht zu|nicht anwendbar"
    r"|(?:this )?does not apply|not applicable)"
    r"(?!\w)",
    re.IGNORECASE,
)


def is_not_applicable(figure: Figure) -> bool:
    """Whether the reason for a missing value begins with "entfällt", "trifft nicht zu" or the like."""
    is_missing = figure.value is None and figure.quality is Quality.NOT_AVAILABLE
    return is_missing and _SAID.match(figure.note) is not None


def is_explained_as_not_applicable(sheet: Sheet, requirement: Requirement) -> bool:
    """Whether the company explains the requirement with the reason that it does not apply."""
    return sheet.is_explained(requirement) and sheet.answer(requirement.ref).reason == NOT_APPLICABLE_REASON


def does_not_apply(sheet: Sheet, datapoint: Datapoint) -> bool:
    """Whether no requirement that asks for the figure applies to the company."""
    asked_by = sheet.selection.asked_by.get(datapoint.key, ())
    return bool(asked_by) and all(is_explained_as_not_applicable(sheet, each) for each in asked_by)
