"""The page where a list of companies is pasted or uploaded.

The blueprint of this package.
"""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.web.clusters.company_list.rows import cohort_options
from dnk_tool.web.http.access import current_cluster
from dnk_tool.web.http.interrupted_forms import LIST_FIELD
from dnk_tool.web.text.form_errors import FieldError

MOST_SHOWN_AGAIN = 200_000  # characters of a pasted list


def upload_page(error: str = "") -> str:
    """Render the page; what was pasted stays."""
    pasted = request.form.get(LIST_FIELD, "")
    return render_template(
        "clusters/company_list/upload.html",
        cluster=current_cluster(),
        cohorts=cohort_options(),
        cohort=request.form.get("cohort", ""),
        pasted=pasted if len(pasted) <= MOST_SHOWN_AGAIN else "",
        errors=[FieldError(LIST_FIELD if pasted else "file", error)] if error else [],
    )


def expired_page() -> ResponseReturnValue:
    """Answer a form whose list is not valid here, or not any more."""
    text = _("Diese Vorschau gilt nicht mehr. Laden Sie die Liste bitte noch einmal hoch.")
    return upload_page(text), 422


blueprint = Blueprint("company_list", __name__, url_prefix="/cluster/<int:cluster_id>/mitglieder/liste")
