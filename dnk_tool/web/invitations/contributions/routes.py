"""The one blueprint of this package, which its modules fill."""

from flask import Blueprint

DECLARATION_PREFIX = "/erklaerungen/<int:declaration_id>/beitraege"

blueprint = Blueprint("contributions", __name__)
