"""Answers by mail: an editor asks somebody for a few of them, who gives them behind a secret link."""

from dnk_tool.web.contributions import answering, asking, listing, routes

# These fill the one blueprint when they are read.
PAGES = (answering, asking, listing)

BLUEPRINTS = (routes.blueprint,)
