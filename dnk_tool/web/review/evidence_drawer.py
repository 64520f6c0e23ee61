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
class _Place:
    """Where a file belongs: the aspect's anchor, and the name of the aspect or of one of its figures."""

    anchor: str
    about: str = ""
    is_of_figure: bool = False


@dataclass(frozen=True)
class EvidenceDrawer:
    """One page of a file, or why none is shown. `place`: where it stands, and where closing leads."""

    title: str
    place: _Place
    close_href: str
    name: str = ""
    kind: str = ""
    size: str = ""
    download_href: str = ""
    page: PageImage | None = None
    image_href: str = ""
    previous_href: str = ""
    next_href: str = ""
    fault: str = ""

    def is_at(self, anchor: str, *, is_of_figure: bool) -> bool:
        """Whether it stands at this aspect: below its figures, or at its end."""
        return (self.place.anchor, self.place.is_of_figure) == (anchor, is_of_figure)


def evidence_drawer(files: FileLinks, said: Sequence[SubmittedRequirement] = ()) -> EvidenceDrawer | None:
    """The drawer that the address asks for; None if it asks for none. `said`: the aspects on the page.

    Draws the page, which takes up to ten seconds for a file that is too much.
    """
    sha256, wanted = request.args.get(DRAWER), request.args.get("zu", "")
    if not sha256:
        return None
    links, places = _linked_file(files, sha256, wanted), _places(said)
    key = next((key for key in (*links, wanted) if key in places), next(iter(links), wanted))
    place = places.get(key) or _Place(said[0].anchor if said else "")
    title, close_href = str(_("Beleg nicht verfügbar")), this_page(_anchor=place.anchor or None)
    drawer = EvidenceDrawer(title, place, close_href)
    if not links:
        text = _(
            "Das Unternehmen hat diesen Beleg nicht oder nicht mehr für die Prüfung geöffnet. Brauchen Sie "
            "ihn, schreiben Sie das in einer Anmerkung."
        )
        return replace(drawer, fault=str(text))
    link = next(iter(links.values()))
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
        text = str(_("Die Datei ist gerade nicht erreichbar. Versuchen Sie es später noch einmal."))
        return replace(drawer, fault=text)

    def turned_to(number: int) -> str:
        if not 1 <= number <= page.pages:
            return ""
        return this_page(beleg=sha256, zu=key or None, seite=number, _anchor=DRAWER)

    return replace(
        drawer,
        page=page,
        image_href=file_url("review.page_picture", link.evidence, number=page.number),
        previous_href=turned_to(page.number - 1),
        next_href=turned_to(page.number + 1),
    )


def _linked_file(files: FileLinks, sha256: str, wanted: str) -> dict[str, FileLink]:
    """The file by what it belongs to, first what is wanted; empty if reviewers may not open it."""
    return {
        key: link
        for key in (wanted, *files)
        for link in files.get(key, ())
        if link.evidence.file.sha256 == sha256
    }


def _places(said: Sequence[SubmittedRequirement]) -> dict[str, _Place]:
    """Each ref and datapoint of the aspects on the page, and its place there."""
    places: dict[str, _Place] = {}
    for one in said:
        for ref in (one.requirement.ref, *(item.ref for item in one.requirement.items)):
            places.setdefault(ref, _Place(one.anchor, one.title))
        for line in one.figures:
            about = f"{line.label}: {line.value}" if line.value else line.label
            places.setdefault(line.datapoint, _Place(one.anchor, about, is_of_figure=True))
    return places


def _fault_text(why: FileRejectionReason) -> str:
    """Why no page is shown, and what to do."""
    if why is FileRejectionReason.BUSY:
        return str(
            _("Gerade werden andere Belege gezeichnet. Laden Sie diese Seite in einigen Sekunden neu.")
        )
    if why is FileRejectionReason.KIND:
        return str(
            _("Hier zeigen wir PDF-Dateien und Bilder. Laden Sie diese Datei herunter, um sie zu lesen.")
        )
    if why is FileRejectionReason.ENCRYPTED:
        return str(_("Diese Datei hat ein Kennwort. Bitten Sie das Unternehmen um eine Datei ohne Kennwort."))
    return str(
        _(
            "Diese Seite lässt sich hier nicht zeigen. Laden Sie die Datei herunter, und öffnen Sie sie mit "
            "einem eigenen Programm."
        )
    )
