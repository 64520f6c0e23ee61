"""A print that nobody has checked says so where everybody reads it."""

import pytest

from dnk_tool.report.text.unchecked import with_mark

PAGE = (
    '<!doctype html>\n<html lang="{language}">\n<head>\n<title>Beck &amp; Co</title>\n</head>'
    "<svg><title>x</title></svg>"
)


@pytest.mark.parametrize(
    ("language", "words"), [("de", "nicht barrierefrei geprüft"), ("en", "not checked for accessibility")]
)
def test_title_and_each_page_say_so_in_the_language_of_the_print(language: str, words: str) -> None:
    page = PAGE.format(language=language)
    marked = with_mark(page)
    assert f"<title>Beck &amp; Co ({words})</title>" in marked
    assert f'content: "{words}\\a " string(draft) !important' in marked
    assert "<title>x</title>" in marked
    assert marked.count(words) == 2
