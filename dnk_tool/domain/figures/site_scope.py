"""The sites that a company's figures of a year include, and whether they differ from the year before."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SiteChoice:
    """The sites that were chosen for a year, and why they differ from the year before."""

    sites: frozenset[str]
    note: str = ""


@dataclass(frozen=True, slots=True)
class SiteScope:
    """The sites of one year: included, left out, and those of the year before.

    `note` is the company's sentence on why the two years differ.
    """

    year: int
    included: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    note: str = ""

    @property
    def added(self) -> tuple[str, ...]:
        """The sites that were not included the year before."""
        return tuple(site for site in self.included if site not in self.before) if self.before else ()

    @property
    def dropped(self) -> tuple[str, ...]:
        """The sites that were included the year before and no longer are."""
        return tuple(site for site in self.before if site not in self.included)

    @property
    def has_changed(self) -> bool:
        """Whether the included sites differ from those of the year before."""
        return bool(self.added or self.dropped)

    @property
    def says_something(self) -> bool:
        """Whether a reader must be told: a site is left out, or the years are not directly comparable."""
        return bool(self.left_out or self.has_changed or self.note)


def site_scope(
    year: int,
    known: Sequence[str],
    *,
    chosen: Collection[str] | None,
    with_figures: Collection[str],
    before: Collection[str] | None,
    note: str = "",
) -> SiteScope:
    """The scope of a year.

    `known` are the sites of the profile; `chosen` those chosen for the year, None: no choice was made, and
    all count. `with_figures`: the sites that have figures of the year, also under names that the profile no
    longer has. `before`: the sites of the year before, None: they are unknown.
    """
    everything = list(dict.fromkeys([*known, *(chosen or ()), *sorted(with_figures)]))
    included = tuple(site for site in everything if chosen is None or site in chosen)
    left_out = tuple(site for site in everything if site not in included)
    return SiteScope(year, included, left_out, tuple(sorted(before or ())), note)
