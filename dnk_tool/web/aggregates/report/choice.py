"""Which year and language of a cluster's report a request asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import abort, request

from dnk_tool.language import LANGUAGES, Language, known_language, local_day
from dnk_tool.store.aggregates import releases
from dnk_tool.store.clusters import cockpit_sums
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.web.http.access import current_cluster
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db


@dataclass(frozen=True)
class ReportChoice:
    """The year as the cluster sees it today, the language, and the years to choose from, latest first."""

    view: ClusterYear
    language: Language
    years: Sequence[int]

    @property
    def year(self) -> int:
        """The reporting year."""
        return self.view.year


def requested_report(year: int | None = None) -> ReportChoice:
    """The choice in the address; without one the year with the newest release, and the page's language.

    `year`: that of the path; 404 for one that the cluster has nothing of.
    """
    cluster, now = current_cluster(), datetime.now(UTC)
    summary = cockpit_sums.reporting_years(db(), cluster.id)
    released = releases.years(db(), cluster.id)
    known = sorted({*summary.known, *released}, reverse=True)
    usual = next(iter(released), None) or summary.latest(local_day(now))
    if year is not None and year not in (*known, usual):
        abort(404)
    asked = year or whole_number(request.args.get("jahr"), digits=4)
    chosen = asked if asked in known else usual
    return ReportChoice(summary.view(cluster.id, chosen, now=now), requested_language(), known or (chosen,))


def requested_language() -> Language:
    """The language in the address; that of the page without one."""
    asked = request.args.get("sprache", "")
    return known_language(asked if asked in LANGUAGES else current_language())
