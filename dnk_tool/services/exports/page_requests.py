"""A PDF of a page that is no declaration, made by the queue and cached by its content."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from dnk_tool.report.build_id import build_id
from dnk_tool.report.files.attachments import Attachment
from dnk_tool.report.process.limits import RenderLimits
from dnk_tool.report.renderer import page_issue, render_page
from dnk_tool.report.view.model import Issue
from dnk_tool.services.exports import pdf_cache

AS_LONG_AS_IT_TAKES = -1.0


@dataclass(frozen=True, slots=True)
class PagePdfRequest:
    """A page to be printed with its embedded files; `kind`, small letters alone, names it in the cache."""

    html: str
    issued_on: date
    kind: str
    files: tuple[Attachment, ...] = ()

    @property
    def issue(self) -> Issue:
        """What the page is; no version of a declaration."""
        return page_issue(self.html, self.issued_on)

    @property
    def name(self) -> str:
        """The name in the cache: equal for two requests if and only if they give the same PDF.

        It is kept as long as that of a draft.
        """
        files = hashlib.sha256(b"".join(file.content for file in self.files)).hexdigest()
        rest = hashlib.sha256(repr((self.issued_on, build_id())).encode()).hexdigest()
        return f"{self.issue.fingerprint}-{pdf_cache.DRAFT}-{self.kind}-{files[:12]}-{rest[:20]}.pdf"

    def render(self, on_progress: Callable[[int, int], None] | None = None) -> bytes:
        """The PDF. Waits for its turn; raises RenderFailed."""
        return render_page(
            self.html,
            issued_on=self.issued_on,
            files=self.files,
            seconds=AS_LONG_AS_IT_TAKES,
            limits=RenderLimits(),
            on_progress=on_progress,
        )
