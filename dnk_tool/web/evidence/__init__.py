"""Evidence: files behind what a declaration says, uploaded, described, handed out, and removed."""

from dnk_tool.web.evidence import adding, editing, listing, routes, serving

# These fill the one blueprint when they are read.
PAGES = (listing, adding, editing, serving)

BLUEPRINTS = (routes.blueprint,)
