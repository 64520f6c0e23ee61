"""The profile of a company, which begins each of its declarations."""

from dataclasses import dataclass
from enum import StrEnum

from dnk_tool.domain.quantities import Quantity

MAX_SITES = 200
# What is the same in each declaration of a company: its profile says it, and a new one begins with it.
BOUNDARY_REF = "general.reporting-boundary"
STANDING_REFS = (
    "general.contact-name",
    "general.contact-role",
    "general.contact-email",
    "general.contact-phone",
    BOUNDARY_REF,
)


class CompanySize(StrEnum):
    """Size classes by number of employees alone, with the limits of the EU's recommendation 2003/361."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


SIZE_LIMITS = ((10, CompanySize.MICRO), (50, CompanySize.SMALL), (250, CompanySize.MEDIUM))


def company_size(employees: int | None) -> CompanySize | None:
    """The size class for a number of employees; None if the number is unknown."""
    if employees is None:
        return None
    return next((size for most, size in SIZE_LIMITS if employees < most), CompanySize.LARGE)


@dataclass(frozen=True, slots=True)
class Site:
    """A place where the company works."""

    name: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """The profile of a company. `sector`: "WZ 2025: 43.21", "25" of WZ 2008, or own words."""

    name: str
    legal_form: str = ""
    sector: str = ""
    employees: int | None = None
    turnover: Quantity | None = None
    address: str = ""
    website: str = ""
    sites: tuple[Site, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the fields that a declaration needs and that are still empty."""
        needed = ("name", "legal_form", "sector", "employees", "address")
        return tuple(field for field in needed if getattr(self, field) in (None, ""))


def renamed_sites(before: tuple[Site, ...], after: tuple[Site, ...]) -> dict[str, str]:
    """The sites that were renamed: new names by old ones.

    A site counts as renamed if its old name is gone and exactly one new name is at the same address, or in
    the same row of the list without another address.
    """
    old, new = {site.name for site in before}, {site.name for site in after}
    gone = [(at, site) for at, site in enumerate(before) if site.name not in new]
    come = [(at, site) for at, site in enumerate(after) if site.name not in old]
    new_names: dict[str, str] = {}
    for matches in (_is_same_address, _is_same_row):
        for at, site in gone:
            here = [other for place, other in come if matches(at, site, place, other)]
            if site.name not in new_names and len(here) == 1 and here[0].name not in new_names.values():
                new_names[site.name] = here[0].name
    return new_names


def _is_same_address(_at: int, site: Site, _place: int, other: Site) -> bool:
    return bool(site.address) and site.address == other.address


def _is_same_row(at: int, site: Site, place: int, other: Site) -> bool:
    return at == place and (not site.address or not other.address or site.address == other.address)
