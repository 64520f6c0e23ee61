"""Calculators: bills, trips and headcounts line by line, and how each figure came about."""

from dnk_tool.web.calculators import lines, listing, routes, trace

# These fill the one blueprint when they are read.
PAGES = (listing, lines, trace)

BLUEPRINTS = (routes.blueprint,)
