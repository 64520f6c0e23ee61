"""What all pages of a review share: the round, its sections and threads."""

from flask import Blueprint, abort, url_for

from dnk_tool.catalogue import Criterion, Section
from dnk_tool.domain.review import ReviewSide
from dnk_tool.language import Language
from dnk_tool.services.review.round import ReviewRound, current_round
from dnk_tool.store.review import remarks
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.web.http.access import current_cluster, current_declaration
from dnk_tool.web.http.transactions import db

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


def section_url(ref: str, *, about: str | None = None, anchor: str | None = None) -> str:
    """The section's page in the current review; `about`: the requirement to remark on."""
    return url_for(
        "review.criterion",
        cluster_id=current_cluster().id,
        declaration_id=current_declaration().id,
        section_ref=ref,
        anmerkung=about,
        _anchor=anchor,
    )


def section_heading(section: Section, language: Language) -> str:
    """ "13. Klimarelevante Emissionen"; other sections by their title alone."""
    title = section.title.to(language)
    return f"{section.number}. {title}" if isinstance(section, Criterion) else title
