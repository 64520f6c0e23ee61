"""Builds the chapters of a declaration in printed order: criteria, blocks of indicators, supplements."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from dnk_tool.catalogue.standard.model import Area, Criterion, IndicatorBlock, Section
from dnk_tool.catalogue.standard.selection import Selection
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.charts.by_indicator import indicator_charts
from dnk_tool.report.view.charts.climate_path import CLIMATE_CRITERION, climate_path_view
from dnk_tool.report.view.charts.material_flow import RESOURCES_CRITERION, material_flow_view
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.goals import with_goals_once
from dnk_tool.report.view.model import Chapter, DocumentPart
from dnk_tool.report.view.parts import RequirementView
from dnk_tool.report.view.requirements import requirement_view

CRITERION, INDICATORS, SUPPLEMENT = "criterion", "indicators", "supplement"
SEPARATOR = f"{NO_BREAK}· "
# What a company may take into a criterion, by its number.
RECORDS: Mapping[int, Callable[[RenderContext], RequirementView | None]] = {
    RESOURCES_CRITERION: material_flow_view,
    CLIMATE_CRITERION: climate_path_view,
}


def document_parts(source: RenderContext) -> tuple[DocumentPart, ...]:
    """One part per area, its chapters in the edition's order of publication, then the supplements."""
    catalogue = source.document.selection.catalogue
    by_area: dict[str, list[Chapter]] = {area.key: [] for area in catalogue.areas}
    for area, chapter in _ordered_chapters(source):
        by_area[area].append(chapter)
    areas = [_part(area, tuple(by_area[area.key]), source) for area in catalogue.areas]
    return (*with_goals_once(tuple(areas), source), *_supplements(source))


def is_section(ref: str, selection: Selection) -> bool:
    """Whether a declaration has a criterion, a block of indicators or another section with this ref."""
    blocks = {criterion.block.ref for criterion in selection.criteria if criterion.block}
    return ref in selection.section_by_ref or ref in blocks


def section_parts(ref: str, source: RenderContext) -> tuple[DocumentPart, ...]:
    """The part with one criterion and the block asked with it, with one block of indicators, or a supplement.

    Empty for the general information, which is no chapter, and for an unknown ref.
    """
    selection = source.document.selection
    for criterion in selection.criteria:
        block = criterion.block
        if ref == criterion.ref:
            chapters = (_criterion(criterion, source), *((_block(block, source),) if block else ()))
        elif block and ref == block.ref:
            chapters = (_block(block, source),)
        else:
            continue
        area = next(area for area in selection.catalogue.areas if area.key == criterion.area)
        return (replace(_part(area, chapters, source), lead="", span=""),)
    return tuple(supplement for supplement in _supplements(source) if supplement.anchor == f"bereich-{ref}")


def _ordered_chapters(source: RenderContext) -> Iterator[tuple[str, Chapter]]:
    """The chapters in `publication_order`, each with its area: K13 is a criterion, L13 a block."""
    selection = source.document.selection
    criteria = {f"K{criterion.number}": criterion for criterion in selection.criteria}
    blocks = {criterion.block.ref: criterion.block for criterion in selection.criteria if criterion.block}
    area = ""
    for key in selection.catalogue.publication_order:
        if criterion := criteria.get(key):
            area = criterion.area
            yield area, _criterion(criterion, source)
        elif block := blocks.get(key):
            yield area, _block(block, source)


def _part(area: Area, chapters: tuple[Chapter, ...], source: RenderContext) -> DocumentPart:
    words = source.words
    first, last = area.criteria[0], area.criteria[-1]
    return DocumentPart(
        key=area.key,
        anchor=f"bereich-{area.key}",
        title=words.catalogue_text(area.title),
        lead=SEPARATOR.join(chapter.title for chapter in chapters if chapter.kind == CRITERION),
        span=words.gettext("Kriterien %(first)s bis %(last)s") % {"first": first, "last": last},
        chapters=chapters,
    )


def _criterion(criterion: Criterion, source: RenderContext) -> Chapter:
    words = source.words
    return Chapter(
        anchor=f"kriterium-{criterion.number}",
        number=str(criterion.number),
        title=words.catalogue_text(criterion.title),
        lead=words.catalogue_text(criterion.asks) if source.has_questions else "",
        kind=CRITERION,
        parts=tuple(_criterion_parts(criterion, source)),
    )


def _criterion_parts(criterion: Criterion, source: RenderContext) -> Iterator[RequirementView]:
    """The aspects of a criterion, and after them the record that the company takes in, if there is one."""
    yield from (requirement_view(requirement, source) for requirement in criterion.requirements)
    record = RECORDS.get(criterion.number)
    if record is not None and (part := record(source)) is not None:
        yield part


def _block(block: IndicatorBlock, source: RenderContext) -> Chapter:
    return Chapter(
        anchor=f"indikatoren-{block.ref}",
        number="",
        title=block_title(block, source),
        lead="",
        kind=INDICATORS,
        parts=tuple(
            replace(requirement_view(indicator, source), charts=indicator_charts(indicator, block, source))
            for indicator in block.indicators
        ),
    )


def block_title(block: IndicatorBlock, source: RenderContext) -> str:
    """The heading of a block, which names its criteria."""
    _ = source.words.gettext
    ends = {"first": block.criteria[0], "last": block.criteria[-1]}
    if len(block.criteria) == 1:
        return _("Leistungsindikatoren zu Kriterium %(first)s") % ends
    if len(block.criteria) == 2:
        return _("Leistungsindikatoren zu den Kriterien %(first)s und %(last)s") % ends
    return _("Leistungsindikatoren zu den Kriterien %(first)s bis %(last)s") % ends


def _supplements(source: RenderContext) -> Iterator[DocumentPart]:
    catalogue = source.document.selection.catalogue
    refs = {section.ref for _, section in catalogue.supplements}
    for section in source.document.selection.sections:
        if section.ref in refs:
            yield _supplement(section, source)


def _supplement(section: Section, source: RenderContext) -> DocumentPart:
    words = source.words
    chapter = Chapter(
        anchor=f"ergaenzung-{section.ref}",
        number="",
        title=words.catalogue_text(section.title),
        lead=words.catalogue_text(section.asks) if source.has_questions else "",
        kind=SUPPLEMENT,
        parts=tuple(requirement_view(requirement, source) for requirement in section.requirements),
    )
    title = words.gettext("Ergänzende Angaben")
    return DocumentPart("supplement", f"bereich-{section.ref}", title, "", "", (chapter,))
