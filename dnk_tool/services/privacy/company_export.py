"""Hands a company's owners its data in one file. PDFs and evidence they download at each declaration."""

import io
import json
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dnk_tool.domain.permissions import Permission, Subject, require
from dnk_tool.services.declarations.documents import current_file
from dnk_tool.services.privacy.data_export import SECRET_COLUMNS
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.privacy import company_data
from dnk_tool.store.tables.organisations import Organisation

FORMAT, VERSION = "dnk-company", 1


def export_company(work: Work, organisation: Organisation) -> bytes:
    """Export the company as a ZIP file, as an owner, and note when. Raises NotPermitted.

    `unternehmen.json` holds every row that belongs to the company: profile, sites, people, figures, lines,
    the activity log as owners see it; beside it lies each declaration as its own data file.
    """
    require(Permission.ORGANISATION_CLOSE, work.actor, Subject(organisation.id))
    declarations.lock_organisation(work.session, organisation.id, even_archived=True)
    content = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": work.now,
        "company": company_data.company_row(work.session, organisation.id),
        "people": company_data.people(work.session, organisation.id),
        "rows": company_data.rows(work.session, organisation.id, SECRET_COLUMNS),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        text = json.dumps(content, default=_plain, ensure_ascii=False, indent=2)
        archive.writestr("unternehmen.json", text + "\n")
        for declaration in declarations.of_organisations(work.session, [organisation.id]):
            name = f"erklaerung-{declaration.reporting_year}-{declaration.edition}.json"
            archive.writestr(name, current_file(work.session, declaration))
    organisation.exported_at = work.now
    return buffer.getvalue()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(type(value).__name__)
