"""Turns the view of a declaration into one HTML page."""

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dnk_tool.language import Language, translations
from dnk_tool.paths import templates_folder
from dnk_tool.report import glyphs
from dnk_tool.report.typography import kept
from dnk_tool.report.view import DeclarationView

TEMPLATE = "report/declaration.html"


def render_html(view: DeclarationView) -> str:
    """The declaration as one HTML page in which all text is escaped and every character has a glyph."""
    language: Language = "en" if view.language.startswith("en") else "de"
    html, _ = glyphs.printable(_environment(language).get_template(TEMPLATE).render(view=view))
    return html


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates_folder()),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    environment.filters["kept"] = kept
    # The i18n extension adds this method when it is loaded.
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    return environment
