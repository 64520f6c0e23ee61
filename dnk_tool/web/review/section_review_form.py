"""Reads a reviewer's form, keeping all of it as typed for showing it again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext as _

from dnk_tool.catalogue import Section
from dnk_tool.domain.review import Audience, Verdict
from dnk_tool.domain.text import normalised
from dnk_tool.services.review.drafts import NO_DRAFT, SeenDraft
from dnk_tool.services.review.remark_rows import MAX_REMARK_LENGTH
from dnk_tool.services.review.remarks import ThreadReply
from dnk_tool.services.review.reviewer_feedback import ReviewerFeedback
from dnk_tool.web.http.input.numbers import whole_number


@dataclass(frozen=True)
class SectionReviewForm:
    """The posted fields. `seen`: number of the verdict that the page had shown.

    `verdict`: that of the pressed button, if any; `next`: the section to which it leads, "" for the overview.
    `asked`: whether the page asked what is to become of the remark before "in order". `draft`: what the field
    of the remark holds is this draft.
    """

    version: int
    seen: int = 0
    verdict: str = ""
    next: str = ""
    asked: bool = False
    text: str = ""
    draft: SeenDraft = NO_DRAFT
    audience: str = Audience.SHARED.value
    ref: str = ""
    stock: str = ""
    action: str = ""
    replies: Mapping[int, ThreadReply] = field(default_factory=dict)

    def reply(self, thread_id: int) -> ThreadReply:
        """The reply to the thread; an empty one without input."""
        return self.replies.get(thread_id, ThreadReply())

    @property
    def is_empty(self) -> bool:
        """Whether there is no text, no reply and no verdict."""
        replied = any(reply.text or reply.closes for reply in self.replies.values())
        return not (self.text or self.draft.id or replied or self.verdict)

    @property
    def audience_value(self) -> Audience:
        """Who may read the remark."""
        return Audience(self.audience)

    @property
    def asks_first(self) -> bool:
        """Whether a remark to the company would go with "in order", which has to be asked for once."""
        return (
            self.verdict == Verdict.ACCEPTED
            and bool(self.text)
            and self.audience == Audience.SHARED
            and not self.asked
        )

    def with_appended_text(self, *words: str) -> "SectionReviewForm":
        """The form with more text after the typed one."""
        return replace(self, text="\n\n".join(part for part in (self.text, *words) if part))

    def feedback(self) -> ReviewerFeedback:
        """The feedback to save."""
        return ReviewerFeedback(
            version=self.version,
            verdict=Verdict(self.verdict) if self.verdict else None,
            seen=self.seen,
            text=self.text,
            audience=self.audience_value,
            ref=self.ref,
            replies=self.replies,
            draft=self.draft,
        )


def read_review_form(form: Mapping[str, Any], section: Section) -> SectionReviewForm:
    """Read the posted fields; invalid values count as not sent."""
    verdict, ref = form.get("verdict", ""), form.get("ref", "")
    return SectionReviewForm(
        version=whole_number(form.get("version")) or 0,
        seen=whole_number(form.get("seen")) or 0,
        verdict=verdict if verdict in list(Verdict) else "",
        next=form.get("next", ""),
        asked=form.get("asked") == "1",
        text=normalised(form.get("remark", "")),
        draft=_seen_draft(form),
        audience=(Audience.SHARED if not form.get("audience") else Audience.REVIEWERS).value,
        ref=ref if ref in section.refs else "",
        stock=form.get("stock", ""),
        action=form.get("action", ""),
        replies=dict(read_replies(form)),
    )


def review_form_errors(sent: SectionReviewForm) -> dict[str, str]:
    """Messages by id of their field."""
    too_long = _("Bitte kürzen Sie diesen Text auf höchstens 5.000 Zeichen.")
    errors = {
        f"answer-{key}": too_long
        for key, reply in sent.replies.items()
        if len(reply.text) > MAX_REMARK_LENGTH
    }
    if len(sent.text) > MAX_REMARK_LENGTH:
        errors["remark"] = too_long
    if sent.asks_first:
        errors["remark"] = _(
            "Hier steht noch eine Anmerkung an das Unternehmen. Drücken Sie noch einmal „In Ordnung“, wenn "
            "es sie trotzdem lesen soll. Sonst löschen Sie den Text oder wählen „Änderung nötig“."
        )
    return errors


def read_replies(form: Mapping[str, Any]) -> Iterator[tuple[int, ThreadReply]]:
    """Yield the reply to each thread that the page showed, by id."""
    for name in form:
        prefix, _dash, key = name.partition("-")
        if prefix == "read" and (thread_id := whole_number(key)):
            yield (
                thread_id,
                ThreadReply(
                    text=normalised(form.get(f"answer-{thread_id}", "")),
                    resolves=form.get(f"done-{thread_id}") == "1",
                    read=whole_number(form[name]) or 0,
                    withdraws=form.get(f"withdrawn-{thread_id}") == "1",
                    draft=_seen_draft(form, f"-{thread_id}"),
                ),
            )


def _seen_draft(form: Mapping[str, Any], suffix: str = "") -> SeenDraft:
    """The draft in a field; `suffix` names the thread that the field answers."""
    draft, number = form.get(f"draft{suffix}"), form.get(f"number{suffix}")
    return SeenDraft(whole_number(draft) or 0, whole_number(number) or 0)
