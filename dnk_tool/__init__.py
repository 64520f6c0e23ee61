"""dnk-tool: guided sustainability declarations after the 20 criteria of the DNK."""

__version__ = "0.3.0.dev0"
