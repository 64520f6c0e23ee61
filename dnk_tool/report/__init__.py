"""What is handed out: the printed declaration as accessible PDF."""

from dnk_tool.report.renderer import RenderFailed, render_pdf
from dnk_tool.report.view import Issue

__all__ = ["Issue", "RenderFailed", "render_pdf"]
