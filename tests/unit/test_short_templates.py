"""The indentation of a template is left out of the page; words stay apart, and values stay whole."""

import pytest
from jinja2 import DictLoader, Environment

from dnk_tool.web.http.compression import ShortTemplates

PAGE = """<ul>
  {%- for one in many %}
    <li>{{ one }}</li>
    {# A note,
       in two lines. #}
  {% endfor %}
</ul>
  <textarea>
{{ value }}</textarea>
"""


def rendered(source: str) -> str:
    environment = Environment(
        loader=DictLoader({"page.html": source}), extensions=[ShortTemplates], autoescape=True
    )
    return environment.get_template("page.html").render(many=["a", "b"], value="1\n   2  3")


def test_indentation_goes_and_what_is_between_words_stays() -> None:
    page = rendered(PAGE)
    assert " ".join(page.split()) == "<ul> <li>a</li> <li>b</li> </ul> <textarea> 1 2 3</textarea>"
    assert "\n " not in page.replace("1\n   2  3", "")
    assert "1\n   2  3" in page


def test_errors_name_their_line() -> None:
    with pytest.raises(ZeroDivisionError) as error:
        rendered(PAGE + "  {{ 1 // 0 }}")
    assert error.traceback[-1].lineno == PAGE.count("\n")
