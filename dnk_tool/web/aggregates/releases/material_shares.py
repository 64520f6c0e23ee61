"""The shares of the flow of material over the members, as rows of a picture; each is a released rate."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.aggregates.model import ReleaseContent, ReleasedNumber, Statistic
from dnk_tool.language import Language
from dnk_tool.web.aggregates.releases import words
from dnk_tool.web.aggregates.releases.rows import companies_text

WIDTH = 1000  # of the picture's own units
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Share:
    """A rate of the picture; `follows` says whether its bar begins where the one before it ends."""

    figure: str
    name: object
    look: str
    follows: bool


_SHARES = (
    _Share("materials.recycled-share", _l("Material aus Recycling"), "source", follows=False),
    _Share("materials.bio-based-share", _l("Neu, aus Pflanzen oder Tieren"), "output", follows=True),
    _Share("waste.recycled-share", _l("Abfall, der recycelt wird"), "route", follows=False),
)


@dataclass(frozen=True, slots=True)
class MaterialShareRow:
    """A share in words; its bar begins at `start` and is `width` long, of `WIDTH`."""

    name: str
    amount: str
    source: str
    look: str
    start: str
    width: str


def material_share_rows(
    content: ReleaseContent, before: ReleaseContent | None, language: Language
) -> list[MaterialShareRow]:
    """The shares that are shown; none unless one of them is about the material that goes in."""
    shown = [(share, number) for share in _SHARES if (number := _shown(content, share.figure))]
    if not any(share.figure.startswith("materials.") for share, _number in shown):
        return []
    return list(_rows(shown, before, language))


def _rows(
    shown: list[tuple[_Share, ReleasedNumber]], before: ReleaseContent | None, language: Language
) -> Iterator[MaterialShareRow]:
    end = _NOTHING
    for share, number in shown:
        start, length = (end if share.follows else _NOTHING), number.value or _NOTHING
        end = start + length
        yield MaterialShareRow(
            name=str(share.name),
            amount=words.number_text(number, language),
            source=_source(number, before, language),
            look=share.look,
            start=_units(start),
            width=_units(length),
        )


def _source(number: ReleasedNumber, before: ReleaseContent | None, language: Language) -> str:
    """From how many companies the share comes, and what it was in the year before."""
    said = companies_text(number)
    earlier = _shown(before, number.figure) if before else None
    if earlier is None:
        return said
    return str(_("%(said)s; im Jahr davor %(share)s", said=said, share=words.number_text(earlier, language)))


def _shown(content: ReleaseContent, figure: str) -> ReleasedNumber | None:
    number = content.number(figure, Statistic.RATE)
    return number if number and number.is_shown else None


def _units(percent: Decimal) -> str:
    return format(percent * WIDTH / 100, "f")
