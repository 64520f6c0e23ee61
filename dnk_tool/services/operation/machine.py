"""Findings outside of the database: disk, files, address, texts, evidence store and virus scanner."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dnk_tool.addresses import is_loopback
from dnk_tool.config import Settings
from dnk_tool.labels import N_
from dnk_tool.secret_keys import KEY_FILE
from dnk_tool.services.operation.findings import (
    GIGABYTE,
    MEGABYTE,
    Finding,
    FindingState,
    Message,
    message,
    size,
)
from dnk_tool.services.operation.legal_texts import missing_texts
from dnk_tool.services.uploads.virus_scan import ScannerAway, configured_scanner
from dnk_tool.store.evidence.blob_store import StorageDown
from dnk_tool.store.evidence.configured_blob_store import open_blob_store

ALMOST_FULL_BYTES, SHORT_BYTES, SHORT_SHARE = 500 * MEGABYTE, 2 * GIGABYTE, 0.05
SCANNER_SECONDS = 3.0
OTHERS = 0o077  # the rights of group and others

PROBLEM, NOTICE, OK = FindingState.PROBLEM, FindingState.NOTICE, FindingState.OK
DISK, ADDRESS, TEXTS = message(N_("Platte")), message(N_("Adresse")), message(N_("Rechtliche Texte"))
EVIDENCE, SCANNER = message(N_("Speicher der Belege")), message(N_("Virenscanner"))
FILES = message(N_("Geheime Dateien"))
TEXT_NAMES = {
    "imprint": N_("Impressum"),
    "privacy": N_("Datenschutz"),
    "accessibility": N_("Barrierefreiheit"),
}


@dataclass(frozen=True)
class Visit:
    """How a request reached the server, as it sees it behind its proxies."""

    scheme: str
    host: str
    remote_address: str


def check_machine(settings: Settings, visit: Visit | None = None) -> Iterator[Finding]:
    """Yield the findings. Takes some seconds where store or scanner do not answer. Changes nothing."""
    yield check_disk(settings.instance)
    yield check_address(settings, visit)
    yield check_texts(settings)
    yield check_scanner(settings)
    if settings.instance.is_dir():
        yield check_evidence(settings)
        yield check_secret_files(settings)


def check_disk(instance: Path) -> Finding:
    """How much of the instance's disk is free, and whether it can be written."""
    folder = instance.resolve()
    try:
        disk = shutil.disk_usage(folder)
        is_read_only = bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except OSError:
        text = message(
            N_("Den Ordner %(folder)s gibt es nicht, oder er ist nicht lesbar."), folder=str(folder)
        )
        to_do = message(N_("Prüfen Sie DNK_INSTANCE und die Rechte des Ordners."))
        return Finding("disk", DISK, PROBLEM, (text,), to_do)
    share = disk.free / disk.total if disk.total else 0.0
    free = message(
        N_("%(free)s von %(total)s sind frei (%(share)s %%)."),
        free=size(disk.free, least=0),
        total=size(disk.total),
        share=round(share * 100),
    )
    if is_read_only or not os.access(folder, os.W_OK):
        text = message(N_("In den Ordner %(folder)s lässt sich nicht schreiben."), folder=str(folder))
        to_do = message(
            N_("Prüfen Sie die Rechte des Ordners, und ob die Platte nur zum Lesen eingehängt ist.")
        )
        return Finding("disk", DISK, PROBLEM, (text, free), to_do)
    room = message(
        N_("Schaffen Sie Platz, oder legen Sie Sicherungen mit DNK_BACKUP_FOLDER auf eine andere Platte.")
    )
    if disk.free < ALMOST_FULL_BYTES:
        text = message(N_("Die Platte ist fast voll. Ist sie voll, lässt sich nichts mehr speichern."))
        return Finding("disk", DISK, PROBLEM, (text, free), room)
    if disk.free < SHORT_BYTES or share < SHORT_SHARE:
        return Finding("disk", DISK, NOTICE, (message(N_("Der Platz wird knapp.")), free), room)
    return Finding("disk", DISK, OK, (free,))


def check_address(settings: Settings, visit: Visit | None) -> Finding:
    """Whether address and proxies fit each other and the request that asks, if there is one."""
    at = message(N_("Die Adresse ist %(address)s."), address=settings.address)
    fault = next(_address_faults(settings, visit), None)
    if fault is None:
        return Finding("address", ADDRESS, OK, (at,))
    state, text, to_do = fault
    return Finding("address", ADDRESS, state, (text, at), to_do)


def _address_faults(
    settings: Settings, visit: Visit | None
) -> Iterator[tuple[FindingState, Message, Message]]:
    """Yield state, text and what to do of each fault, the worst first."""
    public = urlsplit(settings.address).hostname or ""
    if settings.is_https and not settings.proxies:
        yield (
            PROBLEM,
            message(
                N_(
                    "Die Adresse beginnt mit https, aber DNK_PROXIES ist 0. Dann kommen alle vom selben "
                    "Rechner, und wer zu oft ein falsches Passwort eingibt, sperrt alle anderen aus."
                )
            ),
            message(N_("Setzen Sie DNK_PROXIES auf die Zahl Ihrer Webserver davor, meist 1.")),
        )
    if settings.proxies and not settings.public_url:
        yield (
            PROBLEM,
            message(N_("DNK_PROXIES nennt Webserver davor, aber DNK_PUBLIC_URL fehlt.")),
            message(
                N_(
                    "Setzen Sie DNK_PUBLIC_URL, zum Beispiel auf https://dnk.example.de; "
                    "sonst führen Links in E-Mails hierher."
                )
            ),
        )
    if visit and settings.proxies and visit.host == public and not is_loopback(public):
        if settings.is_https and visit.scheme != "https":
            yield (
                PROBLEM,
                message(N_("Der Webserver davor sagt nicht, dass die Anfrage mit https kam.")),
                message(N_("Lassen Sie ihn X-Forwarded-Proto setzen, wie in deploy/nginx.conf.")),
            )
        if is_loopback(visit.remote_address):
            yield (
                PROBLEM,
                message(N_("Der Webserver davor sagt nicht, von welchem Rechner die Anfrage kam.")),
                message(
                    N_(
                        "Lassen Sie ihn X-Forwarded-For setzen, wie in deploy/nginx.conf. Stimmt DNK_PROXIES "
                        "(%(count)s)?"
                    ),
                    count=settings.proxies,
                ),
            )
    if not settings.public_url:
        yield (
            NOTICE,
            message(N_("Nur dieser Rechner selbst erreicht dnk-tool.")),
            message(N_("Sollen andere damit arbeiten, setzen Sie DNK_PUBLIC_URL und einen Webserver davor.")),
        )
    if settings.proxies and not settings.is_local:
        yield (
            NOTICE,
            message(
                N_("DNK_HOST=%(host)s nimmt auch Anfragen an, die am Webserver vorbeikommen."),
                host=settings.host,
            ),
            message(
                N_("Öffnen Sie Port %(port)s nur für den Webserver, oder setzen Sie DNK_HOST auf 127.0.0.1."),
                port=str(settings.port),
            ),
        )


def check_texts(settings: Settings) -> Finding:
    """Whether visitors can read the texts that the law asks for."""
    missing = [str(name) for name in missing_texts(settings.instance)]
    if not missing:
        text = message(N_("Impressum und Datenschutz sind da."))
        return Finding("texts", TEXTS, OK, (text,), endpoint="operation.legal_texts")
    names = tuple(message(TEXT_NAMES[name]) for name in missing)
    return Finding(
        "texts",
        TEXTS,
        PROBLEM if settings.public_url else NOTICE,
        (message(N_("Es fehlt noch: %(names)s."), names=names),),
        message(N_("Schreiben Sie diese Texte, bevor andere die Seiten sehen.")),
        "operation.legal_texts",
    )


def check_evidence(settings: Settings) -> Finding:
    """Whether the store of evidence can be reached."""
    is_folder = settings.evidence_store == "files"
    try:
        open_blob_store(settings).check()
    except StorageDown:
        to_do = (
            message(N_("Prüfen Sie die Rechte des Ordners %(folder)s."), folder=_evidence_folder(settings))
            if is_folder
            else message(N_("Prüfen Sie, ob der Speicher läuft, und alle Einstellungen mit DNK_EVIDENCE_."))
        )
        text = message(
            N_("Der Speicher der Belege antwortet nicht: Belege lassen sich weder hochladen noch öffnen.")
        )
        return Finding("evidence", EVIDENCE, PROBLEM, (text,), to_do)
    if is_folder:
        place = message(N_("Belege liegen im Ordner %(folder)s."), folder=_evidence_folder(settings))
    else:
        place = message(
            N_("Belege liegen im Bucket %(bucket)s; er antwortet."), bucket=settings.evidence_bucket
        )
    return Finding("evidence", EVIDENCE, OK, (place,))


def _evidence_folder(settings: Settings) -> str:
    return str(settings.instance.resolve() / "evidence")


def check_scanner(settings: Settings) -> Finding:
    """Whether the virus scanner answers, where there is one."""
    scanner = configured_scanner(settings)
    if scanner is None:
        text = message(N_("Hochgeladene Dateien werden nicht auf Viren geprüft."))
        to_do = message(N_("Wenn Sie ClamAV betreiben, setzen Sie DNK_CLAMD."))
        return Finding("scanner", SCANNER, NOTICE, (text,), to_do)
    try:
        scanner.ping(SCANNER_SECONDS)
    except ScannerAway:
        effect = (
            N_("Bis er antwortet, lassen sich keine Dateien hochladen.")
            if scanner.is_required
            else N_("Bis er antwortet, werden Dateien ungeprüft angenommen.")
        )
        text = message(N_("Der Virenscanner antwortet nicht: %(address)s."), address=scanner.address)
        to_do = message(N_("Starten Sie clamd, oder berichtigen Sie DNK_CLAMD."))
        return Finding("scanner", SCANNER, PROBLEM, (text, message(effect)), to_do)
    text = message(N_("Er antwortet unter %(address)s."), address=scanner.address)
    return Finding("scanner", SCANNER, OK, (text,))


def check_secret_files(settings: Settings) -> Finding:
    """Whether key and settings can be read by the server's user alone."""
    files = settings.instance / KEY_FILE, settings.instance / "config.toml"
    open_files = [str(file.resolve()) for file in files if _is_open(file)]
    if open_files:
        texts = (
            message(N_("Andere auf diesem Rechner können %(file)s lesen."), file=file) for file in open_files
        )
        to_do = message(N_("Nehmen Sie ihnen das Recht: chmod 600 %(files)s"), files=" ".join(open_files))
        return Finding("files", FILES, PROBLEM, tuple(texts), to_do)
    if settings.secret_key:
        where = message(N_("Der geheime Schlüssel steht in den Einstellungen."))
    elif files[0].exists():
        where = message(N_("Nur dnk-tool selbst kann den geheimen Schlüssel lesen."))
    else:
        where = message(N_("Eine Datei mit dem geheimen Schlüssel gibt es nicht."))
    return Finding("files", FILES, OK, (where,))


def _is_open(file: Path) -> bool:
    try:
        return bool(file.stat().st_mode & OTHERS)
    except OSError:
        return False
