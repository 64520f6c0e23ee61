"""Decodes an uploaded file as the programs do that people open it with; runs only in a child with limits."""

from dnk_tool.domain.evidence import IMAGE_TYPES, EvidenceFileType, FileRejected, FileRejectionReason


def sanitised(content: bytes, kind: EvidenceFileType) -> bytes:
    """The content as it may be kept: images are drawn anew, everything else stays as it is.

    Raises Refused for what is not of the kind, cannot be read, or could do more than show something.
    """
    # Each decoder is loaded only for its own kind: the child starts faster.
    if kind in IMAGE_TYPES:
        from dnk_tool.services.uploads.decoding.images import reencoded_image  # noqa: PLC0415

        return reencoded_image(content, kind)
    if kind is EvidenceFileType.PDF:
        from dnk_tool.services.uploads.decoding.pdfs import check_pdf  # noqa: PLC0415

        check_pdf(content)
    elif kind in (EvidenceFileType.CSV, EvidenceFileType.TXT):
        from dnk_tool.services.uploads.decoding.texts import check_text  # noqa: PLC0415

        check_text(content)
    else:
        from dnk_tool.services.uploads.decoding.office import check_office  # noqa: PLC0415

        check_office(content, kind)
    return content


def sanitised_logo(content: bytes, kind: EvidenceFileType) -> bytes:
    """The picture as it is printed as a logo: a small PNG of nothing but pixels. Raises Refused."""
    from dnk_tool.services.uploads.decoding.logos import logo_png  # noqa: PLC0415 - only where one is drawn

    if kind not in IMAGE_TYPES:
        raise FileRejected(FileRejectionReason.KIND)
    return logo_png(content, kind)
