"""The blueprint of this package."""

from flask import Blueprint

blueprint = Blueprint("company_list", __name__, url_prefix="/cluster/<int:cluster_id>/mitglieder/liste")
