"""What everybody can read without signing in: the published declarations, lists and feeds of them."""

from dnk_tool.web.public import declaration, feeds, lists, look, robots

BLUEPRINTS = (lists.blueprint, robots.blueprint)

__all__ = ["BLUEPRINTS", "declaration", "feeds", "look"]
