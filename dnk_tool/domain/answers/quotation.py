"""What another company is shown of a published answer: its beginning, as a quotation with its source."""

import re
from dataclasses import dataclass

MOST_CHARACTERS = 600

# No sentence ends behind one letter or a short number: "z. B.", "am 3. Mai", the "2." of a list.
_SENTENCE_END = re.compile(r"(?<!\b\w)(?<!\b\d\d)[.!?](?=\s)")


@dataclass(frozen=True, slots=True)
class Quotation:
    """The beginning of a published answer: who says it, for which year, and where it stands.

    `language`: of the text. `slug`: of the publication's address. `sector`: as it is stored, "" if unknown;
    it and `employees` are those of the published version, and say how alike the company is.
    """

    company: str
    year: int
    slug: str
    language: str
    text: str
    sector: str = ""
    employees: int | None = None


def excerpt(text: str, most: int = MOST_CHARACTERS) -> str:
    """The beginning of the text in at most `most` characters; a cut one ends with " …".

    It ends with a sentence if one ends in the second half of what fits, or else with a word.
    """
    if len(text) <= most:
        return text
    kept = text[: most - 2]
    ends = [end.end() for end in _SENTENCE_END.finditer(text[: most - 1]) if end.end() <= most - 2]
    if ends and ends[-1] >= most // 2:
        return f"{kept[: ends[-1]]} …"
    words = re.match(r"(.*\S)\s", text[: most - 1], re.DOTALL)
    return f"{(words[1] if words else kept).rstrip()} …"
