"""What goes out to the company at the end of a round: the drafts, by section, in their order."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from dnk_tool.catalogue import Section
from dnk_tool.services.declarations.submission import waits_for_company
from dnk_tool.services.review.round import ReviewRound
from dnk_tool.store.review.remarks import Remark, RemarkThread
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.review.current_round import section_heading, section_url
from dnk_tool.web.text.answers import requirement_title


@dataclass(frozen=True, slots=True)
class DraftPreview:
    """A draft. `about`: title of its requirement, "" for the whole section; `answers`: what it answers."""

    remark: Remark
    about: str
    answers: str


@dataclass(frozen=True, slots=True)
class SectionPreview:
    """The drafts on one section."""

    title: str
    href: str
    drafts: Sequence[DraftPreview]


@dataclass(frozen=True, slots=True)
class SentRemarks:
    """The remarks on one section as the mail says them; `is_wanted`: the company is to change it."""

    section: Section
    is_wanted: bool
    texts: Sequence[str]


def drafts_in(threads: Iterable[RemarkThread]) -> list[Remark]:
    """All drafts to the company in these threads."""
    return [remark for thread in threads for remark in thread.drafts_to_company]


def section_previews(review_round: ReviewRound, threads: Sequence[RemarkThread]) -> list[SectionPreview]:
    """The drafts of each section that has any, by aspect; last those on sections not asked for any more."""
    known = review_round.document.selection.section_by_ref
    others = dict.fromkeys(thread.section for thread in threads if thread.section not in known)
    previews = []
    for ref in (*(section.ref for section in review_round.sections), *others):
        section = known.get(ref)
        here = [thread for thread in threads if thread.section == ref]
        places = [one.ref for one in section.all_requirements] if section else []
        here.sort(key=lambda thread: places.index(thread.ref) if thread.ref in places else -1)
        found = [draft for thread in here for draft in _drafts(section, thread)]
        if found:
            title = section_heading(section, current_language()) if section else ref
            previews.append(SectionPreview(title, section_url(ref) if section else "", found))
    return previews


def _drafts(section: Section | None, thread: RemarkThread) -> list[DraftPreview]:
    requirements = section.all_requirements if section else ()
    titles = {one.ref: requirement_title(one, current_language()) for one in requirements}
    before = "" if thread.is_draft else thread.first.text
    return [DraftPreview(draft, titles.get(thread.ref, ""), before) for draft in thread.drafts_to_company]


def sent_remarks(
    review_round: ReviewRound, wanted: Collection[Section], threads: Sequence[RemarkThread]
) -> list[SentRemarks]:
    """By section, what the company reads in the mail: what was a draft, else the remark that waits for it."""
    sent = []
    for section in review_round.sections:
        here = [thread for thread in threads if thread.section == section.ref]
        texts = [draft.text for draft in drafts_in(here)]
        if section in wanted and not texts:
            texts = [thread.remarks[-1].text for thread in here if waits_for_company(thread)]
        if texts:
            sent.append(SentRemarks(section, section in wanted, texts))
    return sent
