"""What is handed out: the printed declaration as accessible PDF."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dnk_tool.report.renderer import RenderFailed, render_pdf
    from dnk_tool.report.view import Confirmation, Issue, Review

__all__ = ["Confirmation", "Issue", "RenderFailed", "Review", "render_pdf"]

_MODULES = {
    "Confirmation": "view",
    "Issue": "view",
    "Review": "view",
    "RenderFailed": "renderer",
    "render_pdf": "renderer",
}


def __getattr__(name: str) -> Any:
    """Imports on first use: the child process lays out a page and needs neither catalogue nor documents."""
    if name not in _MODULES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
