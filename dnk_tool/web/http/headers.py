"""Security and cache headers of all responses."""

import secrets
import unicodedata
from urllib.parse import quote

from flask import Flask, Response, g, request

from dnk_tool.web.http.settings import current_settings

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A page that any site may show within its own: it has no script, no form and nothing of the person.
FRAMED_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors https: http:"
)
# Downloads hold user content: if a browser opens one as a page, nothing in it may run.
DOWNLOAD_CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
YEAR_SECONDS = 31_536_000
NOINDEX = "noindex, nofollow"
OTHERS_DRAFTS = "others_drafts"  # a form field that the script sets


def init_app(app: Flask, *, strict_transport: str) -> None:
    """Set the headers, including on error pages. `strict_transport`: what HSTS says, or ""."""

    @app.after_request
    def set_headers(response: Response) -> Response:
        headers = response.headers
        headers["Content-Security-Policy"] = _content_security_policy(response)
        headers["X-Request-Id"] = request_id()
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Referrer-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if not is_indexing_allowed():
            headers["X-Robots-Tag"] = NOINDEX
        if strict_transport:
            headers["Strict-Transport-Security"] = strict_transport
        headers["Cache-Control"] = _cache_control(response)
        return response


def allow_frames(response: Response) -> Response:
    """Let other sites show this response within theirs. Only for pages on which nothing can be pressed."""
    g.is_framed = True
    return response


def _content_security_policy(response: Response) -> str:
    if response.headers.get("Content-Disposition", "").startswith("attachment"):
        return DOWNLOAD_CONTENT_SECURITY_POLICY
    is_framed = "is_framed" in g and response.status_code in (200, 304)
    return FRAMED_CONTENT_SECURITY_POLICY if is_framed else CONTENT_SECURITY_POLICY


def set_download_name(response: Response, name: str) -> None:
    """Set the download's file name, which may hold any characters (RFC 6266)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    names = {"filename": plain}
    if plain != name:  # old clients read the ASCII name, others this one
        names["filename*"] = f"UTF-8''{quote(name, safe='', errors='replace')}"
    response.headers.set("Content-Disposition", "attachment", **names)


def clear_browser_data(response: Response) -> Response:
    """Let the browser delete what it keeps of this site: for the response to a sign-out.

    Cookies stay, as the language and the sign-in's own cookie are handled elsewhere. So do drafts if the form
    says that this browser also holds some of other people, who cannot be asked now; the script has removed
    this person's own. Browsers obey on https and localhost only.
    """
    kinds = ('"cache"',) if request.form.get(OTHERS_DRAFTS) else ('"cache"', '"storage"')
    response.headers["Clear-Site-Data"] = ", ".join(kinds)
    return response


def request_id() -> str:
    """A random id of this request, shown on error pages and in the log."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(6)
    return str(g.request_id)


def cacheable_response(response: Response) -> Response:
    """Allow caches to keep this response but revalidate it each time. For public pages only.

    So withdrawn content disappears at once, and unchanged content is not sent again.
    """
    g.is_keepable = True
    response.vary.update(("Accept-Language", "Cookie"))
    response.add_etag()
    response.make_conditional(request)
    return response


def _cache_control(response: Response) -> str:
    if "is_keepable" in g and response.status_code in (200, 304):
        return "public, no-cache"
    if request.endpoint != "static" or response.status_code >= 400:
        return "no-store"
    # Names with their content's hash, as app.420d5e1917db.css, never change their content.
    is_fingerprinted = request.path.rsplit("/", 1)[-1].count(".") == 2
    return f"public, max-age={YEAR_SECONDS}, immutable" if is_fingerprinted else "no-cache"


def is_indexing_allowed() -> bool:
    """Whether companies may let search engines in; otherwise every response says noindex."""
    return current_settings().robots != "none"
