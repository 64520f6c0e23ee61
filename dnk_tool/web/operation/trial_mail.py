"""The test mail of the operator's page about the outbox: sent at once, with the server's answer in words."""

from datetime import UTC, datetime

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.config import Settings
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.mail.delivery import MailDraft
from dnk_tool.services.mail.trial import TrialReport, TrialResult, send_trial
from dnk_tool.store.installation_state import quiet_since
from dnk_tool.web.http.access import current_account, current_actor, permit
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db, end_transaction
from dnk_tool.web.mail import mails
from dnk_tool.web.operation.outbox import TrialForm, blueprint, render_outbox

# What happened, and which setting to look at.
REFUSALS = {
    TrialResult.UNKNOWN_SERVER: (
        _l("Der Mailserver %(server)s ist unbekannt: Zu diesem Namen gibt es keine Adresse."),
        _l("Prüfen Sie die Schreibweise von DNK_SMTP_HOST, und ob dieser Rechner andere Namen findet."),
    ),
    TrialResult.NOT_REACHED: (
        _l("Der Mailserver %(server)s nimmt auf Port %(port)s keine Verbindung an."),
        _l("Prüfen Sie DNK_SMTP_HOST und DNK_SMTP_PORT, und ob eine Firewall dazwischen steht."),
    ),
    TrialResult.NO_ANSWER: (
        _l("Der Mailserver %(server)s antwortet auf Port %(port)s nicht oder bricht die Verbindung ab."),
        _l(
            "Prüfen Sie, ob DNK_SMTP_PORT und DNK_SMTP_SECURITY zusammenpassen: meist 587 mit starttls "
            "oder 465 mit tls."
        ),
    ),
    TrialResult.NO_ENCRYPTION: (
        _l("Mit dem Mailserver %(server)s kommt auf Port %(port)s keine Verschlüsselung zustande."),
        _l(
            "Prüfen Sie, ob DNK_SMTP_PORT und DNK_SMTP_SECURITY zusammenpassen: meist 587 mit starttls "
            "oder 465 mit tls."
        ),
    ),
    TrialResult.CERTIFICATE: (
        _l(
            "Das Zertifikat des Mailservers %(server)s gilt nicht für diesen Namen, oder ihm ist "
            "nicht zu trauen."
        ),
        _l(
            "Setzen Sie DNK_SMTP_HOST auf den Namen, für den das Zertifikat gilt, oder lassen Sie es "
            "erneuern."
        ),
    ),
    TrialResult.SIGN_IN_REFUSED: (
        _l("Der Mailserver %(server)s hat die Anmeldung abgelehnt."),
        _l("Prüfen Sie DNK_SMTP_USER und DNK_SMTP_PASSWORD."),
    ),
    TrialResult.NO_SIGN_IN: (
        _l("Der Mailserver %(server)s bietet auf Port %(port)s keine Anmeldung an."),
        _l(
            "Prüfen Sie DNK_SMTP_PORT und DNK_SMTP_SECURITY. Braucht der Server keine Anmeldung, lassen Sie "
            "DNK_SMTP_USER leer."
        ),
    ),
    TrialResult.SENDER_REFUSED: (
        _l("Der Mailserver lehnt den Absender %(sender)s ab."),
        _l("Setzen Sie DNK_MAIL_FROM auf eine Adresse, für die dieser Server E-Mails annimmt."),
    ),
    TrialResult.RECIPIENT_REFUSED: (
        _l("Der Mailserver lehnt die Empfängeradresse ab."),
        _l(
            "Prüfen Sie die Adresse. Lehnt er jede ab, verlangt er wohl eine Anmeldung: DNK_SMTP_USER und "
            "DNK_SMTP_PASSWORD."
        ),
    ),
    TrialResult.TEXT_REFUSED: (
        _l("Der Mailserver nimmt die E-Mail nicht an, nachdem er sie gelesen hat."),
        _l(
            "Seine Antwort nennt den Grund. Oft fehlt dem Absender in DNK_MAIL_FROM ein Eintrag wie SPF "
            "oder DKIM."
        ),
    ),
    TrialResult.UNCERTAIN: (
        _l("Die Verbindung brach ab, als die E-Mail schon übergeben war. Vielleicht kommt sie an."),
        _l("Sehen Sie im Postfach nach. Kommt nichts, suchen Sie im Protokoll des Mailservers."),
    ),
    TrialResult.FOLDER_CLOSED: (
        _l("Es ist kein Mailserver eingestellt, und in den Ordner %(folder)s lässt sich nicht schreiben."),
        _l("Setzen Sie DNK_SMTP_HOST und die Einstellungen daneben, und starten Sie die Anwendung neu."),
    ),
    TrialResult.OTHER: (
        _l("Der Mailserver %(server)s hat die E-Mail nicht angenommen."),
        _l(
            "Prüfen Sie alle Einstellungen, die mit DNK_SMTP_ beginnen, und suchen Sie im Protokoll des "
            "Mailservers."
        ),
    ),
}


@blueprint.post("/probe")
@permit(Permission.INSTALLATION_RUN)
def send_test() -> ResponseReturnValue:
    """Send a test mail at once; nothing of it is kept here."""
    form, settings, actor = TrialForm(), current_settings(), current_actor()
    if not form.validate():
        return render_outbox(form), 422
    if quiet_since(db()):
        return render_outbox(form, _quiet()), 422
    account, now = current_account(), datetime.now(UTC)
    subject, body = mails.render_mail("test", account, now=now)
    end_transaction()  # the server may take a while
    report = send_trial(
        settings, MailDraft(form.email.data, subject, body, account.language), actor=actor, now=now
    )
    if not report.is_sent:
        return render_outbox(form, _refusal(report, settings)), 422
    if report.result is TrialResult.SENT:
        text = _(
            "Der Mailserver %(server)s hat die Test-E-Mail an %(email)s angenommen. Sehen Sie im Postfach "
            "nach, auch im Spam-Ordner.",
            server=settings.smtp_host,
            email=form.email.data,
        )
    else:
        text = _(
            "Es ist kein Mailserver eingestellt: Die Test-E-Mail liegt im Ordner %(folder)s.",
            folder=_folder(settings),
        )
    flash(text, "success" if report.result is TrialResult.SENT else "warning")
    return redirect(url_for("outbox.show"), 303)


def _refusal(report: TrialReport, settings: Settings) -> dict[str, str]:
    said, to_do = REFUSALS[report.result]
    values = {
        "server": settings.smtp_host,
        "port": settings.smtp_port,
        "sender": settings.sender,
        "folder": _folder(settings),
    }
    return {"text": str(said) % values, "answer": report.answer, "to_do": str(to_do)}


def _quiet() -> dict[str, str]:
    return {
        "text": _("Diese Kopie ist still und sendet keine E-Mails, auch keine zur Probe."),
        "answer": "",
        "to_do": _("Erst „dnk resume“ lässt sie wieder an Menschen schreiben."),
    }


def _folder(settings: Settings) -> str:
    return str(settings.instance.resolve() / "outbox")
