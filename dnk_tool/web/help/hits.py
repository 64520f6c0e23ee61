"""What a search finds: hits in groups, each with the place where the words stand."""

from collections.abc import Iterable
from dataclasses import dataclass

from dnk_tool.domain.text_search import Excerpt, TextQuery

MOST_SHOWN = 5
MOST_OF_ONE_GROUP = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that has the words in its title or in one of its texts; `where` says whose it is."""

    title: str
    href: str
    texts: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A hit as the page shows it: its title, and the sentence with most of the words."""

    title: tuple[Excerpt, ...]
    href: str
    excerpt: tuple[Excerpt, ...]
    where: str


@dataclass(frozen=True, slots=True)
class HitGroup:
    """Hits of one kind; `total` counts those that are not shown, too. `is_cut`: there may be older ones."""

    key: str
    title: str
    hits: tuple[ShownHit, ...]
    total: int
    is_cut: bool


def fitting(query: TextQuery, hits: Iterable[Hit]) -> list[Hit]:
    """The hits that have all the words, those with most of them in the title first."""
    matching = (hit for hit in hits if query.fits(hit.title, *hit.texts))
    return sorted(matching, key=lambda hit: -query.count(hit.title))


def hit_group(
    query: TextQuery, key: str, title: str, hits: list[Hit], *, is_whole: bool, is_cut: bool
) -> HitGroup:
    """The first hits with their sentences; many if the group `is_whole`."""
    shown = hits[: MOST_OF_ONE_GROUP if is_whole else MOST_SHOWN]
    return HitGroup(
        key,
        title,
        tuple(
            ShownHit(query.marked(hit.title), hit.href, query.excerpt(hit.texts), hit.where) for hit in shown
        ),
        len(hits),
        is_cut,
    )
