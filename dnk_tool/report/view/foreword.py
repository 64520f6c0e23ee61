"""Builds the foreword and the lead sentence of a declaration, both of them optional."""

from dataclasses import replace

from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.parts import ForewordView, LabelledText

LEAD, FOREWORD = "general.lead", "general.foreword"
FOREWORD_NAME, FOREWORD_ROLE = "general.foreword-name", "general.foreword-role"
# Details that have a place of their own at the front; the general information leaves them out.
FOREWORD_REFS = frozenset({LEAD, FOREWORD, FOREWORD_NAME, FOREWORD_ROLE})


def foreword_view(source: RenderContext) -> ForewordView:
    """The foreword with its name and function, and the lead sentence; without a text there is no foreword."""
    words, sheet = source.words, source.sheet
    given = {
        item.ref: words.prose(answer.text, is_marked_up=answer.is_marked_up)
        for detail in source.document.selection.catalogue.general.details
        for item in detail.items
        if item.ref in FOREWORD_REFS and (answer := sheet.answer(item.ref)).text
    }
    items = source.document.selection.items
    lines = {ref: " ".join(line for block in prose for line in block.lines) for ref, prose in given.items()}
    entries = (LabelledText(words.catalogue_text(items[ref].printed), prose) for ref, prose in given.items())
    return ForewordView(
        lead=lines.get(LEAD, ""),
        prose=given.get(FOREWORD, ()),
        name=lines.get(FOREWORD_NAME, ""),
        role=lines.get(FOREWORD_ROLE, ""),
        entries=tuple(entries),
    )


def lead_only(foreword: ForewordView) -> ForewordView:
    """The lead sentence without the foreword, as the short form has it."""
    return replace(foreword, prose=(), name="", role="")
