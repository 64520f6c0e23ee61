"""dnk-tool: guided sustainability declarations after the 20 criteria of the DNK."""

__version__ = "0.2.0.dev0"
