"""Requirements and answers as text, for history, conflicts and review."""

from flask_babel import gettext as _

from dnk_tool.catalogue import Indicator, Requirement
from dnk_tool.catalogue.standard.item_model import Item
from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.answers.table_cells import row_text
from dnk_tool.domain.answers.values import Rows
from dnk_tool.language import Language


def answer_text(item: Item | None, answer: Answer, language: Language) -> str:
    """The whole answer as text; an explanation begins by saying that it is one."""
    if answer.disclosure is Disclosure.EXPLAIN:
        return str(_("Wir berichten nicht: %(text)s", text=answer.explanation))
    if item is None or answer.value is None:
        return answer.text
    if isinstance(answer.value, Rows):
        return "\n".join(row_text(row, item.table, language) for row in answer.value.rows if item.table)
    keys = answer.value if isinstance(answer.value, tuple) else (str(answer.value),)
    labels = {choice.key: choice.label.to(language) for choice in item.choices}
    return ", ".join(labels.get(key, key) for key in keys)


def requirement_title(requirement: Requirement, language: Language) -> str:
    """The title on the page: aspects with their number, indicators with their code."""
    title = requirement.title.to(language)
    if isinstance(requirement, Indicator):
        return f"{requirement.code}: {title}"
    return f"{requirement.ref} {title}" if requirement.is_explainable else title
