"""The advised length of the answer to an aspect."""

from dnk_tool.catalogue.standard.model import Section

SHORTEST, STEP = 50, 50  # characters


def guide_length(section: Section, whole: tuple[int, int]) -> tuple[int, int] | None:
    """Advised shortest and longest length of an aspect: its share of the criterion's, to 50 characters.

    `whole`: those of a criterion. None for a section without aspects.
    """
    count = len(section.aspects)
    if not count:
        return None
    shortest, longest = (max(SHORTEST, round(length / count / STEP) * STEP) for length in whole)
    return shortest, longest
