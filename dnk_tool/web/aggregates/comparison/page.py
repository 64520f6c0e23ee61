"""A company's comparison: its own course, and the middle of its group where a release shows it.

Why a company sees no numbers of its group: no cluster, no consent to comparisons, no release yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from dnk_tool.catalogue import editions, load_catalogue
from dnk_tool.catalogue.aggregation_rules import load_aggregation_rules
from dnk_tool.domain.aggregates.comparability import section_of
from dnk_tool.domain.aggregates.comparison import CompanyRelease, company_years, compare_figures
from dnk_tool.domain.aggregates.entering_versions import EnteringMembers
from dnk_tool.domain.aggregates.model import PerUnit, Release
from dnk_tool.domain.clusters.consent_editions import EDITIONS_WITH_CHOICES
from dnk_tool.domain.organisation import company_size
from dnk_tool.domain.permissions import Permission
from dnk_tool.store.aggregates.entering_members import entering_members
from dnk_tool.store.aggregates.releases import shown_to_company
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.figures import queries as figures
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.web.aggregates.comparison.panels import figure_panel, names_without_own
from dnk_tool.web.http.access import current_organisation
from dnk_tool.web.http.transactions import db
from dnk_tool.web.measures.company_pages import company_page

blueprint = Blueprint("comparison", __name__)

PER_UNITS = {
    PerUnit.COMPANY: _l("gesamt"),
    PerUnit.EMPLOYEE: _l("je Kopf"),
    PerUnit.TURNOVER: _l("je Mio. € Umsatz"),
}


class MissingGroup(StrEnum):
    """What stands between a company and the numbers of its group."""

    NO_CLUSTER = "no-cluster"
    OLD_CONSENT = "old-consent"  # its consent is from before comparisons were asked for
    NOT_ALLOWED = "not-allowed"
    NO_RELEASE = "no-release"


def why_no_group(
    memberships: Sequence[tuple[Cluster, Consent]], cluster_id: int | None, *, has_release: bool
) -> tuple[MissingGroup, Consent | None] | None:
    """The reason with the consent that could be changed; None where the cluster's release may be seen."""
    consents = [consent for cluster, consent in memberships if cluster.id == cluster_id]
    if not consents:
        return MissingGroup.NO_CLUSTER, None
    if has_release:
        return None
    if consents[0].edition not in EDITIONS_WITH_CHOICES:
        return MissingGroup.OLD_CONSENT, consents[0]
    reason = MissingGroup.NO_RELEASE if consents[0].aggregates_from else MissingGroup.NOT_ALLOWED
    return reason, consents[0]


@dataclass(frozen=True)
class ComparisonChoice:
    """What the address asks for: what figures are divided by, and which cluster; None without any."""

    per: PerUnit
    cluster_id: int | None


@blueprint.get("/unternehmen/<int:organisation_id>/vergleich")
@company_page(
    _l("Vergleich"),
    _l("Ihre Zahlen über die Jahre, daneben die Mitte Ihres Clusters"),
    Permission.ORGANISATION_VIEW,
    position=30,
)
def show(organisation_id: int) -> ResponseReturnValue:
    company, rules = current_organisation(), load_aggregation_rules()
    points = load_catalogue(editions()[-1]).datapoints
    memberships = clusters.of_organisation(db(), organisation_id)
    releases = shown_to_company(db(), organisation_id)
    choice = _choice([cluster.id for cluster, _consent in memberships], releases)
    own = [each for each in releases if each.release.cluster_id == choice.cluster_id]
    latest = own[-1].release if own else None
    compared = compare_figures(
        rules.figures,
        company_years(
            organisation_id, figures.of_organisation(db(), organisation_id), declarations.profile_of(company)
        ),
        own,
        per=choice.per,
        section=section_of(company.sector),
        size=company_size(company.employees),
        datapoints=points,
    )
    return render_template(
        "aggregates/comparison/page.html",
        organisation=company,
        choice=choice,
        per_units=PER_UNITS,
        clusters={cluster.id: cluster.name for cluster, _consent in memberships},
        latest=latest,
        participation=_participation(latest) if latest else None,
        state=why_no_group(memberships, choice.cluster_id, has_release=bool(own)),
        panels=[figure_panel(one, rules, points) for one in compared if one.has_own],
        without=names_without_own(compared, points),
        rules=rules,
    )


def _participation(latest: Release) -> EnteringMembers:
    """How many members allow their figures of the release's year today: counts, never who."""
    return entering_members(db(), latest.cluster_id, latest.content.reporting_year)


def _choice(cluster_ids: list[int], releases: list[CompanyRelease]) -> ComparisonChoice:
    """What was asked for; of several clusters, without a choice, the one that released last."""
    per = request.args.get("bezug", "")
    asked = request.args.get("cluster", type=int)
    released = [each.release.cluster_id for each in releases if each.release.cluster_id in cluster_ids]
    newest = released[-1] if released else next(iter(cluster_ids), None)
    return ComparisonChoice(
        PerUnit(per) if per in set(PerUnit) else PerUnit.COMPANY, asked if asked in cluster_ids else newest
    )
