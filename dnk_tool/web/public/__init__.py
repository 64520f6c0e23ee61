"""What everybody can read without signing in: the published declarations, lists and feeds of them."""

from dnk_tool.web.public import declaration, feeds, lists, robots
from dnk_tool.web.public.known import init_app, is_anything_published, look_again

BLUEPRINTS = (lists.blueprint, robots.blueprint)

__all__ = ["BLUEPRINTS", "declaration", "feeds", "init_app", "is_anything_published", "look_again"]
