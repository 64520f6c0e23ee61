"""Reads the form of a section's remarks, keeping all of it as typed for showing it again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext as _

from dnk_tool.catalogue import Section
from dnk_tool.domain.review import Audience
from dnk_tool.domain.text import normalised
from dnk_tool.services.review.company_feedback import CompanyFeedback
from dnk_tool.services.review.drafts import SeenDraft
from dnk_tool.services.review.remark_rows import MAX_REMARK_LENGTH
from dnk_tool.services.review.remarks import ThreadReply
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.web.http.input.numbers import whole_number

NEW_REMARK_FIELD = "text"


@dataclass(frozen=True)
class SectionRemarksForm:
    """The posted fields. `pressed`: id of the field whose button was pressed."""

    text: str = ""
    ref: str = ""
    audience: str = Audience.COMPANY.value
    pressed: str = NEW_REMARK_FIELD
    replies: Mapping[int, ThreadReply] = field(default_factory=dict)

    def reply(self, thread_id: int) -> ThreadReply:
        """The reply to the thread; an empty one without input."""
        return self.replies.get(thread_id, ThreadReply())

    @property
    def answered(self) -> list[int]:
        """Ids of threads with a reply or marked as resolved."""
        return [key for key, reply in self.replies.items() if reply.text or reply.resolves]

    def feedback(self, *, may_share: bool) -> CompanyFeedback:
        """The feedback to save; a new remark is shared only if chosen and `may_share`."""
        is_shared = may_share and self.audience == Audience.SHARED.value
        audience = Audience.SHARED if is_shared else Audience.COMPANY
        return CompanyFeedback(self.text, audience, self.ref, self.replies)

    def with_thread_read(self, thread: RemarkThread) -> "SectionRemarksForm":
        """The form after a conflict: the thread counts as read and is not resolved."""
        again = replace(self.reply(thread.id), read=len(thread.remarks), resolves=False)
        return replace(self, replies={**self.replies, thread.id: again})


def read_remarks_form(form: Mapping[str, Any], section: Section) -> SectionRemarksForm:
    """Read the posted fields; invalid values count as not sent."""
    replies, pressed, ref = dict(_replies(form)), form.get("action", ""), form.get("ref", "")
    return SectionRemarksForm(
        text=normalised(form.get(NEW_REMARK_FIELD, "")),
        ref=ref if ref in section.refs else "",
        audience=form.get("audience", ""),
        pressed=pressed if pressed in {reply_field_name(key) for key in replies} else NEW_REMARK_FIELD,
        replies=replies,
    )


def remarks_form_errors(sent: SectionRemarksForm) -> dict[str, str]:
    """Messages by id of their field."""
    wanted = _("Schreiben Sie hier etwas, höchstens 5.000 Zeichen.")
    if not sent.text and not sent.answered:
        return {sent.pressed: wanted}
    texts = {
        **{reply_field_name(key): reply.text for key, reply in sent.replies.items()},
        NEW_REMARK_FIELD: sent.text,
    }
    too_long = _("Bitte kürzen Sie diesen Text auf höchstens 5.000 Zeichen.")
    return {name: too_long for name, text in texts.items() if len(text) > MAX_REMARK_LENGTH}


def reply_field_name(thread_id: int) -> str:
    """Name and id of the thread's reply field."""
    return f"answer-{thread_id}"


def draft_field_name(field: str) -> str:
    """Name of the hidden number of the draft that stands in the reply field."""
    return f"{field}-draft"


def _replies(form: Mapping[str, Any]) -> Iterator[tuple[int, ThreadReply]]:
    """Yield the reply to each thread that the page showed, by id."""
    for name, sent in form.items():
        prefix, _dash, key = name.partition("-")
        if prefix == "read" and (thread_id := whole_number(key)):
            field = reply_field_name(thread_id)
            text, is_done = normalised(form.get(field, "")), form.get(f"done-{thread_id}") == "1"
            draft = SeenDraft(number=whole_number(form.get(draft_field_name(field), "")) or 0)
            yield thread_id, ThreadReply(text, is_done, whole_number(sent) or 0, draft=draft)
