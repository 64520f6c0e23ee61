"""Offers answers of an earlier declaration for a new one, and finds those that are not confirmed yet."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from dnk_tool.catalogue.standard.model import Requirement, Section
from dnk_tool.domain.answers.answer import NO_ANSWER, Answer, Disclosure, Sheet
from dnk_tool.domain.answers.draft import Draft, DraftKind


@dataclass(frozen=True)
class EarlierAnswers:
    """The answers of the latest earlier declaration by ref, with their drafts, and its reporting year."""

    year: int
    answers: Mapping[str, Answer] = field(default_factory=dict)
    drafts: Mapping[str, tuple[Draft, ...]] = field(default_factory=dict)

    def answer(self, ref: str) -> Answer:
        """The earlier answer under the ref; an empty one if there is none."""
        return self.answers.get(ref, NO_ANSWER)

    def drafts_to_check(self, ref: str) -> tuple[Draft, ...]:
        """Drafts to be checked again: sentences with the figures of then, and what nobody checked."""
        return tuple(
            replace(draft, is_checked=False)
            for draft in self.drafts.get(ref, ())
            if draft.kind is DraftKind.FIGURES or not draft.is_checked
        )


def narrative_refs(requirement: Requirement) -> Iterator[str]:
    """The refs of a requirement that are answered in words or by choosing: all but its figures."""
    if requirement.is_explainable:
        yield requirement.ref
    for item in requirement.items:
        if not item.datapoint and (item.ref != requirement.ref or not requirement.is_explainable):
            yield item.ref


def requirement_answers(
    earlier: EarlierAnswers, requirement: Requirement, refs: Iterable[str] | None = None
) -> dict[str, Answer]:
    """The earlier answers to the requirement; if it was explained then, the explanation alone.

    `refs`: those of its refs that are asked for; None: all.
    """
    is_explained = earlier.answer(requirement.ref).disclosure is Disclosure.EXPLAIN
    return {
        ref: answer
        for ref in (narrative_refs(requirement) if refs is None else refs)
        if (ref == requirement.ref or not is_explained) and not (answer := earlier.answer(ref)).is_empty
    }


def section_offers(sheet: Sheet, earlier: EarlierAnswers, section: Section) -> dict[str, Answer]:
    """The earlier answers, by ref, that can be taken over in a section: those without an answer this year.

    An explanation is offered only if nothing of its requirement is answered, so that it hides nothing; for a
    requirement that is explained this year, nothing is offered.
    """
    offers: dict[str, Answer] = {}
    for requirement in section.all_requirements:
        if sheet.is_explained(requirement):
            continue
        empty = [ref for ref in narrative_refs(requirement) if sheet.answer(ref).is_empty]
        for ref, answer in requirement_answers(earlier, requirement, empty).items() if empty else ():
            whole = sheet.selection.requirements[requirement.ref]  # the section may hold only some items
            if answer.disclosure is not Disclosure.EXPLAIN or not is_touched(sheet, whole):
                offers[ref] = answer
    return offers


def declaration_offers(sheet: Sheet, earlier: EarlierAnswers) -> dict[str, Answer]:
    """The earlier answers, by ref, that can be taken over in the whole declaration."""
    return {
        ref: answer
        for section in sheet.selection.sections
        for ref, answer in section_offers(sheet, earlier, section).items()
    }


def unconfirmed_refs(sheet: Sheet, section: Section) -> tuple[str, ...]:
    """The refs of a section that were taken over or drafted and neither changed nor confirmed since.

    Answers that an explanation hides need no confirmation, nor does a draft beside one.
    """
    return tuple(
        ref
        for requirement in (section.all_requirements if sheet.taken else ())
        for ref in narrative_refs(requirement)
        if ref in sheet.taken
        and (not sheet.is_explained(requirement) or (ref == requirement.ref and ref not in sheet.drafts))
    )


def is_touched(sheet: Sheet, requirement: Requirement) -> bool:
    """Whether any item of the requirement is answered, in words or figures."""
    return any(
        not sheet.figure(item.datapoint).is_empty if item.datapoint else not sheet.answer(item.ref).is_empty
        for item in requirement.items
    )
