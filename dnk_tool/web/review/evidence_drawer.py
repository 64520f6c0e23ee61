"""The evidence that the address names, page by page beside what it belongs to.

`?beleg=SHA-256&zu=REF&seite=2`: the second page of a file, opened beside what has this ref or datapoint.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import request
from flask_babel import gettext as _

from dnk_tool.domain.evidence import FileRejected, FileRejectionReason
from dnk_tool.services.uploads.page_images import DRAWN_TYPES, PageImage
from dnk_tool.store.evidence.blob_store import BlobMissing, StorageDown
from dnk_tool.web.evidence.labels import size_text
from dnk_tool.web.http.access import current_declaration
from dnk_tool.web.http.headers import request_id
from dnk_tool.web.http.stored_files import stored_page
from dnk_tool.web.review.evidence import DRAWER, FileLink, FileLinks, file_title, file_url, this_page
from dnk_tool.web.review.submitted_answers import SubmittedRequirement

log = logging.getLogger(__name__)

MOST_PAGES = 99_999


@dataclass(frozen=True)
class EvidenceDrawer:
    """One page of a file, or why none is shown.

    `anchor`: the aspect that it stands at, and where closing leads; `about`: what the file belongs to there,
    `is_of_figure`: that is a figure of the aspect.
    """

    title: str
    anchor: str
    close_href: str
    about: str = ""
    is_of_figure: bool = False
    name: str = ""
    kind: str = ""
    size: str = ""
    download_href: str = ""
    page: PageImage | None = None
    image_href: str = ""
    previous_href: str = ""
    next_href: str = ""
    fault: str = ""


def evidence_drawer(files: FileLinks, said: Sequence[SubmittedRequirement] = ()) -> EvidenceDrawer | None:
    """The drawer that the address asks for; None if it asks for none. `said`: the aspects on the page.

    Draws the page, which takes up to ten seconds for a file that is too much.
    """
    sha256, wanted = request.args.get(DRAWER), request.args.get("zu", "")
    if not sha256:
        return None
    link, key = _linked_file(files, sha256, wanted)
    anchor, about, is_of_figure = _place(said, key if link else wanted)
    title, close_href = str(_("Beleg nicht verfügbar")), this_page(_anchor=anchor or None)
    drawer = EvidenceDrawer(title, anchor, close_href, about, is_of_figure)
    if link is None:
        return replace(drawer, fault=_("Diesen Beleg können Prüfende nicht oder nicht mehr öffnen."))
    file = link.evidence.file
    drawer = replace(
        drawer,
        title=file_title(link.evidence),
        name=file.name,
        kind=file.kind.upper(),
        size=size_text(file.size),
        download_href=file_url("review.open_file", link.evidence),
    )
    number = min(max(1, request.args.get("seite", 1, type=int)), MOST_PAGES)
    if file.kind not in DRAWN_TYPES:
        return replace(drawer, fault=_fault_text(FileRejectionReason.KIND))
    try:
        page = stored_page(file, current_declaration().organisation_id, number)
    except FileRejected as refused:
        return replace(drawer, fault=_fault_text(refused.why))
    except (BlobMissing, StorageDown) as error:
        log.error("a file of evidence cannot be read: %s (request %s)", type(error).__name__, request_id())
        return replace(
            drawer, fault=_("Die Datei ist gerade nicht erreichbar. Versuchen Sie es später noch einmal.")
        )
    return replace(drawer, page=page, **_page_links(link, key, page))


def _linked_file(files: FileLinks, sha256: str, wanted: str) -> tuple[FileLink | None, str]:
    """The file, and what it belongs to: what is wanted if that is so, else the first."""
    for key in (wanted, *files):
        for link in files.get(key, ()):
            if link.evidence.file.sha256 == sha256:
                return link, key
    return None, ""


def _place(said: Sequence[SubmittedRequirement], key: str) -> tuple[str, str, bool]:
    """The aspect's anchor (without one the first's), what the key is called, and whether it is a figure."""
    for one in said:
        for line in one.figures:
            if line.datapoint == key:
                return one.anchor, f"{line.label}: {line.value}" if line.value else line.label, True
        if key in {one.requirement.ref, *(item.ref for item in one.requirement.items)}:
            return one.anchor, one.title, False
    return (said[0].anchor if said else ""), "", False


def _page_links(link: FileLink, key: str, page: PageImage) -> dict[str, str]:
    def turned_to(number: int) -> str:
        if not 1 <= number <= page.pages:
            return ""
        return this_page(beleg=link.evidence.file.sha256, zu=key or None, seite=number, _anchor=DRAWER)

    return {
        "image_href": file_url("review.page_picture", link.evidence, number=page.number),
        "previous_href": turned_to(page.number - 1),
        "next_href": turned_to(page.number + 1),
    }


def _fault_text(why: FileRejectionReason) -> str:
    """Why no page is shown, and what to do."""
    if why is FileRejectionReason.BUSY:
        return _("Gerade werden andere Belege gezeichnet. Laden Sie diese Seite in einigen Sekunden neu.")
    if why is FileRejectionReason.KIND:
        return _("Hier zeigen wir PDF-Dateien und Bilder. Laden Sie diese Datei herunter, um sie zu lesen.")
    if why is FileRejectionReason.ENCRYPTED:
        return _("Diese Datei hat ein Kennwort. Bitten Sie das Unternehmen um eine Datei ohne Kennwort.")
    return _(
        "Diese Seite lässt sich hier nicht zeigen. Laden Sie die Datei herunter, und öffnen Sie sie mit "
        "einem eigenen Programm."
    )
