"""Orders the reusable remarks for a place in a declaration: the program's and the cluster's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dnk_tool.catalogue.remark_templates import SuppliedRemark, load_supplied_remarks
from dnk_tool.catalogue.values import Text
from dnk_tool.language import Language
from dnk_tool.services.review.remark_templates import RemarkTemplate
from dnk_tool.store.tables.review import StockRemark

MAX_FIRST = 3
_OTHER_SECTION = 4


@dataclass(frozen=True, slots=True)
class RemarkTemplateChoice:
    """A reusable remark to choose. `key` is that of a supplied remark, or the id of the cluster's own."""

    key: str
    title: Text
    section: str = ""
    aspect: str = ""
    is_own: bool = False

    def distance(self, section: str, aspect: str) -> int:
        """How far it is from a place: 0 its aspect, 1 its section, 2 and 3 fit all sections, 4 others."""
        if self.section == section:
            return 0 if aspect and self.aspect == aspect else 1
        return _OTHER_SECTION if self.section else 2 if self.is_own else 3


@dataclass(frozen=True, slots=True)
class RemarkTemplateChoices:
    """The reusable remarks that fit a place best, and the others by section; under "": those that fit all."""

    first: tuple[RemarkTemplateChoice, ...]
    others: Mapping[str, tuple[RemarkTemplateChoice, ...]]


def choices_for(own: Iterable[StockRemark], section: str, aspect: str) -> RemarkTemplateChoices:
    """The choices for a remark on the section; `aspect`: the ref that it is about, if any.

    First those of the aspect, then of the section, then those that fit all. Among equals the cluster's own
    come first, in the order given.
    """
    ranked = sorted(_all_choices(own), key=lambda choice: choice.distance(section, aspect))
    fitting = [choice for choice in ranked if choice.distance(section, aspect) < _OTHER_SECTION]
    first, rest = fitting[:MAX_FIRST], ranked[min(len(fitting), MAX_FIRST) :]
    return RemarkTemplateChoices(
        tuple(first),
        {
            ref: tuple(choice for choice in rest if choice.section == ref)
            for ref in dict.fromkeys(choice.section for choice in rest)
        },
    )


def supplied_remark(key: str) -> SuppliedRemark | None:
    """The program's reusable remark with this key; None for an unknown one."""
    return next((remark for remark in load_supplied_remarks() if remark.key == key), None)


def as_template(remark: SuppliedRemark, language: Language) -> RemarkTemplate:
    """The program's reusable remark as one that a cluster may change, titled in the language."""
    return RemarkTemplate(remark.title.to(language), remark.text.de, remark.text.en, remark.section)


def _all_choices(own: Iterable[StockRemark]) -> Iterable[RemarkTemplateChoice]:
    for row in own:
        yield RemarkTemplateChoice(str(row.id), Text(row.title, row.title), row.section, is_own=True)
    for remark in load_supplied_remarks():
        yield RemarkTemplateChoice(remark.key, remark.title, remark.section, remark.aspect)
