"""Messages about conflicts in a review, and the form to continue with, which keeps all typed text."""

from dataclasses import replace

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.review import Audience, ReviewStatus, Verdict
from dnk_tool.services.review.drafts import NO_DRAFT
from dnk_tool.services.review.errors import (
    DraftAnswered,
    DraftPublished,
    NotInReview,
    RemarkMissing,
    ReviewClosed,
    VersionSuperseded,
)
from dnk_tool.services.review.remarks import ThreadChanged, ThreadReply, ThreadUnanswered
from dnk_tool.services.review.round import ReviewRound
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.web.http.access import is_by_oneself
from dnk_tool.web.review.section_review_form import SectionReviewForm
from dnk_tool.web.text.labels import label_of

DRAFT_CONFLICTS = (ConflictError, DraftPublished, DraftAnswered, ReviewClosed)
CONFLICTS = (*DRAFT_CONFLICTS, ThreadChanged, NotInReview, VersionSuperseded)
ReviewClash = (
    ConflictError
    | DraftPublished
    | DraftAnswered
    | ReviewClosed
    | ThreadChanged
    | NotInReview
    | VersionSuperseded
)


def missing_remark_errors(error: RemarkMissing | ThreadUnanswered) -> dict[str, str]:
    """The message by id of the field that must be filled in first."""
    if isinstance(error, RemarkMissing):
        text = _(
            "Schreiben Sie dem Unternehmen, was zu ändern ist: als Anmerkung, die nicht nur für das Prüfteam "
            "ist, oder als Antwort in einer offenen."
        )
        return {"remark": text}
    if error.thread.audience is Audience.SHARED:
        text = _(
            "Das Unternehmen hat noch nicht geantwortet. Bis dahin können Sie die Anmerkung zurückziehen."
        )
    else:
        text = _("Schreiben Sie erst eine Antwort. Nur was beantwortet ist, kann erledigt sein.")
    return {f"answer-{error.thread.id}": text}


def conflict_text(session: Session, error: ReviewClash) -> str:
    """What happened meanwhile, and what to do now."""
    kept = _("Ihre Eingaben stehen noch hier. Prüfen Sie sie, und speichern Sie noch einmal.")
    if isinstance(error, ConflictError):
        told = _told_of_others(session, error)
    elif isinstance(error, DraftPublished):
        told = _("Den Entwurf hat das Unternehmen inzwischen bekommen. Ihr Text wird eine neue Anmerkung.")
    elif isinstance(error, DraftAnswered):
        told = _("Zu diesem Entwurf hat jemand im Prüfteam schon weitergeschrieben, deshalb bleibt er.")
    elif isinstance(error, ThreadChanged):
        told = _(
            "In einer Anmerkung, die Sie erledigen oder zurückziehen wollten, steht inzwischen eine neue "
            "Antwort."
        )
    elif isinstance(error, VersionSuperseded):
        told = _("Das Unternehmen hat inzwischen Version %(version)s eingereicht.", version=error.version)
    elif isinstance(error, ReviewClosed):
        told = _(
            "Die Prüfung ist zu Ende (%(state)s). Dem Unternehmen können Sie hier nichts mehr schreiben; was "
            "Sie jetzt speichern, liest nur das Prüfteam.",
            state=label_of(error.state),
        )
    else:
        told = _(
            "Die Erklärung ist nicht mehr zur Prüfung eingereicht: %(state)s. Ihr Ergebnis kann deshalb "
            "nicht gespeichert werden, Ihre Anmerkungen schon.",
            state=label_of(error.state),
        )
    return f"{told} {kept}"


def _told_of_others(session: Session, error: ConflictError) -> str:
    """Who gave another verdict, or changed the same draft; often the reader, in another window."""
    theirs, by = error.conflict.theirs, error.conflict.by
    name = accounts.name_of(session, by) or _("Jemand anderes")
    if isinstance(theirs, Verdict):
        verdict = label_of(ReviewStatus(theirs.value))
        return str(_("%(name)s hat hier inzwischen „%(verdict)s“ gewählt.", name=name, verdict=verdict))
    if is_by_oneself(by):
        return str(_("Sie selbst haben den Entwurf in einem anderen Fenster geändert. Beide Texte sind da."))
    return str(_("%(name)s hat den Entwurf inzwischen geändert. Beide Texte sind da.", name=name))


def form_after_conflict(
    sent: SectionReviewForm, error: ReviewClash, review_round: ReviewRound
) -> SectionReviewForm:
    """The posted form updated to the others' changes.

    After a new version the verdict must be chosen again. Beside a draft that others changed, what was typed
    becomes a remark of its own.
    """
    if isinstance(error, ConflictError) and isinstance(error.conflict.theirs, Verdict):
        return replace(sent, seen=error.conflict.version)
    if isinstance(error, ConflictError | DraftPublished | DraftAnswered):
        replies = {key: replace(reply, draft=NO_DRAFT) for key, reply in sent.replies.items()}
        return replace(sent, draft=NO_DRAFT, replies=replies)
    if isinstance(error, ThreadChanged):
        replies = {**sent.replies, error.thread.id: _reread_reply(sent, error)}
        return replace(sent, replies=replies)
    if isinstance(error, ReviewClosed):
        return _as_reviewer_remark(sent)
    return replace(sent, version=review_round.version, seen=0)


def _as_reviewer_remark(sent: SectionReviewForm) -> SectionReviewForm:
    """The form with all typed text as one remark for reviewers only."""
    answers = (reply.text for reply in sent.replies.values())
    whole = sent.with_appended_text(*answers)
    return replace(whole, draft=NO_DRAFT, audience=Audience.REVIEWERS.value, replies={})


def _reread_reply(sent: SectionReviewForm, error: ThreadChanged) -> ThreadReply:
    return replace(sent.reply(error.thread.id), read=error.thread.length, resolves=False, withdraws=False)
