"""The one blueprint of this package, which its modules fill."""

from flask import Blueprint

blueprint = Blueprint("figures", __name__, url_prefix="/erklaerungen/<int:declaration_id>/kennzahlen")
