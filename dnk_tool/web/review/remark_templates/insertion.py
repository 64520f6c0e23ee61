"""Puts reusable remarks into a reviewer's form, and keeps written remarks as reusable ones."""

from collections.abc import Iterable
from dataclasses import replace

from flask_babel import gettext as _

from dnk_tool.catalogue import Section, Selection
from dnk_tool.catalogue.remark_templates import load_supplied_remarks
from dnk_tool.language import Language
from dnk_tool.services.review.remark_templates import (
    RemarkTemplate,
    RemarkTemplateChoices,
    as_template,
    keep_as_template,
    supplied_remark,
    use_remark_template,
)
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.store.tables.review import StockRemark
from dnk_tool.web.http.access import current_actor, current_cluster, current_work
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.section_review_form import SectionReviewForm
from dnk_tool.web.text.options import Option, numbered_title, pair_options

INSERT, KEEP = "insert", "keep"


def with_template(sent: SectionReviewForm, section: Section, language: Language) -> SectionReviewForm:
    """Append the chosen reusable remark, in the declaration's language, to the typed text.

    The button names it, or the select field does. A new remark is then about the aspect that the template
    is about, if none was chosen.
    """
    key = sent.action.partition(":")[2] or sent.stock
    template: RemarkTemplate | None
    if supplied := supplied_remark(key):
        template = as_template(supplied, language)
        if not sent.text and not sent.ref and supplied.section == section.ref:
            sent = replace(sent, ref=_known_ref(section, supplied.aspect))
    else:
        wanted = whole_number(key) or 0
        template = use_remark_template(db(), current_cluster().id, wanted, actor=current_actor())
    return replace(sent, stock="").with_appended_text(template.to(language)) if template else sent


def grouped_options(choices: RemarkTemplateChoices, selection: Selection) -> list[tuple[str, list[Option]]]:
    """The choices that are not among the first, as options under the title of their section."""
    language = current_language()
    titles = {section.ref: numbered_title(section) for section in selection.catalogue.sections}
    return [
        (
            titles.get(ref) or _("Für alle Teile"),
            pair_options((choice.key, choice.title.to(language)) for choice in group),
        )
        for ref, group in choices.others.items()
    ]


def known_texts(own: Iterable[StockRemark]) -> set[str]:
    """The texts of all reusable remarks, in both languages."""
    supplied = (remark.text for remark in load_supplied_remarks())
    return {
        *(text for row in own for text in (row.text_de, row.text_en)),
        *(words for text in supplied for words in (text.de, text.en)),
    }


def keep_remark(
    sent: SectionReviewForm, section: Section, threads: Iterable[RemarkThread], language: Language
) -> dict[int, StockRemark]:
    """Keep the first remark of the thread that the button names; returns what was kept, by thread.

    Only what reviewers wrote to the company: what they say among themselves is to reach no other company.
    """
    named = sent.action.partition(":")[2]
    for thread in threads:
        if str(thread.id) == named and thread.is_to_company:
            kept = keep_as_template(
                current_work(),
                current_cluster().id,
                thread.first.text,
                section=section.ref,
                language=language,
            )
            return {thread.id: kept}
    return {}


def _known_ref(section: Section, ref: str) -> str:
    """The ref if the section asks for it, else none."""
    return ref if ref in section.refs else ""
