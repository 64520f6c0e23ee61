"""Which engine the children of this process print with: a setting of the operator, `DNK_PDF_ENGINE`."""

from dnk_tool.report.engine import Engine

_chosen: Engine = "fast"


def choose_engine(engine: Engine) -> None:
    """From now on starts children that print with `engine`."""
    global _chosen  # noqa: PLW0603 - one setting of the process
    _chosen = engine


def chosen_engine() -> Engine:
    """The engine that the next child prints with."""
    return _chosen


def are_pdfs_checked() -> bool:
    """Whether PDFs are made with libraries with which they are checked to be accessible."""
    return _chosen != "unchecked"
