"""A declaration that is too long says where; one of a usual length is not looked at any closer."""

from dataclasses import replace

import pytest

from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.declarations.document import Document, canonical_json
from dnk_tool.domain.declarations.document_parser import DocumentError
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.redaction import redact_document
from dnk_tool.domain.declarations.size import declaration_size
from tests.support.documents import full_document


def answered(**lengths: int) -> Document:
    """The full declaration with longer answers to aspects, such as c13_1=5000."""
    document = full_document()
    said = {
        name.removeprefix("c").replace("_", "."): Answer(Disclosure.COMPLY, "ä" * length)
        for name, length in lengths.items()
    }
    return replace(document, answers={**document.answers, **said})


def test_a_usual_declaration_has_nothing_to_shorten() -> None:
    size = declaration_size(full_document())
    assert size.size == len(canonical_json(redact_document(full_document())))
    assert (size.is_large, size.is_too_large, size.parts) == (False, False, ())


def test_the_longest_parts_come_first() -> None:
    size = declaration_size(answered(c13_1=400_000, c13_2=300_000, c2_1=600_000))
    assert size.is_large
    assert [part.display_name("de") for part in size.parts[:2]] == [
        "13 Klimarelevante Emissionen",
        "2 Wesentlichkeit",
    ]
    assert size.parts[0].characters > 700_000
    assert len(size.parts) == 2, "nothing else is long"


def test_notes_on_figures_count_as_such() -> None:
    document = full_document()
    notes = {place: replace(figure, note="n" * 9_000) for place, figure in document.figures.items()}
    assert (
        declaration_size(replace(document, figures=notes)).parts[0].display_name("en") == "Notes on figures"
    )


@pytest.mark.parametrize(("length", "is_readable"), [(50_000, True), (100_000, False)])
def test_too_large_is_what_could_not_be_read_again(length: int, is_readable: bool) -> None:
    refs = [aspect.ref for section in full_document().selection.criteria for aspect in section.aspects]
    document = answered(**{f"c{ref.replace('.', '_')}": length for ref in refs[:60]})
    assert declaration_size(document).is_too_large is not is_readable
    if is_readable:
        assert canonical_json(read_document(canonical_json(document))) == canonical_json(document)
    else:
        with pytest.raises(DocumentError) as caught:
            read_document(canonical_json(document))
        assert [problem.code for problem in caught.value.problems] == ["too-large"]
