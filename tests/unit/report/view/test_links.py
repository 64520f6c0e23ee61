"""What a company refers to in its text is linked: criteria, aspects, indicators, terms of the glossary."""

from datetime import date

import pytest

from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.report.text.prose import Prose
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import ExportOptions, Variant
from dnk_tool.report.view.model import Chapter, DeclarationView, Issue
from tests.support.documents import empty_document

DRAFT = Issue(None, date(2026, 3, 2), True, "ab12cd34" * 8)


def view_of_answers(*texts: str, edition: ExportOptions | None = None) -> DeclarationView:
    """A declaration with the texts as answers to 1.1, 1.2 and so on."""
    answers = {f"1.{at}": Answer(Disclosure.COMPLY, text=text) for at, text in enumerate(texts, 1)}
    return compose(empty_document(answers=answers), DRAFT, edition or ExportOptions())


def first_chapter(view: DeclarationView) -> Chapter:
    return view.parts[0].chapters[0]


def references(prose: Prose) -> list[tuple[str, str]]:
    return [
        (text.replace(NO_BREAK, " "), link.target)
        for block in prose
        for line in range(len(block.lines))
        for text, link, _is_bold in block.pieces(line)
        if link and not link.is_term
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mehr dazu bei Kriterium 12.", [("Kriterium 12", "#kriterium-12")]),
        (
            "Siehe Kriterien 4, 12 und\N{NO-BREAK SPACE}16!",
            [("Kriterien 4", "4"), ("12", "12"), ("16", "16")],
        ),
        ("as said in criteria 4 to 6", [("criteria 4", "4"), ("6", "6")]),
        ("Kriterium 12,5 und Kriterium 33", []),
        ("Wie viel, siehe 2.1.", [("siehe 2.1", "#angabe-2.1")]),
        (
            "Das steht unter 16.3, die Kosten unter 2.1 Mio. Euro, der Rest unter 2.1 t.",
            [("unter 16.3", "#angabe-16.3")],
        ),
        ("siehe 2.19 und siehe 2.1 %", []),
        ("wie in GRI SRS-305-1 gesagt", [("GRI SRS-305-1", "#angabe-GRI-SRS-305-1")]),
        ("- ein Punkt\n- siehe Kriterium 3", [("Kriterium 3", "#kriterium-3")]),
    ],
)
def test_14_a_reference_is_a_link(text: str, expected: list[tuple[str, str]]) -> None:
    requirement = first_chapter(view_of_answers(text)).parts[0]
    wanted = [
        (shown, target if target.startswith("#") else f"#kriterium-{target}") for shown, target in expected
    ]
    assert [
        (shown.replace("\N{NO-BREAK SPACE}", " "), target) for shown, target in references(requirement.prose)
    ] == wanted
    assert "".join(text for text, *_ in requirement.prose[-1].pieces(0)) == requirement.prose[-1].lines[0]


def test_14_a_term_of_the_glossary_is_linked_once_in_a_criterion() -> None:
    view = view_of_answers("3 kWh, LkSG und EMAS, noch einmal EMAS", "EMAS")
    anchors = {entry.label: entry.anchor for entry in view.glossary}
    assert len(set(anchors.values())) == len(anchors)
    first, second = first_chapter(view).parts[:2]
    terms = [(text, link.target) for text, link, _ in first.prose[0].pieces(0) if link]
    assert terms == [(name, f"#{anchors[name]}") for name in ("LkSG", "EMAS")]
    assert not second.prose[0].links


def test_14_an_excerpt_links_to_nothing_that_it_lacks() -> None:
    view = view_of_answers("EMAS, siehe Kriterium 12 und 1.2", edition=ExportOptions(Variant.SECTION, "1"))
    assert not first_chapter(view).parts[0].prose[0].links


def test_a_term_that_stands_only_in_an_address_is_not_explained() -> None:
    text = "Siehe [Register](https://firma.de/EMAS/eintrag)."
    answers = {"1.1": Answer(Disclosure.COMPLY, text=text, is_marked_up=True)}
    view = compose(empty_document(answers=answers), DRAFT, ExportOptions())
    assert "EMAS" not in {entry.label for entry in view.glossary}
