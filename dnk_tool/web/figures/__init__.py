"""A company's figures: the list of a declaration, a page for each figure, and what its sites add."""

from dnk_tool.web.figures import history, listing, routes, scope, show, sites

# These fill the one blueprint when they are read.
PAGES = (listing, scope, show, sites, history)

BLUEPRINTS = (routes.blueprint,)
