"""Findings in the database: mails, background work, backups, second factors, quiet, clock."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from dnk_tool.config import Settings
from dnk_tool.labels import N_
from dnk_tool.services.accounts import first_start, second_factor
from dnk_tool.services.backup.status import backup_status
from dnk_tool.services.operation.findings import Finding, FindingState, Message, message, size
from dnk_tool.store import installation_state
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.accounts import second_factors, sign_ins
from dnk_tool.store.aggregates import confirmations
from dnk_tool.store.mail import outbox

# A mail waits a minute where all is well; background work is noted every five.
MAILS_LATE_AFTER, BACKGROUND_LATE_AFTER = timedelta(hours=1), timedelta(minutes=20)
CLOCK_TOLERANCE = timedelta(minutes=2)

PROBLEM, NOTICE, OK = FindingState.PROBLEM, FindingState.NOTICE, FindingState.OK
CONFIRMATIONS = message(N_("Bestätigungen"))
BACKUP, MAILS, BACKGROUND = (
    message(N_("Sicherung")),
    message(N_("E-Mails")),
    message(N_("Arbeit im Hintergrund")),
)
FACTOR, QUIET, RESUMED, CLOCK = (
    message(N_("Zweiter Faktor")),
    message(N_("Stille Kopie")),
    message(N_("Zurückgespielte Sicherung")),
    message(N_("Uhr")),
)
# Why a nightly backup failed and what to do about it, by its kind.
BACKUP_PROBLEMS = {
    "disk": (
        N_("Auf der Platte von %(folder)s ist zu wenig Platz."),
        N_("Schaffen Sie Platz, oder legen Sie Sicherungen mit DNK_BACKUP_FOLDER auf eine andere Platte."),
    ),
    "folder": (
        N_("In den Ordner %(folder)s lässt sich nicht schreiben."),
        N_("Prüfen Sie, ob es den Ordner gibt und dnk-tool dort schreiben darf."),
    ),
    "evidence": (
        N_("Der Speicher der Belege antwortet nicht."),
        N_("Prüfen Sie, ob der Speicher läuft und die Einstellungen stimmen: dnk evidence check."),
    ),
    "age": (
        N_("Das Programm age fehlt oder lehnt den Empfänger in DNK_BACKUP_RECIPIENT ab."),
        N_("Installieren Sie age, und prüfen Sie DNK_BACKUP_RECIPIENT."),
    ),
    "database": (
        N_("Die Datenbank antwortet nicht oder ist beschädigt."),
        N_("Den Grund nennt das Log: Suchen Sie „no backup was made“."),
    ),
    "schema": (
        N_("Die Datenbank ist nicht auf dem Stand dieser Version."),
        N_("Bringen Sie die Datenbank auf den Stand dieser Version: dnk upgrade."),
    ),
    "key": (
        N_("Der geheime Schlüssel fehlt oder ist ein anderer als bisher."),
        N_("Legen Sie den bisherigen zurück. Was dafür zu tun ist, sagt: dnk doctor."),
    ),
}
UNKNOWN_BACKUP_PROBLEM = (
    N_("Der Grund ist hier nicht bekannt."),
    N_("Den Grund nennt das Log: Suchen Sie „no backup was made“."),
)


def check_records(session: Session, settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """Yield the findings. The database must have the newest schema."""
    yield check_backup(session, settings, now=now)
    yield check_mails(session, settings, now=now)
    yield check_background(session, settings, now=now)
    yield check_second_factor(session, settings)
    if waiting := check_confirmations(session):
        yield waiting
    if quiet := check_quiet(session):
        yield quiet


def check_backup(session: Session, settings: Settings, *, now: datetime) -> Finding:
    """How old the newest backup is, and why the last nightly one failed."""
    status = backup_status(session, settings, now=now)
    facts: list[Message] = []
    if status.began:
        facts.append(
            message(
                N_("Die letzte Sicherung begann am %(moment)s und hat etwa %(size)s."),
                moment=status.began,
                size=size(status.size),
            )
        )
    if growth := _growth(settings.backups):
        facts.append(message(N_("Die nächtlichen wachsen um etwa %(size)s am Tag."), size=size(growth)))
    if not status.is_nightly:
        facts.append(message(N_("Der Server macht hier selbst keine nächtlichen Sicherungen.")))
    by_hand = message(
        N_("Machen Sie eine: dnk backup DATEI. Bewahren Sie sie auf einem anderen Rechner auf.")
    )
    if status.problem:
        text = message(N_("Die letzte nächtliche Sicherung gelang nicht."))
        cause, kind = BACKUP_PROBLEMS.get(status.problem, UNKNOWN_BACKUP_PROBLEM)
        because = message(cause, folder=str(settings.backups.resolve()))
        return Finding("backup", BACKUP, PROBLEM, (text, because, *facts), message(kind))
    if status.is_old and status.began:
        text = message(N_("Die letzte Sicherung ist mehr als 48 Stunden alt."))
        to_do = message(N_("Läuft der Server nachts? Sonst machen Sie selbst eine: dnk backup DATEI."))
        return Finding("backup", BACKUP, PROBLEM, (text, *facts), to_do if status.is_nightly else by_hand)
    if first_start.is_demo(settings.instance):
        return Finding("backup", BACKUP, OK, (message(N_("Eine Demo bekommt keine Sicherungen.")),))
    if not status.began:
        text = message(N_("Es gibt noch keine Sicherung."))
        state = PROBLEM if status.is_old else NOTICE
        return Finding("backup", BACKUP, state, (text, *facts), by_hand)
    if status.lost:
        text = message(N_("In der letzten Sicherung fehlen Belege: %(count)s."), count=status.lost)
        to_do = message(N_("Welche das sind, sagt: dnk evidence check."))
        return Finding("backup", BACKUP, NOTICE, (text, *facts), to_do)
    return Finding("backup", BACKUP, OK, tuple(facts))


def _growth(folder: Path) -> int:
    """By how many bytes the nightly backups grew a day, from the oldest to the newest; 0 if unknown."""
    try:
        entries = sorted((file.stat().st_mtime, file.stat().st_size) for file in folder.glob("dnk-*.tar.gz*"))
    except OSError:
        return 0
    if not entries or (days := (entries[-1][0] - entries[0][0]) / 86_400) < 1:
        return 0
    return max(0, int((entries[-1][1] - entries[0][1]) / days))


def check_mails(session: Session, settings: Settings, *, now: datetime) -> Finding:
    """How many mails wait and failed, and whether there is a mail server at all."""
    counts, oldest = outbox.count_by_status(session), outbox.oldest_waiting(session)
    facts = [
        message(
            N_("Unterwegs: %(waiting)s, nicht zustellbar: %(failed)s, ungewiss: %(unclear)s."),
            waiting=counts.waiting,
            failed=counts.failed,
            unclear=counts.unclear,
        )
    ]
    if oldest:
        facts.append(message(N_("Die älteste wartet seit dem %(moment)s."), moment=oldest))
    here = "outbox.show"
    if not settings.smtp_host:
        text = message(
            N_("Es ist kein Mailserver eingestellt: Einladungen und andere E-Mails erreichen niemanden.")
        )
        to_do = message(
            N_("Setzen Sie DNK_SMTP_HOST und die Einstellungen daneben, und starten Sie die Anwendung neu.")
        )
        return Finding(
            "mails", MAILS, PROBLEM if settings.public_url else NOTICE, (text, *facts), to_do, here
        )
    is_late = oldest and now - oldest > MAILS_LATE_AFTER
    if (is_late or counts.delayed) and not installation_state.quiet_since(session):
        text = message(
            N_("E-Mails kommen nicht hinaus.")
            if is_late
            else N_("Einige E-Mails gingen mehrmals nicht hinaus. dnk-tool versucht es weiter.")
        )
        to_do = message(N_("Senden Sie eine Test-E-Mail: Sie zeigt, was der Mailserver sagt."))
        return Finding("mails", MAILS, PROBLEM if is_late else NOTICE, (text, *facts), to_do, here)
    if counts.failed:
        text = message(N_("Einige E-Mails ließen sich nicht zustellen."))
        to_do = message(N_("Sehen Sie nach, warum, und lassen Sie sie noch einmal zustellen."))
        return Finding("mails", MAILS, NOTICE, (text, *facts), to_do, here)
    return Finding("mails", MAILS, OK, tuple(facts), endpoint=here)


def check_background(session: Session, settings: Settings, *, now: datetime) -> Finding:
    """When mails, reminders and other work in the background were last seen to."""
    seen = installation_state.read_moment(session, installation_state.BACKGROUND_SEEN)
    facts = (message(N_("Zuletzt gearbeitet am %(moment)s."), moment=seen),) if seen else ()
    if seen and now - seen <= BACKGROUND_LATE_AFTER:
        return Finding("background", BACKGROUND, OK, facts)
    text = (
        message(N_("Niemand stellt E-Mails zu, erinnert oder räumt auf."))
        if accounts.any_exists(session)
        else message(N_("Bisher wurde im Hintergrund nicht gearbeitet."))
    )
    to_do = (
        message(N_("Läuft „dnk serve“? Wenn ja, nennt das Log den Grund; starten Sie die Anwendung neu."))
        if settings.background
        else message(
            N_("DNK_BACKGROUND ist false: Starten Sie „dnk worker“, oder rufen Sie ihn regelmäßig auf.")
        )
    )
    state = PROBLEM if accounts.any_exists(session) else NOTICE
    return Finding("background", BACKGROUND, state, (text, *facts), to_do)


def check_second_factor(session: Session, settings: Settings) -> Finding:
    """Whether all operators have a second factor, and whether there is any operator."""
    operators, without = second_factors.count_operators(session)
    counts = message(
        N_("Wer diese Installation betreibt: %(count)s, davon ohne zweiten Faktor: %(without)s."),
        count=operators,
        without=without,
    )
    if not operators and accounts.any_exists(session):
        text = message(N_("Niemand, der diese Installation betreibt, kann sich anmelden."))
        to_do = message(N_("Legen Sie jemanden an: dnk user add ADRESSE --operator."))
        return Finding("second-factor", FACTOR, PROBLEM, (text,), to_do)
    if not without:
        return Finding("second-factor", FACTOR, OK, (counts,))
    if "operator" in second_factor.demanded_roles(session, settings):
        to_do = message(N_("Wer keinen hat, muss ihn bei der nächsten Anmeldung einrichten."))
        return Finding("second-factor", FACTOR, NOTICE, (counts,), to_do)
    is_demo = first_start.is_demo(settings.instance)
    to_do = message(
        N_("Richten Sie ihn unter „Konto“ ein, und verlangen Sie ihn mit DNK_SECOND_FACTOR_FOR von allen.")
    )
    state = PROBLEM if settings.public_url and not is_demo else NOTICE
    return Finding("second-factor", FACTOR, state, (counts,), to_do)


def check_confirmations(session: Session) -> Finding | None:
    """Whether clusters wait for an operator to confirm members as real firms."""
    count = confirmations.count_waiting(session)
    if not count:
        return None
    text = message(
        N_(
            "Cluster, deren Zahlen warten, bis jemand ihre Mitglieder als echte Unternehmen bestätigt: "
            "%(count)s."
        ),
        count=count,
    )
    to_do = message(N_("Bestätigen Sie auf der Seite „Bestätigungen“, welche Sie kennen."))
    return Finding("confirmations", CONFIRMATIONS, NOTICE, (text,), to_do, "operation.confirmations")


def check_quiet(session: Session) -> Finding | None:
    """Whether this is a restored copy that is still quiet, or does not know all erasures."""
    since = installation_state.quiet_since(session)
    known_until = installation_state.read_moment(session, installation_state.ERASURES_KNOWN_UNTIL)
    if since is None and known_until is None:
        return None
    facts, to_do = (
        [],
        message(N_("Löschen Sie noch einmal, wer seitdem darum gebeten hat: dnk user erase ADRESSE.")),
    )
    if since:
        facts.append(
            message(
                N_("Diese Kopie einer Sicherung vom %(moment)s ist still: Sie schreibt niemandem."),
                moment=since,
            )
        )
        to_do = message(N_("Soll sie die Arbeit übernehmen, beenden Sie die Stille: dnk resume."))
    if known_until:
        facts.append(message(N_("Sie kennt keine Löschungen nach dem %(moment)s."), moment=known_until))
    return Finding("quiet", QUIET if since else RESUMED, NOTICE, tuple(facts), to_do)


def check_clock(session: Session, *, now: datetime, database_clock: datetime | None) -> Finding:
    """Whether anything happened in the future, or the database has another time."""
    status = installation_state.read_values(session, installation_state.LAST_BACKUP)
    moments = (
        sign_ins.latest(session),
        installation_state.read_moment(session, installation_state.BACKGROUND_SEEN),
        datetime.fromisoformat(status["began"]) if status else None,
    )
    newest = max((moment for moment in moments if moment), default=None)
    here = message(N_("Auf diesem Rechner ist es der %(moment)s."), moment=now)
    to_do = message(N_("Stellen Sie die Uhr, und lassen Sie sie vom Netz stellen: timedatectl set-ntp true."))
    if newest and newest - now > CLOCK_TOLERANCE:
        text = message(
            N_("Etwas geschah am %(moment)s, also in der Zukunft. Die Uhr geht falsch oder ging falsch."),
            moment=newest,
        )
        return Finding("clock", CLOCK, PROBLEM, (text, here), to_do)
    if database_clock and abs(database_clock - now) > CLOCK_TOLERANCE:
        text = message(N_("Auf dem Rechner der Datenbank ist es der %(moment)s."), moment=database_clock)
        return Finding("clock", CLOCK, PROBLEM, (text, here), to_do)
    return Finding("clock", CLOCK, OK, (here,))
