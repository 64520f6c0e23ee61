"""Somebody with the code of a poll answers it: without an account, or for a member with its name."""

import secrets

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dnk_tool.domain.clusters.wall_codes import POLL_CODE_LENGTH, typed_code
from dnk_tool.domain.exchange.polls import Attribution, PollRefused, PollState
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.exchange import poll_answers as answer_service
from dnk_tool.services.exchange.poll_answers import PollChanged, PollClosed
from dnk_tool.store.exchange import polls
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.polls import PollRow
from dnk_tool.web.clusters.workshop.wall_code import WallCodePage
from dnk_tool.web.exchange.polls.member import AnswerForm, answer_page, member_page, save_for_member
from dnk_tool.web.exchange.polls.words import problem_text
from dnk_tool.web.http import rate_limits
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import seen_version

blueprint = Blueprint("poll", __name__, url_prefix="/u")

ANSWERED = "1"  # all that the cookie says
COOKIE_DAYS = 30


@blueprint.route("", methods=["GET", "POST"])
@permit(Permission.BY_LINK)
def enter() -> ResponseReturnValue:
    """Take the code of a poll."""
    return _code_page().take(
        _("Zu diesem Code gibt es keine Umfrage. Vergleichen Sie ihn mit dem an der Wand: vier Zeichen.")
    )


@blueprint.get("/<code>")
@permit(Permission.BY_LINK)
def ask(code: str) -> ResponseReturnValue:
    """The question; who has answered hears that instead, on this device or for the company."""
    found = _found(code)
    if found is None:
        return _unknown_page()
    poll, cluster = found
    if poll.attribution is Attribution.NAMED:
        return member_page(poll, cluster)
    if poll.state is not PollState.OPEN:
        return closed_page(cluster)
    if _has_answered(poll):
        return render_template("exchange/polls/thanks.html", cluster=cluster, poll=poll, is_second=True)
    form = AnswerForm(formdata=None, data={"ticket": secrets.token_hex(16), "version": str(poll.version)})
    return answer_page(poll, cluster, form)


@blueprint.post("/<code>")
@permit(Permission.BY_LINK)
def answer(code: str) -> ResponseReturnValue:
    """Count an anonymous answer, or keep that of a member."""
    found = _found(code)
    if found is None:
        return _unknown_page()
    poll, cluster = found
    if poll.attribution is Attribution.NAMED:
        return save_for_member(poll, cluster)
    if _has_answered(poll):
        return redirect(url_for("poll.ask", code=poll.code), 303)
    return _count(poll, cluster)


@blueprint.get("/<code>/danke")
@permit(Permission.BY_LINK)
def thanks(code: str) -> ResponseReturnValue:
    found = _found(code)
    if found is None:
        return _unknown_page()
    return render_template("exchange/polls/thanks.html", cluster=found[1], poll=found[0], is_second=False)


def _count(poll: PollRow, cluster: Cluster) -> ResponseReturnValue:
    form = AnswerForm()
    if not form.validate():
        return answer_page(poll, cluster, form, errors=field_errors(form)), 422
    seen, ticket = seen_version(form), (form.ticket.data or secrets.token_hex(16))[:64]
    try:
        answer_service.count_device_answer(
            db(), poll.id, form.places, form.text.data or "", seen=seen, ticket=ticket
        )
    except PollClosed:
        return closed_page(cluster)
    except PollChanged:
        form.version.data = str(poll.version)
        return answer_page(poll, cluster, form, is_changed=True), 409
    except PollRefused as refused:
        form.chosen.errors = [problem_text(refused.problem)]
        return answer_page(poll, cluster, form, errors=field_errors(form)), 422
    return _with_cookie(redirect(url_for("poll.thanks", code=poll.code), 303), poll)


def closed_page(cluster: Cluster) -> ResponseReturnValue:
    """The page of a poll that takes no answers any more."""
    return render_template("exchange/polls/closed.html", cluster=cluster), 410


def _found(code: str) -> tuple[PollRow, Cluster] | None:
    """The poll with this code and its cluster; None if there is none, which is counted."""
    asked = typed_code(code, POLL_CODE_LENGTH)
    found = polls.find_by_code(db(), asked) if asked else None
    if found is None:
        rate_limits.count_wrong_link()
    return found


def _code_page() -> WallCodePage:
    return WallCodePage("exchange/polls/enter.html", "poll", _found)


def _unknown_page() -> ResponseReturnValue:
    return _code_page().refuse(
        _("Diese Umfrage gibt es nicht. Vergleichen Sie den Code mit dem an der Wand: vier Zeichen.")
    )


def _cookie_name(poll: PollRow) -> str:
    return f"dnk-umfrage-{poll.code}"


def _has_answered(poll: PollRow) -> bool:
    return request.cookies.get(_cookie_name(poll)) == ANSWERED


def _with_cookie(response: Response, poll: PollRow) -> Response:
    """Let this browser know for 30 days that the poll is answered; it says the same on every device."""
    response.set_cookie(
        _cookie_name(poll),
        ANSWERED,
        max_age=COOKIE_DAYS * 24 * 3600,
        path=url_for("poll.ask", code=poll.code),
        secure=current_app.config["DNK_DEVICE_COOKIE"].startswith("__Host-"),
        httponly=True,
        samesite="Lax",
    )
    return response
