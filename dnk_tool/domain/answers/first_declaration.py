"""Answers for a company's first declaration: it cannot say what became of earlier goals."""

from dnk_tool.catalogue.standard.model import Aspect
from dnk_tool.domain.answers.answer import Answer, Disclosure, Sheet
from dnk_tool.domain.answers.take_over import is_touched
from dnk_tool.language import Language


def first_time_answers(sheet: Sheet, language: Language) -> dict[str, Answer]:
    """The ready-made explanations, by ref, for aspects that ask for earlier goals and have no answer yet."""
    answers: dict[str, Answer] = {}
    for ref, aspect in sheet.selection.requirements.items():
        if not isinstance(aspect, Aspect) or not aspect.first_time:
            continue
        if sheet.answer(ref).is_empty and not is_touched(sheet, aspect):
            text = next(reason.text for reason in aspect.reasons if reason.key == aspect.first_time)
            answers[ref] = Answer(Disclosure.EXPLAIN, explanation=text.to(language), reason=aspect.first_time)
    return answers
