"""The command `dnk doctor`: how the installation stands, and what to do, also while nothing runs."""

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime

import click
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from dnk_tool import config
from dnk_tool.config import ConfigurationError
from dnk_tool.domain.permissions import SHELL
from dnk_tool.labels import N_
from dnk_tool.language import LANGUAGES, Language
from dnk_tool.services.operation.diagnosis import diagnose
from dnk_tool.services.operation.findings import Finding, FindingState, message
from dnk_tool.services.work import Work
from dnk_tool.store.inspection import open_for_reading

WORDS = {
    FindingState.PROBLEM: message(N_("PROBLEM")),
    FindingState.NOTICE: message(N_("Hinweis")),
    FindingState.OK: message(N_("in Ordnung")),
}


@click.command()
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON for scripts.")
def doctor(language: Language, as_json: bool) -> None:
    """Say how the installation stands and what to do, as the page "Betrieb" does. Changes nothing.

    Works while the server is stopped, and where the database does not answer. Exits with 1 if there is a
    problem.
    """
    findings = _findings()
    if as_json:
        click.echo(json.dumps([_as_data(finding, language) for finding in findings], ensure_ascii=False))
    else:
        click.echo("\n\n".join(_as_text(finding, language) for finding in findings))
    sys.exit(any(finding.state is FindingState.PROBLEM for finding in findings))


def _findings() -> list[Finding]:
    try:
        settings = config.load_settings()
    except ConfigurationError as error:
        return [_of_settings(error.problems)]
    try:
        engine = open_for_reading(settings.database)
    except (ArgumentError, ValueError):
        # An address of a database that cannot be read; it may hold a password, so it is not told.
        return [_of_settings(["DNK_DATABASE_URL"])]
    try:
        with Session(engine) as session:
            return diagnose(Work(session, SHELL, datetime.now(UTC)), settings)
    finally:
        engine.dispose()


def _of_settings(problems: Iterable[str]) -> Finding:
    said = message(N_("So lässt sich dnk-tool nicht starten."))
    to_do = message(
        N_(
            "Berichtigen Sie die Umgebungsvariablen oder config.toml, "
            "und rufen Sie dann noch einmal auf: dnk doctor."
        )
    )
    # The problems are in English as at the start, which they would stop.
    told = [message("%(problem)s", problem=problem) for problem in problems]
    return Finding("settings", message(N_("Einstellungen")), FindingState.PROBLEM, (said, *told), to_do)


def _as_text(finding: Finding, language: Language) -> str:
    head = f"{WORDS[finding.state].to(language)}: {finding.part.to(language)}"
    lines = [head, *(f"  {fact.to(language)}" for fact in finding.facts)]
    if finding.to_do:
        lines.append(f"  -> {finding.to_do.to(language)}")
    return "\n".join(lines)


def _as_data(finding: Finding, language: Language) -> dict[str, object]:
    return {
        "code": finding.code,
        "state": finding.state.value,
        "part": finding.part.to(language),
        "facts": [fact.to(language) for fact in finding.facts],
        "to_do": finding.to_do.to(language) if finding.to_do else "",
    }
