"""What all pages of a review share: the round, its sections and threads."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask_babel import ngettext

from dnk_tool.catalogue import Criterion, Section
from dnk_tool.domain.review import ReviewSide
from dnk_tool.language import Language
from dnk_tool.services.review.round import ReviewRound, current_round
from dnk_tool.store.review import remarks
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.web.http.access import current_cluster, current_declaration
from dnk_tool.web.http.transactions import db

# The query that puts noteworthy sections first; every link of a review carries it on.
NOTED_FIRST = {"zuerst": "auffaelliges"}

blueprint = Blueprint("review", __name__, url_prefix="/cluster/<int:cluster_id>/pruefung")


def round_or_404() -> ReviewRound:
    """The declaration's current round; aborts with 404 without one."""
    return current_round(db(), current_declaration()) or abort(404)


def section_or_404(review_round: ReviewRound, ref: str) -> Section:
    """The section of the submitted version; aborts with 404 if it has none."""
    return review_round.document.selection.section_by_ref.get(ref) or abort(404)


def reviewer_threads(section: Section | None = None) -> list[RemarkThread]:
    """The threads that reviewers may read, of one section or of all."""
    return remarks.threads(
        db(),
        current_declaration().id,
        ReviewSide.REVIEWERS,
        cluster_id=current_cluster().id,
        sections=[section.ref] if section else None,
    )


def has_new_answer(thread: RemarkThread) -> bool:
    """Whether the company answered last and the thread is still open."""
    *before, last = thread.remarks
    return thread.is_open and bool(before) and last.side is ReviewSide.COMPANY


def remark_counts(still_open: int, drafts: int) -> str:
    """ "1 offene Anmerkung, 2 Entwürfe", without what there is none of.

    `still_open` counts threads that have been published; `drafts` counts remarks to the company.
    """
    parts = []
    if still_open:
        parts.append(ngettext("%(num)d offene Anmerkung", "%(num)d offene Anmerkungen", still_open))
    if drafts:
        parts.append(ngettext("%(num)d Entwurf", "%(num)d Entwürfe", drafts))
    return ", ".join(parts)


def remark_counts_of(threads: Iterable[RemarkThread]) -> str:
    """The same of these threads."""
    threads = list(threads)
    published = [thread for thread in threads if not thread.is_draft and thread.resolved_at is None]
    return remark_counts(len(published), sum(len(thread.drafts_to_company) for thread in threads))


def is_noted_first() -> bool:
    """Whether this page was asked for with noteworthy sections first."""
    return NOTED_FIRST.items() <= request.args.to_dict().items()


def section_url(
    ref: str, *, noted_first: bool | None = None, about: str | None = None, anchor: str | None = None
) -> str:
    """The section's page in the current review, in the order of this page unless another is given.

    `about`: the requirement to remark on.
    """
    return _review_url("review.criterion", noted_first, section_ref=ref, anmerkung=about, _anchor=anchor)


def overview_url(*, noted_first: bool | None = None) -> str:
    """The overview of the current review, in the order of this page unless another is given."""
    return _review_url("review.show", noted_first)


def _review_url(endpoint: str, noted_first: bool | None, **parts: Any) -> str:
    values: dict[str, Any] = {"cluster_id": current_cluster().id, "declaration_id": current_declaration().id}
    if is_noted_first() if noted_first is None else noted_first:
        values |= NOTED_FIRST
    return url_for(endpoint, **values, **parts)


def section_heading(section: Section, language: Language) -> str:
    """ "13. Klimarelevante Emissionen"; other sections by their title alone."""
    title = section.title.to(language)
    return f"{section.number}. {title}" if isinstance(section, Criterion) else title
