"""The jurors of a round for its manager: how the mail fared, and how far each is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dnk_tool.domain.exchange.awards import JurorSheet, is_complete
from dnk_tool.domain.mail import MailDelivery
from dnk_tool.store.tables.exchange.awards import JurorRow
from dnk_tool.web.mail.mails import is_sending
from dnk_tool.web.mail.outcomes import delivery_text


@dataclass(frozen=True, slots=True)
class JurorLine:
    """A juror in the list. `outcome`: what became of the mail; `complete` of `begun` sheets are whole."""

    id: int
    name: str
    email: str
    language: str
    invited_at: datetime
    outcome: str
    is_refused: bool
    begun: int
    complete: int


def juror_rows(
    jurors: Sequence[JurorRow], sheets: Mapping[tuple[int, int], JurorSheet], criteria: int
) -> list[JurorLine]:
    """A line for each juror. `sheets` of the round by juror and nomination; `criteria`: how many it has."""
    return [
        _line(juror, [sheet for (key, _of), sheet in sheets.items() if key == juror.id], criteria)
        for juror in jurors
    ]


def _line(juror: JurorRow, sheets: Sequence[JurorSheet], criteria: int) -> JurorLine:
    return JurorLine(
        id=juror.id,
        name=juror.name,
        email=juror.email,
        language=juror.language,
        invited_at=juror.invited_at,
        outcome=delivery_text(juror.delivery, juror.refusal, has_server=is_sending()),
        is_refused=juror.delivery is MailDelivery.REFUSED,
        begun=len(sheets),
        complete=sum(is_complete(sheet, criteria) for sheet in sheets),
    )
