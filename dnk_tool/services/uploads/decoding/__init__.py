"""Decodes an uploaded file as the programs do that people open it with; runs only in a child with limits."""

from dnk_tool.domain.evidence import IMAGE_TYPES, EvidenceFileType, FileRejected, FileRejectionReason


def sanitised(content: bytes, kind: EvidenceFileType) -> bytes:
    """The content as it may be kept: images re-encoded, other files unchanged.

    Raises FileRejected for a file of another kind, a damaged one, or one with active or linked content.
    """
    # Each decoder is imported only for its own kind, so that the child starts faster.
    if kind in IMAGE_TYPES:
        from dnk_tool.services.uploads.decoding.images import reencoded_image  # noqa: PLC0415 - for its kind alone

        return reencoded_image(content, kind)
    if kind is EvidenceFileType.PDF:
        from dnk_tool.services.uploads.decoding.pdfs import check_pdf  # noqa: PLC0415 - for its kind alone

        check_pdf(content)
    elif kind in (EvidenceFileType.CSV, EvidenceFileType.TXT):
        from dnk_tool.services.uploads.decoding.texts import check_text  # noqa: PLC0415 - for its kind alone

        check_text(content, is_table=kind is EvidenceFileType.CSV)
    else:
        from dnk_tool.services.uploads.decoding.office import check_office  # noqa: PLC0415 - for its kind alone

        check_office(content, kind)
    return content


def sanitised_logo(content: bytes, kind: EvidenceFileType) -> bytes:
    """The picture as a small PNG without metadata, ready to print as a logo. Raises FileRejected."""
    from dnk_tool.services.uploads.decoding.images import logo_png  # noqa: PLC0415 - only where one is drawn

    if kind not in IMAGE_TYPES:
        raise FileRejected(FileRejectionReason.KIND)
    return logo_png(content, kind)


def sanitised_portrait(content: bytes, kind: EvidenceFileType) -> bytes:
    """The picture as a small JPEG without metadata, ready to print as a portrait. Raises FileRejected."""
    from dnk_tool.services.uploads.decoding.images import portrait_jpeg  # noqa: PLC0415 - as for logos

    if kind not in IMAGE_TYPES:
        raise FileRejected(FileRejectionReason.KIND)
    return portrait_jpeg(content, kind)


def sanitised_photo(content: bytes, kind: EvidenceFileType) -> bytes:
    """The picture as a JPEG of a page's width, without metadata. Raises FileRejected."""
    from dnk_tool.services.uploads.decoding.images import photo_jpeg  # noqa: PLC0415 - as for logos

    if kind not in IMAGE_TYPES:
        raise FileRejected(FileRejectionReason.KIND)
    return photo_jpeg(content, kind)


def drawn_page(content: bytes, kind: EvidenceFileType, number: str) -> bytes:
    """A page of a PDF, or the whole picture, as JPEG with a line about it before. Raises FileRejected."""
    from dnk_tool.services.uploads.decoding.page_images import page_image  # noqa: PLC0415 - as for logos

    return page_image(content, kind, int(number))
