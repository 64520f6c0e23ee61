"""What the pages of polls show: results as bars, two results side by side, and how one takes part."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from dnk_tool.domain.exchange.polls import PairedBar, PollQuestion, PollResult, PollState, paired_bars
from dnk_tool.report.view.qr_code import qr_path
from dnk_tool.services.exchange.polls import PollPicture
from dnk_tool.store.exchange import poll_answers
from dnk_tool.store.exchange.polls import question_of
from dnk_tool.store.tables.exchange.polls import PollRow
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails


@dataclass(frozen=True, slots=True)
class PollEntry:
    """How one takes part: the address to type, the code, and the QR code of both, `size` modules wide."""

    address: str
    code: str
    href: str
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class PollView:
    """A poll with its result. Of a pair, `first` is the earlier result and `pairs` are the bars of both."""

    poll: PollRow
    question: PollQuestion
    result: PollResult
    first: PollResult | None = None
    pairs: Sequence[PairedBar] = ()

    @property
    def is_open(self) -> bool:
        """Whether the poll can be answered now."""
        return self.poll.state is PollState.OPEN


def poll_view(picture: PollPicture) -> PollView:
    """The poll, side by side with the one before it where both have enough answers of the same options."""
    poll, before = picture.poll, picture.before
    found = poll_answers.results(db(), [each for each in (poll, before) if each])
    question, result = question_of(poll), found[poll.id]
    if before is None or question_of(before).options != question.options:
        return PollView(poll, question, result)
    first = found[before.id]
    pairs = paired_bars(first, result) if first.is_shown and result.is_shown else ()
    return PollView(poll, question, result, first, pairs)


def entry_of(poll: PollRow) -> PollEntry:
    """How one takes part in the poll, by the address under which the installation is known."""
    base = mails.public_base_url()
    href = base + url_for("poll.ask", code=poll.code)
    path, size = qr_path(href)
    return PollEntry((base + url_for("poll.enter")).split("://", 1)[1], poll.code, href, path, size)
