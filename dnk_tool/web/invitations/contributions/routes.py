"""The blueprint of this package."""

from flask import Blueprint

DECLARATION_PREFIX = "/erklaerungen/<int:declaration_id>/beitraege"

blueprint = Blueprint("contributions", __name__)
