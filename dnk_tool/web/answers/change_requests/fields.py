"""The fields beside a change request: those texts of the wizard that it is about."""

from dnk_tool.catalogue import Requirement, Section
from dnk_tool.catalogue.standard.item_model import ItemKind
from dnk_tool.store.review.remarks import RemarkThread


def requirements_of(section: Section, thread: RemarkThread) -> tuple[Requirement, ...]:
    """The requirement that the remark is about; all aspects of a criterion, if it is about the whole."""
    asked = tuple(one for one in section.all_requirements if one.ref == thread.ref)
    return asked or section.aspects


def refs_of(section: Section, thread: RemarkThread) -> frozenset[str]:
    """The refs of what the remark is about: a requirement, else all of the section."""
    return frozenset({thread.ref}) if thread.ref in section.refs else section.refs


def with_texts_only(section: Section, thread: RemarkThread) -> Section:
    """The section with the requirements of the remark, and of their items only the texts.

    What asks for figures keeps no item: its texts tell how they came about, and stand beside them.
    """
    asked = requirements_of(section, thread)
    told = [one for one in asked if not any(item.datapoint for item in one.items)]
    texts = {item.ref for one in told for item in one.items if item.kind is ItemKind.TEXT}
    return section.restricted_to({one.ref for one in asked}).with_items(texts)


def has_more_fields(section: Section, thread: RemarkThread) -> bool:
    """Whether the remark is about fields that stand on the section's own pages only, such as figures."""
    asked = requirements_of(section, thread)
    return not asked or any(item.kind is not ItemKind.TEXT for one in asked for item in one.items)


def is_about_figures(section: Section, thread: RemarkThread) -> bool:
    """Whether the requirement that the remark is about asks for figures."""
    return any(item.datapoint for one in requirements_of(section, thread) for item in one.items)
