"""Commands for the files of evidence: check that the store holds what the database knows, unchanged."""

from datetime import UTC, datetime

import click

from dnk_tool import config
from dnk_tool.cli.database import open_installation
from dnk_tool.cli.output import fail, progress
from dnk_tool.config import Settings
from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.evidence import store_check
from dnk_tool.services.uploads.virus_scan import ScannerAway, ScanRefused, configured_scanner
from dnk_tool.store.evidence.blob_store import StorageDown
from dnk_tool.store.evidence.configured_blob_store import open_blob_store


@click.group()
def evidence() -> None:
    """Look after the files that companies keep as evidence."""


def _storage_location(settings: Settings) -> str:
    """The location of the files, in words for a message to the operator."""
    if settings.evidence_store == "files":
        return f"folder {settings.instance.resolve() / 'evidence'}"
    where = settings.evidence_endpoint or f"Amazon, {settings.evidence_region}"
    return (
        f"bucket {settings.evidence_bucket} at {where}. Is it reachable, and are the DNK_EVIDENCE keys right?"
    )


@evidence.command("check")
@click.option("--remove-orphans", is_flag=True, help="Delete what no company needs any more.")
@click.option("--scan", "is_scanned", is_flag=True, help="Also have every file scanned by DNK_CLAMD.")
def check_command(remove_orphans: bool, is_scanned: bool) -> None:
    """Read every file and compare it with the database.

    Prints what is missing, what was changed, and what lies in the store without being needed. Exits with 1 if
    something is missing or was changed: then put the backup of the store back. With --scan also names the
    files in which the virus scanner finds something.
    """
    now = datetime.now(UTC)
    settings = config.load_settings()
    scanner = configured_scanner(settings) if is_scanned else None
    if is_scanned and scanner is None:
        fail("There is no virus scanner: DNK_CLAMD is empty.")
    with open_installation() as factory:
        blobs = open_blob_store(settings)
        try:
            with progress("Reading files"):
                report = store_check.check_evidence_store(
                    factory, blobs, actor=SHELL, now=now, scanner=scanner
                )
            removed = (
                store_check.remove_orphans(factory, blobs, actor=SHELL, now=now) if remove_orphans else 0
            )
        except store_check.StillQuiet:
            fail("This copy is quiet: the original may need the files. Let it work first: dnk resume")
        except StorageDown as error:
            fail(f"The store does not answer ({error}): {_storage_location(settings)}")
        except (ScannerAway, ScanRefused) as error:
            fail(f"The virus scanner does not scan these files ({error}): {settings.clamd}")
    for key in report.infected:
        click.echo(f"infected: {key.path}")
    for key in report.missing:
        click.echo(f"missing: {key.path}")
    for key in report.wrong:
        click.echo(f"changed: {key.path}")
    for orphan in report.orphans:
        click.echo(f"not needed: {orphan.path}")
    click.echo(
        f"{report.checked} files, {len(report.missing)} missing, {len(report.wrong)} changed, "
        f"{len(report.orphans)} not needed"
        + (f", {len(report.infected)} infected" if is_scanned else "")
        + (f", {removed} removed" if remove_orphans else "")
    )
    raise SystemExit(0 if report.is_fine else 1)
