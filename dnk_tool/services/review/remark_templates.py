"""Adds, changes and deletes the reusable remarks of a cluster, and makes new ones of written remarks.

Orders the reusable remarks for a place in a declaration: the program's and the cluster's own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from dnk_tool.catalogue.remark_templates import SuppliedRemark, load_supplied_remarks
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.editing import Stored, is_change
from dnk_tool.domain.permissions import Actor, Permission, Subject, require
from dnk_tool.domain.text import first_words
from dnk_tool.language import Language
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.review import remark_templates
from dnk_tool.store.tables.review import StockRemark

LONGEST_TITLE_OF_TEXT = 60


@dataclass(frozen=True)
class RemarkTemplate:
    """A reusable remark: a title for the list, its text in German, English or both, the section it fits."""

    title: str
    text_de: str
    text_en: str = ""
    section: str = ""

    def to(self, language: Language) -> str:
        """The text in the language; in the other one if it is not translated."""
        texts = (self.text_en, self.text_de) if language == "en" else (self.text_de, self.text_en)
        return next((text for text in texts if text), "")


class RemarkTemplateDeleted(Exception):
    """Somebody deleted the reusable remark meanwhile."""


def remark_template_of(row: StockRemark) -> RemarkTemplate:
    """The stored reusable remark as a plain value."""
    return RemarkTemplate(row.title, row.text_de, row.text_en, row.section)


def add_remark_template(work: Work, cluster_id: int, stock: RemarkTemplate) -> StockRemark:
    """Add a reusable remark to the cluster. Raises NotPermitted."""
    _require_permission(cluster_id, work.actor)
    clusters.lock(work.session, cluster_id)
    row = StockRemark(
        cluster_id=cluster_id,
        title=stock.title,
        text_de=stock.text_de,
        text_en=stock.text_en,
        section=stock.section,
        changed_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return row


def keep_as_template(
    work: Work, cluster_id: int, text: str, *, section: str, language: Language
) -> StockRemark:
    """Make a reusable remark of a written one, titled by its first words; returns the one that there is.

    Raises NotPermitted.
    """
    _require_permission(cluster_id, work.actor)
    clusters.lock(work.session, cluster_id)
    for row in remark_templates.of_cluster(work.session, cluster_id):
        if text in (row.text_de, row.text_en):
            return row
    title = first_words(text, LONGEST_TITLE_OF_TEXT)
    texts = ("", text) if language == "en" else (text, "")
    return add_remark_template(work, cluster_id, RemarkTemplate(title, *texts, section))


def use_remark_template(
    session: Session, cluster_id: int, template_id: int, *, actor: Actor
) -> RemarkTemplate | None:
    """The cluster's reusable remark, counted as used once more; None if it is gone. Raises NotPermitted."""
    _require_permission(cluster_id, actor)
    row = remark_templates.by_id(session, cluster_id, template_id)
    if row is None:
        return None
    remark_templates.count_use(session, row.id)
    return remark_template_of(row)


def change_remark_template(
    work: Work, cluster_id: int, stock_id: int, stock: RemarkTemplate, *, seen: int
) -> None:
    """Change a reusable remark. `seen`: the version that the sender had seen.

    Raises NotPermitted, RemarkTemplateDeleted and ConflictError, each without writing anything.
    """
    row = _locked_row(work.session, cluster_id, stock_id, work.actor)
    if not is_change(_stored(row), seen, stock):
        return
    row.title, row.section = stock.title, stock.section
    row.text_de, row.text_en = stock.text_de, stock.text_en
    row.version, row.changed_at = row.version + 1, work.now


def delete_remark_template(
    session: Session, cluster_id: int, stock_id: int, *, seen: int, actor: Actor
) -> None:
    """Delete a reusable remark; remarks written with it stay.

    `seen`: the version that the sender had seen. Raises NotPermitted, RemarkTemplateDeleted and
    ConflictError.
    """
    row = _locked_row(session, cluster_id, stock_id, actor)
    if is_change(_stored(row), seen, None):
        session.delete(row)


def _stored(row: StockRemark) -> Stored[RemarkTemplate | None]:
    return Stored(remark_template_of(row), row.version, row.changed_at)


def _locked_row(session: Session, cluster_id: int, stock_id: int, actor: Actor) -> StockRemark:
    _require_permission(cluster_id, actor)
    clusters.lock(session, cluster_id)
    row = remark_templates.by_id(session, cluster_id, stock_id)
    if row is None:
        raise RemarkTemplateDeleted
    return row


def _require_permission(cluster_id: int, actor: Actor) -> None:
    require(Permission.CLUSTER_VIEW, actor, Subject(cluster_id=cluster_id))


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
