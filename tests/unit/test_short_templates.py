"""What makes a template readable only is left out of the page, and no two words grow together."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment

from dnk_tool.web.http.compression import ShortTemplates

LINES = (
    "Wort",
    "<b>fett</b>",
    "{{ value }}",
    "{% if yes %}ja{% endif %}",
    "{% if yes %}",
    "{% endif %}",
    "{% for one in many %}",
    "{% endfor %}",
    "{%- set other = 1 -%}",
    "{% set third = 3 %}",
    "{# Eine Anmerkung,\n   die weitergeht. #}",
    '<a class="x"\n    href="/y">Ziel</a>',
    "",
)


def rendered(source: str, *extensions: type[ShortTemplates]) -> str:
    """The page, or "" if the source is no template."""
    environment = Environment(
        loader=DictLoader({"page.html": source}), extensions=extensions, autoescape=True
    )
    return environment.get_template("page.html").render(value="a  b\n   c", yes=True, many=[1, 2])


def balanced(lines: list[str]) -> list[str]:
    """The lines with the ends that they lack, and without those that end nothing."""
    kept, open_blocks = [], []
    for line in lines:
        if line in ("{% endif %}", "{% endfor %}"):
            if not open_blocks or open_blocks[-1] != line:
                continue
            open_blocks.pop()
        elif line in ("{% if yes %}", "{% for one in many %}"):
            open_blocks.append("{% endif %}" if "if" in line else "{% endfor %}")
        kept.append(line)
    return kept + open_blocks[::-1]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(LINES)), max_size=12))
def test_words_stay_apart_and_values_stay_whole(parts: list[tuple[int, str]]) -> None:
    indents = [" " * indent for indent, _line in parts]
    lines = balanced([line for _indent, line in parts])
    source = "\n".join(
        indent + line for indent, line in zip(indents + [""] * len(lines), lines, strict=False)
    )
    whole, short = rendered(source), rendered(source, ShortTemplates)
    assert short.split() == whole.split()
    assert short.count("a  b\n   c") == whole.count("a  b\n   c")
    assert len(short) <= len(whole)


def test_indentation_goes_and_errors_name_their_line() -> None:
    assert rendered("<ul>\n  {% if yes %}\n    <li>a</li>\n  {% endif %}\n</ul>", ShortTemplates) == (
        "<ul>\n<li>a</li>\n</ul>"
    )
    with pytest.raises(ZeroDivisionError) as error:
        rendered("a\n  {# b\n  c #}\n  {% if yes %}\n  {{ 1 // 0 }}\n  {% endif %}", ShortTemplates)
    assert error.traceback[-1].lineno + 1 == 5
