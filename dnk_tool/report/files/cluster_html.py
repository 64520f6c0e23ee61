"""Writes a cluster's report as the HTML page that the PDF engine lays out."""

from dnk_tool.language import known_language
from dnk_tool.report.files.html import print_html
from dnk_tool.report.view.branding import DEFAULT_BRANDING
from dnk_tool.report.view.cluster.model import ClusterReportView

TEMPLATE = "report/cluster/report.html"


def cluster_report_html(view: ClusterReportView) -> str:
    """The page for the PDF engine: all text is escaped, and every character has a glyph in the fonts."""
    return print_html(TEMPLATE, known_language(view.language[:2]), view=view, look=DEFAULT_BRANDING)
