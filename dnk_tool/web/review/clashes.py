"""What a reviewer is told when others were faster, and the form with which they go on: with every word."""

from dataclasses import replace

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from dnk_tool.domain.review import Standing
from dnk_tool.services.opinions import MoreWasSaid, Reply, Unanswered
from dnk_tool.services.refusals import NoRemark, NotInReview, Superseded, VerdictCollision
from dnk_tool.services.standings import Round
from dnk_tool.store import accounts
from dnk_tool.web.review.sent import Sent
from dnk_tool.web.wizard.words import word

Clash = VerdictCollision | MoreWasSaid | NotInReview | Superseded


def missing(error: NoRemark | Unanswered) -> dict[str, str]:
    """The message by the id of its field, where something is needed first."""
    if isinstance(error, NoRemark):
        text = _("Schreiben Sie dem Unternehmen, was zu ändern ist. Wählen Sie dazu „%(audience)s“.")
        return {"remark": text % {"audience": _("Unternehmen und Prüfende")}}
    return {
        f"answer-{error.thread.id}": _(
            "Schreiben Sie erst eine Antwort. Nur was beantwortet ist, kann erledigt sein."
        )
    }


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
        told = _("In einer Anmerkung, die Sie erledigen wollten, steht inzwischen eine neue Antwort.")
    elif isinstance(error, Superseded):
        told = _("Das Unternehmen hat inzwischen Version %(version)s eingereicht.", version=error.version)
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
    return replace(sent, version=found.version, seen=0, shown="", verdict="")


def _read_again(sent: Sent, error: MoreWasSaid) -> Reply:
    return replace(sent.reply(error.thread.id), read=len(error.thread.remarks), resolves=False)
