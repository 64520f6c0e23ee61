"""Renders the view of a declaration as one HTML page, for the PDF engine or for a browser.

Writes a cluster's report as the HTML page that the PDF engine lays out.
Says in which direction a text is read.
"""

import unicodedata
from functools import cache, partial
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dnk_tool.language import Language, known_language, translations
from dnk_tool.paths import templates_folder
from dnk_tool.report.assets import fallback_address
from dnk_tool.report.text import glyphs
from dnk_tool.report.text.plain import clean
from dnk_tool.report.text.spoken import abbreviated
from dnk_tool.report.text.typography import with_bound_last_word, with_unbroken_quantities
from dnk_tool.report.view.branding import AREA_PALETTES, DEFAULT_BRANDING
from dnk_tool.report.view.cluster.model import ClusterReportView
from dnk_tool.report.view.figures.company_tables import said_table
from dnk_tool.report.view.model import DeclarationView

TEMPLATE = "report/declaration.html"
PRINT_STYLE = '<link rel="stylesheet" href="asset:declaration.css">'


RIGHT_TO_LEFT = ("R", "AL")


def direction(text: str) -> Markup:
    """The attribute of an element whose text is read from right to left; empty for all others.

    The first letter decides, as with `dir="auto"`, which the PDF engine does not know.
    """
    if text.isascii():
        return Markup()
    letters = (unicodedata.bidirectional(char) for char in text)
    first = next((kind for kind in letters if kind in ("L", *RIGHT_TO_LEFT)), "L")
    return Markup(' dir="rtl"') if first in RIGHT_TO_LEFT else Markup()


def render_html(view: DeclarationView) -> str:
    """The page for the PDF engine: all text is escaped, and every character has a glyph in the fonts."""
    return _with_fonts(_rendered(view, on_paper=True), known_language(view.language[:2]))


def print_html(template: str, language: Language, **values: Any) -> str:
    """A page of another kind than a declaration for the PDF engine, by its own template."""
    return _with_fonts(_environment(language).get_template(template).render(**values), language)


def _with_fonts(html: str, language: Language) -> str:
    """The page with characters that the fonts have, and links to the other fonts that it needs."""
    printed, _ = glyphs.printable(html, language)
    styles = (
        f'\n<link rel="stylesheet" href="{fallback_address(name)}">'
        for name in glyphs.fallback_faces(printed)
    )
    return printed.replace(PRINT_STYLE, PRINT_STYLE + "".join(styles), 1)


def standalone_html(view: DeclarationView) -> str:
    """The page for a browser with its style inside; it loads nothing else."""
    style = (templates_folder() / "report" / "page.css").read_text("utf-8")
    before, _link, after = clean(_rendered(view, on_paper=False)).partition(PRINT_STYLE)
    named = f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>\n{style}</style>'
    return f"{before.lstrip()}{named}{after}"


def _rendered(view: DeclarationView, *, on_paper: bool) -> str:
    language = known_language(view.language[:2])
    return _environment(language).get_template(TEMPLATE).render(view=view, on_paper=on_paper)


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
    environment.filters["kept"] = with_unbroken_quantities
    environment.filters["bound"] = with_bound_last_word
    environment.filters["direction"] = direction
    environment.filters["laid_out"] = said_table
    environment.globals["areas"] = AREA_PALETTES
    environment.filters["abbreviated"] = partial(abbreviated, language=language)
    install = environment.install_gettext_translations  # type: ignore[attr-defined]  # the i18n extension's
    install(translations(language), newstyle=True)
    return environment


CLUSTER_TEMPLATE = "report/cluster/report.html"


def cluster_report_html(view: ClusterReportView) -> str:
    """The page for the PDF engine: all text is escaped, and every character has a glyph in the fonts."""
    return print_html(CLUSTER_TEMPLATE, known_language(view.language[:2]), view=view, look=DEFAULT_BRANDING)
