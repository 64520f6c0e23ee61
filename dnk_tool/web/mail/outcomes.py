"""What became of a mail, in words for the person who caused it."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.mail import MailDelivery, RefusalReason

REASONS: dict[RefusalReason, LazyString] = {
    RefusalReason.ADDRESS: _l("Diese Adresse gibt es dort nicht."),
    RefusalReason.DOMAIN: _l("Was hinter dem @ steht, nimmt keine E-Mails an."),
    RefusalReason.FULL: _l("Das Postfach ist voll."),
    RefusalReason.SENDER: _l(
        "Der Mailserver dort nimmt von hier keine E-Mails an. Sagen Sie es der Person, die diese "
        "Installation betreibt."
    ),
    RefusalReason.TEXT: _l("Der Mailserver hat sie nicht angenommen, vielleicht hielt er sie für Spam."),
    RefusalReason.GIVEN_UP: _l("Der Mailserver hat sie mehrere Tage lang nicht angenommen."),
    RefusalReason.BOUNCED: _l("Sie kam zurück; das hat Ihr Team eingetragen."),
    RefusalReason.OTHER: _l("Der Mailserver hat die E-Mail abgelehnt."),
}
NOT_SENT = _l("Nicht gesendet: kein Mailserver")
DELIVERIES: dict[MailDelivery, LazyString] = {
    MailDelivery.WAITING: _l("Wartet auf den Versand"),
    MailDelivery.SENT: _l("Gesendet"),
    MailDelivery.FOLDER: NOT_SENT,
    MailDelivery.UNCLEAR: _l("Vermutlich gesendet"),
    MailDelivery.REFUSED: _l("Nicht zustellbar"),
}


def delivery_text(delivery: MailDelivery, refusal: RefusalReason | None, *, has_server: bool) -> str:
    """The outcome, with the reason for a refusal; where no mail server is set, nothing waits to be sent."""
    if delivery in (MailDelivery.WAITING, MailDelivery.UNCLEAR) and not has_server:
        return str(NOT_SENT)
    words = str(DELIVERIES[delivery])
    return f"{words}: {REASONS[refusal]}" if refusal else words
