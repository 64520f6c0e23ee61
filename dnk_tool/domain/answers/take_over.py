"""What of an earlier declaration can be taken over into a new one, and what of it is not confirmed yet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dnk_tool.catalogue.standard.model import Requirement, Section
from dnk_tool.domain.answers.answer import NO_ANSWER, Answer, Disclosure, Sheet


@dataclass(frozen=True)
class EarlierAnswers:
    """The answers of the latest declaration before, by ref, and the year that it spoke of."""

    year: int
    answers: Mapping[str, Answer] = field(default_factory=dict)

    def answer(self, ref: str) -> Answer:
        return self.answers.get(ref, NO_ANSWER)


def narrative_refs(requirement: Requirement) -> Iterator[str]:
    """The refs of a requirement under which something is said in words or chosen: all but its figures."""
    if requirement.is_explainable:
        yield requirement.ref
    for item in requirement.items:
        if not item.datapoint and (item.ref != requirement.ref or not requirement.is_explainable):
            yield item.ref


def requirement_answers(earlier: EarlierAnswers, requirement: Requirement) -> dict[str, Answer]:
    """What the earlier declaration said to the requirement. Behind an explanation stands nothing else."""
    is_explained = earlier.answer(requirement.ref).disclosure is Disclosure.EXPLAIN
    return {
        ref: earlier.answer(ref)
        for ref in narrative_refs(requirement)
        if not earlier.answer(ref).is_empty and (ref == requirement.ref or not is_explained)
    }


def section_offers(sheet: Sheet, earlier: EarlierAnswers, section: Section) -> dict[str, Answer]:
    """What can be taken over in a section: answers of then to which nothing is said yet, by ref.

    An explanation is offered only where nothing at all is said to its requirement, so that it hides nothing;
    and where this year explains, what was reported then is not offered.
    """
    found: dict[str, Answer] = {}
    for requirement in section.all_requirements:
        if sheet.is_explained(requirement):
            continue
        for ref, answer in requirement_answers(earlier, requirement).items():
            hides = answer.disclosure is Disclosure.EXPLAIN and _is_touched(sheet, requirement)
            if sheet.answer(ref).is_empty and not hides:
                found[ref] = answer
    return found


def declaration_offers(sheet: Sheet, earlier: EarlierAnswers) -> dict[str, Answer]:
    """What can be taken over in the whole declaration."""
    return {
        ref: answer
        for section in sheet.selection.sections
        for ref, answer in section_offers(sheet, earlier, section).items()
    }


def unconfirmed_refs(sheet: Sheet, section: Section) -> tuple[str, ...]:
    """The refs of a section that were taken over and neither changed nor confirmed since.

    What an explanation hides waits for nobody.
    """
    return tuple(
        ref
        for requirement in section.all_requirements
        for ref in narrative_refs(requirement)
        if ref in sheet.taken and (ref == requirement.ref or not sheet.is_explained(requirement))
    )


def _is_touched(sheet: Sheet, requirement: Requirement) -> bool:
    """Whether something is said to the requirement, in words or figures."""
    return any(
        not sheet.figure(item.datapoint).is_empty if item.datapoint else not sheet.answer(item.ref).is_empty
        for item in requirement.items
    )
