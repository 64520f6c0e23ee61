"""Commands for those who maintain the catalogue of a standard."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from dnk_tool.catalogue import Problem, editions
from dnk_tool.catalogue.check import CatalogueCheck, UnverifiedPart, check_edition, check_shared_data
from dnk_tool.paths import criteria_folder


@click.group()
def catalogue() -> None:
    """Look after the catalogue: the editions of the standard in criteria/."""


@catalogue.command("check")
@click.argument("edition", required=False)
@click.option("--marks", is_flag=True, help="List each mark that no source confirms, not only their number.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Look at this folder instead of the installed criteria/.",
)
def check_command(edition: str | None, marks: bool, as_json: bool, folder: Path | None) -> None:
    """Check EDITION, or all editions and what they share, for faults.

    Prints each problem with its file and key, then how many marks no public source confirms.
    Exits with 1 if there is a problem.
    """
    folder = (folder or criteria_folder()).resolve()
    findings = {key: check_edition(folder, key) for key in _chosen_editions(edition, editions(folder))}
    shared = () if edition else check_shared_data(folder)
    problems = sorted({*shared, *(problem for finding in findings.values() for problem in finding.problems)})
    if as_json:
        click.echo(json.dumps(_as_json(problems, findings, marks), ensure_ascii=False, indent=2))
    else:
        _print(problems, findings, marks)
    raise SystemExit(1 if problems else 0)


def _chosen_editions(edition: str | None, known: tuple[str, ...]) -> tuple[str, ...]:
    if not known:
        raise click.UsageError("this folder holds no edition")
    if edition and edition not in known:
        raise click.BadParameter(f"'{edition}' is not among: {', '.join(known)}", param_hint="EDITION")
    return (edition,) if edition else known


def _print(problems: Iterable[Problem], findings: Mapping[str, CatalogueCheck], marks: bool) -> None:
    for problem in problems:
        click.echo(str(problem))
    for edition, finding in findings.items():
        number = len(finding.problems)
        click.echo(f"{edition}: {number or 'no'} problem{'' if number == 1 else 's'}")
        for kind, counts in _count_by_level(finding.unverified).items():
            click.echo(f"  {kind}: " + ", ".join(f"{count} {level}" for level, count in counts.items()))
        for mark in finding.unverified if marks else ():
            click.echo(f"  {mark.verified.name.lower()}  {mark.kind}  {mark.ref}")


def _count_by_level(marks: Iterable[UnverifiedPart]) -> dict[str, dict[str, int]]:
    """How many marks of each level there are, by kind: {"aspect": {"partial": 3}}."""
    counted = Counter((mark.kind, mark.verified.name.lower()) for mark in marks)
    kinds: dict[str, dict[str, int]] = {}
    for (kind, level), count in sorted(counted.items()):
        kinds.setdefault(kind, {})[level] = count
    return kinds


def _as_json(
    problems: Iterable[Problem], findings: Mapping[str, CatalogueCheck], marks: bool
) -> dict[str, Any]:
    return {
        "problems": [
            {"file": problem.file, "key": problem.key, "message": problem.message} for problem in problems
        ],
        "editions": [_edition_data(edition, finding, marks) for edition, finding in findings.items()],
    }


def _edition_data(edition: str, finding: CatalogueCheck, marks: bool) -> dict[str, Any]:
    data: dict[str, Any] = {"edition": edition, "uncertain": _count_by_level(finding.unverified)}
    if marks:
        data["marks"] = [
            {"kind": mark.kind, "ref": mark.ref, "verified": mark.verified.name.lower()}
            for mark in finding.unverified
        ]
    return data
