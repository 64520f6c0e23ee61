"""While rendering, nothing is read but the package's own assets."""

import pytest

from dnk_tool.report.assets import served_assets
from dnk_tool.report.engine.fetcher import AssetFetcher, ForbiddenAddress


@pytest.mark.parametrize("address", sorted(served_assets()))
def test_assets_are_served(address: str) -> None:
    path, media_type = served_assets()[address]
    response = AssetFetcher().fetch(address)
    assert response.read() == path.read_bytes()
    assert response.content_type == media_type


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "/etc/passwd",
        "../../etc/passwd",
        "http://127.0.0.1/",
        "https://example.org/a.css",
        "ftp://example.org/",
        "data:text/css,body{}",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:image/png;base64,PHN2Zy8+",
        "data:image/png;base64,!",
        "data:image/jpeg;base64,PHN2Zy8+",
        "data:image/jpeg;base64,iVBORw0KGgo=",
        "asset:fonts/../hyph_de.dic",
        "asset:fonts/IBMPlexSans-Regular.ttf?x",
        "asset:/etc/passwd",
        "asset:",
        "",
    ],
)
@pytest.mark.parametrize("way", ["fetch", "open", "__call__"])
def test_everything_else_is_refused(address: str, way: str) -> None:
    with pytest.raises(ForbiddenAddress):
        getattr(AssetFetcher(), way)(address)
