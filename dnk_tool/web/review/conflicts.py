"""What a reviewer is told when others were faster, and the form with which they go on: with every word."""

from dataclasses import replace

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from dnk_tool.domain.review import Audience, Standing
from dnk_tool.services.review.errors import NobodyListens, NoRemark, NotInReview, Superseded, VerdictCollision
from dnk_tool.services.review.remarks import MoreWasSaid, NoAnswer, Reply
from dnk_tool.services.review.round import Round
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.web.review.section_review_form import Sent
from dnk_tool.web.text.labels import word

Clash = VerdictCollision | MoreWasSaid | NotInReview | NobodyListens | Superseded


def missing(error: NoRemark | NoAnswer) -> dict[str, str]:
    """The message by the id of its field, where something is needed first."""
    if isinstance(error, NoRemark):
        text = _(
            "Schreiben Sie dem Unternehmen, was zu ändern ist: als neue Anmerkung für „%(audience)s“ oder "
            "als Antwort in einer offenen."
        )
        return {"remark": text % {"audience": _("Unternehmen und Prüfende")}}
    if error.thread.audience is Audience.SHARED:
        text = _(
            "Das Unternehmen hat noch nicht geantwortet. Bis dahin können Sie die Anmerkung zurückziehen."
        )
    else:
        text = _("Schreiben Sie erst eine Antwort. Nur was beantwortet ist, kann erledigt sein.")
    return {f"answer-{error.thread.id}": text}


def explained(session: Session, error: Clash) -> str:
    """What happened meanwhile, and what to do now."""
    kept = _("Ihre Eingaben stehen noch hier. Prüfen Sie sie, und speichern Sie noch einmal.")
    if isinstance(error, VerdictCollision):
        name = accounts.name_of(session, error.theirs.by) or _("Jemand anderes")
        told = _(
            "%(name)s hat hier inzwischen „%(verdict)s“ gewählt.",
            name=name,
            verdict=word(Standing(error.theirs.verdict.value)),
        )
    elif isinstance(error, MoreWasSaid):
        told = _(
            "In einer Anmerkung, die Sie erledigen oder zurückziehen wollten, steht inzwischen eine neue "
            "Antwort."
        )
    elif isinstance(error, Superseded):
        told = _("Das Unternehmen hat inzwischen Version %(version)s eingereicht.", version=error.version)
    elif isinstance(error, NobodyListens):
        told = _(
            "Die Prüfung ist zu Ende (%(state)s). Dem Unternehmen können Sie hier nichts mehr schreiben; was "
            "Sie jetzt speichern, lesen nur Prüfende.",
            state=word(error.state),
        )
    else:
        told = _(
            "Die Erklärung ist nicht mehr zur Prüfung eingereicht: %(state)s. Ihr Ergebnis kann deshalb "
            "nicht gespeichert werden, Ihre Anmerkungen schon.",
            state=word(error.state),
        )
    return f"{told} {kept}"


def renewed(sent: Sent, error: Clash, found: Round) -> Sent:
    """The typed fields, knowing now what the others did; a verdict on another version is chosen anew."""
    if isinstance(error, VerdictCollision):
        return replace(sent, seen=error.theirs.number, shown=error.theirs.verdict.value)
    if isinstance(error, MoreWasSaid):
        replies = {**sent.replies, error.thread.id: _read_again(sent, error)}
        return replace(sent, replies=replies)
    if isinstance(error, NobodyListens):
        return _for_reviewers(sent)
    return replace(sent, version=found.version, seen=0, shown="", verdict="")


def _for_reviewers(sent: Sent) -> Sent:
    """All that was typed as one remark that only reviewers read."""
    answers = (one.text for one in sent.replies.values())
    whole = sent.with_words(*answers)
    return replace(whole, audience=Audience.REVIEWERS.value, shown="", verdict="", replies={})


def _read_again(sent: Sent, error: MoreWasSaid) -> Reply:
    return replace(
        sent.reply(error.thread.id), read=len(error.thread.remarks), resolves=False, withdraws=False
    )
