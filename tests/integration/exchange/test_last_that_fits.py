"""What a page shows whole has an end: the last that fits is kept, and the next one refused."""

from collections.abc import Callable
from itertools import count
from types import ModuleType

import pytest
from sqlalchemy.orm import Session

from dnk_tool.domain.exchange.working_groups import WorkingGroupContent
from dnk_tool.domain.figures.lists.model import ListKind
from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.exchange import awards, jury, polls, working_groups
from dnk_tool.services.figures import calculator_lines, lists
from dnk_tool.services.figures.lists import ListLine
from dnk_tool.services.work import Work
from dnk_tool.store.tables.declarations import Declaration
from tests.integration.exchange.award_rounds import a_round, invite_juror
from tests.integration.exchange.polls.poll_rooms import SINGLE
from tests.support.app import make_cluster
from tests.support.calculator_lines import make_line
from tests.support.declaration_scenario import NOW

MOST = 3
Case = tuple[ModuleType, str, type[Exception], Callable[[Session, Declaration], Callable[[int], object]]]


def adds_poll(session: Session, _declaration: Declaration) -> Callable[[int], object]:
    cluster = make_cluster(session, "Netz")
    return lambda _number: polls.create_poll(Work(session, SHELL, NOW), cluster, SINGLE)


def repeats_poll(session: Session, _declaration: Declaration) -> Callable[[int], object]:
    """The same question for a second meeting: of each of the first polls, which count, too."""
    cluster = make_cluster(session, "Netz")
    first = [polls.create_poll(Work(session, SHELL, NOW), cluster, SINGLE) for _ in range(2)]
    session.flush()
    return lambda number: (
        number < MOST - 1 or polls.ask_again(Work(session, SHELL, NOW), cluster, first[number - 2].id)
    )


def adds_group(session: Session, _declaration: Declaration) -> Callable[[int], object]:
    cluster = make_cluster(session, "Netz")
    return lambda number: working_groups.create_group(
        Work(session, SHELL, NOW), cluster, WorkingGroupContent(f"Gruppe {number}")
    )


def adds_award(session: Session, _declaration: Declaration) -> Callable[[int], object]:
    cluster = make_cluster(session, "Netz")
    return lambda _number: awards.create_award(Work(session, SHELL, NOW), cluster, a_round(NOW))


def adds_juror(session: Session, _declaration: Declaration) -> Callable[[int], object]:
    cluster = make_cluster(session, "Netz")
    award = awards.create_award(Work(session, SHELL, NOW), cluster, a_round(NOW))
    session.flush()
    return lambda number: invite_juror(
        Work(session, SHELL, NOW), cluster, award.id, email=f"jury{number}@example.org"
    )


def adds_line(session: Session, declaration: Declaration) -> Callable[[int], object]:
    line = make_line("energy/diesel", 0, quantity="10 l")
    return lambda _number: calculator_lines.save_line(Work(session, SHELL, NOW), declaration, line, seen=0)


def restores_line(session: Session, declaration: Declaration) -> Callable[[int], object]:
    """The last of one too many, while others stand in its place."""
    line = make_line("energy/diesel", 0, quantity="10 l")

    def save() -> int:
        return calculator_lines.save_line(Work(session, SHELL, NOW), declaration, line, seen=0).stored.line.id

    removed = save()
    calculator_lines.remove_line(Work(session, SHELL, NOW), declaration, removed)
    return lambda number: (
        save()
        if number < MOST
        else calculator_lines.restore_line(Work(session, SHELL, NOW), declaration, removed)
    )


def lists_line(session: Session, declaration: Declaration) -> Callable[[int], object]:
    line = ListLine(make_line("energy/diesel", 0, quantity="10 l"))
    return lambda _number: lists.take_list_over(
        Work(session, SHELL, NOW), declaration, [line], kind=ListKind.FUEL, supplier="", columns={}
    )


CASES: dict[str, Case] = {
    "polls": (polls, "MOST_POLLS", polls.TooManyPolls, adds_poll),
    "repeated polls": (polls, "MOST_POLLS", polls.TooManyPolls, repeats_poll),
    "groups": (working_groups, "MOST_GROUPS", working_groups.TooManyGroups, adds_group),
    "awards": (awards, "MOST_AWARDS", awards.TooManyAwards, adds_award),
    "jurors": (jury, "MOST_JURORS", jury.TooManyJurors, adds_juror),
    "lines": (calculator_lines, "MAX_LINES", calculator_lines.TooManyLines, adds_line),
    "restored lines": (calculator_lines, "MAX_LINES", calculator_lines.TooManyLines, restores_line),
    "listed lines": (lists, "MAX_LINES", calculator_lines.TooManyLines, lists_line),
}


@pytest.mark.parametrize("kind", CASES)
def test_nothing_comes_after_the_last_that_fits(
    session: Session, declaration: Declaration, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    place, name, refusal, prepare = CASES[kind]
    assert getattr(place, name) > MOST
    add, numbers = prepare(session, declaration), count()
    monkeypatch.setattr(place, name, MOST)
    for _ in range(MOST):
        add(next(numbers))
        session.flush()
    with pytest.raises(refusal):
        add(next(numbers))
