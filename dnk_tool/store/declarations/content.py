"""The content of a declaration as domain values, with the version of each."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from dnk_tool.catalogue import Section
from dnk_tool.domain.answers.answer import Figure, Sheet
from dnk_tool.domain.answers.take_over import EarlierAnswers

K = TypeVar("K")
T = TypeVar("T")


class ReadWhenAsked(Mapping[K, T], Generic[K, T]):
    """Stored rows by key, each made a domain value once it is asked for: of some, a page needs few."""

    def __init__(self, rows: Mapping[K, Any], read: Callable[[Any], T]) -> None:
        self._rows, self._make, self._known = rows, read, dict[K, T]()

    def __getitem__(self, key: K) -> T:
        if key not in self._known:
            self._known[key] = self._make(self._rows[key])
        return self._known[key]

    def get(self, key: K, default: Any = None) -> Any:
        """The value, or `default`; without an exception for each of the many that are not there."""
        known = self._known.get(key)
        return known if known is not None else self[key] if key in self._rows else default

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[K]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


class LastChange(NamedTuple):
    """The version of an answer or figure, when it was saved and by whom."""

    version: int
    at: datetime
    by: int | None


@dataclass(frozen=True)
class DeclarationContent:
    """The present content of a declaration: its sheet, the figures up to its year, and the latest changes.

    `further`: the company's figures that the declaration does not ask for. `earlier`: the answers of the
    previous declaration, if they were read.
    """

    sheet: Sheet
    figures: Mapping[tuple[int, str], Figure]
    changes: Mapping[str, LastChange]
    figure_changes: Mapping[str, LastChange]
    earlier: EarlierAnswers | None = None
    further: Mapping[tuple[int, str], Figure] = field(default_factory=dict)

    def version(self, ref: str) -> int:
        """The version of an answer; 0 if it was never given."""
        return self.changes[ref].version if ref in self.changes else 0

    def figure_version(self, datapoint: str) -> int:
        """The version of a figure of the declaration's year; 0 if it was never given."""
        return self.figure_changes[datapoint].version if datapoint in self.figure_changes else 0

    def of_year(self, year: int) -> dict[str, Figure]:
        """All figures of the company for one year by datapoint, asked for by this declaration or not."""
        every = (self.figures, self.further)
        return {key: figures[of, key] for figures in every for of, key in figures if of == year}

    def for_section(self, section: Section) -> "DeclarationContent":
        """The content restricted to the section's requirements; profile, marks and `further` are left out."""
        items = [item for requirement in section.all_requirements for item in requirement.items]
        refs = {requirement.ref for requirement in section.all_requirements} | {item.ref for item in items}
        points = {item.datapoint.key for item in items if item.datapoint}
        sheet = replace(
            self.sheet,
            answers={ref: answer for ref, answer in self.sheet.answers.items() if ref in refs},
            figures={key: figure for key, figure in self.sheet.figures.items() if key in points},
            done=frozenset(),
            profile=None,
            taken={ref: year for ref, year in self.sheet.taken.items() if ref in refs},
            drafts={ref: drafts for ref, drafts in self.sheet.drafts.items() if ref in refs},
        )
        return DeclarationContent(
            sheet=sheet,
            figures={key: figure for key, figure in self.figures.items() if key[1] in points},
            changes={ref: change for ref, change in self.changes.items() if ref in refs},
            figure_changes={key: change for key, change in self.figure_changes.items() if key in points},
        )
