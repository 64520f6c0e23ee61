"""A company's pages for its measures and its path to a climate goal."""
