"""The one blueprint of this package, which its modules fill."""

from flask import Blueprint

OF_DECLARATION = "/erklaerungen/<int:declaration_id>/beitraege"

blueprint = Blueprint("contributions", __name__)
