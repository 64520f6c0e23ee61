"""Builds the body (all between cover and imprint) of each variant of a declaration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from dnk_tool.report.view.annex import NO_ANNEX, AnnexView, annex_view
from dnk_tool.report.view.at_a_glance import glance
from dnk_tool.report.view.back_matter import count_rows, index_rows, rating_groups
from dnk_tool.report.view.chapters import document_parts, section_parts
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.edition import ExportOptions, Variant
from dnk_tool.report.view.foreword import foreword_view, lead_only
from dnk_tool.report.view.general_information import general_view
from dnk_tool.report.view.model import CountRow, DocumentPart, IndexRow, Issue, RatingGroup
from dnk_tool.report.view.parts import (
    NO_FOREWORD,
    NO_GENERAL,
    NO_GLANCE,
    DigestSection,
    ForewordView,
    GeneralView,
    GlanceView,
)
from dnk_tool.report.view.variants.internal import internal_digests
from dnk_tool.report.view.variants.short import short_digests


@dataclass(frozen=True, slots=True)
class Body:
    """All between cover and imprint; parts that a variant leaves out are empty."""

    foreword: ForewordView = NO_FOREWORD
    glance: GlanceView = NO_GLANCE
    general: GeneralView = NO_GENERAL
    counts: tuple[CountRow, ...] = ()
    parts: tuple[DocumentPart, ...] = ()
    ratings: tuple[RatingGroup, ...] = ()
    index: tuple[IndexRow, ...] = ()
    annex: AnnexView = NO_ANNEX
    digests: tuple[DigestSection, ...] = ()

    @property
    def glossary_texts(self) -> tuple[object, ...]:
        """The parts in which terms of the glossary are searched."""
        return (self.foreword, self.glance, self.general, self.parts, self.annex, self.digests)


def body_of(source: RenderContext, issue: Issue, edition: ExportOptions) -> Body:
    """The body of the export's variant; for SECTION empty if there is no such section."""
    return _BODIES[edition.variant](source, issue, edition)


def _full(source: RenderContext, issue: Issue, edition: ExportOptions) -> Body:
    general = general_view(source)
    chapters, ratings = document_parts(source), rating_groups(source)
    annex = annex_view(source)
    replaced = source.words.replaced
    overview = glance(source)
    source.words.replaced = replaced  # it repeats text of the chapters: count its characters once
    return Body(
        foreword=foreword_view(source),
        glance=overview,
        general=general,
        counts=count_rows(source),
        parts=chapters,
        ratings=ratings,
        index=index_rows(source),
        annex=annex,
    )


def _short(source: RenderContext, issue: Issue, edition: ExportOptions) -> Body:
    return Body(
        foreword=lead_only(foreword_view(source)),
        glance=glance(source, is_short=True),
        digests=short_digests(source),
    )


def _internal(source: RenderContext, issue: Issue, edition: ExportOptions) -> Body:
    return Body(
        counts=count_rows(source),
        ratings=rating_groups(source, is_internal=True),
        digests=internal_digests(source, issue.issued_on),
    )


def _section(source: RenderContext, issue: Issue, edition: ExportOptions) -> Body:
    if edition.section == source.document.selection.catalogue.general.ref:
        general, entries = general_view(source), foreword_view(source).entries
        return Body(general=replace(general, texts=(*general.texts, *entries)))
    return Body(parts=section_parts(edition.section, source))


_BODIES: Mapping[Variant, Callable[[RenderContext, Issue, ExportOptions], Body]] = {
    Variant.FULL: _full,
    Variant.SHORT: _short,
    Variant.INTERNAL: _internal,
    Variant.SECTION: _section,
}
