"""Placeholders are filled once, in any spelling; what is none is named; all else stays as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.domain.clusters.message_placeholders import (
    PLACEHOLDERS_BY_NAME,
    Placeholder,
    fill_placeholders,
    placeholder_names,
    unknown_placeholders,
)

VALUES = {
    Placeholder.COMPANY: "Beck {link} & Söhne",
    Placeholder.YEAR: "2025",
    Placeholder.DEADLINE: "31. März 2026",
    Placeholder.DONE: "12 von 20",
    Placeholder.LINK: "https://example.org/{jahr}",
}


def test_every_placeholder_has_a_name_in_both_languages() -> None:
    assert placeholder_names("de") == ("{unternehmen}", "{jahr}", "{frist}", "{fertig}", "{link}")
    assert placeholder_names("en") == ("{company}", "{year}", "{deadline}", "{done}", "{link}")
    assert set(PLACEHOLDERS_BY_NAME.values()) == set(Placeholder)
    assert {
        "unternehmen",
        "jahr",
        "frist",
        "fertig",
        "link",
        "company",
        "deadline",
    } <= PLACEHOLDERS_BY_NAME.keys()


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
    assert fill_placeholders(text, VALUES) == result


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
    assert unknown_placeholders(text) == wrong


@given(st.text())
def test_texts_without_braces_stay(text: str) -> None:
    plain = text.replace("{", "").replace("}", "")
    assert fill_placeholders(plain, VALUES) == plain
    assert unknown_placeholders(plain) == ()


@given(st.lists(st.one_of(st.text(), st.sampled_from([f"{{{name}}}" for name in PLACEHOLDERS_BY_NAME]))))
def test_a_text_is_filled_from_left_to_right(parts: list[str]) -> None:
    safe = [
        part if part.strip("{}") in PLACEHOLDERS_BY_NAME else part.replace("{", "").replace("}", "")
        for part in parts
    ]
    expected = "".join(
        VALUES[PLACEHOLDERS_BY_NAME[part[1:-1]]]
        if part[1:-1] in PLACEHOLDERS_BY_NAME and part[0] == "{"
        else part
        for part in safe
    )
    assert fill_placeholders("".join(safe), VALUES) == expected
