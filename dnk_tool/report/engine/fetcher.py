"""A closed door for WeasyPrint: serves the package's own assets and reads no other file and no network."""

import base64
import binascii
import ssl
from urllib.parse import urldefrag

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from dnk_tool.report.assets import JPEG_DATA_URL_PREFIX, PNG_DATA_URL_PREFIX, served_assets

# The pictures that are their own address: its prefix, their type and their first bytes.
PICTURES = (
    (PNG_DATA_URL_PREFIX, "image/png", b"\x89PNG\r\n\x1a\n"),
    (JPEG_DATA_URL_PREFIX, "image/jpeg", b"\xff\xd8\xff"),
)


class ForbiddenAddress(FatalURLFetchingError):  # type: ignore[misc]  # WeasyPrint brings no types
    """The document asked for something that is not an asset; nothing was read and rendering stops."""


class AssetFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint brings no types
    """Answers the addresses of `assets.served` and those that are a picture themselves, such as a logo's.

    Raises ForbiddenAddress for every other one. It never calls the opener it inherits, so no handler for
    files, data, FTP or HTTP can run.
    """

    def __init__(self) -> None:
        """Sets up a fetcher without protocols and without the handlers that it would inherit."""
        # A context without certificates: reading them takes time, and nothing is fetched.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        super().__init__(
            ssl_context=context, allowed_protocols=(), allow_redirects=False, fail_on_errors=True
        )
        self.handlers: list[object] = []
        self.handle_open: dict[str, object] = {}
        self._served = served_assets()

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """The asset behind the address. Raises ForbiddenAddress."""
        for prefix, media_type, signature in PICTURES:
            if url.startswith(prefix):
                content = _picture(url, prefix, signature)
                return URLFetcherResponse(prefix, content, {"Content-Type": media_type})
        asset = self._served.get(urldefrag(url).url)
        if asset is None:
            raise ForbiddenAddress(url[:200])
        path, media_type = asset
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": media_type})


def _picture(url: str, prefix: str, signature: bytes) -> bytes:
    """Decodes the picture that an address holds. Raises ForbiddenAddress if it holds anything else."""
    try:
        content = base64.b64decode(url.removeprefix(prefix), validate=True)
    except binascii.Error:
        content = b""
    if not content.startswith(signature):
        raise ForbiddenAddress(url[:200])
    return content
