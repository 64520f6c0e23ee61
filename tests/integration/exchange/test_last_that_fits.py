"""What a page shows whole has an end: the last that fits is kept, and the next one refused."""

from collections.abc import Callable
from itertools import count
from types import ModuleType

import pytest
from sqlalchemy.orm import Session

from dnk_tool.domain.exchange.working_groups import WorkingGroupContent
from dnk_tool.domain.figures.lists.model import ListKind
from dnk_tool.services.exchange import awards, jury, polls, working_groups
from dnk_tool.services.figures import calculator_lines, lists
from dnk_tool.services.figures.lists import ListLine
from dnk_tool.store.tables.declarations import Declaration
from tests.integration.exchange.award_rounds import a_round, by_shell, invite_juror
from tests.integration.exchange.polls.poll_rooms import SINGLE
from tests.support.app import make_cluster
from tests.support.calculator_lines import make_line
from tests.support.declaration_scenario import NOW
from tests.support.work import call_verb

MOST, BY = 3, by_shell(NOW)
Case = tuple[ModuleType, str, type[Exception], Callable[[Session, Declaration], Callable[[int], object]]]


def adds_poll(session: Session, _declaration: Declaration) -> Callable[[int], object]:
    cluster = make_cluster(session, "Netz")
    return lambda _number: call_verb(polls.create_poll, session, cluster, SINGLE, **BY)


def repeats_poll(session: Session, _declaration: Declaration) -> Callable[[int], object]:
    """The same question for a second meeting: of each of the first polls, which count, too."""
    cluster = make_cluster(session, "Netz")
    first = [call_verb(polls.create_poll, session, cluster, SINGLE, **BY) for _ in range(2)]
    session.flush()
    return lambda number: (
        number < MOST - 1 or call_verb(polls.ask_again, session, cluster, first[number - 2].id, **BY)
    )


def adds_group(session: Session, _declaration: Declaration) -> Callable[[int], object]:
    cluster = make_cluster(session, "Netz")
    return lambda number: call_verb(
        working_groups.create_group, session, cluster, WorkingGroupContent(f"Gruppe {number}"), **BY
    )


def adds_award(session: Session, _declaration: Declaration) -> Callable[[int], object]:
    cluster = make_cluster(session, "Netz")
    return lambda _number: awards.create_award(session, cluster, a_round(NOW), **BY)


def adds_juror(session: Session, _declaration: Declaration) -> Callable[[int], object]:
    cluster = make_cluster(session, "Netz")
    award = awards.create_award(session, cluster, a_round(NOW), **BY)
    session.flush()
    return lambda number: invite_juror(session, cluster, award.id, email=f"jury{number}@example.org", **BY)


def adds_line(session: Session, declaration: Declaration) -> Callable[[int], object]:
    line = make_line("energy/diesel", 0, quantity="10 l")
    return lambda _number: call_verb(calculator_lines.save_line, session, declaration, line, seen=0, **BY)


def restores_line(session: Session, declaration: Declaration) -> Callable[[int], object]:
    """The last of one too many, while others stand in its place."""
    line = make_line("energy/diesel", 0, quantity="10 l")

    def save() -> int:
        return call_verb(calculator_lines.save_line, session, declaration, line, seen=0, **BY).stored.line.id

    removed = save()
    call_verb(calculator_lines.remove_line, session, declaration, removed, **BY)
    return lambda number: (
        save()
        if number < MOST
        else call_verb(calculator_lines.restore_line, session, declaration, removed, **BY)
    )


def lists_line(session: Session, declaration: Declaration) -> Callable[[int], object]:
    line = ListLine(make_line("energy/diesel", 0, quantity="10 l"))
    return lambda _number: call_verb(
        lists.take_list_over, session, declaration, [line], kind=ListKind.FUEL, supplier="", columns={}, **BY
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
