"""Commands for declarations: list, import, export, render and verify."""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from dnk_tool import config
from dnk_tool.cli.output import fail, messages, progress, stored
from dnk_tool.domain import completeness
from dnk_tool.domain.colours import parsed
from dnk_tool.domain.document import Document, canonical, fingerprint
from dnk_tool.domain.document_reader import MAX_BYTES
from dnk_tool.domain.evidence import Refusal, Refused
from dnk_tool.domain.permissions import SHELL, Role
from dnk_tool.language import LANGUAGES
from dnk_tool.report import RenderFailed
from dnk_tool.report.formats import Format, made
from dnk_tool.report.look import Look
from dnk_tool.services import inspecting, printing, seal_keys, seals
from dnk_tool.services.declaration_files import (
    LARGEST_FILE,
    FileFault,
    UnreadableDeclaration,
    document_of,
)
from dnk_tool.services.declarations import YearAhead, YearTaken
from dnk_tool.services.documents import FiguresDiffer, current_file, import_document
from dnk_tool.services.looks import LARGEST_LOGO
from dnk_tool.services.organisations import add_member
from dnk_tool.services.seal_keys import PublicKey, UnreadableKey
from dnk_tool.services.seals import NotASeal, Seal, Verdict
from dnk_tool.store import accounts, declarations
from dnk_tool.store.database import writing

# What is said after the file's name.
FAULTS: Mapping[FileFault, str] = {
    FileFault.EMPTY: "is empty.",
    FileFault.TOO_LARGE: f"is too large: a PDF may have {LARGEST_FILE // 1_000_000} MB, the data in it "
    f"or in a file {MAX_BYTES // 1_000_000} MB.",
    FileFault.OTHER_KIND: "is neither a declaration's PDF nor a dnk-declaration file.",
    FileFault.LOCKED: "is locked with a password; save it without one.",
    FileFault.NO_ATTACHMENT: "carries no data. Another program may have printed or saved it anew; take the "
    "PDF as it was downloaded, or the JSON file.",
    FileFault.NOT_OURS: "carries files, but no data of a declaration.",
    FileFault.DAMAGED: "is damaged or incomplete; its data cannot be read. Fetch it once more.",
    FileFault.NEWER: "was made by a newer version of this program; update this one first.",
    FileFault.INVALID: "is not a valid declaration.",
    FileFault.BUSY: "cannot be read now, since others are being read; try again in a minute.",
}

# What is said of a seal, or of none.
SEALS: Mapping[Verdict | None, str] = {
    Verdict.VALID: "valid",
    Verdict.OTHER_DATA: "invalid: it seals other data",
    Verdict.FORGED: "invalid: the signature is not the key's",
    Verdict.UNKNOWN_KEY: "invalid: made with a key that is not among those trusted",
    None: "absent",
}


OUTPUT = "File to write; its ending decides what is made."


@click.group()
def declaration() -> None:
    """List, import, export, render and verify declarations."""


@declaration.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array for scripts.")
def list_declarations(as_json: bool) -> None:
    """List all declarations with their state; no answers are shown."""
    with stored() as factory, factory() as session:
        rows = [
            {
                "id": one.id,
                "organisation": one.organisation.name,
                "organisation_id": one.organisation_id,
                "edition": one.edition,
                "reporting_year": one.reporting_year,
                "indicator_set": one.indicator_set,
                "state": one.state.value,
                "version": one.version,
                "changed_at": one.changed_at.isoformat(timespec="seconds"),
            }
            for one in declarations.all_declarations(session)
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(
            f"{row['id']:>5}  {row['reporting_year']}  {row['state']:<9} "
            f"v{row['version']:<3} {row['organisation']}"
        )


@declaration.command("export")
@click.argument("declaration_id", type=int)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write, not standard output.")
def export_declaration(declaration_id: int, output: Path | None) -> None:
    """Write a declaration as a dnk-declaration file (canonical JSON)."""
    with stored() as factory, factory() as session:
        found = declarations.by_id(session, declaration_id)
        if found is None:
            fail(f"There is no declaration {declaration_id}. `dnk declaration list` shows all.")
        content = current_file(session, found)
    _write(content, output)


@declaration.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", type=int, help="Id of the company to import into; default: a new company.")
@click.option("--owner", help="Address of the account that shall own the new company.")
@click.option("--json", "as_json", is_flag=True, help="Print ids as JSON for scripts.")
def import_declaration(file: Path, organisation: int | None, owner: str | None, as_json: bool) -> None:
    """Store a dnk-declaration file, or a declaration's own PDF, as a declaration in progress.

    A file with problems is refused as a whole: every problem is listed with its place, and nothing is stored.
    """
    if owner and organisation is not None:
        fail("--owner is for a new company; the company of --organisation has its people already.")
    document = _read(file)
    now = datetime.now(UTC)
    with stored() as factory, writing(factory) as session:
        account = accounts.by_email(session, owner) if owner else None
        if owner and account is None:
            fail(f"There is no account {owner}. `dnk user add` makes one.")
        target = None if organisation is None else declarations.organisation(session, organisation)
        if organisation is not None and target is None:
            fail(f"There is no company {organisation}. `dnk declaration list --json` shows their ids.")
        try:
            stored_declaration = import_document(session, document, organisation=target, actor=SHELL, now=now)
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


@declaration.command("render")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help=OUTPUT)
@click.option("--language", type=click.Choice(LANGUAGES), help="Language of headings; default: the file's.")
@click.option("--draft/--final", "is_draft", default=None, help="Default: a draft while anything is missing.")
@click.option("--accent", default="", help="Accent of the company, such as '#0a6'.")
@click.option(
    "--logo",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Logo of the company: PNG, JPEG or WebP. It is drawn anew, at most 1200 by 400 pixels.",
)
def render_declaration(
    file: Path, output: Path, language: str | None, is_draft: bool | None, accent: str, logo: Path | None
) -> None:
    """Render a dnk-declaration file, or a declaration's own PDF anew: as the ending of the output says.

    Endings: .pdf, .docx (Word), .xlsx (Excel), .csv, .html (one page for a browser). Needs no database.
    """
    kind = next((one for one in Format if output.suffix.lower() == f".{one}"), None)
    if kind is None:
        fail(f"{output} must end with one of: {', '.join(f'.{one}' for one in Format)}.")
    document = _read(file)
    missing = completeness.gaps(document.sheet())
    if is_draft is False and missing:
        fail(f"{len(missing)} things are missing; an incomplete declaration is rendered as a draft only.")
    issue = printing.issue_of(
        document, now=datetime.now(UTC), is_draft=bool(missing) if is_draft is None else is_draft
    )
    chosen = next((one for one in LANGUAGES if one == language), None)
    look = _look(accent, logo)
    try:
        with progress("Rendering"):
            content = made(document, issue, kind, language=chosen, look=look)
    except RenderFailed as error:
        fail(f"The file could not be made: {error}")
    _write(content, output)
    click.echo(f"{output} ({len(content) // 1024} KiB)", err=True)


@declaration.command("verify")
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
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON for scripts.")
def verify_declaration(file: Path, signature: Path | None, key: Path | None, as_json: bool) -> None:
    """Print the fingerprint of the data in a PDF or JSON file, and whether its seal is valid.

    Needs neither network nor database. Exits with 0 for a valid seal, 1 if something cannot be read, 3 for a
    seal that proves nothing, and 4 without a seal. What is printed on the pages of a PDF is not looked at.
    """
    sha256 = fingerprint(canonical(_read(file)))
    beside = file.with_suffix(".sig")
    found = _seal(signature or (beside if beside.is_file() else None))
    verdict = seals.judge(found, sha256, _keys(key)) if found else None
    said = f"{found.by}, {found.sealed_on}, key {found.key}" if found and verdict is Verdict.VALID else ""
    if as_json:
        rows = {"fingerprint": sha256, "seal": verdict.value if verdict else "absent", "by": said}
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        click.echo(f"fingerprint: {sha256}")
        click.echo(f"seal: {SEALS[verdict]}{f' ({said})' if said else ''}")
    sys.exit({Verdict.VALID: 0, None: 4}.get(verdict, 3))


def _look(accent: str, logo: Path | None) -> Look:
    try:
        code = parsed(accent) if accent else ""
    except ValueError:
        fail(f"{accent} is no colour. Give it with three or six digits from 0 to f, such as '#0a6'.")
    if logo is None:
        return Look(code)
    try:
        if logo.stat().st_size > LARGEST_LOGO:
            raise Refused(Refusal.TOO_LARGE)
        return Look(code, inspecting.logo(logo.name, logo.read_bytes(), largest=LARGEST_LOGO))
    except OSError as error:
        fail(f"{logo} cannot be read: {error.strerror}")
    except Refused as refused:
        fail(f"{logo} cannot be a logo ({refused.why}). Take a PNG, JPEG or WebP of at most 5 MB.")


def _seal(path: Path | None) -> Seal | None:
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            return seals.read(file.read(seals.LARGEST_SEAL + 1))
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}")
    except NotASeal:
        fail(f"{path} is no seal.")


def _keys(path: Path | None) -> Mapping[str, PublicKey]:
    try:
        if path is None:
            found = seal_keys.public_keys(config.load().instance)
        else:
            found = {one.number: one for one in seal_keys.read_keys(path)}
    except (OSError, UnreadableKey):
        fail(f"{path or 'A key of this installation'} holds no public Ed25519 key as PEM.")
    if not found:
        fail("There is no key to verify the seal with. Give the operator's public key with --key.")
    return found


def _read(file: Path) -> Document:
    try:
        if file.stat().st_size > LARGEST_FILE:
            fail(f"{file} {FAULTS[FileFault.TOO_LARGE]}")
        return document_of(file.read_bytes())
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")
    except UnreadableDeclaration as error:
        if not error.problems:
            fail(f"{file} {FAULTS[error.fault]}")
        listed = "\n".join(f"  {one}" for one in messages(error.problems))
        fail(f"{file} is not a valid declaration:\n{listed}")


def _write(content: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(content)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror}")
