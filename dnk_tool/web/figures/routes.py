"""The blueprint of this package."""

from flask import Blueprint

blueprint = Blueprint("figures", __name__, url_prefix="/erklaerungen/<int:declaration_id>/kennzahlen")
