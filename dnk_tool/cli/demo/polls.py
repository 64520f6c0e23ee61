"""The demo's polls: the same question before and after a meeting, answered by phones in the room."""

from dnk_tool.cli.demo.companies import DemoContext
from dnk_tool.domain.exchange.polls import PollKind, PollQuestion
from dnk_tool.services.exchange import poll_answers, polls
from dnk_tool.store.tables.exchange.polls import PollRow

QUESTION = PollQuestion(
    "Wie sicher sind Sie, dass Sie Ihre Treibhausgase berechnen können?",
    PollKind.SCALE,
    ("gar nicht sicher", "sehr sicher"),
    section="13",
)
# How many chose each step of the scale.
BEFORE, AFTER = (6, 9, 7, 3, 1), (1, 3, 8, 10, 5)


def ask_before_meeting(demo: DemoContext) -> PollRow:
    """Ask a cluster before a meeting, and close the poll when it begins."""
    poll = polls.create_poll(demo.session, demo.cluster, QUESTION, actor=demo.manager, now=demo.clock.tick())
    _let_answer(demo, poll, BEFORE)
    return poll


def ask_after_meeting(demo: DemoContext, before: PollRow) -> None:
    """Ask the same again after the meeting; the report of the cluster shows both."""
    later = polls.ask_again(demo.session, demo.cluster, before.id, actor=demo.manager, now=demo.clock.tick())
    _let_answer(demo, later, AFTER)
    polls.put_in_report(demo.session, demo.cluster, later.id, is_in_report=True, actor=demo.manager)


def _let_answer(demo: DemoContext, poll: PollRow, counts: tuple[int, ...]) -> None:
    """Open the poll, let as many phones answer, and close it."""
    polls.open_poll(demo.session, demo.cluster, poll.id, actor=demo.manager, now=demo.clock.tick())
    chosen = [place for place, count in enumerate(counts) for _ in range(count)]
    for number, place in enumerate(chosen):
        poll_answers.count_device_answer(
            demo.session, poll.id, (place,), "", seen=poll.version, ticket=f"{number}"
        )
    polls.close_poll(demo.session, demo.cluster, poll.id, actor=demo.manager, now=demo.clock.tick())
