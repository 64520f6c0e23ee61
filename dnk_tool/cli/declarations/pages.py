"""Compares the pages of a PDF with those of the PDFs that this installation has made, for commands."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dnk_tool.cli.database import open_installation
from dnk_tool.cli.output import fail
from dnk_tool.services.publication import printed_pages
from dnk_tool.services.publication.printed_pages import PagesResult, PagesVerdict
from dnk_tool.services.uploads.pages.client import digests_of
from dnk_tool.store.publication import proofs

OTHER_CODE, NOT_COMPARED_CODE = 5, 6
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PagesReport:
    """What a file's pages are. `result`: a PagesResult, or UNKNOWN for data that were never frozen here."""

    result: str
    verdict: PagesVerdict

    @property
    def exit_code(self) -> int:
        """0 for pages that are those of a PDF made here."""
        return {PagesResult.SAME.value: 0, PagesResult.OTHER.value: OTHER_CODE}.get(
            self.result, NOT_COMPARED_CODE
        )

    @property
    def text(self) -> str:
        """The result in words."""
        said = {
            PagesResult.SAME.value: "those of a PDF made here",
            PagesResult.NOT_RECORDED.value: "cannot be compared: not all PDFs of the version were recorded",
            PagesResult.NONE.value: "none: the file is no PDF",
            UNKNOWN: "not compared: no version with these data was frozen here",
        }
        return said.get(self.result) or f"not those of a PDF made here: {self._differences()}"

    def to_json(self) -> dict[str, object]:
        """The result for scripts."""
        return {
            "pages": self.result,
            "pages_changed": list(self.verdict.changed),
            "pages_missing": list(self.verdict.missing),
        }

    def _differences(self) -> str:
        verdict = self.verdict
        if verdict.is_unreadable:
            return "the file is built so that they cannot be compared"
        said = [f"{_listed(verdict.changed)} changed or new"] if verdict.changed else []
        said += [f"{_listed(verdict.missing)} of the original missing"] if verdict.missing else []
        return "; ".join(said) or "attachments, bookmarks, structure, forms or layers differ"


def compare_pages(file: Path, fingerprint: str) -> PagesReport:
    """What the pages of a file are, whose data have this fingerprint; an unreadable file ends the command."""
    try:
        content = file.read_bytes()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")
    with open_installation() as factory, factory() as session:
        if not proofs.has_version(session, fingerprint):
            return PagesReport(UNKNOWN, PagesVerdict(PagesResult.NONE))
        verdict = printed_pages.quick_verdict(session, fingerprint, content)
        if verdict is None:
            session.rollback()
            verdict = printed_pages.verdict(session, fingerprint, digests_of(content))
    return PagesReport(verdict.result.value, verdict)


def _listed(numbers: Iterable[int]) -> str:
    said = [str(number) for number in numbers]
    return f"page {said[0]}" if len(said) == 1 else f"pages {', '.join(said)}"
