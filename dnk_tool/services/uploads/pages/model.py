"""The digests of a PDF's pages, for processes that open no PDF themselves."""

from dataclasses import dataclass

# Rises with every change of what a digest covers: digests of two methods are not compared.
METHOD = 1
# Stands for a page that is built in a way that readers may show differently; it equals no page.
ODD_PAGE = "odd"


@dataclass(frozen=True, slots=True)
class PageDigests:
    """The digests of a PDF's pages, in order, and of what belongs to the whole document."""

    pages: tuple[str, ...]
    document: str
