"""Years that an example names, counted from the declaration's: "{year}", "{year-2}", "{year+3}"."""

import re

YEAR_PLACE = re.compile(r"\{year(?P<away>[+-]\d)?\}")


def in_year(text: str, year: int) -> str:
    """The text with its years, counted from the declaration's."""
    return YEAR_PLACE.sub(lambda match: str(year + int(match["away"] or 0)), text)
