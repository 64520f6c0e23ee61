"""Notes what became of a mail on what refers to it: invitations, jurors, copies of clusters' messages."""

from collections.abc import Collection

from sqlalchemy import update
from sqlalchemy.orm import Session

from dnk_tool.domain.mail import MailDelivery, RefusalReason
from dnk_tool.store.tables.exchange.awards import JurorRow
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.mail import MessageCopy


def note_delivery(
    session: Session, mail_ids: Collection[int], delivery: MailDelivery, refusal: RefusalReason | None = None
) -> None:
    """Note the outcome of mails, which outlives them; what refers to a later mail keeps its own."""
    for table in (Invitation, JurorRow, MessageCopy):
        session.execute(
            update(table)
            .where(table.mail_id.in_(mail_ids))
            .values(delivery=delivery, refusal=refusal)
            .execution_options(synchronize_session=False)
        )
