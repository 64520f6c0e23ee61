"""Placeholders are filled once, in any spelling; what is none is named; all else stays as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.domain.clusters.message_placeholders import NAMES, Placeholder, filled, names, unknown

VALUES = {
    Placeholder.COMPANY: "Beck {link} & Söhne",
    Placeholder.YEAR: "2025",
    Placeholder.DEADLINE: "31. März 2026",
    Placeholder.DONE: "12 von 20",
    Placeholder.LINK: "https://example.org/{jahr}",
}


def test_every_placeholder_has_a_name_in_both_languages() -> None:
    assert names("de") == ("{unternehmen}", "{jahr}", "{frist}", "{fertig}", "{link}")
    assert names("en") == ("{company}", "{year}", "{deadline}", "{done}", "{link}")
    assert set(NAMES.values()) == set(Placeholder)
    assert {"unternehmen", "jahr", "frist", "fertig", "link", "company", "deadline"} <= NAMES.keys()


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{jahr}", "2025"),
        ("{ Jahr }{YEAR}", "20252025"),
        ("An {unternehmen}: {fertig}", "An Beck {link} & Söhne: 12 von 20"),
        ("{link}{frist}", "https://example.org/{jahr}31. März 2026"),
        ("{{jahr}}", "{2025}"),
        ("{", "{"),
        ("{}", "{}"),
        ("a { b", "a { b"),
        ("{ja\nhr}", "{ja\nhr}"),
        ("{{7*7}}", "{{7*7}}"),
    ],
)
def test_filling(text: str, result: str) -> None:
    """A value's own braces are never read again."""
    assert filled(text, VALUES) == result


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{jahr} {Jahr} {company}", ()),
        ("{name} {jahr} {name} {}", ("{name}", "{}")),
        ("{0.__class__}", ("{0.__class__}",)),
        ("{" * 50 + "x" + "}" * 50, ("{x}",)),
        ("{" + "a" * 101 + "}", ()),
    ],
)
def test_what_is_none(text: str, wrong: tuple[str, ...]) -> None:
    assert unknown(text) == wrong


@given(st.text())
def test_texts_without_braces_stay(text: str) -> None:
    plain = text.replace("{", "").replace("}", "")
    assert filled(plain, VALUES) == plain
    assert unknown(plain) == ()


@given(st.lists(st.one_of(st.text(), st.sampled_from([f"{{{name}}}" for name in NAMES]))))
def test_a_text_is_filled_from_left_to_right(parts: list[str]) -> None:
    safe = [one if one.strip("{}") in NAMES else one.replace("{", "").replace("}", "") for one in parts]
    expected = "".join(
        VALUES[NAMES[one[1:-1]]] if one[1:-1] in NAMES and one[0] == "{" else one for one in safe
    )
    assert filled("".join(safe), VALUES) == expected
