"""The certificate of a winner as PDF, the same for the manager and for the company."""

import re
from datetime import UTC, datetime

from flask import abort
from flask.typing import ResponseReturnValue

from dnk_tool.domain.exchange.awards import AwardState
from dnk_tool.language import local_day
from dnk_tool.report.files.award_certificate import AwardCertificate, certificate_html
from dnk_tool.report.formats import PDF
from dnk_tool.report.renderer import render_page
from dnk_tool.store.exchange.nominations import ShownNomination
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.awards import AwardRow
from dnk_tool.web.exports.responses import rendered_file_response
from dnk_tool.web.http.languages import current_language


def certificate_response(
    cluster: Cluster, award: AwardRow, shown: ShownNomination, *, back: str
) -> ResponseReturnValue:
    """The certificate in the language of the page; 404 for who won nothing. `back`: a page for failures."""
    if award.state is not AwardState.DECIDED or not shown.prize:
        abort(404)
    made = AwardCertificate(
        language=current_language(),
        company=shown.company,
        title=shown.content.title,
        prize=shown.prize,
        award=award.name,
        year=award.year,
        cluster=cluster.name,
        given_on=local_day(award.decided_at or datetime.now(UTC)),
    )
    plain = re.sub(r"[\W_]+", "-", shown.company)[:60].strip("-")
    return rendered_file_response(
        lambda: render_page(certificate_html(made), issued_on=made.given_on),
        f"Urkunde-{award.year}-{plain}.pdf",
        back=back,
        media_type=PDF.media_type,
    )
