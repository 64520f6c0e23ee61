"""Takes in a list of companies to invite, and checks its rows as often as asked. Sends nothing."""

from dataclasses import replace

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.report.files import spreadsheet
from dnk_tool.services.clusters import company_list
from dnk_tool.services.clusters.company_list import CompanyList
from dnk_tool.services.uploads.csv_tables import UnreadableTable
from dnk_tool.web.clusters.company_list.form import carried_list, posted_list
from dnk_tool.web.clusters.company_list.mail import mail_page
from dnk_tool.web.clusters.company_list.rows import known_companies, left_out_rows, preview_of, rows_page
from dnk_tool.web.clusters.company_list.upload_page import blueprint, expired_page, upload_page
from dnk_tool.web.exports.responses import attachment
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.headers import set_download_name
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.interrupted_forms import LIST_FIELD
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import end_transaction
from dnk_tool.web.uploads import record_refused_file, table_fault_text, uploaded_bytes


@blueprint.get("")
@permit(Permission.CLUSTER_LEAD)
def show(cluster_id: int) -> ResponseReturnValue:
    return upload_page()


@blueprint.post("")
@permit(Permission.CLUSTER_LEAD)
def check(cluster_id: int) -> ResponseReturnValue:
    """Read the file or the pasted cells, and show the rows."""
    content = uploaded_bytes() or request.form.get(LIST_FIELD, "").encode()
    if not content.strip():
        return upload_page(_("Fügen Sie die Liste ein, oder wählen Sie eine Datei aus.")), 422
    end_transaction()  # releases the lock while the file is read
    try:
        it = company_list.read_company_list(content, current_language())
        cohort_id = whole_number(request.form.get("cohort"))
        return _rows(cluster_id, replace(it, cohort_id=cohort_id))
    except UnreadableTable as unreadable:
        record_refused_file(unreadable.fault)
        return upload_page(table_fault_text(unreadable, _("Unternehmen, E-Mail, Name und Sprache"))), 422


@blueprint.post("/pruefen")
@permit(Permission.CLUSTER_LEAD)
def revise(cluster_id: int) -> ResponseReturnValue:
    """Check the rows again with what was corrected; then show them, their mail, or what is left out."""
    before = carried_list()
    if before is None:
        return expired_page()
    it, action = posted_list(before), request.form.get("action", "")
    if action in ("left-out", "mail") and it.sheet == before.sheet:
        preview = preview_of(it, known_companies(cluster_id))
        if preview and action == "left-out":
            content = spreadsheet.to_csv(*left_out_rows(preview))
            return attachment(content, "text/csv", f"{_('Nicht eingeladen')}.csv")
        if preview and preview.invited:
            return mail_page(it, preview)
    return _rows(cluster_id, it)


@blueprint.get("/vorlage.csv")
@permit(Permission.CLUSTER_LEAD)
def template_csv(cluster_id: int) -> ResponseReturnValue:
    """An empty list with its column headings, in UTF-8 with BOM so that Excel opens it."""
    heads = [_("Unternehmen"), _("E-Mail"), _("Ansprechperson"), _("Sprache"), _("Kohorte")]
    response = Response("\ufeff" + ";".join(heads) + "\r\n", mimetype="text/csv")
    set_download_name(response, _("Einladungen") + ".csv")
    return response


def _rows(cluster_id: int, it: CompanyList) -> ResponseReturnValue:
    known = known_companies(cluster_id)
    end_transaction()
    preview = preview_of(it, known)
    page = rows_page(it, preview)
    return page if preview or not it.is_confirmed else (page, 422)
