"""The command that makes a declaration's file in any export format out of its data."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click

from dnk_tool.cli.declarations.files import read_file
from dnk_tool.cli.output import fail, progress, write_file
from dnk_tool.config import load_settings
from dnk_tool.domain.answers import completeness
from dnk_tool.domain.colours import parse_hex
from dnk_tool.domain.evidence import FileRejected, FileRejectionReason
from dnk_tool.language import LANGUAGES
from dnk_tool.report.formats import FORMATS, render_file
from dnk_tool.report.process.client import RenderFailed
from dnk_tool.report.process.engine_choice import choose_engine
from dnk_tool.report.view.branding import Branding
from dnk_tool.report.view.chapters import is_section
from dnk_tool.report.view.edition import ExportOptions, Variant
from dnk_tool.services.exports.issues import issue_of
from dnk_tool.services.uploads import inspection
from dnk_tool.services.uploads.inspection import MAX_LOGO_BYTES, MAX_PORTRAIT_BYTES

EXTENSIONS = ", ".join(
    f".{export_format.extension} ({export_format.label})" for export_format in FORMATS.values()
)
OUTPUT_HELP = f"File to write; its extension decides what is made: {EXTENSIONS}."


@click.command("render")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help=OUTPUT_HELP)
@click.option(
    "--variant",
    type=click.Choice([variant.value for variant in Variant]),
    default=Variant.FULL.value,
    help="All of it (default), the short version, the internal version, or one section.",
)
@click.option("--section", default="", help="Ref of the section to print, such as 12, L11-12 or general.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Language of headings; default: the file's.")
@click.option("--draft/--final", "is_draft", default=None, help="Default: a draft while anything is missing.")
@click.option("--accent", default="", help="Accent of the company, such as '#0a6'.")
@click.option(
    "--logo",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Logo of the company: PNG, JPEG or WebP. It is drawn anew, at most 1200 by 400 pixels.",
)
@click.option(
    "--portrait",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Picture beside the foreword: PNG, JPEG or WebP. It is drawn anew, 45 by 56 mm.",
)
@click.option(
    "--questions",
    "has_questions",
    is_flag=True,
    help="Print what each criterion asks. A draft does so anyway.",
)
def render_declaration(
    file: Path,
    output: Path,
    variant: str,
    section: str,
    language: str | None,
    is_draft: bool | None,
    accent: str,
    logo: Path | None,
    portrait: Path | None,
    has_questions: bool,
) -> None:
    """Render a dnk-declaration file, or a declaration's own PDF anew: as the extension of the output says.

    Needs no database. The internal version shows of the self-assessment what the file holds.
    """
    export_format = FORMATS.get(output.suffix.lower().removeprefix("."))
    if export_format is None:
        fail(f"{output} must end with one of: {', '.join(f'.{extension}' for extension in FORMATS)}.")
    if section and variant in (Variant.SHORT, Variant.INTERNAL):
        fail(f"One section is a variant of its own: leave out --section or --variant {variant}.")
    chosen = Variant(variant) if not section else Variant.SECTION
    if chosen not in export_format.variants:
        *others, last = (
            f".{other_format.extension}"
            for other_format in FORMATS.values()
            if chosen in other_format.variants
        )
        possible = f"{', '.join(others)} and {last}"
        fail(f"A .{export_format.extension} file holds all data; the {chosen} variant is for {possible}.")
    choose_engine(load_settings().pdf_engine)
    document = read_file(file)
    if chosen is Variant.SECTION and not is_section(section, document.selection):
        known = ", ".join(known_section.ref for known_section in document.selection.sections)
        fail(f"Name one section with --section: {known}.")
    missing = completeness.declaration_gaps(document.sheet())
    if is_draft is False and missing:
        fail(f"{len(missing)} things are missing; an incomplete declaration is rendered as a draft only.")
    issue = issue_of(
        document, now=datetime.now(UTC), is_draft=bool(missing) if is_draft is None else is_draft
    )
    edition = ExportOptions(chosen, section, next((code for code in LANGUAGES if code == language), None))
    look = Branding(
        _accent_code(accent),
        _picture(logo, "logo", inspection.inspect_logo, MAX_LOGO_BYTES),
        has_questions,
        _picture(portrait, "portrait", inspection.inspect_portrait, MAX_PORTRAIT_BYTES),
    )
    try:
        with progress("Rendering"):
            content = render_file(document, issue, export_format, edition=edition, look=look)
    except RenderFailed as error:
        fail(_failure_message(error))
    write_file(content, output)
    click.echo(f"{output} ({len(content) // 1024} KiB)", err=True)


def _failure_message(error: RenderFailed) -> str:
    if not error.longest:
        return f"The file could not be made: {error}"
    longest = "; ".join(part.display_name("en") for part in error.longest)
    return f"The declaration is too large for a file ({error}). Shorten its longest parts: {longest}."


def _accent_code(accent: str) -> str:
    try:
        return parse_hex(accent) if accent else ""
    except ValueError:
        fail(f"{accent} is no colour. Give it with three or six digits from 0 to f, such as '#0a6'.")


def _picture(file: Path | None, what: str, inspect: Callable[..., bytes], largest: int) -> bytes:
    """The picture as it is printed; empty without a file. `what` names it in a message."""
    if file is None:
        return b""
    try:
        if file.stat().st_size > largest:
            raise FileRejected(FileRejectionReason.TOO_LARGE)
        return inspect(file.name, file.read_bytes(), largest=largest)
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")
    except FileRejected as refused:
        most = largest // 1_000_000
        fail(f"{file} cannot be a {what} ({refused.why}). Take a PNG, JPEG or WebP of at most {most} MB.")
