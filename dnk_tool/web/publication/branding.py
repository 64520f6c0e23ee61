"""Pictures and colours of a published declaration, as files, since the CSP forbids inline styles."""

from flask import Response, abort
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import Permission
from dnk_tool.report.view.foreword import FOREWORD
from dnk_tool.web.http.access import permit
from dnk_tool.web.publication.declaration import public_declaration
from dnk_tool.web.publication.lists import blueprint
from dnk_tool.web.publication.responses import public_response


@blueprint.get("/<slug>/logo.png")
@permit(Permission.PUBLIC)
def logo(slug: str) -> ResponseReturnValue:
    """The logo with which the version was finished, as PNG."""
    it = public_declaration(slug)
    content = it.look.logo or abort(404)
    return public_response(Response(content, mimetype="image/png"), is_findable=it.record.is_findable)


@blueprint.get("/<slug>/portraet.jpg")
@permit(Permission.PUBLIC)
def portrait(slug: str) -> ResponseReturnValue:
    """The picture with which the version was finished, as JPEG, if there is a foreword to print it beside."""
    it = public_declaration(slug)
    is_printed = it.document.sheet().answer(FOREWORD).text
    content = (it.look.portrait if is_printed else b"") or abort(404)
    return public_response(Response(content, mimetype="image/jpeg"), is_findable=it.record.is_findable)


@blueprint.get("/<slug>/farben.css")
@permit(Permission.PUBLIC)
def colours(slug: str) -> ResponseReturnValue:
    """The accent with which the version was finished, as CSS; contains only validated colour codes."""
    it = public_declaration(slug)
    if not it.look.accent:
        abort(404)
    palette = it.look.palette
    named = {"accent": palette.text, "field": palette.field, "on-field": palette.on_field}
    style = ":root {" + "".join(f" --dnk-{name}: {colour};" for name, colour in named.items()) + " }\n"
    return public_response(Response(style, mimetype="text/css"), is_findable=it.record.is_findable)
