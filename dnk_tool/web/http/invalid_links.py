"""The pages for secret links that do not work, or not any more: each says why and what to do."""

from flask import Response, make_response, render_template

from dnk_tool.services.invitations.secret_links import LinkFault
from dnk_tool.web.http import rate_limits


def invalid_link_page(why: LinkFault) -> Response:
    """The page for a link that is over.

    An unknown link was perhaps guessed: 404, and whoever tries many must wait. Raises TooManyRequests.
    """
    if why is LinkFault.UNKNOWN:
        rate_limits.count_wrong_link()
    page = render_template("invitations/invalid_link.html", why=why.value)
    return make_response(page, 404 if why is LinkFault.UNKNOWN else 410)
