"""A closed door for WeasyPrint: serves the package's own assets and reads no other file and no network."""

from urllib.parse import urldefrag

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from dnk_tool.report.assets import served


# WeasyPrint has no types, so its classes are Any to the checker.
class ForbiddenAddress(FatalURLFetchingError):  # type: ignore[misc]
    """The document asked for something that is not an asset; nothing was read and rendering stops."""


# WeasyPrint has no types, so its classes are Any to the checker.
class AssetFetcher(URLFetcher):  # type: ignore[misc]
    """Answers the addresses of `assets.served` and raises ForbiddenAddress for every other one.

    It never calls the opener it inherits, so no handler for files, data, FTP or HTTP can run.
    """

    def __init__(self) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self.handlers: list[object] = []
        self.handle_open: dict[str, object] = {}
        self._served = served()

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """The asset behind the address. Raises ForbiddenAddress."""
        found = self._served.get(urldefrag(url).url)
        if found is None:
            raise ForbiddenAddress(url[:200])
        path, media_type = found
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": media_type})
