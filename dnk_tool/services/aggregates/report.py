"""Collects what a cluster's report says of a year, and makes its files."""

from sqlalchemy.orm import Session

from dnk_tool.catalogue import editions, load_catalogue
from dnk_tool.catalogue.aggregation_rules import load_aggregation_rules
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.domain.aggregates.participation import count_participation
from dnk_tool.domain.declarations import attachment_names
from dnk_tool.language import Language, local_day, translations
from dnk_tool.report.files.attachments import Attachment
from dnk_tool.report.files.cluster_workbook import cluster_report_to_xlsx
from dnk_tool.report.files.html import cluster_report_html
from dnk_tool.report.view.cluster.composition import compose_cluster_report
from dnk_tool.report.view.cluster.content import ClusterReportContent
from dnk_tool.services.exchange.awards import decided_awards
from dnk_tool.services.exchange.example_proposals import public_examples
from dnk_tool.services.exchange.polls import reported_polls
from dnk_tool.services.exports.page_requests import PagePdfRequest
from dnk_tool.store.aggregates.joint_goals import find_goal
from dnk_tool.store.aggregates.joint_sums import shown_joint_sum
from dnk_tool.store.aggregates.participation import members_taking_part
from dnk_tool.store.aggregates.releases import shown_release
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.store.tables.clusters import Cluster

KIND = "cluster"  # of the page, in the cache of PDFs


def report_content(session: Session, cluster: Cluster, view: ClusterYear) -> ClusterReportContent:
    """All that the report of the view's year says; the number of statements is the same for any members."""
    catalogue = load_catalogue(editions()[-1])
    refs = {criterion.number: criterion.ref for criterion in catalogue.criteria}
    criteria = {area.key: [refs[number] for number in area.criteria] for area in catalogue.areas}
    return ClusterReportContent(
        cluster=cluster.name,
        reporting_year=view.year,
        made_on=local_day(view.now),
        participation=count_participation(members_taking_part(session, view), criteria),
        release=shown_release(session, cluster.id, view.year),
        rules=load_aggregation_rules(),
        sections={section.key: section.label for section in load_sectors().current.sections},
        kinds={key: kind.label for key, kind in load_measure_kinds().kinds.items()},
        factors=factor_editions(),
        goal=find_goal(session, cluster.id),
        saved=shown_joint_sum(session, cluster.id),
        earlier=shown_release(session, cluster.id, view.year - 1),
        examples=public_examples(session, cluster.id, now=view.now),
        polls=reported_polls(session, cluster.id),
        awards=decided_awards(session, cluster.id),
    )


def factor_editions() -> tuple[tuple[str, str], ...]:
    """Source and edition of all emission factors that every company can choose."""
    known = load_factors().editions.values()
    return tuple(sorted((f"{each.publisher}: {each.title}", each.edition) for each in known))


def report_pdf_request(content: ClusterReportContent, language: Language) -> PagePdfRequest:
    """The request for the report as PDF, with its numbers as a workbook inside."""
    html = cluster_report_html(compose_cluster_report(content, language))
    return PagePdfRequest(html, content.made_on, KIND, (_workbook(content, language),))


def _workbook(content: ClusterReportContent, language: Language) -> Attachment:
    return Attachment(
        attachment_names.figures_file_name(content.reporting_year),
        attachment_names.FIGURES_MEDIA_TYPE,
        attachment_names.DATA_RELATIONSHIP,
        translations(language).gettext("Alle Zahlen des Berichts als Tabelle"),
        cluster_report_to_xlsx(content, language),
    )
