"""Commands for declarations of an installation: list, import and export; and verify.

Compares the pages of a PDF with those of the PDFs that this installation has made, for commands.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from dnk_tool import config
from dnk_tool.cli.database import open_installation
from dnk_tool.cli.declarations.files import read_file
from dnk_tool.cli.output import fail, write_file
from dnk_tool.domain.declarations.document import canonical_json, fingerprint
from dnk_tool.domain.permissions import SHELL, Role
from dnk_tool.services.declarations.documents import FiguresDiffer, current_file, import_document
from dnk_tool.services.declarations.start import YearAhead, YearTaken
from dnk_tool.services.people.organisations import add_member
from dnk_tool.services.publication import printed_pages, seal_keys, seals
from dnk_tool.services.publication.printed_pages import PagesResult, PagesVerdict
from dnk_tool.services.publication.seal_keys import PublicKey, UnreadableKey
from dnk_tool.services.publication.seals import NotASeal, Seal, SealVerdict
from dnk_tool.services.uploads.pages.client import digests_of
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.database import write_session
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.publication import proofs

# The words that a command prints for a seal's verdict; None: there is no seal.
SEAL_VERDICTS: Mapping[SealVerdict | None, str] = {
    SealVerdict.VALID: "valid",
    SealVerdict.OTHER_DATA: "invalid: it seals other data",
    SealVerdict.FORGED: "invalid: the signature is not the key's",
    SealVerdict.UNKNOWN_KEY: "invalid: made with a key that is not among those trusted",
    None: "absent",
}


OTHER_CODE, NOT_COMPARED_CODE = 5, 6
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PagesReport:
    """What a file's pages are. `result`: a PagesResult, or UNKNOWN for data that were never frozen here."""

    result: str
    verdict: PagesVerdict

    @property
    def exit_code(self) -> int:
        """0 for pages that are those of a PDF made here."""
        return {PagesResult.SAME.value: 0, PagesResult.OTHER.value: OTHER_CODE}.get(
            self.result, NOT_COMPARED_CODE
        )

    @property
    def text(self) -> str:
        """The result in words."""
        said = {
            PagesResult.SAME.value: "those of a PDF made here",
            PagesResult.NOT_RECORDED.value: "cannot be compared: not all PDFs of the version were recorded",
            PagesResult.NONE.value: "none: the file is no PDF",
            UNKNOWN: "not compared: no version with these data was frozen here",
        }
        return said.get(self.result) or f"not those of a PDF made here: {self._differences()}"

    def to_json(self) -> dict[str, object]:
        """The result for scripts."""
        return {
            "pages": self.result,
            "pages_changed": list(self.verdict.changed),
            "pages_missing": list(self.verdict.missing),
        }

    def _differences(self) -> str:
        verdict = self.verdict
        if verdict.is_unreadable:
            return "the file is built so that they cannot be compared"
        said = [f"{_listed(verdict.changed)} changed or new"] if verdict.changed else []
        said += [f"{_listed(verdict.missing)} of the original missing"] if verdict.missing else []
        return "; ".join(said) or "attachments, bookmarks, structure, forms or layers differ"


def compare_pages(file: Path, fingerprint: str) -> PagesReport:
    """What the pages of a file are, whose data have this fingerprint; an unreadable file ends the command."""
    try:
        content = file.read_bytes()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")
    with open_installation() as factory, factory() as session:
        if not proofs.has_version(session, fingerprint):
            return PagesReport(UNKNOWN, PagesVerdict(PagesResult.NONE))
        verdict = printed_pages.quick_verdict(session, fingerprint, content)
        if verdict is None:
            session.rollback()
            verdict = printed_pages.verdict(session, fingerprint, digests_of(content))
    return PagesReport(verdict.result.value, verdict)


def _listed(numbers: Iterable[int]) -> str:
    said = [str(number) for number in numbers]
    return f"page {said[0]}" if len(said) == 1 else f"pages {', '.join(said)}"


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array for scripts.")
def list_declarations(as_json: bool) -> None:
    """List all declarations with their state; no answers are shown."""
    with open_installation() as factory, factory() as session:
        rows = [
            {
                "id": declaration.id,
                "organisation": declaration.organisation.name,
                "organisation_id": declaration.organisation_id,
                "edition": declaration.edition,
                "reporting_year": declaration.reporting_year,
                "indicator_set": declaration.indicator_set,
                "state": declaration.state.value,
                "version": declaration.version,
                "changed_at": declaration.changed_at.isoformat(timespec="seconds"),
            }
            for declaration in declarations.all_declarations(session)
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(
            f"{row['id']:>5}  {row['reporting_year']}  {row['state']:<9} "
            f"v{row['version']:<3} {row['organisation']}"
        )


@click.command("export")
@click.argument("declaration_id", type=int)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write, not standard output.")
def export_declaration(declaration_id: int, output: Path | None) -> None:
    """Write a declaration as a dnk-declaration file (canonical JSON)."""
    with open_installation() as factory, factory() as session:
        declaration = declarations.by_id(session, declaration_id)
        if declaration is None:
            fail(f"There is no declaration {declaration_id}. `dnk declaration list` shows all.")
        content = current_file(session, declaration)
    write_file(content, output)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", type=int, help="Id of the company to import into; default: a new company.")
@click.option("--owner", help="Address of the account that is to own the new company.")
@click.option("--json", "as_json", is_flag=True, help="Print ids as JSON for scripts.")
def import_declaration(file: Path, organisation: int | None, owner: str | None, as_json: bool) -> None:
    """Store a dnk-declaration file, or a declaration's own PDF, as a declaration in progress.

    A file with problems is refused as a whole: every problem is listed with its place, and nothing is stored.
    """
    if owner and organisation is not None:
        fail("--owner is for a new company; the company of --organisation has its people already.")
    document = read_file(file)
    now = datetime.now(UTC)
    with open_installation() as factory, write_session(factory) as session:
        account = accounts.by_email(session, owner) if owner else None
        if owner and account is None:
            fail(f"There is no account {owner}. `dnk user add` makes one.")
        target = None if organisation is None else declarations.find_organisation(session, organisation)
        if organisation is not None and target is None:
            fail(f"There is no company {organisation}. `dnk declaration list --json` shows their ids.")
        try:
            stored_declaration = import_document(Work(session, SHELL, now), document, organisation=target)
        except YearAhead as ahead:
            fail(f"A declaration can be for {ahead.latest} at the latest; this file is for a later year.")
        except YearTaken as taken:
            existing = taken.existing
            fail(f"The company has declaration {existing.id} for {existing.reporting_year} already.")
        except FiguresDiffer as error:
            listed = "\n".join(f"  {year} {key}" for year, key in error.keys)
            fail(f"The company has other values for these figures; nothing was stored:\n{listed}")
        if account and target is None:
            add_member(session, stored_declaration.organisation, account.id, Role.OWNER, now=now)
        session.commit()
        ids = {"declaration": stored_declaration.id, "organisation": stored_declaration.organisation_id}
    click.echo(json.dumps(ids) if as_json else f"Stored as declaration {ids['declaration']}.")


@click.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--signature",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The seal; default: the file beside FILE that ends with .sig, if there is one.",
)
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Public keys as PEM that you trust; default: those of this installation.",
)
@click.option("--pages", "with_pages", is_flag=True, help="Compare the pages with the PDFs made here, too.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON for scripts.")
def verify_declaration(
    file: Path, signature: Path | None, key: Path | None, with_pages: bool, as_json: bool
) -> None:
    """Print the fingerprint of the data in a PDF or JSON file, and whether its seal is valid.

    Needs neither network nor database. Exits with 0 for a valid seal, 1 if something cannot be read, 3 for a
    seal that proves nothing, and 4 without a seal. What is printed on the pages of a PDF is looked at with
    --pages only, which needs the database of the installation that made it; then it exits with 5 for pages
    that are not those of a PDF made here, and with 6 if they cannot be compared, whatever the seal is.
    """
    sha256 = fingerprint(canonical_json(read_file(file)))
    pages = compare_pages(file, sha256) if with_pages else None
    beside = file.with_suffix(".sig")
    seal = _read_seal(signature or (beside if beside.is_file() else None))
    verdict = seals.verify_seal(seal, sha256, _trusted_keys(key)) if seal else None
    said = f"{seal.by}, {seal.sealed_on}, key {seal.key}" if seal and verdict is SealVerdict.VALID else ""
    if as_json:
        rows: dict[str, object] = {
            "fingerprint": sha256,
            "seal": verdict.value if verdict else "absent",
            "by": said,
        }
        rows |= pages.to_json() if pages else {}
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        click.echo(f"fingerprint: {sha256}")
        click.echo(f"seal: {SEAL_VERDICTS[verdict]}{f' ({said})' if said else ''}")
        if pages:
            click.echo(f"pages: {pages.text}")
    sys.exit((pages.exit_code if pages else 0) or {SealVerdict.VALID: 0, None: 4}.get(verdict, 3))


def _read_seal(path: Path | None) -> Seal | None:
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            return seals.parse_seal(file.read(seals.MAX_SEAL_LENGTH + 1))
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}")
    except NotASeal:
        fail(f"{path} is no seal.")


def _trusted_keys(path: Path | None) -> Mapping[str, PublicKey]:
    try:
        if path is None:
            keys = seal_keys.public_keys(config.load_settings().instance)
        else:
            keys = {key.number: key for key in seal_keys.read_keys(path)}
    except (OSError, UnreadableKey):
        fail(f"{path or 'A key of this installation'} holds no public Ed25519 key as PEM.")
    if not keys:
        fail("There is no key to verify the seal with. Give the operator's public key with --key.")
    return keys
