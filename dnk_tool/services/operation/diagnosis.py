"""How the installation stands: one list of findings, for the page "Betrieb" and for `dnk doctor`."""

from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from dnk_tool import __version__
from dnk_tool.config import ConfigurationError, Settings, known_secret_key
from dnk_tool.domain.permissions import Permission, require
from dnk_tool.labels import N_
from dnk_tool.secret_keys import KEY_FILE
from dnk_tool.services.accounts.installation_key import KeyProblem, key_problem
from dnk_tool.services.exports.opened_drafts import DraftCounts
from dnk_tool.services.operation.findings import Finding, FindingState, Message, message, size
from dnk_tool.services.operation.machine import Visit, check_machine
from dnk_tool.services.operation.records import check_clock, check_records
from dnk_tool.services.work import Work
from dnk_tool.store.database import UnsafeStorage, refuse_network_file_system
from dnk_tool.store.inspection import DatabaseFacts, read_facts, sqlite_file

PROBLEM, NOTICE, OK = FindingState.PROBLEM, FindingState.NOTICE, FindingState.OK
DATABASE, PDFS = message(N_("Version und Datenbank")), message(N_("PDFs"))
KEY = message(N_("Geheimer Schlüssel"))
_ORDER = {FindingState.PROBLEM: 0, FindingState.NOTICE: 1, FindingState.OK: 2}


def diagnose(
    work: Work,
    settings: Settings,
    *,
    open_pdfs: int | None = None,
    drafts: DraftCounts | None = None,
    visit: Visit | None = None,
) -> list[Finding]:
    """All findings, problems first. Changes nothing; works where the database does not answer or is old.

    `open_pdfs`: how many PDFs wait or are made; `drafts`: what was made ahead. Only the server knows both.
    Raises NotPermitted.
    """
    require(Permission.INSTALLATION_RUN, work.actor)
    findings = [*_check_database(work.session, settings, work.now), *check_machine(settings, visit)]
    findings.append(_check_pdfs(settings, open_pdfs, drafts))
    return sorted(findings, key=lambda finding: _ORDER[finding.state])


def _check_database(session: Session, settings: Settings, now: datetime) -> list[Finding]:
    if missing := _missing_file(settings):
        return [missing]
    try:
        facts = read_facts(session.connection())
        found = [_database_finding(facts, settings), _check_key(session, settings)]
        if not facts.is_current:
            return found
        clock = check_clock(session, now=now, database_clock=facts.clock)
        return [*found, *check_records(session, settings, now=now), clock]
    except SQLAlchemyError:
        session.rollback()
        return [_no_answer(settings)]


def _missing_file(settings: Settings) -> Finding | None:
    file = sqlite_file(settings.database)
    if file is None or file.exists():
        return None
    text = message(N_("Die Datei der Datenbank fehlt: %(file)s."), file=str(file))
    to_do = message(
        N_("Stimmt DNK_INSTANCE? Wenn das ein neuer Server ist, legt „dnk serve“ die Datenbank an.")
    )
    return Finding("database", DATABASE, PROBLEM, (_program(), text), to_do)


def _no_answer(settings: Settings) -> Finding:
    text = message(
        N_("Die Datenbank antwortet nicht oder ist beschädigt. Was darin steht, konnte nicht geprüft werden.")
    )
    file = sqlite_file(settings.database)
    to_do = (
        message(N_("Läuft PostgreSQL, und stimmt DNK_DATABASE_URL? Das Log von PostgreSQL nennt den Grund."))
        if file is None
        else message(
            N_(
                "Darf dieser Benutzer %(file)s lesen? Wenn ja, holen Sie die letzte Sicherung zurück: "
                "dnk restore."
            ),
            file=str(file),
        )
    )
    return Finding("database", DATABASE, PROBLEM, (_program(), text), to_do)


def _database_finding(facts: DatabaseFacts, settings: Settings) -> Finding:
    told = (
        _program(),
        message(
            N_("Datenbank: %(kind)s %(version)s, %(size)s, Schema %(revision)s."),
            kind=facts.kind,
            version=facts.version,
            size=size(facts.size),
            revision=facts.revision or "–",
        ),
    )
    if facts.is_newer:
        text = message(N_("Die Datenbank gehört zu einer neueren Version von dnk-tool."))
        to_do = message(
            N_("Installieren Sie wieder die neuere Version, oder holen Sie die Sicherung von vorher zurück.")
        )
        return Finding("database", DATABASE, PROBLEM, (text, *told), to_do)
    if not facts.is_current:
        text = message(
            N_(
                "Die Datenbank ist nicht auf dem Stand dieser Version. Was darin steht, konnte nicht geprüft "
                "werden."
            )
        )
        to_do = message(
            N_("Machen Sie eine Sicherung, dann: dnk upgrade. „dnk serve“ tut dasselbe beim Start.")
        )
        return Finding("database", DATABASE, PROBLEM, (text, *told), to_do)
    if file := sqlite_file(settings.database):
        try:
            refuse_network_file_system(file.parent)
        except UnsafeStorage:
            text = message(
                N_("Die Datenbank liegt auf einem Netzlaufwerk: Gespeichertes kann verloren gehen.")
            )
            to_do = message(
                N_("Legen Sie den Ordner %(folder)s auf eine lokale Platte."), folder=str(file.parent)
            )
            return Finding("database", DATABASE, PROBLEM, (text, *told), to_do)
    return Finding("database", DATABASE, OK, told)


def _check_key(session: Session, settings: Settings) -> Finding:
    """Whether the secret key is there, and the one that the installation was used with."""
    file = str(settings.instance.resolve() / KEY_FILE)
    try:
        key, problem = known_secret_key(settings), key_problem(session, settings)
    except ConfigurationError as error:
        told = (
            message("%(problem)s", problem=text) for text in error.problems
        )  # in English, as at the start
        return Finding(
            "key", KEY, PROBLEM, tuple(told), message(N_("Legen Sie den bisherigen Schlüssel zurück."))
        )
    if problem is None:
        text = N_("Es ist der bisherige.") if key else N_("Er entsteht beim ersten Start.")
        return Finding("key", KEY, OK, (message(text),))
    effect = message(
        N_(
            "„dnk serve“ und „dnk worker“ starten so nicht, und es entsteht keine Sicherung: Mit einem "
            "anderen Schlüssel gälten keine Authenticator-App und kein Link für ein neues Passwort mehr."
        )
    )
    if problem is KeyProblem.MISSING:
        said = message(
            N_("Er fehlt: DNK_SECRET_KEY ist nicht gesetzt, und %(file)s gibt es nicht."), file=file
        )
        lost = message(N_("Ist er für immer verloren: dnk accept-key --new."))
    else:
        place = "DNK_SECRET_KEY" if settings.secret_key else file
        said = message(
            N_("%(place)s ist ein anderer als der, mit dem hier bisher gearbeitet wurde."), place=place
        )
        lost = message(N_("Haben Sie ihn mit Absicht geändert: dnk accept-key."))
    to_do = message(
        N_(
            "Setzen Sie DNK_SECRET_KEY wie zuvor, oder legen Sie die Datei aus einer Sicherung zurück. "
            "%(lost)s Aus der Sicherung holt sie: (umask 077; tar -xzOf SICHERUNG instance/secret-key "
            "> %(file)s)"
        ),
        file=file,
        lost=lost,
    )
    return Finding("key", KEY, PROBLEM, (said, effect), to_do)


def _check_pdfs(settings: Settings, count: int | None, drafts: DraftCounts | None) -> Finding:
    if settings.pdf_engine == "unchecked":
        text = message(
            N_("Sie entstehen mit Bibliotheken, mit denen niemand sie geprüft hat, und tragen einen Vermerk.")
        )
        to_do = message(
            N_("Spielen Sie das nächste Release ein, und nehmen Sie DNK_PDF_ENGINE aus den Einstellungen.")
        )
        return Finding("pdfs", PDFS, NOTICE, (text,), to_do)
    if count is None:
        text = message(N_("Wie viele PDFs gerade entstehen, weiß nur der laufende Server: Seite „Betrieb“."))
        return Finding("pdfs", PDFS, OK, (text,))
    text = message(N_("Warten oder entstehen gerade: %(count)s."), count=count)
    if drafts is None or not settings.pdf_ahead_seconds:
        return Finding("pdfs", PDFS, OK, (text,))
    ahead = message(
        N_(
            "Entwürfe seit dem Start: %(opened)s geöffnet, davon %(ready)s sofort; %(made)s im Voraus "
            "erstellt, in %(seconds)s Sekunden."
        ),
        opened=drafts.opened,
        ready=drafts.ready,
        made=drafts.made,
        seconds=round(drafts.seconds),
    )
    return Finding("pdfs", PDFS, OK, (text, ahead))


def _program() -> Message:
    return message(N_("dnk-tool %(version)s."), version=__version__)
