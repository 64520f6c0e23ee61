"""Evidence that acts or calls home on the reader's machine is refused; honest files like it are taken."""

import pikepdf
import pytest

from dnk_tool.domain.evidence import EvidenceFileType, FileRejected, FileRejectionReason
from dnk_tool.services.uploads import inspection
from dnk_tool.services.uploads.decoding import pdfs, sanitised
from tests.support.files import acting_files, evidence_files

LARGEST = 10_000_000
REFUSED, ACCEPTED = acting_files.refused_acting_files(), acting_files.accepted_acting_files()


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Decode in this process: starting the child dozens of times would take long."""
    monkeypatch.setattr(inspection, "_run", sanitised)


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("what", REFUSED)
def test_f5_files_that_act_are_refused(what: str) -> None:
    name, content, why = REFUSED[what]
    with pytest.raises(FileRejected) as refused:
        inspection.inspect_file(name, content, largest=LARGEST)
    assert refused.value.why is why


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("what", ACCEPTED)
def test_f5_honest_files_are_taken(what: str) -> None:
    name, content = ACCEPTED[what]
    assert inspection.inspect_file(name, content, largest=LARGEST).content == content


def test_f5_the_child_refuses_them_too() -> None:
    for what in ("pdf opens another file", "docx html read in"):
        name, content, why = REFUSED[what]
        with pytest.raises(FileRejected) as refused:
            inspection.inspect_file(name, content, largest=LARGEST)
        assert refused.value.why is why


def test_f5_the_work_on_a_pdf_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    def grow(made: pikepdf.Pdf) -> None:
        made.Root.Many = pikepdf.Array([pikepdf.Array([number]) for number in range(500)])

    content = evidence_files.pdf(change=grow)
    sanitised(content, EvidenceFileType.PDF)
    monkeypatch.setattr(pdfs, "MAX_VALUES", 300)
    with pytest.raises(FileRejected) as refused:
        sanitised(content, EvidenceFileType.PDF)
    assert refused.value.why is FileRejectionReason.TOO_MUCH


def test_f5_there_are_enough_files() -> None:
    assert len(REFUSED) >= 60
    assert len(ACCEPTED) >= 20
