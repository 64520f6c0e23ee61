"""The profile of a company: what every declaration of it says at the beginning."""

from dataclasses import dataclass

from dnk_tool.domain.quantities import Quantity

MAX_SITES = 200


@dataclass(frozen=True, slots=True)
class Site:
    """A place where the company works."""

    name: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """Who the company is. `sector` is a division of the WZ 2008 (NACE Rev. 2), such as "25"."""

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
