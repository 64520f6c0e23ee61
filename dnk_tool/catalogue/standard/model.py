"""A standard from requirement to catalogue: every value is frozen, typed and bilingual."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from dnk_tool.catalogue.standard.item_model import Choice, Datapoint, Item, UnitFamily
from dnk_tool.catalogue.values import NO_TEXT, Standing, Text, Verification

PICTURES = ("scopes",)  # beside explained terms; each is a template in answers/help
ZERO_CHOICE = "yes"  # what a zero chooses: "no significant breaches" is true


@dataclass(frozen=True, slots=True)
class Reason:
    """A ready-made explanation why a company does not report; the editor may change its words."""

    key: str
    label: Text
    text: Text


@dataclass(frozen=True, slots=True)
class Zero:
    """A full report of zero that one tick fills in: 0 in the figures, `text` where words are asked for.

    `fields` are the refs of the items that it answers; none: the text of an aspect.
    """

    key: str
    label: Text
    text: Text
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """A term that a beginner has to know in order to answer, with its meaning in plain words."""

    term: Text
    text: Text


@dataclass(frozen=True, slots=True)
class Requirement:
    """An aspect, indicator or detail, answered as one: reported, or explained where `is_explainable`."""

    ref: str
    title: Text
    hint: Text
    reasons: tuple[Reason, ...]
    items: tuple[Item, ...]
    verified: Verification
    zeros: tuple[Zero, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    picture: str = ""

    @property
    def is_explainable(self) -> bool:
        """Whether a company may explain why it does not report."""
        return True


R = TypeVar("R", bound=Requirement)


class Need(StrEnum):
    """What an answer usually takes in a small company, from the quickest on."""

    MINUTES = "minutes"
    PAPER = "paper"
    COLLEAGUE = "colleague"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Aspect(Requirement):
    """A part of a criterion that is answered in words, with help for the writer.

    `holds_goals`: a year later the company reviews the goals that it stated here. `first_time`: the key of
    the reason that says that there were no earlier goals, where the aspect asks for them; else "".
    """

    belongs: tuple[Text, ...] = ()
    example: Text = NO_TEXT
    where: tuple[Text, ...] = ()
    option: str | None = None
    csr_rug: bool = False
    basis: str = ""
    holds_goals: bool = False
    first_time: str = ""
    takes: Need = Need.COLLEAGUE


class SuccessionStatus(StrEnum):
    """What became of a disclosure since the edition that a set uses."""

    VALID = "valid"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Succession:
    """What stands today in place of an indicator: codes of an edition, from a day on.

    A withdrawn one may have codes, too, which ask for something close to it.
    """

    status: SuccessionStatus
    codes: tuple[str, ...]
    edition: str
    since: date | None
    as_of: date
    address: str
    verified: Verification


@dataclass(frozen=True, slots=True)
class Indicator(Requirement):
    """A performance indicator of a set with its fields."""

    indicator_set: str = ""
    code: str = ""
    fields_verified: Verification = Verification.UNCONFIRMED
    note: str = ""
    succeeded_by: Succession | None = None


@dataclass(frozen=True, slots=True)
class Detail(Requirement):
    """A piece of general information: filled in, never explained."""

    standing: Standing | None = None

    @property
    def is_explainable(self) -> bool:
        """Always False: general information is never explained."""
        return False


@dataclass(frozen=True, slots=True)
class IndicatorBlock:
    """The indicators that belong to some criteria and are printed after the last of them."""

    ref: str
    criteria: tuple[int, ...]
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the wizard and one chapter of the declaration."""

    ref: str
    title: Text
    asks: Text
    why: Text
    requirements: tuple[Requirement, ...]
    block: IndicatorBlock | None

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        """The aspects among its requirements; the indicators of its block are not included."""
        return tuple(r for r in self.requirements if isinstance(r, Aspect))

    @property
    def details(self) -> tuple[Detail, ...]:
        """The pieces of general information among its requirements."""
        return tuple(r for r in self.requirements if isinstance(r, Detail))

    @property
    def all_requirements(self) -> tuple[Requirement, ...]:
        """Aspects or details first, then the indicators of the block."""
        return self.requirements + (self.block.indicators if self.block else ())

    @property
    def refs(self) -> frozenset[str]:
        """The refs of all requirements."""
        return frozenset(requirement.ref for requirement in self.all_requirements)

    def restricted_to(self, refs: Collection[str]) -> "Section":
        """The section with only the requirements of these refs; a block without any is dropped."""
        kept = tuple(requirement for requirement in self.requirements if requirement.ref in refs)
        indicators = (
            tuple(indicator for indicator in self.block.indicators if indicator.ref in refs)
            if self.block
            else ()
        )
        block = replace(self.block, indicators=indicators) if self.block and indicators else None
        return replace(self, requirements=kept, block=block)

    def with_items(self, refs: Collection[str]) -> "Section":
        """The section with only the items of these refs; all its requirements stay."""

        def narrow(requirement: R) -> R:
            items = tuple(item for item in requirement.items if item.ref in refs)
            return requirement if items == requirement.items else replace(requirement, items=items)

        requirements = tuple(narrow(requirement) for requirement in self.requirements)
        indicators = tuple(narrow(indicator) for indicator in self.block.indicators) if self.block else ()
        block = replace(self.block, indicators=indicators) if self.block else None
        return replace(self, requirements=requirements, block=block)


@dataclass(frozen=True, slots=True)
class Criterion(Section):
    """One of the numbered criteria of the DNK."""

    number: int = 0
    area: str = ""
    csr_rug_matter: Text = NO_TEXT
    verified: Verification = Verification.UNCONFIRMED


@dataclass(frozen=True, slots=True)
class Area:
    """One of the four areas into which the criteria are grouped."""

    key: str
    title: Text
    intro: Text
    criteria: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class IndicatorSet:
    """A set of indicators, of which a declaration uses one throughout; `standing` is printed at its index."""

    key: str
    title: Text
    explains: Text
    abbreviation: str
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class Option:
    """Something a company may report in addition, such as under the CSR-RUG."""

    key: str
    title: Text
    explains: Text
    verified: Verification
    standing: Standing | None


@dataclass(frozen=True)
class Catalogue:
    """An edition of a standard with everything a company may be asked.

    `standing` says what became of the standard, `worth` what a declaration is accepted as.
    """

    edition: str
    title: Text
    standing: Standing | None
    worth: Standing | None
    areas: tuple[Area, ...]
    general: Section
    derived: tuple[tuple[str, Text], ...]
    criteria: tuple[Criterion, ...]
    supplements: tuple[tuple[str, Section], ...]
    indicator_sets: tuple[IndicatorSet, ...]
    options: tuple[Option, ...]
    reasons: tuple[Choice, ...]
    datapoints: Mapping[str, Datapoint]
    families: Mapping[str, UnitFamily]
    guide_length: tuple[int, int]
    publication_order: tuple[str, ...]

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """General information, the criteria and every supplement, in the order of the wizard."""
        return (self.general, *self.criteria, *(section for _, section in self.supplements))

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """Every item of the edition by ref."""
        return {i.ref: i for s in self.sections for r in s.all_requirements for i in r.items}

    @cached_property
    def requirements(self) -> Mapping[str, Requirement]:
        """Every aspect, detail and indicator of the edition by ref."""
        return {r.ref: r for s in self.sections for r in s.all_requirements}

    def area_of(self, criterion: Criterion) -> Area:
        """The area that the criterion names."""
        return next(area for area in self.areas if area.key == criterion.area)

    def indicator_set(self, key: str) -> IndicatorSet:
        """The set with this key. Raises StopIteration for an unknown one."""
        return next(indicator_set for indicator_set in self.indicator_sets if indicator_set.key == key)
