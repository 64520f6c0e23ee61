"""The check of the sender's domain on the operator's page about mails; asks name servers when told to."""

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.accounts.lifecycle import ascii_address
from dnk_tool.services.mail.sender_domain import (
    NameServerSilent,
    RecordFault,
    RecordFinding,
    SenderRecord,
    check_sender_domain,
)
from dnk_tool.web.http.access import current_actor, permit
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import end_transaction
from dnk_tool.web.operation.outbox import SenderForm, TrialForm, blueprint, render_outbox

FINE = {
    SenderRecord.SPF: _l(
        "Die Domain nennt, welche Server in ihrem Namen senden. Ihr Mailserver muss dabei sein."
    ),
    SenderRecord.DKIM: _l("Zu diesem Selektor gibt es einen Schlüssel."),
    SenderRecord.DMARC: _l("Die Domain sagt, was mit gefälschten E-Mails geschehen soll."),
}
FAULTS = {
    (SenderRecord.SPF, RecordFault.MISSING): _l(
        "Es gibt keinen Eintrag. Legen Sie beim Anbieter Ihrer Domain einen TXT-Eintrag an, der Ihren "
        "Mailserver nennt und mit „~all“ oder „-all“ endet. Den Wortlaut kennt der Anbieter des Mailservers."
    ),
    (SenderRecord.SPF, RecordFault.MANY): _l(
        "Es gibt mehrere Einträge; dann gilt keiner. Fassen Sie alle in einem zusammen."
    ),
    (SenderRecord.SPF, RecordFault.OPEN): _l(
        "Der Eintrag erlaubt allen, in Ihrem Namen zu senden. Ersetzen Sie „+all“ durch „~all“ oder „-all“."
    ),
    (SenderRecord.SPF, RecordFault.WEAK): _l(
        "Der Eintrag sagt nicht, was mit anderen Servern ist. Lassen Sie ihn mit „~all“ oder „-all“ enden."
    ),
    (SenderRecord.DKIM, RecordFault.MISSING): _l(
        "Es gibt keinen Schlüssel. Schalten Sie DKIM bei Ihrem Mailserver ein, und tragen Sie den Schlüssel, "
        "den er nennt, bei Ihrer Domain ein."
    ),
    (SenderRecord.DKIM, RecordFault.MANY): _l(
        "Zu diesem Selektor gibt es mehrere Schlüssel. Lassen Sie einen."
    ),
    (SenderRecord.DKIM, RecordFault.UNKNOWN): _l(
        "Unter dieser Domain gibt es Schlüssel. Ob der richtige dabei ist, zeigt sein Selektor: Er steht in "
        "jeder zugestellten E-Mail in der Zeile „DKIM-Signature“ hinter „s=“. Geben Sie ihn oben ein."
    ),
    (SenderRecord.DMARC, RecordFault.MISSING): _l(
        "Es gibt keinen Eintrag. Manche Postfächer nehmen E-Mails dann nicht an. Legen Sie unter „_dmarc“ "
        "einen TXT-Eintrag an, zum Beginn „v=DMARC1; p=none“."
    ),
    (SenderRecord.DMARC, RecordFault.MANY): _l(
        "Es gibt mehrere Einträge; dann gilt keiner. Lassen Sie einen."
    ),
    (SenderRecord.DMARC, RecordFault.WEAK): _l(
        "Der Eintrag beobachtet nur. Das genügt für den Anfang; kommen alle E-Mails an, wählen Sie "
        "„p=quarantine“."
    ),
}
HINTS = frozenset(
    {(SenderRecord.DKIM, RecordFault.UNKNOWN), (SenderRecord.DMARC, RecordFault.WEAK)}
)  # worth knowing, but mails arrive


@blueprint.post("/absender")
@permit(Permission.INSTALLATION_RUN)
def check_sender() -> ResponseReturnValue:
    """Look up SPF, DKIM and DMARC of the sender's domain now; nothing of it is kept."""
    form, actor, trial = SenderForm(), current_actor(), TrialForm(formdata=None)
    if not form.validate():
        return render_outbox(trial, sender_form=form), 422
    domain = ascii_address(current_settings().sender).rpartition("@")[2]
    end_transaction()  # name servers may take a while
    try:
        findings = check_sender_domain(domain, form.selector.data or "", actor=actor)
    except NameServerSilent:
        form.selector.errors = [
            _(
                "Kein Nameserver antwortet. Prüfen Sie, ob dieser Rechner Namen auflösen darf, und versuchen "
                "Sie es dann noch einmal. An den Einstellungen ändert das nichts."
            )
        ]
        return render_outbox(trial, sender_form=form), 503
    return render_outbox(trial, sender_form=form, sender=[_row(finding) for finding in findings])


def _row(finding: RecordFinding) -> dict[str, object]:
    key = (finding.record, finding.fault)
    is_fine = finding.fault is None
    return {
        "name": finding.record.value.upper(),
        "word": _("in Ordnung") if is_fine else _("Hinweis") if key in HINTS else _("fehlt oder falsch"),
        "colour": "done" if is_fine else "attention" if key in HINTS else "alarm",
        "text": FINE[finding.record] if finding.fault is None else FAULTS[finding.record, finding.fault],
        "found": finding.text,
    }
