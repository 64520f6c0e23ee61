"""The review: what waits, one declaration with its criteria, verdicts and remarks, and how it ends."""

from dnk_tool.web.review import ending, evidence, files, overview, queue, rounds, section, stock

# The modules add their pages to one blueprint as they are imported.
PAGES = (queue, overview, section, ending, files, evidence)
BLUEPRINTS = (rounds.blueprint, stock.blueprint)
