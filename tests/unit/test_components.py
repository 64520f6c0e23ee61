"""The macros keep their promises with Jinja alone: labels, descriptions, escaping, the same words twice."""

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import DictLoader, Environment, FileSystemLoader, StrictUndefined

from dnk_tool.domain.declarations.comparison import word_diff
from dnk_tool.web.http.compression import ShortTemplates
from dnk_tool.web.text.form_errors import FieldError, messages_by_field
from dnk_tool.web.text.options import pair_options, text_options, with_current

TEMPLATES = Path(__file__).parents[2] / "templates"
HOSTILE = """<script>alert("x")</script>' onfocus='y"""
CHOICES = [{"value": "a", "label": "Erste"}, {"value": "b", "label": "Zweite", "hint": "Ein Hinweis"}]
LINKS = [
    {"code": "de", "label": "Deutsch", "href": "/de", "current": True},
    {"code": "en", "label": "English", "href": "/en", "current": False},
]

Render = Callable[..., str]
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


class Elements(HTMLParser):
    """Every start tag as (name, attributes), in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))

    def having(self, **wanted: str) -> list[dict[str, str | None]]:
        return [
            attrs for _, attrs in self.all if all(attrs.get(key) == value for key, value in wanted.items())
        ]


@pytest.fixture(scope="module")
def env() -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
    )
    env.globals["csrf_token"] = lambda: "token"
    env.filters["moment"] = str
    env.globals["scan_note"] = lambda *, for_reader=False: "Not scanned"
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    return env


@pytest.fixture(scope="module")
def render(env: Environment) -> Render:
    def call(file: str, macro: str, body: str = "", **values: Any) -> str:
        given = ", ".join(f"{name}={name}" for name in values)
        part = "(part)" if macro == "disclosure" else ""
        use = f"{{% call{part} it({given}) %}}{body}{{% endcall %}}" if body else f"{{{{ it({given}) }}}}"
        [path] = (TEMPLATES / "components").rglob(f"{file}.html")
        return env.from_string(
            f'{{% from "{path.relative_to(TEMPLATES)}" import {macro} as it %}}{use}'
        ).render(values)

    return call


def odd_figure(text: str, *, is_open: bool = True) -> SimpleNamespace:
    """A warning about a figure, with `text` in all its words."""
    said = SimpleNamespace(odd=text, slip=text)
    noted = SimpleNamespace(text=text)
    return SimpleNamespace(
        id="w-1", is_open=is_open, is_outdated=True, text=said, finding=noted, about=text, href="/p#w-1"
    )


def samples(render: Render, text: str) -> dict[str, str]:
    """Every macro once, with `text` wherever a page could put a person's words."""
    items = [{"value": text, "label": text, "hint": text}]
    columns = [{"name": "a", "label": text}, {"name": "b", "label": text, "options": items}]
    task = {"title": text, "href": "/k", "hint": text, "status": text, "kind": "open"}
    row = {"key": text, "value": text, "actions": [{"href": "/k"}]}
    words = {"label": text, "name": "f", "hint": text, "error": text}
    return {
        "header": render(
            "header",
            "header",
            home_url="/",
            language_links=LINKS,
            acting_for=text,
            places=[{"label": text, "places": [{"label": text, "href": "/", "current": True}]}],
            near_places=[{"label": text, "href": "/"}],
            user_name=text,
            navigation=[{"label": text, "href": "/k", "current": "page", "detail": text}],
            search_url="/s",
            acting_for_url="/u",
            sign_out_url="/o",
            csrf_token=text,
        ),
        "places": render(
            "places",
            "place_switch",
            acting_for=text,
            acting_for_url="/u",
            groups=[{"label": text, "places": [{"label": text, "href": "/", "current": True}]}],
            near=[{"label": text, "href": "/"}],
        ),
        "tabs": render("tabs", "cluster_nav", links=[{**link, "pages": LINKS} for link in LINKS]),
        "language_nav": render("language_nav", "language_nav", links=LINKS),
        "skip_link": render("skip_link", "skip_link"),
        "sign_out": render("sign_out", "unsent_text"),
        "back_link": render("back_link", "back_link", href="/k", text=text),
        "button": render("button", "button", text=text, name="action", value=text, context=text),
        "default_button": render("button", "default_button"),
        "error_summary": render("error_summary", "error_summary", errors={"f": text}),
        "field": render("field", "field", **words, value=text, suffix=text),
        "file_upload": render(
            "file_upload", "file_upload", label=text, name="f", hint=text, error=text, accept=text
        ),
        "list_upload": render(
            "list_upload", "list_upload", name="f", pasted=text, by_id={"f": text, "file": text}, hint=text
        ),
        "textarea": render("textarea", "textarea", **words, value=text, guide=(5, 10)),
        "radios": render("radios", "radios", **words, items=items, value=text),
        "checkboxes": render("checkboxes", "checkboxes", **words, items=items, values=[text]),
        "checkbox": render("checkboxes", "checkbox", **words, value=text),
        "select": render("select", "select", **words, items=items, value=text),
        "quantity": render("quantity", "quantity", **words, value=text, units=items * 2, qualities=items),
        "quantity_plain": render("quantity", "quantity", **words, value=text, units=items),
        "table_input": render(
            "table_input",
            "table_input",
            label=text,
            ref="f",
            columns=columns,
            hint=text,
            error=text,
            rows=[{"a": text, "b": text}],
            errors={"f-0-a": text},
        ),
        "disclosure": render(
            "disclosure", "disclosure", body="{{ part }}", **words, comply_label=text, explain_label=text
        ),
        "status_tag": render("status_tag", "status_tag", text=text),
        "task_list": render("task_list", "task_list", items=[task, {**task, "href": None}]),
        "summary_list": render("summary_list", "summary_list", rows=[row, {"key": text, "missing": text}]),
        "file_drop": render(
            "file_drop", "file_drop", label=text, name="files", hint=text, errors=[text, text], accept=".pdf"
        ),
        "evidence": "".join(
            (
                render("evidence", "evidence_link", href=text, count=2, about=text),
                render("evidence", "evidence_list", rows=[_file_row(text)]),
                render("evidence", "evidence_opened", files=[(text, "/a")]),
            )
        ),
        "details": render("details", "details", body="x", summary=text),
        "fetched_details": render("details", "fetched_details", body="x", summary=text, id="h", href="/k"),
        "guess_mark": render("guess_mark", "guess_mark"),
        "print_notice": "".join(
            render(
                "print_notice",
                "print_notice",
                print=SimpleNamespace(stage=stage, name=text, href="/a", id=stage),
            )
            for stage in ("ready", "failed", "making")
        ),
        "notification": render("notification", "notification", text=text, kind="success", title=text),
        "passkey": render(
            "passkey", "passkey", text=text, action="/p", options="/o", after=text, kept=text, step=text
        ),
        "paging": render("paging", "paging", number=2, last=3, before="/1", after="/3", label=text),
        "progress": render("progress", "progress", done=3, total=20, text=text),
        "conflict": render(
            "conflict",
            "conflict",
            own=text,
            other=text,
            other_name=text,
            saved_at=text,
        ),
        "dock": render("dock", "dock", body="x", at="1. Mai 2026", by=text, progress=text),
        "more": render("more", "more", body="<li>x</li>", note=text, context=text),
        "autosave": "<form "
        + render("autosave", "autosave_attributes", url=text, draft_key=text, loaded_at=text)
        + ">",
        "diff": render("diff", "diff", runs=word_diff(f"{text} alt", f"{text} neu"), lang="de"),
        "version_input": render("autosave", "version_input", prefix="p", ref=text, version=text),
    }


def _file_row(text: str) -> Any:
    file = SimpleNamespace(label=text, kind="pdf")
    return SimpleNamespace(evidence=file, open_href="/a", size=text, notice=(text, "attention"))


def test_hostile_words_stay_words(render: Render) -> None:
    for name, html in samples(render, HOSTILE).items():
        elements = Elements(html)
        assert not [tag for tag, _ in elements.all if tag == "script"], name
        assert not [attrs for _, attrs in elements.all if "onfocus" in attrs], name
        assert HOSTILE not in html, name


def test_nothing_inline_and_every_id_once(render: Render) -> None:
    for name, html in samples(render, "Text").items():
        ids = [attrs["id"] for _, attrs in Elements(html).all if "id" in attrs]
        assert len(ids) == len(set(ids)), name
        assert not [attrs for _, attrs in Elements(html).all if "style" in attrs or "onclick" in attrs], name


def test_every_field_has_its_label_and_every_description_exists(render: Render) -> None:
    for name, html in samples(render, "Text").items():
        elements = Elements(html).all
        ids = {attrs.get("id") for _, attrs in elements}
        labelled = {attrs.get("for") for tag, attrs in elements if tag == "label"}
        for tag, attrs in elements:
            if tag in ("input", "textarea", "select") and attrs.get("type") != "hidden":
                assert attrs["id"] in labelled, name
            for reference in ("aria-describedby", "aria-labelledby"):
                assert set((attrs.get(reference) or "").split()) <= ids, name
            assert not (attrs.get("placeholder") or "").strip(), f"{name}: a blank one only tells style"


def test_every_component_file_is_tried(render: Render) -> None:
    tried = set(samples(render, "Text")) | {"parts"}
    assert {path.stem for path in (TEMPLATES / "components").rglob("*.html")} <= tried


@pytest.mark.parametrize("macro", ["field", "textarea", "select", "radios", "checkboxes", "quantity"])
def test_summary_and_field_say_the_same_and_the_link_lands(render: Render, macro: str) -> None:
    error = "Geben Sie „Scope 3“ als Zahl ein, zum Beispiel 1.250,5"
    choices = {"items": CHOICES} if macro in ("select", "radios", "checkboxes") else {}
    field = render(macro, macro, label="Scope 3", name="scope3", error=error, **choices)
    summary = render("error_summary", "error_summary", errors={"scope3": error})
    assert f'<a href="#scope3">{error}</a>' in summary
    assert f"{error}</p>" in field
    assert Elements(field).having(id="scope3")[0]["name"] == "scope3"
    descriptions = [attrs.get("aria-describedby") or "" for _, attrs in Elements(field).all]
    assert any("scope3-error" in ids.split() for ids in descriptions)


def test_summary_takes_the_focus_without_a_script_and_is_absent_without_errors(render: Render) -> None:
    html = render("error_summary", "error_summary", errors=[{"text": "So nicht", "href": None}])
    box = Elements(html).all[0][1]
    assert "autofocus" in box
    assert box["tabindex"] == "-1"
    assert render("error_summary", "error_summary", errors={}).strip() == ""


def test_hint_comes_before_error_in_the_description(render: Render) -> None:
    html = render("field", "field", label="L", name="n", hint="H", error="E")
    assert Elements(html).having(id="n")[0]["aria-describedby"] == "n-hint n-error"


def test_wrong_input_stays_in_the_field(render: Render) -> None:
    html = render("quantity", "quantity", label="L", name="n", value="ca. 2000", units=[], error="E")
    assert Elements(html).having(id="n")[0]["value"] == "ca. 2000"
    html = render("textarea", "textarea", label="L", name="n", value="\nerste Zeile")
    assert ">\n\nerste Zeile</textarea>" in html


def test_length_counts_a_line_break_once_and_may_be_passed(render: Render) -> None:
    html = render("textarea", "textarea", label="L", name="n", value="ab\r\ncd", guide=(1, 4))
    assert 'data-state="over"' in html
    assert "<span data-length-count>5</span>" in html
    assert "maxlength" not in html


def test_disclosure_sends_both_blocks_and_chooses_one(render: Render) -> None:
    html = render(
        "disclosure", "disclosure", body='<i id="{{ part }}"></i>', label="L", name="d", value="explain"
    )
    radios = Elements(html).having(type="radio", name="d")
    chosen = {radio["value"]: "checked" in radio for radio in radios}
    assert chosen == {"comply": False, "explain": True}
    assert Elements(html).having(id="comply")
    assert Elements(html).having(id="explain")
    assert "aria-expanded" not in html


def test_row_buttons_name_their_row(render: Render) -> None:
    columns = [{"name": "a", "label": "A"}]
    html = render(
        "table_input", "table_input", label="L", ref="E", columns=columns, rows=[{"a": 1}, {"a": 2}]
    )
    actions = [attrs["value"] for attrs in Elements(html).having(name="action")]
    assert actions == ["remove-row:E:0", "remove-row:E:1", "add-row:E"]
    assert Elements(html).having(id="E-1-a")[0]["value"] == "2"


def test_task_row_without_address_is_no_link(render: Render) -> None:
    item = {"title": "T", "href": None, "status": "S", "kind": "locked"}
    html = render("task_list", "task_list", items=[item])
    assert "<a " not in html


def test_wtforms_field_gives_what_is_not_given(render: Render) -> None:
    wtforms = pytest.importorskip("wtforms")
    choice = wtforms.SelectChoice

    class Form(wtforms.Form):  # type: ignore[misc, name-defined]
        mail = wtforms.StringField("E-Mail", description="Für den Link")
        kind = wtforms.RadioField("Art", choices=[choice("a", "Erste"), choice("b", "Zweite")])

    form = Form(data={"mail": "p@example.org", "kind": "b"}, prefix="x")
    form.mail.errors = ["Diese Adresse ist unvollständig"]
    html = render("field", "field", form_field=form.mail)
    assert Elements(html).having(id="x-mail")[0]["value"] == "p@example.org"
    assert "Für den Link" in html
    assert "Diese Adresse ist unvollständig" in html
    radios = Elements(render("radios", "radios", form_field=form.kind)).having(name="x-kind")
    assert [radio["value"] for radio in radios if "checked" in radio] == ["b"]


def test_base_page_has_language_title_landmarks_and_a_posted_sign_out(env: Environment) -> None:
    page = '{% extends "base.html" %}{% block title %}Kriterium 13{% endblock %}'
    html = env.from_string(page).render(
        language="de",
        language_links=LINKS,
        navigation=[],
        search_url="/s",
        acting_for="A GmbH",
        acting_for_url="/a",
        places=[
            {"label": "Ihre Unternehmen", "places": [{"label": "B GmbH", "href": "/b", "current": False}]}
        ],
        near_places=[{"label": "B GmbH", "href": "/b"}],
        current_user_name="Petra",
        current_user_id=3,
        sign_out_url="/o",
        csrf_token=lambda: "token",
        asset=lambda name: f"/static/{name}",
        flashes=[{"kind": "success", "text": "Gespeichert"}],
        prints=[SimpleNamespace(stage="making", name="a.pdf", href="/a.pdf?auftrag=1", id="1")],
        footer_links=[{"label": "Hilfe", "href": "/h"}],
        errors={"f": "E"},
    )
    assert '<html lang="de"' in html
    assert "<title>Fehler: Kriterium 13 – dnk-tool</title>" in html
    assert html.index('<strong><a class="govuk-link" href="/a">A GmbH</a></strong>') < html.index(
        '<a class="govuk-link" href="/b">B GmbH</a>'
    )
    places = [html.index(part) for part in ('href="#main"', "<header>", 'id="main"', "<footer")]
    assert places == sorted(places)
    sign_out = Elements(html).having(action="/o")[0]
    assert sign_out["method"] == "post"
    assert Elements(html).having(name="csrf_token")[0]["value"] == "token"


def test_a_diff_says_in_words_and_by_tags_what_was_added_and_removed(render: Render) -> None:
    html = render("diff", "diff", runs=word_diff("Wir sparen Strom.", "Wir sparen Gas."))
    plain = html.replace('<span class="govuk-visually-hidden">', "").replace("</span>", "")
    assert "Wir sparen <del>[gestrichen: Strom.]</del> <ins>[neu: Gas.]</ins>" in plain
    assert "<del>" not in render("diff", "diff", runs=word_diff("Gleich.", "Gleich."))


def test_what_looks_odd_links_to_its_place_and_shows_the_sentence(env: Environment) -> None:
    template = env.get_template("figures/odd_at_field.html")
    found = [odd_figure("<b>Zu viel.</b>"), odd_figure("Erklärt.", is_open=False)]
    html = template.render(found=found, explanations={}, may=lambda *_: True)
    assert "Ihre Begründung galt für andere Werte." in html
    assert Elements(html).having(href="/p#w-1")
    assert "<b>" not in html
    assert "Ihre Begründung:" in html
    assert "href" not in template.render(found=found, explanations={}, may=lambda *_: False)


def test_an_empty_option_stands_in_front_only_where_it_has_a_label() -> None:
    assert pair_options([(1, "Eins")]) == [{"value": 1, "label": "Eins"}]
    assert pair_options([(1, "Eins")], "alle")[0] == {"value": "", "label": "alle"}
    assert text_options(["Halle"]) == [{"value": "Halle", "label": "Halle"}]


def test_a_stored_value_that_is_no_option_any_more_stays_to_be_chosen() -> None:
    options = text_options(["Halle", "Büro"], "keinem bestimmten")
    assert with_current(options, "Halle") == options
    assert with_current(options, "") == options
    assert with_current(options, None) == options
    assert with_current(options, "Lager") == [*options, {"value": "Lager", "label": "Lager"}]


def test_summary_and_field_say_the_same_words() -> None:
    error = FieldError("name", "Es fehlt der Name.")
    assert error.href == "#name"
    assert messages_by_field([error]) == {"name": error.text}


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
