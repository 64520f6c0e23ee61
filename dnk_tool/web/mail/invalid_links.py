"""Pages for secret links in mails that do not work: each says why and what to do."""

from flask import Response, make_response, render_template

from dnk_tool.services.invitations.secret_links import LinkFault
from dnk_tool.web.http import rate_limits


def invalid_link_page(why: LinkFault) -> Response:
    """Render the page for an invalid link: 404 if unknown, else 410.

    Counts unknown links, which may be guesses. Raises TooManyRequests.
    """
    if why is LinkFault.UNKNOWN:
        rate_limits.count_wrong_link()
    page = render_template("invitations/invalid_link.html", why=why.value)
    return make_response(page, 404 if why is LinkFault.UNKNOWN else 410)
