"""Says of a PDF that nobody has checked whether everybody can read it: in its title, and on each page."""

import re

from dnk_tool.labels import N_
from dnk_tool.language import known_language, translations

MARK = N_("nicht barrierefrei geprüft")
_LANGUAGE = re.compile(r'<html lang="(\w+)"')
_STYLE = """<style>
@page {{ @top-center {{
  width: 60mm; content: "{words}\\a " string(draft) !important;
  white-space: pre-line; font-weight: 600; font-size: 8.5pt;
}} }}
</style>
"""


def with_mark(html: str) -> str:
    """The page with the mark. A screen reader says the title first."""
    language = _LANGUAGE.search(html)
    words = translations(known_language(language[1] if language else "de")).gettext(MARK)
    html = html.replace("</title>", f" ({words})</title>", 1)
    return html.replace("</head>", f"{_STYLE.format(words=words)}</head>", 1)
